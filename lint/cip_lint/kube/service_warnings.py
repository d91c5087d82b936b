"""The warnings that the API server sends along with a Service.

Follows ``GetWarningsForService`` of ``pkg/api/service/warnings.go`` and
``GetWarningsForIP`` and ``GetWarningsForCIDR`` of
``apimachinery/pkg/util/validation/ip.go``.
"""

from __future__ import annotations

from cip_lint.kube.addresses import is_strict, parse_cidr, parse_ip
from cip_lint.kube.faults import Drawn
from cip_lint.kube.go_text import quoted
from cip_lint.kube.service_draft import (
    CLUSTER_IP,
    EXTERNAL_NAME,
    NO_ADDRESS,
    ServiceDraft,
)
from cip_lint.kube.service_validation import TOPOLOGY_HINTS, TOPOLOGY_MODE
from cip_lint.kube.version import Version

_DEPRECATIONS_SINCE = Version(1, 36)


def ip_warnings(field: str, text: str, version: Version) -> list[str]:
    """Warn of an address that is spelt in an unusual way; no address: nothing."""
    address = parse_ip(text)
    if address is None:
        return []
    if address.leading_zeros or address.mapped:
        shown = quoted(text)
        preferred = quoted(address.canonical)
        said = f"non-standard IP address {shown} {_is_invalid(version)}"
        return [f"{field}: {said}: use {preferred}"]
    if address.canonical != text:
        said = f"IPv6 address {quoted(text)} should be in RFC 5952 canonical format"
        return [f"{field}: {said} ({quoted(address.canonical)})"]
    return []


def cidr_warnings(field: str, text: str, version: Version) -> list[str]:
    """Warn of a CIDR that is spelt in an unusual way; no CIDR: nothing."""
    network = parse_cidr(text)
    if network is None:
        return []
    warnings = []
    shown, canonical = quoted(text), quoted(network.canonical)
    if network.has_host_bits:
        width = 128 if ":" in text else 32
        single = quoted(f"{network.address.canonical}/{width}")
        warnings.append(
            f"{field}: CIDR value {shown} is ambiguous in this context"
            f" (should be {canonical} or {single}?)"
        )
    zeros = network.leading_zeros or network.address.leading_zeros
    if zeros or network.address.mapped:
        warnings.append(
            f"{field}: non-standard CIDR value {shown}"
            f" {_is_invalid(version)}: use {canonical}"
        )
    if not warnings and canonical != shown:
        warnings.append(
            f"{field}: IPv6 CIDR value {shown} should be in RFC 5952 canonical"
            f" format ({canonical})"
        )
    return warnings


def _is_invalid(version: Version) -> str:
    if is_strict(version):
        return "is invalid"
    return "will be considered invalid in a future Kubernetes release"


def service_warnings(draft: ServiceDraft, version: Version) -> tuple[str, ...]:
    """Return the warnings for a Service that is stored, in the server's order."""
    found: list[str] = []
    if draft.annotations and TOPOLOGY_HINTS in draft.annotations:
        found.append(
            f"annotation {TOPOLOGY_HINTS} is deprecated,"
            f" please use {TOPOLOGY_MODE} instead"
        )
    for index, text in enumerate(draft.cluster_ips):
        if not isinstance(text, Drawn):
            found += ip_warnings(f"spec.clusterIPs[{index}]", text, version)
    headless = draft.type == CLUSTER_IP and draft.cluster_ip == NO_ADDRESS
    if headless:
        found += _headless_warnings(draft)
    if draft.external_ips:
        found += _external_ip_warnings(draft, version, headless=headless)
    if draft.load_balancer_ip:
        found += ip_warnings("spec.loadBalancerIP", draft.load_balancer_ip, version)
    for index, text in enumerate(draft.source_ranges):
        field = f"spec.loadBalancerSourceRanges[{index}]"
        found += cidr_warnings(field, text, version)
    found += _other_type_warnings(draft)
    if draft.traffic_distribution == "PreferClose" and version >= _DEPRECATIONS_SINCE:
        found.append(
            'spec.trafficDistribution: "PreferClose" is deprecated;'
            ' use "PreferSameZone"'
        )
    return tuple(found)


def _other_type_warnings(draft: ServiceDraft) -> list[str]:
    if draft.type == EXTERNAL_NAME:
        if draft.external_ips:
            return ['spec.externalIPs is ignored when spec.type is "ExternalName"']
    elif draft.external_name:
        return ['spec.externalName is ignored when spec.type is not "ExternalName"']
    return []


def _headless_warnings(draft: ServiceDraft) -> list[str]:
    ignored = (
        (draft.load_balancer_ip, "loadBalancerIP"),
        (draft.external_ips, "externalIPs"),
        (draft.session_affinity != "None", "SessionAffinity"),
    )
    return [
        f"spec.{name} is ignored for headless services"
        for present, name in ignored
        if present
    ]


def _external_ip_warnings(
    draft: ServiceDraft, version: Version, *, headless: bool
) -> list[str]:
    found = []
    for index, text in enumerate(draft.external_ips):
        found += ip_warnings(f"spec.externalIPs[{index}]", text, version)
    usable = not headless and draft.type != EXTERNAL_NAME
    if usable and version >= _DEPRECATIONS_SINCE:
        found.append(
            "spec.externalIPs is deprecated and may no longer be implemented in some"
            " clusters"
        )
    return found
