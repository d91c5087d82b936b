"""The rule ``port.mesh-protocol-unclear``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from cip_lint.kube.grammar import dns1123_label
from cip_lint.kube.service import ServicePort
from cip_lint.model import Label, Severity
from cip_lint.replay import ServiceRow
from cip_lint.rule import Context, Problem, Stage, rule, services
from cip_lint_rules._meshes import meshed

_KNOWN = frozenset(
    [
        "tcp",
        "udp",
        "grpc",
        "grpc-web",
        "http",
        "http2",
        "https",
        "tls",
        "mongo",
        "redis",
        "mysql",
        "http_proxy",
    ]
)
_OF_APP_PROTOCOL = {
    "kubernetes.io/h2c": "http2",
    "kubernetes.io/ws": "http",
    "kubernetes.io/wss": "https",
}
_TCP_BY_RULE = frozenset({25, 53, 3306, 27017})


def _in_a_mesh(cx: Context) -> Iterable[ServiceRow]:
    is_meshed = meshed(cx, reading_names=True)
    for row in cx.table.judged:
        if not row.member.piece and is_meshed(row):
            yield row


@rule(
    "port.mesh-protocol-unclear",
    severity=Severity.WARNING,
    on=_in_a_mesh,
    needs=services,
    stage=Stage.ADVICE,
    since="0.1.0",
)
def mesh_protocol_unclear(row: ServiceRow, cx: Context) -> Iterator[Problem]:
    """A mesh cannot tell the protocol, or appProtocol and the name disagree.

    ## Why it matters

    A service mesh reads the protocol of a port from `appProtocol`, else from what
    stands before the first dash of its name. Where neither says it the mesh guesses
    from the first bytes, and a port that it takes for plain TCP has no routes, no
    retries and no HTTP metrics. Where the two disagree, `appProtocol` wins.

    The rule runs in the profile `mesh`, and elsewhere for namespaces and pods that
    are marked for injection, unless all pods behind the Service stay outside. Marks
    of Linkerd do not count: it looks at the bytes of each connection and not at names.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Namespace
    metadata: {name: shop, labels: {istio-injection: enabled}}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec:
      selector: {app: web}
      ports: [{name: web, port: 80}]
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Namespace
    metadata: {name: shop, labels: {istio-injection: enabled}}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec:
      selector: {app: web}
      ports: [{name: http-web, port: 80}]
    ```

    ## Options

    - `vendor`: globs of files that come from somebody else and are left alone.

    ## References

    - [Protocol selection](https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/)
    """
    if row.service.type == "ExternalName" or _is_exempt(row, cx):
        return
    names = frozenset(port.name for port in row.service.ports)
    for port in row.service.ports:
        if port.protocol == "TCP":
            problem = _of_port(row, port, names)
            if problem is not None:
                yield problem


def _is_exempt(row: ServiceRow, cx: Context) -> bool:
    vendor = cx.options.get("vendor")
    globs = vendor if isinstance(vendor, list) else ()
    if any(fnmatchcase(row.resource.path, str(glob)) for glob in globs):
        return True
    return any(
        "gateway" in member.workload.annotations.get("inject.istio.io/templates", "")
        for member in row.selection.workloads
    )


def _of_port(
    row: ServiceRow, port: ServicePort, names: frozenset[str]
) -> Problem | None:
    named = _protocol_of_name(port.name)
    said = (port.app_protocol or "").lower()
    said = _OF_APP_PROTOCOL.get(said, said)
    if said:
        if named is None or named == said or said not in _KNOWN:
            return None
        return Problem(
            f"port name {port.name} says {named}, appProtocol says {port.app_protocol}",
            at=_label(row, port, "the mesh does not read this"),
            related=(
                row.resource.label(
                    "spec", "ports", port.index, "appProtocol", text="this one wins"
                ),
            ),
            help=_renaming(names, f"{said}-{_rest(port.name)}", "correct appProtocol"),
            topic=port.index,
        )
    if named is not None or port.port in _TCP_BY_RULE:
        return None
    if port.name:
        message = f"port name {port.name} gives no protocol; the mesh will guess"
        advice = _renaming(names, f"http-{port.name}", "set appProtocol: http")
    else:
        message = f"port {port.port} has no name and no protocol; the mesh will guess"
        advice = _renaming(names, "http", "set appProtocol: http", "name it")
    return Problem(message, at=_label(row, port, ""), help=advice, topic=port.index)


def _renaming(
    names: frozenset[str], name: str, other: str, verb: str = "rename to"
) -> str:
    """Return what to do; no other way is told where the name would be refused."""
    if dns1123_label(name) or name in names:
        return other
    return f"{verb} {name}, or {other}"


def _protocol_of_name(name: str) -> str | None:
    lowered = name.lower()
    if lowered == "grpc-web" or lowered.startswith("grpc-web-"):
        return "grpc-web"
    prefix = lowered.partition("-")[0]
    return prefix if prefix in _KNOWN else None


def _rest(name: str) -> str:
    prefix, dash, rest = name.partition("-")
    return rest if dash else prefix


def _label(row: ServiceRow, port: ServicePort, text: str) -> Label:
    path = ("spec", "ports", port.index)
    return row.resource.label(
        *path, *(("name",) if port.name else ("port",)), text=text
    )
