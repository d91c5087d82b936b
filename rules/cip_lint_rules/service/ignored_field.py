"""The rule ``service.ignored-field``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from cip_lint.model import Label, Path, Resource, Severity, field_path
from cip_lint.records import NamedTuple
from cip_lint.replay import ServiceRow
from cip_lint.rule import Context, Problem, Stage, rule, services
from cip_lint_rules._refusals import type_label, type_of

_TYPE = ("spec", "type")
_DEFAULT_TIMEOUT = 10800
"""Seconds of client affinity that tools write although affinity is off."""


_MAY_BE_IDLE = frozenset(
    {
        "externalIPs",
        "externalName",
        "internalTrafficPolicy",
        "loadBalancerIP",
        "sessionAffinity",
        "sessionAffinityConfig",
        "trafficDistribution",
    }
)
"""Without any of them nothing is idle; an alias has ``externalName``."""


_OF_ADDRESSES = ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy")


def _subjects(cx: Context) -> Iterable[ServiceRow]:
    for row in services(cx):
        spec = row.resource.body.get("spec")
        if isinstance(spec, dict) and not _MAY_BE_IDLE.isdisjoint(spec):
            yield row


class _Idle(NamedTuple):
    """A field without effect, what makes it idle, and what would give it one."""

    path: Path
    because: Path
    when: str
    owner: str = ""


@rule(
    "service.ignored-field",
    severity=Severity.WARNING,
    on=_subjects,
    needs=services,
    stage=Stage.ADVICE,
    since="0.1.0",
)
def ignored_field(row: ServiceRow, _cx: Context) -> Iterator[Problem]:
    """A field is accepted and has no effect.

    ## Why it matters

    The API server stores the field, so nothing looks wrong, but nothing reads it
    on a Service of this type. Whoever wrote it expects something that does not
    happen. `ports` of an ExternalName Service are not reported: Ingress and
    Gateway controllers read them.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: db
    spec:
      clusterIP: None
      sessionAffinity: ClientIP
      selector:
        app: db
      ports:
        - port: 5432
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: db
    spec:
      clusterIP: None
      selector:
        app: db
      ports:
        - port: 5432
    ```

    ## References

    - [Headless Services](https://kubernetes.io/docs/concepts/services-networking/service/#headless-services)
    - [Type ExternalName](https://kubernetes.io/docs/concepts/services-networking/service/#externalname)
    """
    if row.member.piece:
        return  # a build may still change the type
    resource = row.resource
    spec = resource.get("spec")
    for idle in _idle_fields(resource, spec):
        field = str(idle.path[-1])
        yield Problem(
            f"{field} is ignored {idle.when}",
            at=resource.key_label(*idle.path),
            related=_because(resource, idle.because),
            notes=_warnings(row, field),
            help=f"remove it, or set {idle.owner}" if idle.owner else "remove it",
            topic=field_path(idle.path),
        )


def _idle_fields(resource: Resource, spec: dict[str, Any]) -> Iterator[_Idle]:
    kind = type_of(resource)
    if spec.get("externalName") and kind != "ExternalName":
        path = ("spec", "externalName")
        owner = "" if _has_addresses(spec) else "type: ExternalName"
        yield _Idle(path, _TYPE, f"on type {kind}", owner)
    if _affinity_is_off(spec):
        path = ("spec", "sessionAffinityConfig")
        affinity = ("spec", "sessionAffinity")
        owner = "sessionAffinity: ClientIP"
        yield _Idle(path, affinity, "without sessionAffinity", owner)
    if kind == "ExternalName":
        yield from _idle_on_alias(resource, spec)
    elif kind == "ClusterIP" and _is_headless(spec):
        for field in _idle_on_headless(spec):
            yield _Idle(("spec", field), _cluster_ip(spec), "on a headless Service")
    elif spec.get("loadBalancerIP") and kind != "LoadBalancer":
        path = ("spec", "loadBalancerIP")
        yield _Idle(path, _TYPE, f"on type {kind}", "type: LoadBalancer")


def _idle_on_alias(resource: Resource, spec: dict[str, Any]) -> Iterator[_Idle]:
    when = "on type ExternalName"
    for field in ("selector", "externalIPs", "loadBalancerIP"):
        if spec.get(field):
            yield _Idle(("spec", field), _TYPE, when)
    for index, port in resource.each("spec", "ports"):
        if isinstance(port, dict) and port.get("nodePort"):
            yield _Idle(("spec", "ports", index, "nodePort"), _TYPE, when)


def _affinity_is_off(spec: dict[str, Any]) -> bool:
    """Whether settings of session affinity stand beside affinity ``None``."""
    config = spec.get("sessionAffinityConfig")
    if not isinstance(config, dict) or spec.get("sessionAffinity") == "ClientIP":
        return False
    client = config.get("clientIP")
    timeout = client.get("timeoutSeconds") if isinstance(client, dict) else None
    return timeout not in (None, _DEFAULT_TIMEOUT)


def _has_addresses(spec: dict[str, Any]) -> bool:
    """Whether a Service states what an ExternalName Service may not."""
    return any(spec.get(field) for field in _OF_ADDRESSES)


def _is_headless(spec: dict[str, Any]) -> bool:
    return spec.get("clusterIP") == "None" or spec.get("clusterIPs") == ["None"]


def _cluster_ip(spec: dict[str, Any]) -> Path:
    return ("spec", "clusterIP" if spec.get("clusterIP") else "clusterIPs")


def _idle_on_headless(spec: dict[str, Any]) -> Iterator[str]:
    if spec.get("sessionAffinity") == "ClientIP":
        yield "sessionAffinity"
    for field in ("externalIPs", "loadBalancerIP"):
        if spec.get(field):
            yield field
    if spec.get("internalTrafficPolicy") == "Local":
        yield "internalTrafficPolicy"
    if spec.get("trafficDistribution"):
        yield "trafficDistribution"


def _because(resource: Resource, path: Path) -> tuple[Label, ...]:
    if path == _TYPE:
        return (type_label(resource),)
    if resource.get(*path) is None:
        return ()
    return (resource.label(*path),)


def _warnings(row: ServiceRow, field: str) -> tuple[str, ...]:
    """Return what the API server itself says when it stores the object."""
    return tuple(
        f"the API server warns: {warning}"
        for warning in row.admission.warnings
        if warning.lower().startswith(f"spec.{field.lower()} is ignored")
    )
