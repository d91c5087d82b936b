"""The rule ``headless.port-translation``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import cache

from cip_lint.cluster.literals import literals
from cip_lint.kube.service import ServicePort
from cip_lint.model import Label, Resource, Severity
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple
from cip_lint.replay import ServiceRow
from cip_lint.rule import Context, Problem, Stage, rule, services
from cip_lint_rules._meshes import meshed
from cip_lint_rules._pods import readable, steady_or_all

_RECORD = pattern(r"_[a-z0-9-]+\._(?:tcp|udp|sctp)\.[a-z0-9-]+")
_DIALLED = pattern(r"([a-z0-9][a-z0-9-]*)(?:\.[a-z0-9-]+){0,5}:(\d{1,5})(?!\d)")


class _Spoken(NamedTuple):
    """What the texts of a set look up and dial."""

    records: frozenset[str]
    """SRV names, as ``_http._tcp.web``."""
    dialled: frozenset[tuple[str, str]]
    """Hosts (the first label) and port numbers."""


class _Headless(NamedTuple):
    row: ServiceRow
    spoken: Callable[[], _Spoken]
    is_meshed: Callable[[ServiceRow], bool]

    @property
    def resource(self) -> Resource:
        """The Service."""
        return self.row.resource


def _may_name_port(text: str, _: str) -> bool:
    return ":" in text or "._" in text


def _headless(cx: Context) -> Iterator[_Headless]:
    @cache
    def spoken() -> _Spoken:
        records: set[str] = set()
        dialled: set[tuple[str, str]] = set()
        for literal in literals(cx.cluster, _may_name_port):
            records.update(_RECORD.findall(literal.text))
            dialled.update(_DIALLED.findall(literal.text))
        return _Spoken(frozenset(records), frozenset(dialled))

    is_meshed = meshed(cx)
    for row in cx.table.judged:
        if row.service.headless and row.selection.state == "matched":
            yield _Headless(row, spoken, is_meshed)


@rule(
    "headless.port-translation",
    severity=Severity.WARNING,
    on=_headless,
    needs=services,
    stage=Stage.PORTS,
    since="0.1.0",
    kinds=("Service", "workloads"),
)
def port_translation(subject: _Headless, _cx: Context) -> Iterator[Problem]:
    """A headless Service maps a port, but nothing translates it.

    ## Why it matters

    The name of a headless Service leads straight to the pods. No proxy stands in
    between, so `targetPort` has no effect on clients: they must dial the number that
    the container listens on, whatever `port` says.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: pg, namespace: db}
    spec:
      clusterIP: None
      selector: {app: pg}
      ports: [{port: 80, targetPort: 5432}]
    ---
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: pg, namespace: db}
    spec:
      serviceName: pg
      selector: {matchLabels: {app: pg}}
      template:
        metadata: {labels: {app: pg}}
        spec:
          containers: [{name: pg, image: postgres, ports: [{containerPort: 5432}]}]
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: pg, namespace: db}
    spec:
      clusterIP: None
      selector: {app: pg}
      ports: [{port: 5432}]
    ---
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: pg, namespace: db}
    spec:
      serviceName: pg
      selector: {matchLabels: {app: pg}}
      template:
        metadata: {labels: {app: pg}}
        spec:
          containers: [{name: pg, image: postgres, ports: [{containerPort: 5432}]}]
    ```

    ## References

    - [Headless Services](https://kubernetes.io/docs/concepts/services-networking/service/#headless-services)
    """
    row = subject.row
    workloads = steady_or_all(row)
    if not workloads or not readable(workloads):
        return
    listed = {(port.port, port.protocol) for port in row.service.ports}
    for port in row.service.ports:
        numbers = {row.target(port, member).number for member in workloads}
        if None in numbers or port.port in numbers or len(numbers) != 1:
            continue
        # The proxies of a mesh translate.
        if not _is_for_srv_alone(subject, port) and not subject.is_meshed(row):
            yield _problem(row, port, numbers.pop() or 0, listed)


def _is_for_srv_alone(subject: _Headless, port: ServicePort) -> bool:
    """Whether clients look the number up, and nobody writes it."""
    if not port.name:
        return False
    name, spoken = subject.row.ref.name, subject.spoken()
    record = f"_{port.name}._{port.protocol.lower()}.{name}"
    return record in spoken.records and (name, str(port.port)) not in spoken.dialled


def _problem(
    row: ServiceRow,
    port: ServicePort,
    number: int,
    listed: Collection[tuple[int, str]],
) -> Problem:
    path = ("spec", "ports", port.index)
    target: tuple[Label, ...] = ()
    if port.target_given:
        text = f"leads to {number}"
        target = (row.resource.label(*path, "targetPort", text=text),)
    return Problem(
        f"headless {row.display} says port {port.port}, its pods listen on {number}: "
        f"clients must dial {number}",
        at=row.resource.label(*path, "port", text="nothing translates this"),
        related=target,
        help=(
            f"remove it: clients dial {number}, which is a port already"
            if (number, port.protocol) in listed
            else f"write port: {number}"
        ),
        topic=port.index,
    )
