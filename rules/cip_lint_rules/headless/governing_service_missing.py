"""The rule ``headless.governing-service-missing``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from cip_lint.kube.discovery import is_built_in_group
from cip_lint.kube.grammar import dns1123_label
from cip_lint.kube.workload_checks import SERVICE_NAME_CHECKED_SINCE
from cip_lint.model import Confidence, Label, Resource, Severity
from cip_lint.records import NamedTuple
from cip_lint.replay import ServiceRow
from cip_lint.rule import Context, Problem, Stage, rule, workloads
from cip_lint_rules._governing import Governed, governed
from cip_lint_rules._pods import served_by


class _Governed(NamedTuple):
    pods: Governed
    beside_services: bool
    """Whether the set holds any Service of the namespace."""
    serving: Callable[[], Mapping[int, ServiceRow]]

    @property
    def resource(self) -> Resource:
        """The workload that names the Service."""
        return self.pods.member.resource


def _governed(cx: Context) -> Iterable[_Governed]:
    """Without any Service in the namespace, the Services are somewhere else."""
    places = {(m.unit.scope, m.namespace) for m in cx.cluster.judged_services}
    serving = served_by(cx)
    for pods in governed(cx):
        member = pods.member
        beside = (member.unit.scope, member.namespace) in places
        yield _Governed(pods, beside, serving)


@rule(
    "headless.governing-service-missing",
    severity=Severity.WARNING,
    also=(Severity.ERROR,),
    on=_governed,
    needs=workloads,
    stage=Stage.NAMES,
    since="0.1.0",
    hides=("headless.unready-peers-hidden",),
    kinds=("StatefulSet", "Pod", "workloads"),
)
def governing_service_missing(missing: _Governed, cx: Context) -> Iterator[Problem]:
    """ServiceName or subdomain names a Service that is not in the set.

    ## Why it matters

    The pods get their own DNS names under this Service. The controller does not
    check that it exists: the pods run, and their names are not found. In a closed
    world it is an *error*.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: db, namespace: shop}
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
      selector: {matchLabels: {app: db}}
      template:
        metadata: {labels: {app: db}}
        spec: {containers: [{name: db, image: db}]}
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: db, namespace: shop}
    spec:
      clusterIP: None
      selector: {app: db}
      ports: [{port: 5432}]
    ---
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: db, namespace: shop}
    spec:
      serviceName: db
      selector: {matchLabels: {app: db}}
      template:
        metadata: {labels: {app: db}}
        spec: {containers: [{name: db, image: db}]}
    ```

    ## References

    - [Stable network identity](https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id)
    """
    pods = missing.pods
    member = pods.member
    if member.piece or cx.cluster.service(member, pods.service_name) is not None:
        return
    if cx.cluster.outside.has_service(member, pods.service_name):
        return
    impossible = bool(dns1123_label(pods.service_name))
    if impossible and _is_refused(pods, cx):
        return  # manifest.refused speaks of it
    world = cx.cluster.world(member, "Service")
    if not world.closed and (
        world.unknown_services is not None or not missing.beside_services
    ):
        return
    yield Problem(
        f"{member.display} names Service {pods.service_name}, which is not in this "
        "set: its pods get no names",
        at=member.resource.label(*pods.path, text="no Service has this name"),
        related=_related(missing, cx),
        notes=(f"nothing else exists here: {world.origin}",) if world.closed else (),
        help="name a headless Service; none can be called so"
        if impossible
        else _help(missing, cx),
        severity=Severity.ERROR if world.closed else Severity.WARNING,
        confidence=Confidence.CERTAIN if world.closed else Confidence.POSSIBLE,
    )


def _is_refused(pods: Governed, cx: Context) -> bool:
    """Whether the API server refuses a name that no Service can have.

    It checks its own kinds: ``subdomain`` always, ``serviceName`` lately.
    """
    if not is_built_in_group(pods.member.resource.api_version):
        return False
    checked = cx.settings.kubernetes_version.value >= SERVICE_NAME_CHECKED_SINCE
    return checked or pods.path[-1] == "subdomain"


def _related(missing: _Governed, cx: Context) -> tuple[Label, ...]:
    """Return the Service that selects the pods, else one of a name that is near."""
    pods = missing.pods
    row = missing.serving().get(id(pods.member))
    if row is not None:
        text = f"{row.display} selects these pods"
        return (row.resource.label("metadata", "name", text=text),)
    for near in cx.cluster.near_services(pods.member, pods.service_name):
        return (near.resource.label("metadata", "name", text="the nearest name"),)
    return ()


def _help(missing: _Governed, cx: Context) -> str:
    """Return what to write where a headless Service of a near name is there."""
    pods = missing.pods
    created = f"create headless Service {pods.service_name}"
    for near in cx.cluster.near_services(pods.member, pods.service_name):
        if near.service.headless:
            field = pods.path[-1]
            anew = "; it is immutable, so create the set anew"
            fixed = anew if field == "serviceName" else ""
            return f"write {field}: {near.name}{fixed}; or {created}"
    return created
