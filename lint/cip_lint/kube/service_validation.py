"""The validation of a Service that has been decoded, defaulted and allocated.

Follows ``validateService`` of ``pkg/apis/core/validation/validation.go`` in its
order. Rules that demand a field which defaulting always fills are left out.
"""

from __future__ import annotations

from cip_lint.kube.addresses import cidr_complaints, ip_complaints, parse_ip
from cip_lint.kube.faults import (
    Fault,
    Stage,
    forbidden,
    invalid,
    not_supported,
    required,
)
from cip_lint.kube.go_text import named_string, quoted
from cip_lint.kube.grammar import (
    dns1123_subdomain,
    label_key,
    port_number,
    service_name,
)
from cip_lint.kube.object_metadata import (
    annotation_faults,
    label_faults,
    name_faults,
    ownership_faults,
)
from cip_lint.kube.service_addresses import address_faults
from cip_lint.kube.service_draft import (
    CLUSTER_IP,
    EXTERNAL_NAME,
    LOAD_BALANCER,
    NODE_PORT,
    ServiceDraft,
)
from cip_lint.kube.service_port_checks import (
    check_kubelet_port,
    check_mixed_protocols,
    check_node_ports,
    check_ports,
    check_repeated_ports,
)
from cip_lint.kube.version import Version
from cip_lint.model import Path

TYPES = (CLUSTER_IP, EXTERNAL_NAME, LOAD_BALANCER, NODE_PORT)
AFFINITIES = ("ClientIP", "None")
TRAFFIC_POLICIES = ("Cluster", "Local")

TOPOLOGY_HINTS = "service.kubernetes.io/topology-aware-hints"
TOPOLOGY_MODE = "service.kubernetes.io/topology-mode"
SOURCE_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"

LONGEST_AFFINITY_SECONDS = 86400

_VALIDATION: Stage = "validation"

_ONLY_FOR_LOAD_BALANCER = "may only be used when `type` is 'LoadBalancer'"
_NOT_FOR_EXTERNAL_NAME = "may not be set for ExternalName services"

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


def service_faults(draft: ServiceDraft, version: Version) -> list[Fault]:
    """Return what the API server refuses, in its order (``ValidateServiceCreate``)."""
    faults = metadata_faults(draft, version)
    faults += spec_faults(draft, version)
    return faults


def metadata_faults(draft: ServiceDraft, version: Version) -> list[Fault]:
    """Check the metadata of a new Service (M1 to M6)."""
    faults = name_faults(
        draft.name, draft.shown_name, draft.generate_name, service_name, version
    )
    if draft.labels:
        path: Path = ("metadata", "labels")
        faults += label_faults(
            draft.labels, "metadata.labels", path, ("M5", "M5"), version
        )
    if draft.annotations:
        faults += annotation_faults(draft.annotations, version)
    faults += ownership_faults(draft.metadata, version)
    return faults


def spec_faults(draft: ServiceDraft, version: Version) -> list[Fault]:
    """Check everything but the metadata: what creating and changing have in common."""
    faults: list[Fault] = []
    if draft.annotations:
        _check_topology(draft, faults)
    _check_type(draft, faults, version)
    check_ports(draft, faults, version)
    if draft.selector:
        path: Path = ("spec", "selector")
        faults += label_faults(
            draft.selector, "spec.selector", path, ("S1", "S2"), version
        )
    _check_affinity(draft, faults, version)
    faults += address_faults(draft, version, _VALIDATION)
    if draft.external_ips:
        _check_external_ips(draft, faults, version)
    _check_known_type(draft, faults, version)
    check_node_ports(draft, faults)
    check_repeated_ports(draft, faults, version)
    if version < (1, 24) and draft.type == LOAD_BALANCER:
        check_mixed_protocols(draft, faults)
    _check_load_balancer(draft, faults, version)
    _check_traffic(draft, faults, version)
    return faults


