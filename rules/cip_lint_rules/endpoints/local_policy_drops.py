"""The rule ``endpoints.local-policy-drops``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.cluster import WorkloadMember
from cip_lint.kube.service import Service
from cip_lint.model import Resource, Severity
from cip_lint.records import NamedTuple
from cip_lint.replay import ServiceRow
from cip_lint.rule import Context, Problem, Stage, rule, services
from cip_lint.words import counted
from cip_lint_rules._pods import readable, steady
from cip_lint_rules.endpoints._affinity import (
    Followers,
    follows_others,
    runs_once_a_node,
)

_INTERNAL, _EXTERNAL = "internalTrafficPolicy", "externalTrafficPolicy"


class _Local(NamedTuple):
    row: ServiceRow
    field: str
    """Which policy is Local."""
    followers: Followers

    @property
    def resource(self) -> Resource:
        """The Service."""
        return self.row.resource


def _local(cx: Context) -> Iterator[_Local]:
    followers = Followers(cx.cluster)
    for row in cx.table.judged:
        field = _local_policy(row.service, strict=cx.strict)
        if field and not row.service.headless:
            yield _Local(row, field, followers)


@rule(
    "endpoints.local-policy-drops",
    severity=Severity.WARNING,
    also=(Severity.INFO,),
    on=_local,
    needs=services,
    stage=Stage.ADVICE,
    since="0.1.0",
    kinds=("Service", "workloads"),
)
def local_policy_drops(subject: _Local, cx: Context) -> Iterator[Problem]:
    """A Local traffic policy drops traffic on nodes without a pod.

    ## Why it matters

    With the policy `Local` a node sends traffic to its own pods alone. Where other
    nodes have pods and this one has none, packets are dropped: not refused, so
    clients wait for a time-out. Only a DaemonSet has a pod on every node.

    In the `strict` profile `externalTrafficPolicy: Local` of a NodePort Service is
    told as well: clients must know which nodes have pods.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: cache, namespace: shop}
    spec:
      internalTrafficPolicy: Local
      selector: {app: cache}
      ports: [{port: 6379}]
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: cache, namespace: shop}
    spec:
      replicas: 3
      selector: {matchLabels: {app: cache}}
      template:
        metadata: {labels: {app: cache}}
        spec: {containers: [{name: cache, image: redis}]}
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: cache, namespace: shop}
    spec:
      internalTrafficPolicy: Local
      selector: {app: cache}
      ports: [{port: 6379}]
    ---
    apiVersion: apps/v1
    kind: DaemonSet
    metadata: {name: cache, namespace: shop}
    spec:
      selector: {matchLabels: {app: cache}}
      template:
        metadata: {labels: {app: cache}}
        spec: {containers: [{name: cache, image: redis}]}
    ```

    ## References

    - [Internal traffic policy](https://kubernetes.io/docs/concepts/services-networking/service-traffic-policy/)
    """
    row, field, followers = subject
    workloads = steady(row)
    if not workloads or not readable(workloads):
        return
    if any(member.kind == "DaemonSet" for member in workloads):
        return
    if field == _EXTERNAL:
        yield _problem(row, field, workloads, Severity.INFO, cx)
    elif not any(_is_beside_clients(member, followers) for member in workloads):
        yield _problem(row, field, workloads, Severity.WARNING, cx)


def _local_policy(service: Service, *, strict: bool) -> str:
    """Return the field that says ``Local`` and may be told; empty for none."""
    if service.internal_traffic_policy == "Local":
        return _INTERNAL
    if strict and service.type == "NodePort":
        return _EXTERNAL if service.external_traffic_policy == "Local" else ""
    return ""


def _is_beside_clients(member: WorkloadMember, followers: Followers) -> bool:
    """Whether an affinity may see to it that each client has one of these pods."""
    return follows_others(member) or runs_once_a_node(member) or followers.have(member)


def _problem(
    row: ServiceRow,
    field: str,
    workloads: tuple[WorkloadMember, ...],
    severity: Severity,
    cx: Context,
) -> Problem:
    member = workloads[0]
    replicas = [other.workload.replicas for other in workloads]
    if all(count is not None for count in replicas):
        total = sum(count or 0 for count in replicas)
        pods = f"{counted(total, 'replica')} of a {member.kind}"
        if member.kind == "Pod" or len({other.kind for other in workloads}) > 1:
            pods = counted(total, "pod")
    else:
        pods = f"pods of a {member.kind}"
    advice = "use Cluster, or a DaemonSet"
    if field == _INTERNAL:
        advice = "use trafficDistribution: PreferSameNode (1.34), or a DaemonSet"
        if cx.settings.kubernetes_version.value < (1, 34):
            advice = "use trafficDistribution: PreferClose, or a DaemonSet"
    return Problem(
        f"{field} Local with {pods}: nodes without one drop the traffic",
        at=row.resource.label("spec", field, text="drops where no pod runs"),
        related=(member.resource.label("kind", text="not on every node"),),
        help=advice,
        severity=severity,
    )
