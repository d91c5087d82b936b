"""The rule ``dns.short-name-other-namespace``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cip_lint.cluster import ServiceMember
from cip_lint.kube.service_names import Form
from cip_lint.model import Confidence, Resource, Severity
from cip_lint.records import NamedTuple
from cip_lint.replay.calls import Call
from cip_lint.rule import Context, Problem, Stage, rule, text_holders
from cip_lint_rules.dns._calls import (
    Spoken,
    absences,
    asks_cluster,
    dialled_port,
    spoken,
    written,
)

if TYPE_CHECKING:
    from cip_lint.cluster.absence import Absence

_MANY = 64
"""A name that so many Services have tells nothing."""


class _Astray(NamedTuple):
    """A short name, and the only Service of that name: in another namespace."""

    names: Spoken
    service: ServiceMember
    gone: Absence

    @property
    def resource(self) -> Resource:
        """The object that calls it."""
        return self.names.resource


def _astray(cx: Context) -> Iterator[_Astray]:
    gone_of = absences(cx)
    for names in spoken(cx, _is_short):
        call = names.call
        service = _elsewhere(call, cx)
        if service is not None:
            gone = gone_of(call)
            if gone is not None and (gone.closed or gone.unknown is None):
                yield _Astray(names, service, gone)


def _is_short(call: Call) -> bool:
    """Whether a call of one word, or of an endpoint and one word, leads nowhere."""
    return (
        call.row is None
        and call.form is Form.SHORT
        and not call.host.bare
        and call.member.decided
        and asks_cluster(call)
    )


def _elsewhere(call: Call, cx: Context) -> ServiceMember | None:
    """Return the Service of a name in the one other namespace that has it."""
    candidates = cx.cluster.services_named(call.service, call.member)
    if len(candidates) >= _MANY:
        return None
    found = [one for one in candidates if cx.cluster.can_meet(call.member, one)]
    if not found or len({one.namespace for one in found}) != 1:
        return None
    service = found[0]
    if service.partial or service.piece or not service.decided:
        return None
    if service.namespace == call.member.namespace:  # but no endpoint of that name
        return None
    port = dialled_port(call)
    if port is not None and not service.service.headless:
        return service if _exposes(service, port) else None
    return service


def _exposes(service: ServiceMember, number: int) -> bool:
    return any(port.port == number for port in service.service.ports)


@rule(
    "dns.short-name-other-namespace",
    severity=Severity.ERROR,
    also=(Severity.WARNING,),
    on=_astray,
    needs=text_holders,
    stage=Stage.NAMES,
    since="0.1.0",
    hides=("dns.service-unknown", "dns.port-unknown"),
    kinds=("workloads", "ConfigMap"),
)
def short_name_other_namespace(astray: _Astray, cx: Context) -> Iterator[Problem]:
    """A short name resolves in the caller's namespace, the Service lives in another.

    ## Why it matters

    The search list of a pod begins with its own namespace. A name of one word is
    that of a Service there, and of none anywhere else. In an open world, where a
    Service of that name may come from elsewhere, it is a *warning*.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: db, namespace: data}
    spec:
      selector: {app: db}
      ports: [{port: 5432}]
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: web, namespace: shop}
    spec:
      containers:
        - name: web
          image: web
          env: [{name: DB, value: "db:5432"}]
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: db, namespace: data}
    spec:
      selector: {app: db}
      ports: [{port: 5432}]
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: web, namespace: shop}
    spec:
      containers:
        - name: web
          image: web
          env: [{name: DB, value: "db.data:5432"}]
    ```

    ## References

    - [Namespaces of Services](https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#namespaces-of-services)
    """
    names, service, gone = astray
    call = names.call
    where, its = call.member.ref.namespace, service.ref.namespace
    full = f"{names.host}.{its}"
    yield Problem(
        f"{written(call)} resolves in namespace {where}; Service {service.name} is in "
        f"namespace {its}",
        at=call.mention.label(f"no Service of namespace {where}"),
        related=(
            service.resource.label("metadata", "name", text=f"is in namespace {its}"),
            *names.others("written here too"),
        ),
        notes=(f"nothing else exists here: {gone.origin}",) if gone.closed else (),
        help=f"write {full}",
        severity=Severity.ERROR if gone.closed else Severity.WARNING,
        confidence=Confidence.CERTAIN if gone.closed else Confidence.LIKELY,
        topic=names.topic,
    )
