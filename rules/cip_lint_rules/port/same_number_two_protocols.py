"""The rule ``port.same-number-two-protocols``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.cluster.engines import sending_of
from cip_lint.kube.sending import Sending
from cip_lint.model import Severity
from cip_lint.replay import ServiceRow
from cip_lint.rule import Context, Problem, Stage, rule, services


def _with_several_protocols(cx: Context) -> Iterator[ServiceRow]:
    for row in cx.table.judged:
        ports = row.service.ports
        if len(ports) > 1 and len({port.protocol for port in ports}) > 1:
            yield row


@rule(
    "port.same-number-two-protocols",
    severity=Severity.INFO,
    on=_with_several_protocols,
    needs=services,
    stage=Stage.PORTS,
    since="0.1.0",
)
def same_number_two_protocols(row: ServiceRow, cx: Context) -> Iterator[Problem]:
    """One port number under TCP and UDP breaks client-side merges.

    ## Why it matters

    The API server tells ports apart by number and protocol. A client-side apply
    merges them by number alone, so a later change of such a Service can lose one of
    the two, or mix them up.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: dns, namespace: net}
    spec:
      selector: {app: dns}
      ports:
        - {name: dns, port: 53, protocol: UDP}
        - {name: dns-tcp, port: 53, protocol: TCP}
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: dns, namespace: net}
    spec:
      selector: {app: dns}
      ports:
        - {name: dns, port: 53, protocol: UDP}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: dns-tcp, namespace: net}
    spec:
      selector: {app: dns}
      ports:
        - {name: dns-tcp, port: 53, protocol: TCP}
    ```

    ## References

    - [Server-side apply](https://kubernetes.io/docs/reference/using-api/server-side-apply/)
    """
    engines = (row.member.unit.engine, cx.settings.engine.value or "")
    # A server-side apply knows ports by number and protocol.
    if Sending.SERVER_SIDE_APPLY in map(sending_of, engines):
        return
    first: dict[int, tuple[int, str]] = {}
    for port in row.service.ports:
        index, protocol = first.setdefault(port.port, (port.index, port.protocol))
        if protocol != port.protocol and port.port:
            path = ("spec", "ports")
            yield Problem(
                f"port {port.port} is declared for {protocol} and {port.protocol}; "
                "client-side apply merges ports by number alone and can lose one",
                at=row.resource.label(
                    *path, port.index, "port", text="the same number"
                ),
                related=(row.resource.label(*path, index, "port", text="the first"),),
                help="apply with --server-side, or keep two Services",
                topic=port.index,
            )
