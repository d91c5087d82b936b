"""The rule ``headless.unready-peers-hidden``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cip_lint.cluster import ServiceMember, WorkloadMember
from cip_lint.cluster.literals import Mention, of_workload
from cip_lint.model import Severity
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple
from cip_lint.rule import Context, Problem, Stage, rule
from cip_lint_rules._pod_names import pod_names

_WORD = pattern(r"[^\s,/]+")


class _Peers(NamedTuple):
    """A workload whose own texts name its pods, and the Service they go through."""

    member: WorkloadMember
    service: ServiceMember
    mention: Mention


def _peers(cx: Context) -> Iterable[_Peers]:
    seen: set[int] = set()
    for name in pod_names(cx.cluster):
        if name.literal.member is not name.member or id(name.member) in seen:
            continue
        service = cx.cluster.service(name.member, name.service)
        if service is not None and service.service.headless:
            seen.add(id(name.member))
            yield _Peers(name.member, service, name.mention)
    for row in cx.table.judged:
        if row.service.headless and not row.service.publish_not_ready:
            for member in row.selection.workloads:
                mention = _own_mention(member, row.ref.name)
                if mention is not None:
                    yield _Peers(member, row.member, mention)


def _own_mention(member: WorkloadMember, name: str) -> Mention | None:
    """Return where a Deployment names the Service that selects it."""
    if member.kind != "Deployment":
        return None
    for literal in of_workload(member):
        for word in _WORD.finditer(literal.text):
            before, equals, value = word[0].rpartition("=")
            host = value.partition(":")[0]
            if host == name or host.startswith(f"{name}."):
                start = word.start() + len(before) + len(equals)
                return Mention(literal, start, start + len(name), name)
    return None


@rule(
    "headless.unready-peers-hidden",
    severity=Severity.INFO,
    on=_peers,
    stage=Stage.ADVICE,
    since="0.1.0",
    profile="strict",
    kinds=("StatefulSet", "Service"),
)
def unready_peers_hidden(peers: _Peers, _cx: Context) -> Iterator[Problem]:
    """Peers look each other up before they are ready, and unready pods have no records.

    ## Why it matters

    A store that needs its peers to become ready waits for names that exist only once
    the peers are ready: after a full restart nobody finds anybody. With
    `publishNotReadyAddresses: true` the headless Service lists pods at once.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: db-hl, namespace: shop}
    spec:
      clusterIP: None
      selector: {app: db}
      ports: [{port: 5432}]
    ---
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: db, namespace: shop}
    spec:
      serviceName: db-hl
      replicas: 3
      selector: {matchLabels: {app: db}}
      template:
        metadata: {labels: {app: db}}
        spec:
          containers:
            - name: db
              image: db
              env: [{name: PEERS, value: "db-0.db-hl,db-1.db-hl,db-2.db-hl"}]
              readinessProbe: {tcpSocket: {port: 5432}}
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: db-hl, namespace: shop}
    spec:
      clusterIP: None
      publishNotReadyAddresses: true
      selector: {app: db}
      ports: [{port: 5432}]
    ---
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: db, namespace: shop}
    spec:
      serviceName: db-hl
      replicas: 3
      selector: {matchLabels: {app: db}}
      template:
        metadata: {labels: {app: db}}
        spec:
          containers:
            - name: db
              image: db
              env: [{name: PEERS, value: "db-0.db-hl,db-1.db-hl,db-2.db-hl"}]
              readinessProbe: {tcpSocket: {port: 5432}}
    ```

    ## References

    - [Service v1: publishNotReadyAddresses](https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/#ServiceSpec)
    """
    member, service = peers.member, peers.service
    workload = member.workload
    if service.service.publish_not_ready or member.piece or workload.replicas == 1:
        return
    if not any(c.probe("readinessProbe") is not None for c in workload.containers):
        return
    yield Problem(
        f"{member.display} waits for peers that have no DNS record until they are ready",
        at=service.resource.key_label(
            "spec", text=f"{service.display} lists ready pods alone"
        ),
        related=(peers.mention.label("peers are looked up by name"),),
        help="set publishNotReadyAddresses: true on the headless Service",
        resource=service.resource,
    )
