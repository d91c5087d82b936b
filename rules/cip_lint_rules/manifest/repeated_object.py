"""The rule ``manifest.repeated-object``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from cip_lint.cluster import Cluster, Member
from cip_lint.model import Label, Path, Resource, Severity, field_path
from cip_lint.records import NamedTuple
from cip_lint.rule import Context, Problem, Stage, rule, whole_cluster
from cip_lint_rules._words import ordinal, spelt

_MISSING = object()
_DEEPEST = 64


class _Difference(NamedTuple):
    """The first place where two objects differ, and what stands there."""

    path: Path
    first: Any
    second: Any


@rule(
    "manifest.repeated-object",
    severity=Severity.WARNING,
    on=whole_cluster,
    stage=Stage.PLACEMENT,
    since="0.1.0",
    kinds=("Service", "workloads", "EndpointSlice"),
    hides=("address.taken", "node-port.taken"),
)
def repeated_object(cluster: Cluster, _cx: Context) -> Iterator[Problem]:
    """One apply unit defines the same object twice with different bodies.

    ## Why it matters

    Group, kind, namespace and name are an object's identity. kubectl and Argo CD
    send both definitions and keep the last one without a word; kustomize, and Flux
    which builds with it, refuse to build even two that are equal, so that nothing of
    the unit is sent. Two files of a folder that define one object are taken for
    alternatives and not reported.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      selector:
        app: web
      ports:
        - port: 80
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      selector:
        app: web
      ports:
        - port: 8080
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      selector:
        app: web
      ports:
        - port: 80
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: web-admin
    spec:
      selector:
        app: web
      ports:
        - port: 8080
    ```

    ## References

    - [Object names and IDs](https://kubernetes.io/docs/concepts/overview/working-with-objects/names/)
    """
    for members in _repeated(cluster):
        last = members[-1]
        earlier = [
            (member, difference)
            for member in members[:-1]
            if (difference := _difference(member.resource.body, last.resource.body))
        ]
        if earlier:
            yield _problem(members, earlier)
        elif _is_accumulated(last):
            yield _copies(members)


def _is_accumulated(member: Member) -> bool:
    """Whether kustomize puts the files of its unit together, as Flux lets it do."""
    unit = member.unit
    return unit.rendered and (unit.kind == "kustomization" or unit.engine == "flux")


def _is_application(member: Member) -> bool:
    """Whether Argo CD sends all files of its folder at once, as they are."""
    resource = member.resource
    return (
        member.unit.rendered
        and member.unit.kind == "argocd"
        and not (resource.built_by or resource.release)
    )


def _copies(members: list[Member]) -> Problem:
    """Return what is said of equal copies: kustomize takes none at all."""
    last = members[-1]
    name = ("metadata", "name")
    return Problem(
        f"{last.display} is defined {_times(members)}; kustomize refuses to build it",
        at=last.resource.label(*name, text="defined again here"),
        related=tuple(
            one.resource.label(*name, text="defined here before")
            for one in members[:-1]
        ),
        help="delete one: kustomize takes no object twice, even where both are equal",
        resource=last.resource,
        covers=tuple(member.resource for member in members[:-1]),
    )


def _times(members: list[Member]) -> str:
    return "twice" if len(members) == 2 else f"{spelt(len(members))} times"


def _problem(
    members: list[Member], earlier: list[tuple[Member, _Difference]]
) -> Problem:
    last = members[-1]
    related: list[Label] = []
    for member, difference in earlier:
        related.append(
            member.resource.label("metadata", "name", text="defined here before")
        )
        related.append(member.resource.label(*difference.path))
    _, difference = earlier[-1]
    related.append(last.resource.label(*difference.path))
    words = _words(difference, len(members))
    return Problem(
        f"{last.display} is defined {_times(members)}; {words}",
        at=last.resource.label("metadata", "name", text="defined again here"),
        related=tuple(related),
        help="delete one; Argo CD and kubectl keep the last one, kustomize refuses",
        resource=last.resource,
        covers=tuple(member.resource for member in members[:-1]),
    )


def _repeated(cluster: Cluster) -> Iterator[list[Member]]:
    """Yield the objects of one file, or one unit, that share an identity, in order.

    What two of Flux or Argo CD send of one folder goes to two clusters, or is the same.
    """
    first: dict[tuple[str, str, str], Member] = {}
    named_alike: dict[tuple[str, ...], list[Member]] = {}
    for member in _candidates(cluster):
        resource = member.resource
        key = (resource.name, resource.kind, member.effective_namespace)
        if first.setdefault(key, member) is not member:
            named_alike.setdefault(key, [first[key]]).append(member)
    for members in named_alike.values():
        alike: dict[tuple[str, ...], list[Member]] = {}
        for member in members:
            if _may_be_repeated(member.resource):
                alike.setdefault(_together(member), []).append(member)
        for group in alike.values():
            if len(group) > 1:
                yield sorted(group, key=lambda member: member.order)


def _together(member: Member) -> tuple[str, ...]:
    """Return what copies that certainly meet have in common.

    To kustomize, another version makes another object.
    """
    resource, unit = member.resource, member.unit
    if _is_accumulated(member) and not resource.built_by:
        return (unit.path, unit.engine, unit.scope, resource.api_version)
    if _is_application(member):
        where = (unit.path, unit.scope, unit.sender)
        return (*where, resource.group, member.namespace)
    return (member.sent_by, resource.release, resource.group, member.namespace)


def _may_be_repeated(resource: Resource) -> bool:
    """Whether its name is its own, and Helm does not send it at its own moment."""
    if not isinstance(resource.get("metadata", "name"), str):
        return False
    return resource.get("metadata", "annotations", "helm.sh/hook") is None


def _candidates(cluster: Cluster) -> Iterable[Member]:
    yield from cluster.judged_services
    yield from cluster.judged_workloads
    yield from cluster.judged("EndpointSlice")


def _difference(first: Any, second: Any) -> _Difference | None:
    """Return the first place where two values differ, in the order of the second."""
    path: Path = ()
    for _ in range(_DEEPEST):
        if _equal(first, second):
            return None
        step = _first_step(first, second)
        if step is None:
            return _Difference(path, first, second)
        path = (*path, step)
        first, second = _item(first, step), _item(second, step)
    return _Difference(path, first, second)


def _first_step(first: Any, second: Any) -> str | int | None:
    """Return the key or index at which two containers of one sort part."""
    if isinstance(first, dict) and isinstance(second, dict):
        for key in (*second, *first):
            if not _equal(_item(first, key), _item(second, key)):
                return str(key)
    if isinstance(first, list) and isinstance(second, list):
        for index in range(max(len(first), len(second))):
            if not _equal(_item(first, index), _item(second, index)):
                return index
    return None


def _equal(first: Any, second: Any) -> bool:
    """Whether two values are one; what is nested too deeply is taken to differ."""
    try:
        return bool(first == second and type(first) is type(second))
    except RecursionError:
        return False


def _item(container: Any, step: str | int) -> Any:
    try:
        return container[step]
    except (KeyError, IndexError):
        return _MISSING


def _words(difference: _Difference, count: int) -> str:
    which = "the second" if count == 2 else f"the {ordinal(count - 1)}"
    field = str(difference.path[-1]) if difference.path else "object"
    where = field_path(difference.path)
    first, second = difference.first, difference.second
    if second is _MISSING:
        return f"{which} lacks {where}"
    if first is _MISSING:
        return f"only {which} has {where}"
    if isinstance(first, (dict, list)) or isinstance(second, (dict, list)):
        return f"{which} differs at {where}"
    if isinstance(difference.path[-1], int):
        field = where
    return f"{which} has {field} {second} where the first has {first}"
