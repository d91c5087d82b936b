"""The rule ``dns.service-unknown``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.cluster import ServiceMember
from cip_lint.cluster.renames import renamed_by
from cip_lint.model import Confidence, Label, Severity
from cip_lint.rule import Context, Problem, Stage, rule, text_holders
from cip_lint_rules._words import listed
from cip_lint_rules.dns._calls import Spoken, part, written
from cip_lint_rules.dns._unknown import Misspelt, Renamed, Unknown, unknown_names


@rule(
    "dns.service-unknown",
    severity=Severity.WARNING,
    also=(Severity.ERROR, Severity.INFO),
    on=unknown_names,
    needs=text_holders,
    stage=Stage.NAMES,
    since="0.1.0",
    hides=("dns.port-unknown",),
    kinds=("workloads", "ConfigMap", "Ingress", "Service", "Certificate"),
    pieces=True,
)
def service_unknown(
    name: Unknown | Misspelt | Renamed, cx: Context
) -> Iterator[Problem]:
    """An in-cluster name points at no Service.

    ## Why it matters

    The name is not found, and the client fails when it first needs it. It is an
    *error* where nothing exists outside the set. Else a name that says `svc` is
    judged in a namespace whose Services are here, and any name where another one is
    near; in the `strict` profile the rest is told as *info*.

    A build that puts `namePrefix` or `nameSuffix` on a Service leaves texts alone:
    one that calls the Service by its old name is an *error* everywhere.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: payment, namespace: shop}
    spec:
      selector: {app: payment}
      ports: [{port: 8080}]
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: client, namespace: shop}
    data:
      URL: http://payments.shop.svc:8080
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: payment, namespace: shop}
    spec:
      selector: {app: payment}
      ports: [{port: 8080}]
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: client, namespace: shop}
    data:
      URL: http://payment.shop.svc:8080
    ```

    ## References

    - [DNS for Services and Pods](https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/)
    """
    if isinstance(name, (Misspelt, Renamed)):
        yield _misspelt(name) if isinstance(name, Misspelt) else _renamed(name)
        return
    weight = _weight(name, strict=cx.strict)
    if weight is None or (not name.gone.closed and name.is_sent_apart(cx.cluster)):
        return
    severity, confidence = weight
    names, gone = name.names, name.gone
    other = name.elsewhere(cx)
    if other is not None:
        there = f"; Service {other.name} is in namespace {other.namespace}"
        label = other.resource.label(
            "metadata", "name", text=f"is in {other.namespace}"
        )
        related: tuple[Label, ...] = (label,)
    else:
        there, related = _what_is_there(name), _nearest(name)
    yield Problem(
        f"{names.host} names no Service{there}",
        at=names.call.mention.label("no Service has this name"),
        related=(*related, *names.others("written here too")),
        notes=(f"nothing else exists here: {gone.origin}",) if gone.closed else (),
        help=_advice(name, other),
        severity=severity,
        confidence=confidence,
        topic=names.topic,
    )


def _weight(name: Unknown, *, strict: bool) -> tuple[Severity, Confidence] | None:
    """Return what the absence is worth; None where nothing can be known."""
    gone = name.gone
    if name.may_be_public:
        return None
    if gone.closed:
        return Severity.ERROR, Confidence.CERTAIN
    if not name.has_neighbours:
        return None
    if gone.near is not None:
        return Severity.WARNING, Confidence.POSSIBLE
    if gone.unknown is not None:
        return None
    if name.says_svc:
        return Severity.WARNING, Confidence.LIKELY
    return (Severity.INFO, Confidence.POSSIBLE) if strict else None


def _what_is_there(name: Unknown) -> str:
    where = f"; namespace {name.namespace} has"
    if name.meant is not None:
        return f"{where} {name.meant.name}"
    return f"{where} {listed(name.few)}" if name.few else ""


def _nearest(name: Unknown) -> tuple[Label, ...]:
    meant = name.meant
    if meant is None:
        return ()
    text = "the nearest name" if name.gone.near else "the name most like it"
    return (meant.resource.label("metadata", "name", text=text),)


def _advice(name: Unknown, other: ServiceMember | None) -> str:
    """Return what to do: write the right name, else make the Service or declare it."""
    call, near = name.names.call, name.gone.near
    if other is not None:
        return f"write {other.name}.{other.namespace}.svc if that one is meant"
    if near is None:
        return (
            f"create Service {call.service} in namespace {name.namespace}, or declare "
            "it under external: services"
        )
    return f"write {_with_service(name.names, near.name)}"


def _renamed(name: Renamed) -> Problem:
    names, service = name.names, name.service
    renamer = renamed_by(service) or "what renames it"
    right = _with_service(names, name.new)
    return Problem(
        f"{names.host} names no Service: the build renames Service "
        f"{names.call.service} to {name.new}",
        at=names.call.mention.label("the old name"),
        related=(
            service.resource.label("metadata", "name", text=f"becomes {name.new}"),
            *names.others("written here too"),
        ),
        notes=(f"{renamer} reaches names, and no text",),
        help=f"write {right}, or let a replacement do it",
        severity=Severity.ERROR,
        topic=names.topic,
    )


def _with_service(names: Spoken, service: str) -> str:
    """Return what a text calls, with another Service in the place of its own."""
    start, end = part(names.call, 0)
    host, shift = names.host, names.call.host.start
    right = f"{host[: start - shift]}{service}{host[end - shift :]}"
    return written(names.call).replace(host, right)


def _misspelt(name: Misspelt) -> Problem:
    service, first = name.service, name.callers[0].names
    called = first.call.service
    count = len(name.callers)
    return Problem(
        f"{count} objects call {service.display} {called}, and none calls it "
        f"{service.name}",
        at=service.resource.label("metadata", "name", text="nobody calls it so"),
        related=tuple(
            one.names.call.mention.label("called here") for one in name.callers
        ),
        help=f"name the Service {called}, or write {service.name} where it is called",
        severity=Severity.ERROR if _is_closed(name) else Severity.WARNING,
        confidence=Confidence.POSSIBLE,
        topic=first.topic,
        resource=service.resource,
    )


def _is_closed(name: Misspelt) -> bool:
    """Whether nothing exists outside the set where the Service is called."""
    return all(one.gone.closed for one in name.callers)
