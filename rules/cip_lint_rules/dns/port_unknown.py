"""The rule ``dns.port-unknown``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from cip_lint.kube.service import ServicePort
from cip_lint.model import Label, Severity
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
        return (
            call.row is not None
            and port is not None
            and not call.row.reason
            and (not call.pod or call.row.service.headless)
            and not any(_has(row, port) for row in _meant(call, call.row, cx))
            and _is_known_to_lack(call.row, port, cx, is_meshed)
        )

    return spoken(cx, is_wanted, lambda call: call.host.port)


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
    who dials one of these at the Service's name is refused, an *error*.

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
    if row is None or number is None:
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