def _check_topology(draft: ServiceDraft, faults: list[Fault]) -> None:
    assert draft.annotations is not None
    mode = draft.annotations.get(TOPOLOGY_MODE)
    hints = draft.annotations.get(TOPOLOGY_HINTS)
    if mode is not None and hints is not None and mode != hints:
        detail = f"must match annotations[{TOPOLOGY_HINTS}] when both are specified"
        field = f"metadata.annotations[{TOPOLOGY_MODE}]"
        path: Path = ("metadata", "annotations", TOPOLOGY_MODE)
        other: Path = ("metadata", "annotations", TOPOLOGY_HINTS)
        cause = invalid(field, quoted(mode), detail)
        faults.append(Fault("M7", path, cause, value=mode, other=other))


def _check_type(draft: ServiceDraft, faults: list[Fault], version: Version) -> None:
    headless = draft.is_headless
    if not draft.ports and not headless and draft.type != EXTERNAL_NAME:
        faults.append(Fault("T2", ("spec", "ports"), required("spec.ports")))
    if draft.type == LOAD_BALANCER and version < (1, 33):
        check_kubelet_port(draft, faults)
    if headless and draft.type in (LOAD_BALANCER, NODE_PORT):
        cause = invalid(
            "spec.clusterIPs[0]",
            '"None"',
            f"may not be set to 'None' for {draft.type} services",
        )
        path, other = draft.address_path(0), ("spec", "type")
        faults.append(Fault("T3", path, cause, value="None", other=other))
    if draft.type == EXTERNAL_NAME:
        _check_external_name(draft, faults)


def _check_external_name(draft: ServiceDraft, faults: list[Fault]) -> None:
    forbidden_here = (
        (draft.cluster_ips, "clusterIPs", draft.address_path()),
        (draft.families, "ipFamilies", ("spec", "ipFamilies")),
        (
            draft.family_policy is not None,
            "ipFamilyPolicy",
            ("spec", "ipFamilyPolicy"),
        ),
    )
    for present, name, path in forbidden_here:
        if present:
            cause = forbidden(f"spec.{name}", _NOT_FOR_EXTERNAL_NAME)
            faults.append(Fault("T4", path, cause, other=("spec", "type")))
    name, place = draft.external_name, ("spec", "externalName")
    host = name.removesuffix(".")
    if not host:
        faults.append(Fault("T5", place, required("spec.externalName"), value=name))
    for message in dns1123_subdomain(host) if host else ():
        cause = invalid("spec.externalName", quoted(host), message)
        faults.append(Fault("T6", place, cause, value=name))


def _check_affinity(draft: ServiceDraft, faults: list[Fault], version: Version) -> None:
    affinity = draft.session_affinity
    if affinity not in AFFINITIES:
        shown = named_string(affinity, version)
        cause = not_supported("spec.sessionAffinity", shown, AFFINITIES)
        path: Path = ("spec", "sessionAffinity")
        faults.append(Fault("F1", path, cause, value=affinity))
    seconds = draft.affinity_seconds
    if affinity != "ClientIP" or seconds is None:
        return
    if not 0 < seconds <= LONGEST_AFFINITY_SECONDS:
        cause = invalid(
            "spec.sessionAffinityConfig.clientIP.timeoutSeconds",
            seconds,
            f"must be greater than 0 and less than {LONGEST_AFFINITY_SECONDS}",
        )
        path = ("spec", "sessionAffinityConfig", "clientIP", "timeoutSeconds")
        faults.append(Fault("F2", path, cause, value=seconds))


def _check_external_ips(
    draft: ServiceDraft, faults: list[Fault], version: Version
) -> None:
    for index, text in enumerate(draft.external_ips):
        field = f"spec.externalIPs[{index}]"
        path: Path = ("spec", "externalIPs", index)
        complaints = ip_complaints(text, version)
        code = "X1" if complaints else "X2"
        for complaint in complaints or special_address_complaints(text):
            cause = invalid(field, quoted(text), complaint)
            faults.append(Fault(code, path, cause, value=text))


