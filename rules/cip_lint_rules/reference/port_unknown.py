"""The rule ``reference.port-unknown``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.kube.ingress_checks import CLASS_ANNOTATION
from cip_lint.kube.reference_kinds import PortSense, Spelling
from cip_lint.kube.service import ServicePort
from cip_lint.model import Severity
from cip_lint.rule import Context, Problem, Stage, referring, rule
from cip_lint_rules._words import listed, nearest
from cip_lint_rules.reference._ports import Asked, asked_in_vain, is_callback

_SHOWN = 4
"""How many ports of a Service are told."""


@rule(
    "reference.port-unknown",
    severity=Severity.ERROR,
    on=asked_in_vain,
    needs=referring,
    stage=Stage.NAMES,
    since="0.1.0",
    hides=("reference.external-name-backend",),
    kinds=("Ingress", "routes", "webhooks", "ServiceMonitor", "other kinds that refer"),
)
def port_unknown(asked: Asked, cx: Context) -> Iterator[Problem]:
    """The Service is there, but not with this port.

    ## Why it matters

    A reference names a port of the Service (`spec.ports[].port` or its name), not
    the port of the container behind it. Where no entry fits, the proxy answers with an
    error, a ServiceMonitor scrapes nothing, and a webhook cannot be called: with
    `failurePolicy: Fail` nothing that it watches can be changed any more.

    Webhooks, APIServices and conversion webhooks dial port 443 where no port is
    written.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
      namespace: shop
    spec:
      selector:
        app: web
      ports:
        - port: 80
          targetPort: 8080
    ---
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: web
      namespace: shop
    spec:
      defaultBackend:
        service:
          name: web
          port:
            number: 8080
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
      namespace: shop
    spec:
      selector:
        app: web
      ports:
        - port: 80
          targetPort: 8080
    ---
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: web
      namespace: shop
    spec:
      defaultBackend:
        service:
          name: web
          port:
            number: 80
    ```

    ## References

    - [Ingress backends](https://kubernetes.io/docs/concepts/services-networking/ingress/#resource-backend)
    - [Service references of webhooks](https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#service-reference)
    """
    resource = asked.resource
    first, *more = asked.paths
    yield Problem(
        _message(asked),
        at=resource.label(*first, text=_remark(asked)),
        related=(
            *(resource.label(*path, text="here too") for path in more),
            asked.row.resource.label("spec", "ports", text="the ports of the Service"),
        ),
        notes=tuple(_notes(asked)),
        help=_help(asked),
        topic=asked.topic,
    )


def _message(asked: Asked) -> str:
    display, service = asked.member.display, _service(asked)
    has = _ports(asked)
    if asked.port is None:
        return f"{display} asks for no port of Service {service}, which has {has}"
    if is_callback(asked):
        return f"{display} dials port {asked.port}, Service {service} has {has}"
    what = "target port" if asked.sense is PortSense.TARGET else "port"
    said = f"{display} asks for {what} {asked.port} of Service {service}, which has"
    if _is_of_ingress_nginx(asked) and asked.as_target is not None:
        return f"{said} {has}; ingress-nginx alone takes a target port"
    return f"{said} {has}"


def _service(asked: Asked) -> str:
    ref = asked.row.ref
    own = asked.member.ref.namespace == ref.namespace
    return ref.name if own else f"{ref.namespace}/{ref.name}"


def _ports(asked: Asked) -> str:
    """Return the ports of the Service, as the reference would have to say them."""
    ports = asked.row.service.ports
    if not ports:
        return "no ports"
    words = [_port(asked, one) for one in ports[:_SHOWN]]
    if len(ports) > _SHOWN:
        words.append(f"{len(ports) - _SHOWN} more")
    return listed(words)


def _port(asked: Asked, port: ServicePort) -> str:
    if asked.sense is PortSense.TARGET:
        return (
            f"{port.name} ({port.target_port})" if port.name else str(port.target_port)
        )
    target = f" (targetPort {port.target_port})" if port == asked.as_target else ""
    if not isinstance(asked.port, str):
        return f"{port.port}{target}"
    if not port.name:
        return f"{port.port} without a name{target}"
    return f"{port.name}{target}" if target else f"{port.name} ({port.port})"


def _remark(asked: Asked) -> str:
    if asked.port is None:
        return "no port is written"
    if not asked.written:
        return f"port {asked.port} where none is written"
    if asked.sense is PortSense.TARGET:
        return "no endpoint listens here, and no port has this name"
    kind = "number" if isinstance(asked.port, int) else "name"
    return f"no port of the Service has this {kind}"


def _notes(asked: Asked) -> Iterator[str]:
    if asked.port is None:
        yield f"{asked.member.kind} needs a port for every Service"
    elif asked.member.kind == "Ingress" and asked.as_target is not None:
        if not _is_of_ingress_nginx(asked):
            yield "ingress-nginx takes a target port for it, no other controller does"
    elif asked.reference is None and str(asked.port).isdecimal():
        yield "port is the name of a port of the Service; targetPort takes a number"


def _is_of_ingress_nginx(asked: Asked) -> bool:
    resource = asked.resource
    stated = resource.get("spec", "ingressClassName")
    stated = stated or resource.get("metadata", "annotations", CLASS_ANNOTATION)
    return asked.member.kind == "Ingress" and stated == "nginx"


def _help(asked: Asked) -> str | None:
    meant = _meant(asked)
    if meant is None:
        return None
    if asked.sense is PortSense.TARGET:
        return f"write targetPort: {meant.name or meant.target_port}"
    if asked.port is None:
        return f"write port: {meant.port} beside the name"
    if not asked.written:
        return _help_with_place(asked, meant)
    reference = asked.reference
    if reference is not None and reference.said.row.spelling is Spelling.STREAM:
        return f"write {reference.display}:{meant.port}"
    if reference is not None and reference.said.row.spelling is Spelling.ADDRESS:
        return f"write {meant.port} behind the name"
    field = str(asked.paths[0][-1])
    if isinstance(asked.port, int):
        return f"write {field}: {meant.port}"
    if asked.sense is PortSense.EITHER and asked.port == str(meant.port):
        return f"write {field}: {meant.port} without quotes"
    if meant.name:
        return f"write {field}: {meant.name}"
    return f"give port {meant.port} of the Service the name {asked.port}"


def _meant(asked: Asked) -> ServicePort | None:
    """Return the port that is probably meant; None where several may be."""
    ports = asked.row.service.ports
    if asked.as_target is not None or len(ports) == 1:
        return asked.as_target or ports[0]
    if not isinstance(asked.port, str):
        return None
    near = nearest(asked.port, [one.name for one in ports if one.name])
    found = (
        one
        for one in ports
        if (near and one.name == near) or str(one.port) == asked.port
    )
    return next(found, None)


def _help_with_place(asked: Asked, meant: ServicePort) -> str:
    """Return where to write a port: ``set clientConfig.service.port: 8443``."""
    assert asked.reference is not None
    steps = [one for one in asked.reference.said.path if isinstance(one, str)][-2:]
    return f"set {'.'.join((*steps, 'port'))}: {meant.port}"
