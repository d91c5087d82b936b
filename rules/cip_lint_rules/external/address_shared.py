"""The rule ``external.address-shared``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cip_lint.kube.load_balancers import LoadBalancers, may_share_pods, sharing_key
from cip_lint.kube.service import Service
from cip_lint.model import Severity
from cip_lint.replay import Claim
from cip_lint.replay.external_addresses import (
    SharedAddress,
    is_external,
    shared_addresses,
)
from cip_lint.rule import Context, Problem, Stage, rule, services
from cip_lint_rules._living import living_note
from cip_lint_rules._words import listed

_SHOWN = 3
_CLUSTER_ADDRESSES = frozenset(("clusterIP", "clusterIPs"))


def _shared(cx: Context) -> Iterable[SharedAddress]:
    return shared_addresses(cx.table)


@rule(
    "external.address-shared",
    severity=Severity.WARNING,
    on=_shared,
    needs=services,
    stage=Stage.PLACEMENT,
    since="0.1.0",
)
def address_shared(shared: SharedAddress, cx: Context) -> Iterator[Problem]:
    """Two Services claim one external address and port.

    ## Why it matters

    Nobody allocates `externalIPs`. The API server stores what it gets, and on every
    node one of the Services that claim an address and port catches its packets; an
    address that is the cluster IP of another Service takes the traffic of that one,
    or loses to it.

    A load balancer controller gives the address that two Services ask for to the
    first one, and the second one stays pending. MetalLB, Cilium and PureLB share an
    address between Services with different ports and one sharing key. Nodes without a
    pod drop what comes for a Service with `externalTrafficPolicy: Local`, so MetalLB
    and Cilium let such a Service share only with Services of the same policy and
    selector. Services with different values of `loadBalancerClass` are not compared.

    Objects that cannot be in one cluster at once are not compared either:
    alternatives in a folder, overlays of one base, paths that differ in a word such as
    `dev` or `prod`. With a snapshot of the cluster, what lives there counts too.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: a
      namespace: edge
    spec:
      externalIPs: [192.0.2.10]
      ports:
        - port: 443
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: b
      namespace: edge
    spec:
      externalIPs: [192.0.2.10]
      ports:
        - port: 443
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: a
      namespace: edge
    spec:
      externalIPs: [192.0.2.10]
      ports:
        - port: 443
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: b
      namespace: edge
    spec:
      externalIPs: [192.0.2.11]
      ports:
        - port: 443
    ```

    ## References

    - [External IPs](https://kubernetes.io/docs/concepts/services-networking/service/#external-ips)
    - [Type LoadBalancer](https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer)
    - [IP address sharing of MetalLB](https://metallb.io/usage/#ip-address-sharing)
    """
    *others, last = shared.claims
    yield Problem(
        _message(shared),
        at=last.member.resource.label(*last.path, text=_label(last)),
        related=tuple(
            claim.member.resource.label(*claim.path, text=_label(claim))
            for claim in others
        ),
        notes=(_note(shared), *living_note(shared.claims[0], cx)),
        help=_help(shared),
        topic=shared.canonical,
    )


def _message(shared: SharedAddress) -> str:
    names = [claim.member.display for claim in shared.claims]
    who = listed(names) if len(names) <= _SHOWN else f"{len(names)} Services"
    if shared.controller is not None:
        controller = shared.controller.name
        return (
            f"{shared.canonical} is claimed by {who}; {controller} gives it to one only"
        )
    ports = [f"{port}/{protocol}" for port, protocol in shared.ports]
    if len(ports) > 1:
        if len(ports) > _SHOWN:
            ports = [*ports[:_SHOWN], f"{len(ports) - _SHOWN} more"]
        return f"ports {listed(ports)} of {shared.canonical} are claimed by {who}"
    address = f"[{shared.canonical}]" if ":" in shared.canonical else shared.canonical
    return f"{address}:{ports[0]} is claimed by {who}"


def _label(claim: Claim) -> str:
    if claim.path[1] in _CLUSTER_ADDRESSES:
        return f"{claim.member.display} has it as its cluster IP"
    return f"{claim.member.display} claims it"


def _note(shared: SharedAddress) -> str:
    if shared.controller is not None:
        return _why_not_shared(shared.controller, shared.claims)
    if any(claim.path[1] in _CLUSTER_ADDRESSES for claim in shared.claims):
        return "the API server does not compare them, and one of them gets the traffic"
    if any(map(is_external, shared.claims)):
        return "the API server stores them all, and kube-proxy serves one of them"
    return "one of them gets the address; the load balancer of the others stays pending"


def _why_not_shared(controller: LoadBalancers, claims: tuple[Claim, ...]) -> str:
    if not _has_one_key(controller, claims):
        return (
            f"{controller.name} shares an address between Services with different "
            f"ports and one value of {controller.keys[0]}"
        )
    if _differ_in_pods(controller, claims):
        return (
            "their sharing key is the same, but with externalTrafficPolicy Local both "
            "must have that policy and one selector"
        )
    return (
        f"their sharing key is the same, but both must name the other's namespace "
        f"in {controller.other_namespaces[0]}"
    )


def _has_one_key(controller: LoadBalancers, claims: tuple[Claim, ...]) -> bool:
    keys = {sharing_key(controller, one) for one in _services(claims)}
    return len(keys) == 1 and "" not in keys


def _differ_in_pods(controller: LoadBalancers, claims: tuple[Claim, ...]) -> bool:
    first, *others = _services(claims)
    return not all(may_share_pods(controller, first, one) for one in others)


def _services(claims: tuple[Claim, ...]) -> list[Service]:
    return [Service(claim.member.resource.body) for claim in claims]


def _help(shared: SharedAddress) -> str:
    if shared.controller is None:
        return "give each its own address"
    if _has_one_key(shared.controller, shared.claims) and _differ_in_pods(
        shared.controller, shared.claims
    ):
        return "give each its own address, or set externalTrafficPolicy: Cluster"
    namespaces = {claim.member.namespace for claim in shared.claims}
    needed = [shared.controller.keys[0]]
    if len(namespaces) > 1:
        needed += shared.controller.other_namespaces[:1]
    return f"give each its own address, or share it by {listed(needed)}"
