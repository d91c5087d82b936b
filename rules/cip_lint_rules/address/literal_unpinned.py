"""The rule ``address.literal-unpinned``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import chain

from cip_lint.bodies import Body, mapping, text, texts
from cip_lint.cluster.address_fields import endpoints_and_blocks, host_aliases
from cip_lint.cluster.literals import literals
from cip_lint.kube.addresses import IPV6, Address, parse_ip
from cip_lint.model import Severity
from cip_lint.rule import Context, Problem, Stage, rule, stated_ranges
from cip_lint_rules._ranges import range_labels, range_note
from cip_lint_rules.address._literals import Use, uses

_HELP = "use the DNS name, or pin clusterIP on the Service"
_OF_ENDPOINTS = "write the address of a pod or host: a cluster IP is no endpoint"
_OF_KINDS = {
    "Endpoints": _OF_ENDPOINTS,
    "EndpointSlice": _OF_ENDPOINTS,
    "NetworkPolicy": "allow the pods by podSelector, or pin clusterIP on the Service",
}
"""What to do where no name can stand."""


def _uses(cx: Context) -> Iterable[Use]:
    """Yield the addresses of stated ranges that nobody asks for."""
    ranges = [one for one in cx.table.ranges if one.stated]
    if not ranges:
        return ()
    pinned = (cx.table.offers.spoken_for, _written(cx), _living(cx))

    def is_unpinned(address: Address) -> bool:
        if not any(one.holds(address) for one in ranges):
            return False
        return not any(address.canonical in some for some in pinned)

    return uses(
        literals(cx.cluster),
        chain(host_aliases(cx.cluster), endpoints_and_blocks(cx.cluster)),
        is_unpinned,
        ipv6=any(one.family == IPV6 for one in ranges),
    )


@rule(
    "address.literal-unpinned",
    severity=Severity.WARNING,
    on=_uses,
    needs=stated_ranges,
    stage=Stage.NAMES,
    since="0.1.0",
    kinds=("workloads", "ConfigMap", "Endpoints", "EndpointSlice", "NetworkPolicy"),
    replay=True,
)
def literal_unpinned(use: Use, cx: Context) -> Iterator[Problem]:
    """Configuration names a cluster IP that no Service pins.

    ## Why it matters

    A Service that does not ask for an address gets another one each time it is
    created. Configuration that names the address it happened to have breaks with
    the next cluster, and may then reach a stranger. The service CIDR must be
    stated. The addresses of the API server and of cluster DNS count as pinned.

    ## Example

    ```config
    cluster:
      serviceCIDRs: [10.96.0.0/16]
    ```

    ```yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
        - name: web
          image: web
          env:
            - name: DB_HOST
              value: 10.96.44.7
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
        - name: web
          image: web
          env:
            - name: DB_HOST
              value: db.shop.svc.cluster.local
    ```

    ## References

    - [DNS for Services and Pods](https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/)
    """
    one = cx.table.range_of(use.address)
    if one is None:
        return
    written = use.address.canonical
    yield Problem(
        f"{written} is in the service range but no Service asks for it",
        at=use.mentions[0].label(),
        related=(*use.others("named here too"), *range_labels(one)),
        notes=(range_note(one),),
        help=_OF_KINDS.get(use.resource.kind, _HELP),
        topic=written,
        resource=use.resource,
    )


def _living(cx: Context) -> Collection[str]:
    """Return the addresses that living Services hold."""
    snapshot = cx.cluster.snapshot
    return () if snapshot is None else snapshot.addresses.keys()


def _written(cx: Context) -> frozenset[str]:
    """Return the addresses that Services of any part of the set ask for.

    Those of pieces and patches too: a build may put them into a Service.
    """
    return frozenset(
        parsed.canonical
        for member in cx.cluster.services
        for asked in _cluster_ips(mapping(member.resource.body.get("spec")))
        if (parsed := parse_ip(asked)) is not None
    )


def _cluster_ips(spec: Body) -> tuple[str, ...]:
    return (text(spec.get("clusterIP")), *texts(spec.get("clusterIPs")))
