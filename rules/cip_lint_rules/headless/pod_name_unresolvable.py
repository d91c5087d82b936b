"""The rule ``headless.pod-name-unresolvable``."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator

from cip_lint.cluster import ServiceMember
from cip_lint.kube.selectors import map_matches
from cip_lint.model import Label, Resource, Severity
from cip_lint.records import NamedTuple
from cip_lint.rule import Context, Problem, Stage, rule
from cip_lint.words import counted
from cip_lint_rules._pod_names import PodName, pod_names
from cip_lint_rules._topics import called
from cip_lint_rules._words import ordinal


class _Reader(NamedTuple):
    """The per-pod names in one text, by the StatefulSet and Service they mean."""

    names: tuple[PodName, ...]

    @property
    def resource(self) -> Resource:
        """The object that reads the names."""
        return self.names[0].literal.member.resource


def _readers(cx: Context) -> Iterable[_Reader]:
    grouped: dict[tuple[int, object, int, str], list[PodName]] = {}
    for name in pod_names(cx.cluster):
        literal = name.literal
        key = id(literal.member), literal.path, id(name.member), name.service
        grouped.setdefault(key, []).append(name)
    for names in grouped.values():
        yield _Reader(tuple(names))


@rule(
    "headless.pod-name-unresolvable",
    severity=Severity.ERROR,
    also=(Severity.WARNING,),
    on=_readers,
    stage=Stage.NAMES,
    since="0.1.0",
    hides=(
        "headless.governing-service-missing",
        "headless.governing-service-unfit",
        "dns.service-unknown",
    ),
    kinds=("workloads", "ConfigMap", "StatefulSet"),
)
def pod_name_unresolvable(reader: _Reader, cx: Context) -> Iterator[Problem]:
    """A per-pod DNS name is used that will not exist.

    ## Why it matters

    A pod of a StatefulSet has a name of its own, `db-0.db-hl`, only under the
    Service that `serviceName` names, only if that Service selects it, and only for
    the ordinals there are. A client of any other name gets NXDOMAIN.

    Where the Service merely is not headless it is a *warning*: the DNS specification
    promises no such name, though CoreDNS answers it for ready pods.

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
      replicas: 2
      selector: {matchLabels: {app: db}}
      template:
        metadata: {labels: {app: db}}
        spec:
          containers:
            - name: db
              image: db
              env: [{name: PEERS, value: "db-0.db-hl,db-1.db-hl"}]
    ```

    Use instead:

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
      replicas: 2
      selector: {matchLabels: {app: db}}
      template:
        metadata: {labels: {app: db}}
        spec:
          containers:
            - name: db
              image: db
              env: [{name: PEERS, value: "db-0.db-hl,db-1.db-hl"}]
    ```

    ## References

    - [Stable network identity](https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id)
    """
    first = reader.names[0]
    member = first.member
    if member.piece or first.literal.member.piece:
        return
    service = cx.cluster.service(member, first.service)
    if service is None and not _is_known_to_miss(first, cx):
        return
    trouble = _trouble(first, service, member.workload.service_name)
    if trouble is None and not cx.cluster.is_governed_elsewhere(member):
        trouble = next(
            (_beyond(name) for name in reader.names if _is_out_of_range(name)), None
        )
    if trouble is None and service is not None and not service.service.headless:
        trouble = _not_headless(first, service)
    if trouble is not None:
        yield trouble


def _is_known_to_miss(name: PodName, cx: Context) -> bool:
    """Whether the Service of a name cannot be somewhere outside the set."""
    if cx.cluster.outside.has_service(name.member, name.service):
        return False
    world = cx.cluster.world(name.member, "Service")
    if world.unknown_services is not None:
        return False
    return world.closed or world.witness_service is not None


def _trouble(
    name: PodName, service: ServiceMember | None, governing: str
) -> Problem | None:
    """Return what is wrong with the Service that the name goes through."""
    member = name.member
    who = member.display
    if governing != name.service:
        says = f"has serviceName {governing}" if governing else "has no serviceName"
        return _problem(
            name,
            f"{name.text} will not exist: {who} {says}",
            (_governing_label(name),),
            f"set serviceName: {name.service}; it is immutable, so create the set anew",
        )
    if service is None:
        return _problem(
            name,
            f"{name.text} will not exist: Service {name.service} is not in this set",
            (_governing_label(name),),
            f"create headless Service {name.service}",
        )
    selector = service.service.selector or {}
    if not map_matches(selector, member.workload.labels):
        return _problem(
            name,
            f"{name.text} will not exist: {service.display} does not select the pods "
            f"of {who}",
            (service.resource.label("spec", "selector", text="does not fit them"),),
            "make the selector fit the pod labels",
        )
    return None


def _is_out_of_range(name: PodName) -> bool:
    workload = name.member.workload
    replicas = workload.replicas
    if name.ordinal is None or not replicas:
        return False
    first = workload.first_ordinal
    return not first <= name.ordinal < first + replicas


def _beyond(name: PodName) -> Problem:
    member = name.member
    workload = member.workload
    replicas, first = workload.replicas or 0, workload.first_ordinal
    number = name.ordinal or 0
    last = first + replicas - 1
    which = f"the {ordinal(number)} pod" if first == 0 else f"pod {number}"
    there = (
        f"the only pod is {member.name}-{first}"
        if replicas == 1
        else f"replicas are {member.name}-{first} to {member.name}-{last}"
    )
    return _problem(
        name,
        f"{name.text} names {which} of {member.display}, which has {replicas}",
        (member.resource.label("spec", "replicas", text=counted(replicas, "pod")),),
        there,
    )


def _not_headless(name: PodName, service: ServiceMember) -> Problem:
    field = "clusterIP" if service.resource.get("spec", "clusterIP") else "ports"
    return _problem(
        name,
        f"{name.text} is not promised: {service.display} is not headless",
        (service.resource.label("spec", field, text="has an address of its own"),),
        "add clusterIP: None to a Service of its own",
        Severity.WARNING,
    )


def _problem(
    name: PodName,
    message: str,
    related: tuple[Label, ...],
    advice: str,
    severity: Severity = Severity.ERROR,
) -> Problem:
    return Problem(
        message,
        at=name.mention.label("asked for here"),
        related=related,
        help=advice,
        severity=severity,
        resource=name.literal.member.resource,
        covers=(name.member.resource,),
        topic=called(name.service, name.namespace),
        further_topics=_otherwise(name),
    )


def _otherwise(name: PodName) -> tuple[Hashable, ...]:
    """Return what else the object may call the same Service: with its namespace, or without."""
    reader = name.literal.member.ref.namespace
    if name.namespace is None:
        return (called(name.service, reader),)
    return (called(name.service, None),) if name.namespace == reader else ()


def _governing_label(name: PodName) -> Label:
    resource = name.member.resource
    if resource.get("spec", "serviceName"):
        return resource.label("spec", "serviceName", text="the pods' names end in this")
    return resource.key_label("spec", text="serviceName is not set")