def special_address_complaints(text: str) -> tuple[str, ...]:
    """Return why an address cannot lie outside a node (``ValidateEndpointIP``)."""
    address = parse_ip(text)
    if address is None:
        return ("must be a valid IP address",)
    number = address.number
    if address.family == "IPv4":
        loopback, link_local = number >> 24 == 127, number >> 16 == 0xA9FE
        multicast = number >> 8 == 0xE00000
    else:
        loopback, link_local = number == 1, number >> 118 == 0xFE80 >> 6
        # Any flags, scope 2.
        multicast = number >> 112 & 0xFF0F == 0xFF02
    found = (
        (number == 0, f"may not be unspecified ({text})"),
        (loopback, "may not be in the loopback range (127.0.0.0/8, ::1/128)"),
        (
            link_local,
            "may not be in the link-local range (169.254.0.0/16, fe80::/10)",
        ),
        (
            multicast,
            "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)",
        ),
    )
    return tuple(message for holds, message in found if holds)


def _check_known_type(
    draft: ServiceDraft, faults: list[Fault], version: Version
) -> None:
    if draft.type not in TYPES:
        cause = not_supported("spec.type", named_string(draft.type, version), TYPES)
        faults.append(Fault("T1", ("spec", "type"), cause, value=draft.type))


def _check_load_balancer(
    draft: ServiceDraft, faults: list[Fault], version: Version
) -> None:
    other_type = draft.type != LOAD_BALANCER
    if draft.source_ranges:
        _check_source_ranges(draft, faults, version)
    elif draft.annotations and SOURCE_RANGES in draft.annotations:
        _check_source_ranges_annotation(draft, faults, version)
    of_type: Path = ("spec", "type")
    if draft.allocate_node_ports is not None and other_type:
        name = "allocateLoadBalancerNodePorts"
        cause = forbidden(f"spec.{name}", _ONLY_FOR_LOAD_BALANCER)
        faults.append(Fault("X7", ("spec", name), cause, other=of_type))
    if draft.load_balancer_class is None:
        return
    field, text = "spec.loadBalancerClass", draft.load_balancer_class
    path: Path = ("spec", "loadBalancerClass")
    if other_type:
        cause = forbidden(field, _ONLY_FOR_LOAD_BALANCER)
        faults.append(Fault("X8", path, cause, value=text, other=of_type))
        return
    for message in label_key(text, version):
        cause = invalid(field, quoted(text), message)
        faults.append(Fault("X8", path, cause, value=text))


def _check_source_ranges(
    draft: ServiceDraft, faults: list[Fault], version: Version
) -> None:
    # The server reports this field with a capital letter, in errors only.
    field, path = "spec.LoadBalancerSourceRanges", ("spec", "loadBalancerSourceRanges")
    if draft.type != LOAD_BALANCER:
        cause = forbidden(field, _ONLY_FOR_LOAD_BALANCER)
        faults.append(Fault("X3", path, cause, other=("spec", "type")))
    for index, text in enumerate(draft.source_ranges):
        stripped = text.strip(_GO_SPACE)
        for complaint in cidr_complaints(stripped, version):
            cause = invalid(f"{field}[{index}]", quoted(stripped), complaint)
            faults.append(Fault("X4", (*path, index), cause, value=text))


def _check_source_ranges_annotation(
    draft: ServiceDraft, faults: list[Fault], version: Version
) -> None:
    assert draft.annotations is not None
    field = f"metadata.annotations[{SOURCE_RANGES}]"
    path: Path = ("metadata", "annotations", SOURCE_RANGES)
    if draft.type != LOAD_BALANCER:
        cause = forbidden(field, _ONLY_FOR_LOAD_BALANCER)
        faults.append(Fault("X5", path, cause, other=("spec", "type")))
    value = draft.annotations[SOURCE_RANGES].strip(_GO_SPACE)
    for part in value.split(",") if value else ():
        text = part.strip(_GO_SPACE)
        for complaint in cidr_complaints(text, version):
            cause = invalid(field, quoted(text), complaint)
            faults.append(Fault("X6", path, cause, value=text))


def _check_traffic(draft: ServiceDraft, faults: list[Fault], version: Version) -> None:
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
