"""The rule ``reference.monitor-finds-nothing``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice

from cip_lint.bodies import text_values
from cip_lint.cluster.monitors import Monitor, Monitors, labels_of
from cip_lint.cluster.near import key_is_near, nearness
from cip_lint.model import Confidence, Label, Path, Resource, Severity
from cip_lint.records import NamedTuple
from cip_lint.replay import ServiceRow
from cip_lint.rule import Context, Problem, Stage, referring, rule
from cip_lint_rules._pods import pod_label, written

_MOST = 256
"""How many Services are compared with one selector at most."""


class _Found(NamedTuple):
    """A monitor that selects no Service of the set."""

    monitor: Monitor
    seen: _Seen

    @property
    def resource(self) -> Resource:
        """The monitor."""
        return self.monitor.resource


class _Seen:
    """The Services of one run, for all monitors."""

    def __init__(self, cx: Context, monitors: Monitors) -> None:
        self._cx = cx
        self._monitors = monitors

    @cached_property
    def _rows(self) -> Mapping[str, Mapping[str, list[ServiceRow]]]:
        """By the scope of their units, then by their namespace."""
        found: dict[str, dict[str, list[ServiceRow]]] = {}
        for row in self._cx.table.judged:
            member = row.member
            places = found.setdefault(member.unit.scope, {})
            places.setdefault(member.namespace, []).append(row)
        return found

    def beside(self, monitor: Monitor) -> Iterator[ServiceRow]:
        """Yield the Services among which a monitor looks for some; at most a few."""
        named = monitor.namespaces
        here = self._rows.get(monitor.member.unit.scope, {})
        if named is None:
            places = list(here)
        elif named:
            places = [*named, ""]
        else:
            own = monitor.member.namespace
            places = [own, ""] if own else list(here)
        rows = (row for place in dict.fromkeys(places) for row in here.get(place, ()))
        for row in islice(rows, _MOST):
            if not row.member.piece and self._monitors.looks_at(monitor, row.member):
                yield row


def _without_services(cx: Context) -> Iterable[_Found]:
    monitors = Monitors(cx.cluster)
    seen = _Seen(cx, monitors)
    for monitor in monitors.all:
        if (
            monitor.selector.requirements
            and not monitor.member.piece
            and not monitors.services_of(monitor)
        ):
            yield _Found(monitor, seen)


class _Near(NamedTuple):
    """The Service that is probably meant, and what keeps it from being selected."""

    row: ServiceRow
    clause: str
    help: str
    related: tuple[Label, ...]
    key: str


@rule(
    "reference.monitor-finds-nothing",
    severity=Severity.WARNING,
    on=_without_services,
    needs=referring,
    stage=Stage.NAMES,
    since="0.1.0",
    kinds=("ServiceMonitor", "Service"),
)
def monitor_finds_nothing(found: _Found, cx: Context) -> Iterator[Problem]:
    """A ServiceMonitor selects no Service.

    ## Why it matters

    Prometheus looks for Services by the labels in their own metadata, not by those
    that they select pods by. A monitor that fits none is accepted, and nothing is
    scraped.

    In a closed world it always speaks. In an open one it does in the `strict` profile,
    and only where one Service is nearly selected: its pods carry the labels, or one
    label differs by its spelling.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec:
      selector: {app: web}
      ports: [{name: http, port: 80}]
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {containers: [{name: web, image: web, ports: [{containerPort: 80}]}]}
    ---
    apiVersion: monitoring.coreos.com/v1
    kind: ServiceMonitor
    metadata: {name: web, namespace: shop}
    spec:
      selector: {matchLabels: {app: web}}
      endpoints: [{port: http}]
    ```

    ```config
    cluster:
      complete: true
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop, labels: {app: web}}
    spec:
      selector: {app: web}
      ports: [{name: http, port: 80}]
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {containers: [{name: web, image: web, ports: [{containerPort: 80}]}]}
    ---
    apiVersion: monitoring.coreos.com/v1
    kind: ServiceMonitor
    metadata: {name: web, namespace: shop}
    spec:
      selector: {matchLabels: {app: web}}
      endpoints: [{port: http}]
    ```

    ## References

    - [Service monitors](https://prometheus-operator.dev/docs/developer/getting-started/#using-servicemonitors)
    """
    monitor = found.monitor
    closed = _closed(monitor, cx)
    if closed is None or not (closed or cx.strict):
        return
    near = _nearest(found)
    if near is None and not closed:
        return
    asked = str(monitor.selector)
    clause = f": {near.clause}" if near is not None else f" with {asked}"
    path: Path = ("spec", "selector")
    if near is not None and near.key in text_values(
        monitor.resource.get(*path, "matchLabels")
    ):
        path = (*path, "matchLabels", near.key)
    yield Problem(
        f"{monitor.member.display} selects no Service{clause}",
        at=monitor.resource.label(*path),
        label="no Service carries this",
        related=near.related if near is not None else (),
        notes=(f"nothing else exists here: {closed}",) if closed else (),
        help=near.help
        if near is not None
        else f"label a Service with {asked}, or correct the selector",
        confidence=Confidence.CERTAIN if closed else Confidence.POSSIBLE,
    )


def _closed(monitor: Monitor, cx: Context) -> str | None:
    """Return who says that no further Service exists; empty: nobody.

    None where something may make Services that the monitor selects, or where such
    live in the cluster already.
    """
    member, names = monitor.member, monitor.namespaces
    if _lives(monitor, cx):
        return None
    if names is None:
        setting = cx.settings.completeness_for(member.sent_by)
        if cx.cluster.may_hold_makers or cx.settings.external.services:
            return None
        return str(setting.origin) if setting.value is True else ""
    worlds = [cx.cluster.world(member, "Service", name) for name in (names or (None,))]
    places = names or (member.ref.namespace,)
    declared = cx.settings.external.services
    if any(world.unknown_services is not None for world in worlds) or any(
        one.is_in(place) for one in declared for place in places
    ):
        return None
    return worlds[0].origin if all(world.closed for world in worlds) else ""


def _lives(monitor: Monitor, cx: Context) -> bool:
    """Whether a Service that it selects is in the snapshot."""
    if cx.cluster.snapshot is None:
        return False
    names = monitor.namespaces
    own = monitor.member.ref.namespace
    return any(
        (names is None or service.namespace in (names or (own,)))
        and monitor.selector.matches(labels_of(service))
        for service in cx.cluster.snapshot.services
    )


def _nearest(found: _Found) -> _Near | None:
    wanted = {
        one.key: one.values[0]
        for one in found.monitor.selector.requirements
        if one.operator == "=" and len(one.values) == 1
    }
    if len(wanted) != len(found.monitor.selector.requirements):
        return None
    rows = list(found.seen.beside(found.monitor))
    for row in rows:
        near = _by_spelling(row, wanted)
        if near is not None:
            return near
    for row in rows:
        near = _by_pods(row, wanted)
        if near is not None:
            return near
    return None


def _by_pods(row: ServiceRow, wanted: Mapping[str, str]) -> _Near | None:
    """Return a Service that selects pods by the labels that it lacks itself."""
    labels = labels_of(row.member)
    lacks = {key: value for key, value in wanted.items() if key not in labels}
    if not lacks or any(labels[key] != wanted[key] for key in wanted if key in labels):
        return None
    key = next(iter(lacks))
    carried = _carried(row, wanted, lacks, key)
    if carried is None:
        return None
    verb = "is" if len(lacks) == 1 else "are"
    return _Near(
        row,
        f"{written(lacks)} {verb} on the pods, not on Service {row.member.name}",
        f"add {_it(lacks)} to the metadata of Service {row.member.name}",
        (row.resource.label("metadata", "name", text="has no such label"), carried),
        key,
    )


def _carried(
    row: ServiceRow, wanted: Mapping[str, str], lacks: Mapping[str, str], key: str
) -> Label | None:
    """Return the label on what pods carry: of a template, else as the Service asks."""
    for member in row.selection.workloads:
        if wanted.items() <= member.workload.labels.items():
            return pod_label(member, key, "the pods carry this")
    if lacks.items() <= (row.service.selector or {}).items():
        return row.resource.label("spec", "selector", key, text="its pods carry this")
    return None


def _it(lacks: Mapping[str, str]) -> str:
    return "the label" if len(lacks) == 1 else "the labels"


def _by_spelling(row: ServiceRow, wanted: Mapping[str, str]) -> _Near | None:
    """Return a Service that misses one label, by its spelling."""
    labels = labels_of(row.member)
    misses = [key for key, value in wanted.items() if labels.get(key) != value]
    if len(misses) != 1:
        return None
    key = misses[0]
    has = _spelt_alike(key, wanted[key], labels)
    if has is None:
        return None
    path = ("metadata", "labels", has)
    return _Near(
        row,
        f"it asks for {key}={wanted[key]}, Service {row.member.name} has "
        f"{has}={labels[has]}",
        f"write {has}: {labels[has]}",
        (row.resource.label(*path, text="the nearest label"),),
        key,
    )


def _spelt_alike(key: str, value: str, labels: Mapping[str, str]) -> str | None:
    """Return the key of a label that is probably meant by another one."""
    if key in labels:
        return key if nearness(value, labels[key]) is not None else None
    for other, has in labels.items():
        if has == value and key_is_near(key, other):
            return other
    return None
