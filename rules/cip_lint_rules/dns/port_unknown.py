"""The rule ``dns.port-unknown``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from cip_lint.kube.service import ServicePort
from cip_lint.model import Label, Severity
from cip_lint.records import NamedTuple
from cip_lint.replay import ServiceRow
from cip_lint.replay.calls import Call
from cip_lint.rule import Context, Problem, Stage, rule, text_holders
from cip_lint_rules._images import opens_by_default
from cip_lint_rules._mentions import mentions_number
from cip_lint_rules._meshes import meshed
from cip_lint_rules._pods import declared_ports, readable
from cip_lint_rules._refusals import refused_ports
from cip_lint_rules._words import listed
from cip_lint_rules.dns._calls import Spoken, part_label, spoken


def _dialled(cx: Context) -> Iterable[Spoken]:
    is_meshed = meshed(cx)

    def is_wanted(call: Call) -> bool:
        port = call.host.port
        if port is None:
            return _asks_for_no_record(call, cx)
        return (
            call.row is not None
            and not call.row.reason
            and (not call.pod or call.row.service.headless)
            and not any(_has(row, port) for row in _meant(call, call.row, cx))
            and _is_known_to_lack(call.row, port, cx, is_meshed)
        )

    return spoken(cx, is_wanted, lambda call: (call.host.port, _record(call)))


class _Record(NamedTuple):
    """What an SRV record is asked for by: ``_http._tcp`` before a name."""

    port: str
    protocol: str


def _record(call: Call) -> _Record | None:
    """Return the record that a name asks for, in the spelling of Services."""
    labels = call.host.host.split(".", 2)
    if not labels[0].startswith("_") or call.pod:
        return None
    return _Record(labels[0][1:].lower(), labels[1].removeprefix("_").upper())


def _asks_for_no_record(call: Call, cx: Context) -> bool:
    """Whether a name asks for the SRV record of a port that its Service has not.

    That of a headless Service without a selector is made of endpoints by hand.
    """
    record, row = _record(call), call.row
    if record is None or row is None or row.reason or not row.service.ports:
        return False
    if row.service.type == "ExternalName":
        return False
    if row.service.headless and row.service.selector is None:
        return False
    return not any(
        (port.name, port.protocol) == record
        for one in _meant(call, row, cx)
        for port in one.service.ports
    )


def _meant(call: Call, row: ServiceRow, cx: Context) -> Iterator[ServiceRow]:
    """Yield the rows of all Services that the call may mean: alternatives, overlays."""
    for service in cx.cluster.services_named(row.ref.name, call.member):
        other = cx.table.row_of(service)
        if other is not None and (
            other is row
            or (
                other.ref.namespace == row.ref.namespace
                and cx.cluster.can_meet(call.member, service)
            )
        ):
            yield other


def _has(row: ServiceRow, number: int) -> bool:
    return any(port.port == number for port in row.service.ports)


def _is_known_to_lack(
    row: ServiceRow, number: int, cx: Context, is_meshed: Callable[[ServiceRow], bool]
) -> bool:
    """Whether nothing answers at a number that is no port of a Service.

    An ExternalName leads elsewhere, and to any port. The name of a headless Service
    leads to its pods, which may listen wherever they like; nobody knows all of it
    where a pod declares nothing.
    """
    service = row.service
    if service.type == "ExternalName":
        return False
    if not service.headless:
        return bool(service.ports)
    workloads = row.selection.workloads
    if not workloads or not readable(workloads) or is_meshed(row):
        return False
    if cx.table.manual_endpoints(row.member):
        return False
    return all(
        any(True for _ in declared_ports(member))
        and not any(port.number == number for _, port in declared_ports(member))
        and not mentions_number(member, number, cx.cluster)
        and not opens_by_default(member.workload, number)
        for member in workloads
    )


@rule(
    "dns.port-unknown",
    severity=Severity.WARNING,
    also=(Severity.ERROR,),
    on=_dialled,
    needs=text_holders,
    stage=Stage.NAMES,
    since="0.1.0",
    kinds=("workloads", "ConfigMap", "Ingress"),
)
def port_unknown(names: Spoken, cx: Context) -> Iterator[Problem]:
    """The name is right, the port is not one the Service has.

    ## Why it matters

    The address of a Service answers at the ports in its `spec.ports` and at no
    other. Its `targetPort` is that of the pods, a `nodePort` that of the nodes:
    who dials one of these at the Service's name is refused, an *error*. Who asks for
    `_grpc._tcp.web` is told the number of the port with this name and protocol, and
    nothing where the Service has none.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec:
      selector: {app: web}
      ports: [{port: 80, targetPort: 8080}]
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: client, namespace: shop}
    data:
      URL: http://web:8080
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec:
      selector: {app: web}
      ports: [{port: 80, targetPort: 8080}]
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: client, namespace: shop}
    data:
      URL: http://web
    ```

    ## References

    - [Service: port definitions](https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports)
    """
    call = names.call
    row, number = call.row, call.host.port
    if row is None:
        return
    if number is None:
        yield from _no_record(names, row)
        return
    refused = refused_ports(row, "port")
    known = [port for port in row.service.ports if port.index not in refused]
    mistaken = None if row.service.headless else _mistaken(row, known, number)
    if mistaken is None and refused:
        return  # what is dialled may be what is meant there
    ports = list(dict.fromkeys(port.port for port in known))
    written = f"{names.host}:{number}"
    has = ("its port is " if len(ports) == 1 else "its ports are ") + listed(
        [str(port) for port in ports]
    )
    if mistaken is None:
        message = f"{written}: {row.display} has no port {number}; {has}"
        related = [row.resource.label("spec", "ports", text="the ports it has")]
    else:
        field, port = mistaken
        message = f"{written} is the {field} of {row.display}; {has}"
        related = list(_labels(row, field, port))
        ports = [port.port]
    yield Problem(
        message,
        at=_port_label(call),
        label=f"nothing answers at {number}",
        related=(*related, *names.others("written here too")),
        help=f"write {names.host}:{ports[0]}" if len(ports) == 1 else None,
        severity=Severity.WARNING if mistaken is None else Severity.ERROR,
        topic=names.topic,
    )


def _no_record(names: Spoken, row: ServiceRow) -> Iterator[Problem]:
    """Tell that DNS has no SRV record for the port that a name begins with."""
    call = names.call
    record = _record(call)
    if record is None or refused_ports(row, "name"):
        return
    ports = [one for one in row.service.ports if one.protocol == record.protocol]
    named = [one for one in ports if one.name]
    if named:
        has = "its port is " if len(named) == 1 else "its ports are "
        has += listed([one.name for one in named])
    else:
        has = (
            "its port has no name" if ports else f"it has no port of {record.protocol}"
        )
    start = call.host.start
    first, _, name = names.host.split(".", 2)
    meant = [one for one in row.service.ports if one.name == record.port] or named
    yield Problem(
        f"{names.host}: {row.display} has no {record.protocol} port named "
        f"{record.port}; {has}",
        at=part_label(call, (start, start + len(first))),
        label="DNS has no such record",
        related=(
            row.resource.label("spec", "ports", text="the ports it has"),
            *names.others("written here too"),
        ),
        help=f"write {_written(meant[0])}.{name}" if len(meant) == 1 else None,
        topic=names.topic,
    )


def _written(port: ServicePort) -> str:
    return f"_{port.name}._{port.protocol.lower()}"


def _port_label(call: Call) -> Label:
    """Return a label on the digits; on the host where another text has them."""
    bounds = call.host.port_start, call.host.port_end
    return part_label(call, bounds) if bounds[0] < bounds[1] else call.mention.label()


def _mistaken(
    row: ServiceRow, ports: Sequence[ServicePort], number: int
) -> tuple[str, ServicePort] | None:
    """Return the field of a Service port that has a number, where one has it."""
    for port in ports:
        if number in _targets(row, port):
            return "targetPort", port
    for port in ports:
        if number == port.node_port:
            return "nodePort", port
    return None


def _targets(row: ServiceRow, port: ServicePort) -> set[int | None]:
    """Return the numbers that a Service port leads to."""
    if isinstance(port.target_port, int):
        return {port.target_port}
    return {row.target(port, member).number for member in row.selection.workloads}


def _labels(row: ServiceRow, field: str, port: ServicePort) -> Iterator[Label]:
    path = ("spec", "ports", port.index)
    yield row.resource.label(*path, "port", text="the port to dial")
    if row.resource.get(*path, field) is not None:
        yield row.resource.label(*path, field, text=f"the {field}")
