"""How a Service is reached from outside: load balancers and traffic policies.

Follows ``validateService`` of ``pkg/apis/core/validation/validation.go`` with
``validateLoadBalancerClassField`` and ``validateServiceExternalTrafficPolicy``.
"""

from __future__ import annotations

from cip_lint.kube.addresses import cidr_complaints
from cip_lint.kube.faults import Fault, forbidden, invalid, not_supported
from cip_lint.kube.go_text import named_string, quoted
from cip_lint.kube.grammar import label_key, port_number
from cip_lint.kube.service_draft import LOAD_BALANCER, ServiceDraft
from cip_lint.kube.version import Version
from cip_lint.model import Path

TRAFFIC_POLICIES = ("Cluster", "Local")

SOURCE_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"

_ONLY_FOR_LOAD_BALANCER = "may only be used when `type` is 'LoadBalancer'"

# What Go's unicode.IsSpace calls a space; Python strips four separators more.
_GO_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)


def traffic_distributions(version: Version) -> tuple[str, ...]:
    """Return the values of ``trafficDistribution`` that a version accepts."""
    if version >= (1, 34):
        return ("PreferClose", "PreferSameZone", "PreferSameNode")
    return ("PreferClose",)


def check_load_balancer(
    draft: ServiceDraft,
    faults: list[Fault],
    version: Version,
    before: ServiceDraft | None,
) -> None:
    """Check what is for load balancers only, and its form (X3 to X8).

    Ranges that the Service had ``before`` may be spelt as they are.
    """
    if draft.source_ranges:
        _check_source_ranges(draft, faults, version, before)
    elif draft.annotations and SOURCE_RANGES in draft.annotations:
        _check_source_ranges_annotation(draft, faults, version, before)
    if draft.allocate_node_ports is not None and draft.type != LOAD_BALANCER:
        name = "allocateLoadBalancerNodePorts"
        cause = forbidden(f"spec.{name}", _ONLY_FOR_LOAD_BALANCER)
        faults.append(Fault("X7", ("spec", name), cause, other=("spec", "type")))
    check_load_balancer_class(draft, faults, version)


def check_load_balancer_class(
    draft: ServiceDraft, faults: list[Fault], version: Version
) -> None:
    """Check that a class stands on a load balancer only, and its form (X8)."""
    if draft.load_balancer_class is None:
        return
    field, text = "spec.loadBalancerClass", draft.load_balancer_class
    path: Path = ("spec", "loadBalancerClass")
    if draft.type != LOAD_BALANCER:
        cause = forbidden(field, _ONLY_FOR_LOAD_BALANCER)
        faults.append(Fault("X8", path, cause, value=text, other=("spec", "type")))
        return
    for message in label_key(text, version):
        cause = invalid(field, quoted(text), message)
        faults.append(Fault("X8", path, cause, value=text))


def _check_source_ranges(
    draft: ServiceDraft,
    faults: list[Fault],
    version: Version,
    before: ServiceDraft | None,
) -> None:
    # The server reports this field with a capital letter, in errors only.
    field, path = "spec.LoadBalancerSourceRanges", ("spec", "loadBalancerSourceRanges")
    if draft.type != LOAD_BALANCER:
        cause = forbidden(field, _ONLY_FOR_LOAD_BALANCER)
        faults.append(Fault("X3", path, cause, other=("spec", "type")))
    tolerated = () if before is None else before.source_ranges
    for index, text in enumerate(draft.source_ranges):
        if text in tolerated:
            continue
        stripped = text.strip(_GO_SPACE)
        for complaint in cidr_complaints(stripped, version):
            cause = invalid(f"{field}[{index}]", quoted(stripped), complaint)
            faults.append(Fault("X4", (*path, index), cause, value=text))


def _check_source_ranges_annotation(
    draft: ServiceDraft,
    faults: list[Fault],
    version: Version,
    before: ServiceDraft | None,
) -> None:
    assert draft.annotations is not None
    field = f"metadata.annotations[{SOURCE_RANGES}]"
    path: Path = ("metadata", "annotations", SOURCE_RANGES)
    if draft.type != LOAD_BALANCER:
        cause = forbidden(field, _ONLY_FOR_LOAD_BALANCER)
        faults.append(Fault("X5", path, cause, other=("spec", "type")))
    old = {} if before is None else before.annotations or {}
    if old.get(SOURCE_RANGES) == draft.annotations[SOURCE_RANGES]:
        return
    value = draft.annotations[SOURCE_RANGES].strip(_GO_SPACE)
    for part in value.split(",") if value else ():
        text = part.strip(_GO_SPACE)
        for complaint in cidr_complaints(text, version):
            cause = invalid(field, quoted(text), complaint)
            faults.append(Fault("X6", path, cause, value=text))


def check_traffic(draft: ServiceDraft, faults: list[Fault], version: Version) -> None:
    """Check the traffic policies and the port for health checks (X9 to X12)."""
    policy, path = draft.external_policy, ("spec", "externalTrafficPolicy")
    accessible = draft.is_externally_accessible(version)
    if policy and not accessible:
        shown = named_string(policy, version)
        detail = _external_policy_detail(version)
        cause = invalid("spec.externalTrafficPolicy", shown, detail)
        faults.append(Fault("X9", path, cause, value=policy, other=("spec", "type")))
    elif policy not in TRAFFIC_POLICIES and accessible:
        shown = named_string(policy, version)
        cause = not_supported("spec.externalTrafficPolicy", shown, TRAFFIC_POLICIES)
        faults.append(Fault("X9", path, cause, value=policy))
    _check_health_check_port(draft, faults, version)
    internal = draft.internal_policy
    if internal is not None and internal not in TRAFFIC_POLICIES:
        shown = named_string(internal, version)
        cause = not_supported("spec.internalTrafficPolicy", shown, TRAFFIC_POLICIES)
        place: Path = ("spec", "internalTrafficPolicy")
        faults.append(Fault("X11", place, cause, value=internal))
    wanted = draft.traffic_distribution
    if wanted is not None and wanted not in traffic_distributions(version):
        known = traffic_distributions(version)
        cause = not_supported("spec.trafficDistribution", quoted(wanted), known)
        place = ("spec", "trafficDistribution")
        faults.append(Fault("X12", place, cause, value=wanted))


def _external_policy_detail(version: Version) -> str:
    if version >= (1, 29):
        return "may only be set for externally-accessible services"
    if version >= (1, 26):
        return "may only be set when `type` is 'NodePort' or 'LoadBalancer'"
    return "ExternalTrafficPolicy can only be set on NodePort and LoadBalancer service"


def _check_health_check_port(
    draft: ServiceDraft, faults: list[Fault], version: Version
) -> None:
    number, field = draft.health_check_node_port, "spec.healthCheckNodePort"
    path: Path = ("spec", "healthCheckNodePort")
    if number and not draft.needs_health_check:
        detail = (
            "may only be set when `type` is 'LoadBalancer' and"
            " `externalTrafficPolicy` is 'Local'"
            if version >= (1, 26)
            else "HealthCheckNodePort can only be set on LoadBalancer service with"
            " ExternalTrafficPolicy=Local"
        )
        other: Path = (
            ("spec", "externalTrafficPolicy")
            if draft.type == LOAD_BALANCER
            else ("spec", "type")
        )
        cause = invalid(field, number, detail)
        faults.append(Fault("X10", path, cause, value=number, other=other))
    elif isinstance(number, int) and number:
        for message in port_number(number):
            cause = invalid(field, number, message)
            faults.append(Fault("X10", path, cause, value=number))
