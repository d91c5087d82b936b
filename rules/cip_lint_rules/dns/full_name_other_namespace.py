"""The rule ``dns.full-name-other-namespace``."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from cip_lint.cluster import ServiceMember
from cip_lint.kube.service_names import Form
from cip_lint.model import Confidence, Resource, Severity
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple
from cip_lint.replay.calls import Call
from cip_lint.rule import Context, Problem, Stage, rule, text_holders
from cip_lint_rules._public_domains import may_be_public
from cip_lint_rules.dns._calls import (
    Neighbours,
    Spoken,
    absences,
    asks_cluster,
    is_alias_of_it,
    part,
    part_label,
    spoken,
)

if TYPE_CHECKING:
    from cip_lint.cluster.absence import Absence

_MANY = 64
"""A name that so many Services have tells nothing."""
_SEVERAL = 3
"""A text with names of so many namespaces speaks of a whole cluster."""
_NAMESPACES = pattern(r"\.([a-z0-9-]+)\.svc\b")


class _Astray(NamedTuple):
    """A name with a namespace, and the Service of that name in another one."""

    names: Spoken
    service: ServiceMember
    gone: Absence

    @property
    def resource(self) -> Resource:
        """The object that calls it."""
        return self.names.resource


def _astray(cx: Context) -> Iterator[_Astray]:
    @cache
    def neighbours() -> Neighbours:
        return Neighbours(cx)

    gone_of = absences(cx)
    for names in spoken(cx, _is_full):
        call = names.call
        found = cx.cluster.services_named(call.service, call.member)
        if not 0 < len(found) < _MANY or neighbours().has_any(
            call.member, call.namespace
        ):
            continue
        gone = gone_of(call)
        service = None if gone is None else _elsewhere(call, found, gone, cx)
        if gone is not None and service is not None:
            yield _Astray(names, service, gone)


def _is_full(call: Call) -> bool:
    """Whether a name with a namespace, as part of a call, leads nowhere."""
    if call.row is not None or call.namespace is None or not asks_cluster(call):
        return False
    if call.form is Form.WITH_NAMESPACE:
        return not call.host.bare and not may_be_public(call.namespace)
    return call.form in (Form.SVC, Form.FULL)


def _elsewhere(
    call: Call, candidates: tuple[ServiceMember, ...], gone: Absence, cx: Context
) -> ServiceMember | None:
    """Return the Service that is meant: the only one, of the unit of the caller.

    In a closed world, of any unit.
    """
    member = call.member
    found = [
        one
        for one in candidates
        if cx.cluster.can_meet(member, one) and not is_alias_of_it(one, call, cx)
    ]
    namespaces = {one.namespace for one in found}
    units = {one.unit.path for one in found}
    if len(namespaces) != 1 or len(units) != 1 or _speaks_of_many(call):
        return None
    service = found[0]
    if service.partial or service.piece or not service.decided:
        return None
    return service if gone.closed or _goes_with(service, call) else None


def _goes_with(service: ServiceMember, call: Call) -> bool:
    """Whether a Service is installed with its caller, so that it must be meant.

    What lies in one plain folder may have nothing to do with each other.
    """
    member = call.member
    if service.unit is not member.unit:
        return False
    return (
        member.unit.rendered
        or service.path == member.path
        or service.namespace == member.namespace
        or call.namespace == "default"
    )


def _speaks_of_many(call: Call) -> bool:
    """Whether a text names so many namespaces that it is about the whole cluster."""
    text = call.mention.literal.text
    return len(set(_NAMESPACES.findall(text))) >= _SEVERAL


@rule(
    "dns.full-name-other-namespace",
    severity=Severity.WARNING,
    also=(Severity.ERROR,),
    on=_astray,
    needs=text_holders,
    stage=Stage.NAMES,
    since="0.1.0",
    hides=("dns.service-unknown", "dns.port-unknown"),
    kinds=("workloads", "ConfigMap", "Ingress", "Service"),
)
def full_name_other_namespace(astray: _Astray, cx: Context) -> Iterator[Problem]:
    """A full name carries another namespace than the Service of the set is in.

    ## Why it matters

    Charts and samples keep the namespace of their author in URLs, often `default`.
    Installed elsewhere, the Service is not found there. In a closed world it is an
    *error*.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: search, namespace: logging}
    spec:
      selector: {app: search}
      ports: [{port: 9200}]
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: shipper, namespace: logging}
    data:
      URL: http://search.default.svc:9200
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: search, namespace: logging}
    spec:
      selector: {app: search}
      ports: [{port: 9200}]
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: shipper, namespace: logging}
    data:
      URL: http://search.logging.svc:9200
    ```

    ## References

    - [Namespaces of Services](https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#namespaces-of-services)
    """
    names, service, gone = astray
    call = names.call
    its = service.ref.namespace
    start, end = part(call, 1)
    host = names.host
    shift = call.host.start
    right = f"{host[: start - shift]}{its}{host[end - shift :]}"
    yield Problem(
        f"{host} names namespace {call.namespace}; the Service is in namespace {its}",
        at=part_label(call, (start, end), f"not the namespace of {service.name}"),
        related=(
            service.resource.label("metadata", "name", text=f"is in namespace {its}"),
            *names.others("written here too"),
        ),
        notes=(f"nothing else exists there: {gone.origin}",) if gone.closed else (),
        help=f"write {right}",
        severity=Severity.ERROR if gone.closed else Severity.WARNING,
        confidence=Confidence.CERTAIN if gone.closed else Confidence.LIKELY,
        topic=names.topic,
    )
