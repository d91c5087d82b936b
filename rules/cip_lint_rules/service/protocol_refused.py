"""The rule ``service.protocol-refused``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.model import Severity
from cip_lint.rule import Context, Problem, Refusal, Stage, rule, service_refusals
from cip_lint_rules._refusals import detail, port_index, quote

_PROTOCOLS = ("SCTP", "TCP", "UDP")


@rule(
    "service.protocol-refused",
    severity=Severity.ERROR,
    on=service_refusals("P5"),
    stage=Stage.REFUSAL,
    since="0.1.0",
)
def protocol_refused(refusal: Refusal, _cx: Context) -> Iterator[Problem]:
    """A transport protocol other than TCP, UDP, SCTP.

    ## Why it matters

    `protocol` is the transport a node proxy forwards, in capital letters. What is
    spoken inside belongs into `appProtocol`, which load balancers and meshes read.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      ports:
        - port: 80
          protocol: HTTP
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      ports:
        - port: 80
          protocol: TCP
          appProtocol: http
    ```

    ## References

    - [Protocols for Services](https://kubernetes.io/docs/reference/networking/service-protocols/)
    - [Application protocol](https://kubernetes.io/docs/concepts/services-networking/service/#application-protocol)
    """
    for fault in refusal.faults:
        if port_index(fault) < 0:
            continue  # TCP beside UDP on a load balancer of an old version
        protocol = str(fault.value)
        yield Problem(
            f"protocol {protocol} is refused: {detail(fault)}",
            at=refusal.resource.label(*fault.path, text="not a transport protocol"),
            notes=(quote(fault),),
            help=_help(protocol),
            faults=(fault,),
            topic=port_index(fault),
        )


def _help(protocol: str) -> str:
    if protocol.strip().upper() in _PROTOCOLS:
        return f"write {protocol.strip().upper()}"
    if protocol.isascii() and protocol.isalnum() and protocol.upper() != "ICMP":
        return f"write protocol: TCP; say {protocol.lower()} in appProtocol"
    return "write TCP, UDP or SCTP"
