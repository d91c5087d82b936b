"""The ports of a Service: each entry, and all of them together.

Follows ``validateServicePort`` and the loops over ports in ``validateService`` of
``pkg/apis/core/validation/validation.go``.
"""

from __future__ import annotations

from cip_lint.kube.faults import (
    Fault,
    duplicate,
    forbidden,
    invalid,
    not_supported,
    required,
)
from cip_lint.kube.go_text import named_string, quoted
from cip_lint.kube.grammar import (
    PROTOCOLS,
    dns1123_label,
    label_key,
    port_name,
    port_number,
)
from cip_lint.kube.service_draft import CLUSTER_IP, PortDraft, ServiceDraft
from cip_lint.kube.version import Version
from cip_lint.model import Path

_KUBELET_PORT = 10250


def check_kubelet_port(draft: ServiceDraft, faults: list[Fault]) -> None:
    """Refuse the port of the kubelet on a load balancer, as versions up to 1.32."""
    for port in draft.ports:
        if port.port == _KUBELET_PORT:
            path: Path = ("spec", "ports", port.index)
            cause = invalid(
                f"spec.ports[{port.index}]",
                _KUBELET_PORT,
                f"may not expose port {_KUBELET_PORT} externally since it is used by"
                " kubelet",
            )
            faults.append(Fault("P4", (*path, "port"), cause, value=_KUBELET_PORT))


def check_ports(draft: ServiceDraft, faults: list[Fault], version: Version) -> None:
    """Check each entry, and its name among the others (P1 to P7)."""
    names: dict[str, int] = {}
    for port in draft.ports:
        _check_port_name(port, names, faults, several=len(draft.ports) > 1)
        _check_port(port, faults, version)


def _check_port_name(
    port: PortDraft, names: dict[str, int], faults: list[Fault], *, several: bool
) -> None:
    name, field = port.name, f"spec.ports[{port.index}].name"
    path: Path = ("spec", "ports", port.index, "name")
    if not name:
        if several:
            faults.append(Fault("P1", path, required(field)))
        return
    for message in dns1123_label(name):
        cause = invalid(field, quoted(name), message)
        faults.append(Fault("P2", path, cause, value=name))
    first = names.setdefault(name, port.index)
    if first != port.index:
        cause = duplicate(field, quoted(name))
        other: Path = ("spec", "ports", first, "name")
        faults.append(Fault("P3", path, cause, value=name, other=other))


def _check_port(port: PortDraft, faults: list[Fault], version: Version) -> None:
    field = f"spec.ports[{port.index}]"
    path: Path = ("spec", "ports", port.index)
    for message in port_number(port.port):
        cause = invalid(f"{field}.port", port.port, message)
        faults.append(Fault("P4", (*path, "port"), cause, value=port.port))
    if port.protocol not in PROTOCOLS:
        shown = named_string(port.protocol, version)
        cause = not_supported(f"{field}.protocol", shown, PROTOCOLS)
        faults.append(Fault("P5", (*path, "protocol"), cause, value=port.protocol))
    target = port.target_port
    if isinstance(target, str):
        messages, shown = port_name(target), quoted(target)
    else:
        messages, shown = port_number(target), str(target)
    for message in messages:
        cause = invalid(f"{field}.targetPort", shown, message)
        faults.append(Fault("P6", (*path, "targetPort"), cause, value=target))
    if port.app_protocol is not None:
        for message in label_key(port.app_protocol, version):
            shown = quoted(port.app_protocol)
            cause = invalid(f"{field}.appProtocol", shown, message)
            place: Path = (*path, "appProtocol")
            faults.append(Fault("P7", place, cause, value=port.app_protocol))


def check_node_ports(draft: ServiceDraft, faults: list[Fault]) -> None:
    """Check that ClusterIP has no node port, and that none repeats (P8, P9)."""
    if draft.type == CLUSTER_IP:
        for port in draft.ports:
            if port.node_port:
                field = f"spec.ports[{port.index}].nodePort"
                cause = forbidden(field, "may not be used when `type` is 'ClusterIP'")
                path: Path = ("spec", "ports", port.index, "nodePort")
                value, other = port.node_port, ("spec", "type")
                faults.append(Fault("P8", path, cause, value=value, other=other))
    seen: dict[tuple[str, int | str], int] = {}
    for port in draft.ports:
        if not port.node_port:
            continue
        first = seen.setdefault((port.protocol, port.node_port), port.index)
        if first != port.index:
            field = f"spec.ports[{port.index}].nodePort"
            path = ("spec", "ports", port.index, "nodePort")
            place: Path = ("spec", "ports", first, "nodePort")
            cause = duplicate(field, port.node_port)
            value = port.node_port
            faults.append(Fault("P9", path, cause, value=value, other=place))


def check_repeated_ports(
    draft: ServiceDraft, faults: list[Fault], version: Version
) -> None:
    """Check that no number stands twice for one protocol (P10)."""
    if len(draft.ports) < 2:
        return
    seen: dict[tuple[str, int], int] = {}
    for port in draft.ports:
        first = seen.setdefault((port.protocol, port.port), port.index)
        if first != port.index:
            shown = _shown_port(port, version)
            cause = duplicate(f"spec.ports[{port.index}]", shown)
            path: Path = ("spec", "ports", port.index, "port")
            other: Path = ("spec", "ports", first, "port")
            faults.append(Fault("P10", path, cause, value=port.port, other=other))


def _shown_port(port: PortDraft, version: Version) -> str:
    """Return how the server prints a port of which it keeps number and protocol."""
    protocol = named_string(port.protocol, version)
    if version >= (1, 34):
        return (
            f'{{"Name":"","Protocol":{protocol},"AppProtocol":null,'
            f'"Port":{port.port},"TargetPort":0,"NodePort":0}}'
        )
    return (
        f'core.ServicePort{{Name:"", Protocol:{protocol},'
        f" AppProtocol:(*string)(nil), Port:{port.port},"
        ' TargetPort:intstr.IntOrString{Type:0, IntVal:0, StrVal:""}, NodePort:0}'
    )


def _go_port(port: PortDraft) -> str:
    """Return a whole port in Go syntax; where a pointer leads is not known."""
    target = port.target_port
    is_name = isinstance(target, str)
    number, name = (0, target) if is_name else (target, "")
    pointer = "(*string)(nil)" if port.app_protocol is None else "(*string)(0x0)"
    return (
        f"core.ServicePort{{Name:{quoted(port.name)},"
        f' Protocol:"{port.protocol}", AppProtocol:{pointer}, Port:{port.port},'
        f" TargetPort:intstr.IntOrString{{Type:{int(is_name)}, IntVal:{number},"
        f" StrVal:{quoted(str(name))}}}, NodePort:{port.node_port}}}"
    )


def check_mixed_protocols(draft: ServiceDraft, faults: list[Fault]) -> None:
    """Refuse TCP beside UDP on a load balancer, as all versions did up to 1.23."""
    if len({port.protocol for port in draft.ports}) < 2:
        return
    shown = ", ".join(map(_go_port, draft.ports))
    detail = "cannot create an external load balancer with mix protocols"
    cause = invalid("spec.ports", f"[]core.ServicePort{{{shown}}}", detail)
    faults.append(Fault("P5", ("spec", "ports"), cause))
