"""The validation of a Service that has been decoded, defaulted and allocated.

Follows ``validateService`` of ``pkg/apis/core/validation/validation.go`` in its
order. Rules that demand a field which defaulting always fills are left out.
"""

from __future__ import annotations

from cip_lint.kube.addresses import ip_complaints, parse_ip
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
from cip_lint.kube.service_exposure_checks import check_load_balancer, check_traffic
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

TOPOLOGY_HINTS = "service.kubernetes.io/topology-aware-hints"
TOPOLOGY_MODE = "service.kubernetes.io/topology-mode"

LONGEST_AFFINITY_SECONDS = 86400

_VALIDATION: Stage = "validation"

_NOT_FOR_EXTERNAL_NAME = "may not be set for ExternalName services"


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


def spec_faults(
    draft: ServiceDraft, version: Version, before: ServiceDraft | None = None
) -> list[Fault]:
    """Check everything but the metadata: what creating and changing have in common.

    Addresses and ranges that the Service had ``before`` may be spelt as they are.
    """
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
    faults += address_faults(draft, version, _VALIDATION, before)
    if draft.external_ips:
        _check_external_ips(draft, faults, version, before)
    _check_known_type(draft, faults, version)
    check_node_ports(draft, faults)
    check_repeated_ports(draft, faults, version)
    if version < (1, 24) and draft.type == LOAD_BALANCER:
        check_mixed_protocols(draft, faults)
    check_load_balancer(draft, faults, version, before)
    check_traffic(draft, faults, version)
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
    draft: ServiceDraft,
    faults: list[Fault],
    version: Version,
    before: ServiceDraft | None,
) -> None:
    tolerated = () if before is None else before.external_ips
    for index, text in enumerate(draft.external_ips):
        field = f"spec.externalIPs[{index}]"
        path: Path = ("spec", "externalIPs", index)
        complaints = () if text in tolerated else ip_complaints(text, version)
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
