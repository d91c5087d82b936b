"""The rule ``address.literal``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from cip_lint.cluster import Member, ServiceMember, WorkloadMember
from cip_lint.cluster.address_fields import host_aliases
from cip_lint.cluster.literals import literals
from cip_lint.kube.addresses import IPV6, Address
from cip_lint.kube.well_known import MASTER
from cip_lint.model import Label, Resource, Severity
from cip_lint.records import NamedTuple
from cip_lint.rule import Context, Problem, Stage, rule
from cip_lint_rules._settings import source
from cip_lint_rules.address._literals import Use, uses

if TYPE_CHECKING:
    from cip_lint.cluster import Holding


class _Known(NamedTuple):
    """An address that an object names, the Service that has it, and where it says so."""

    use: Use
    service: ServiceMember
    claim: Label

    @property
    def resource(self) -> Resource:
        """The object that names it."""
        return self.use.resource


def _known(cx: Context) -> Iterable[_Known]:
    claims = cx.table.all_claims
    snapshot = cx.cluster.snapshot
    living = {} if snapshot is None else snapshot.addresses
    if not claims and not living:
        return
    families = {made[0].family for made in claims.values()}
    found = uses(
        literals(cx.cluster),
        host_aliases(cx.cluster),
        lambda address: address.canonical in claims or address.canonical in living,
        ipv6=IPV6 in families or any(":" in address for address in living),
    )
    for use in found:
        member = use.mentions[0].member
        if _resolves_names(member):
            meant = _asking(member, use.address, cx) or _living(use.address, living)
            if meant is not None and not _is_api_server(meant[0]):
                yield _Known(use, *meant)


@rule(
    "address.literal",
    severity=Severity.INFO,
    on=_known,
    stage=Stage.ADVICE,
    since="0.1.0",
    profile="strict",
    kinds=("workloads", "ConfigMap"),
)
def literal(known: _Known, cx: Context) -> Iterator[Problem]:
    """Configuration hard-codes the cluster IP of a Service whose DNS name would do.

    ## Why it matters

    The address has to be kept free in every cluster, and the configuration changes
    whenever it does. The DNS name of the Service stays.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: db
      namespace: shop
    spec:
      clusterIP: 10.96.0.53
      ports:
        - port: 5432
    ---
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
      namespace: shop
    spec:
      containers:
        - name: web
          image: web
          env:
            - name: DB_HOST
              value: 10.96.0.53
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: db
      namespace: shop
    spec:
      clusterIP: 10.96.0.53
      ports:
        - port: 5432
    ---
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
      namespace: shop
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
    use, service, claim = known
    domain = cx.settings.cluster_domain
    name = f"{service.ref.name}.{service.ref.namespace}.svc.{domain.value}"
    written = use.address.canonical
    yield Problem(
        f"{written} is {service.display}, written as an address",
        at=use.mentions[0].label(),
        related=(
            *use.others("written here too"),
            claim,
        ),
        notes=(f"with cluster domain {domain.value}, {source(domain)}",),
        help=f"write {name}: the name survives a new address",
        topic=written,
        resource=use.resource,
    )


def _asking(
    member: Member, address: Address, cx: Context
) -> tuple[ServiceMember, Label] | None:
    """Return the Service of the set that asks for an address where ``member`` runs."""
    for claim in cx.table.all_claims.get(address.canonical, ()):
        row = claim.row
        if row is not None and cx.cluster.can_meet(member, row.member):
            label = row.resource.label(*claim.path, text="the Service asks for it")
            return row.member, label
    return None


def _living(
    address: Address, living: Mapping[str, Holding]
) -> tuple[ServiceMember, Label] | None:
    """Return the living Service that holds an address."""
    holding = living.get(address.canonical)
    if holding is None or not isinstance(holding.member, ServiceMember):
        return None
    label = holding.member.resource.label(*holding.path, text="the Service holds it")
    return holding.member, label


def _is_api_server(service: ServiceMember) -> bool:
    """Whether it is what must be reached before anything can be looked up."""
    return (service.ref.namespace, service.name) == MASTER


def _resolves_names(member: Member) -> bool:
    """Whether the pods of a workload look names up in the cluster's DNS.

    ``ClusterFirst`` is ``Default`` in the network of a node. Follows
    ``getPodDNSType`` of ``pkg/kubelet/network/dns``.
    """
    if not isinstance(member, WorkloadMember):
        return True
    workload = member.workload
    if workload.dns_policy == "ClusterFirst":
        return not workload.host_network
    return workload.dns_policy == "ClusterFirstWithHostNet"
