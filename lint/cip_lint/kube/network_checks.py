"""What the API server refuses in NetworkPolicy, ServiceCIDR and IPAddress.

Follows ``pkg/apis/networking/validation/validation.go``.
"""

from __future__ import annotations

from cip_lint.bodies import Body, items, mapping, text
from cip_lint.kube import faults as causes
from cip_lint.kube.addresses import cidr_complaints, parse_cidr
from cip_lint.kube.checks import (
    Checks,
    check_metadata,
    number,
    path_segment,
    strict_cidr_complaints,
    strict_ip_complaints,
    subdomain_name,
)
from cip_lint.kube.go_text import as_json, string_list
from cip_lint.kube.grammar import dns1123_subdomain, port_name, port_number
from cip_lint.kube.selector_checks import label_selector_causes
from cip_lint.kube.version import Version
from cip_lint.model import Path, field_path

POLICY = "N-policy"
POLICY_PORT = "N-port"
POLICY_PEER = "N-peer"
CIDR = "R-cidr"
ADDRESS = "R-address"

_PROTOCOLS = ("TCP", "UDP", "SCTP")
_TYPES = ("Ingress", "Egress")
_END_PORT_SHOWN_SINCE = Version(1, 37)

_END_BEFORE_START = "must be greater than or equal to `port`"


def check_network_policy(checks: Checks, body: Body) -> None:
    """Check a NetworkPolicy."""
    check_metadata(checks, body, subdomain_name)
    spec = mapping(body.get("spec"))
    _check_selector(checks, spec.get("podSelector"), ("spec", "podSelector"))
    for side, peers in (("ingress", "from"), ("egress", "to")):
        for index, entry in enumerate(items(spec.get(side))):
            rule, path = mapping(entry), ("spec", side, index)
            for at, port in enumerate(items(rule.get("ports"))):
                _check_port(checks, mapping(port), (*path, "ports", at))
            for at, peer in enumerate(items(rule.get(peers))):
                _check_peer(checks, mapping(peer), (*path, peers, at))
    types = [text(value) for value in items(spec.get("policyTypes"))]
    if len(types) > len(_TYPES):
        shown = string_list(types, checks.version)
        detail = "may not specify more than two policyTypes"
        place: Path = ("spec", "policyTypes")
        cause = causes.invalid(field_path(place), shown, detail)
        checks.add(POLICY, place, cause)
        return
    for index, value in enumerate(types):
        if value not in _TYPES:
            place = ("spec", "policyTypes", index)
            checks.not_supported(POLICY, place, value, _TYPES)


def _check_selector(checks: Checks, selector: object, path: Path) -> None:
    if selector:
        found = label_selector_causes(mapping(selector), path, checks.version)
        checks.placed(POLICY, found)


def _check_port(checks: Checks, port: Body, path: Path) -> None:
    protocol = port.get("protocol")
    if protocol is not None and protocol not in _PROTOCOLS:
        place = (*path, "protocol")
        checks.not_supported(POLICY_PORT, place, text(protocol), _PROTOCOLS)
    value, end, place = port.get("port"), port.get("endPort"), (*path, "endPort")
    if value is None:
        if end is not None:
            detail = "may not be specified when `port` is not specified"
            checks.invalid(POLICY_PORT, place, number(end), (detail,))
        return
    if isinstance(value, str):
        if end is not None:
            detail = "may not be specified when `port` is non-numeric"
            checks.invalid(POLICY_PORT, place, number(end), (detail,))
        checks.invalid(POLICY_PORT, (*path, "port"), value, port_name(value))
        return
    checks.port_number(POLICY_PORT, (*path, "port"), number(value))
    if end is None:
        return
    if number(end) < number(value):
        shown = end if checks.version >= _END_PORT_SHOWN_SINCE else value
        checks.invalid(POLICY_PORT, place, number(shown), (_END_BEFORE_START,))
    checks.invalid(POLICY_PORT, place, number(end), port_number(number(end)))


def _check_peer(checks: Checks, peer: Body, path: Path) -> None:
    block = peer.get("ipBlock")
    selectors = [
        field
        for field in ("podSelector", "namespaceSelector")
        if peer.get(field) is not None
    ]
    for field in selectors:
        _check_selector(checks, peer[field], (*path, field))
    if block is not None:
        _check_block(checks, mapping(block), (*path, "ipBlock"))
        if selectors:
            detail = "may not specify both ipBlock and another peer"
            checks.forbidden(POLICY_PEER, path, detail)
    elif not selectors:
        checks.required(POLICY_PEER, path, "must specify a peer")


def _check_block(checks: Checks, block: Body, path: Path) -> None:
    cidr, place = text(block.get("cidr")), (*path, "cidr")
    if not cidr:
        checks.required(POLICY_PEER, place)
        return
    checks.invalid(POLICY_PEER, place, cidr, cidr_complaints(cidr, checks.version))
    checks.warn_of_cidr(cidr, place)
    network = parse_cidr(cidr)
    if network is None:
        return
    for index, value in enumerate(items(block.get("except"))):
        hole, hole_place = text(value), (*path, "except", index)
        messages = cidr_complaints(hole, checks.version)
        checks.invalid(POLICY_PEER, hole_place, hole, messages)
        checks.warn_of_cidr(hole, hole_place)
        inner = parse_cidr(hole)
        if inner is None:
            continue
        inside = network.family == inner.family and (
            network.first <= inner.first <= network.last
        )
        if not inside or network.bits >= inner.bits:
            detail = "must be a strict subset of `cidr`"
            checks.invalid(POLICY_PEER, hole_place, hole, (detail,))


def check_service_cidr(checks: Checks, body: Body) -> None:
    """Check a ServiceCIDR: one or two ranges, of different families."""
    check_metadata(checks, body, subdomain_name)
    check_cidrs(checks, body)


def check_cidrs(checks: Checks, body: Body) -> None:
    """Check the ranges of a ServiceCIDR (``validateServiceCIDRSpec``)."""
    path: Path = ("spec", "cidrs")
    cidrs = [text(value) for value in items(mapping(body.get("spec")).get("cidrs"))]
    if not cidrs:
        checks.required(CIDR, path, "at least one CIDR required")
        return
    if len(cidrs) > 2:
        # The value that is shown is the spec in its internal form.
        shown, detail = as_json({"CIDRs": cidrs}), "may only hold up to 2 values"
        checks.add(CIDR, path, causes.invalid("spec.cidrs", shown, detail))
        return
    for index, cidr in enumerate(cidrs):
        checks.invalid(CIDR, (*path, index), cidr, strict_cidr_complaints(cidr))
    networks = [parse_cidr(cidr) for cidr in cidrs]
    families = [network.family for network in networks if network is not None]
    if len(families) == 2 and families[0] == families[1]:
        detail = (
            "may specify no more than one IP for each IP family,"
            " i.e 192.168.0.0/24 and 2001:db8::/64"
        )
        shown = string_list(cidrs, checks.version)
        checks.add(CIDR, path, causes.invalid("spec.cidrs", shown, detail))


def _address_name(name: str, _: Version) -> tuple[str, ...]:
    return strict_ip_complaints(name)


def check_ip_address(checks: Checks, body: Body) -> None:
    """Check an IPAddress: its name is the address, in canonical form."""
    check_metadata(checks, body, _address_name)
    parent = mapping(body.get("spec")).get("parentRef")
    path: Path = ("spec", "parentRef")
    if parent is None:
        checks.required(ADDRESS, path)
        return
    reference = mapping(parent)
    group = text(reference.get("group"))
    if group:
        messages = dns1123_subdomain(group)
        checks.invalid(ADDRESS, (*path, "group"), group, messages)
    for field in ("resource", "name"):
        value = text(reference.get(field))
        if value:
            checks.invalid(ADDRESS, (*path, field), value, path_segment(value))
        else:
            checks.required(ADDRESS, (*path, field))
    namespace = text(reference.get("namespace"))
    if namespace:
        messages = path_segment(namespace)
        checks.invalid(ADDRESS, (*path, "namespace"), namespace, messages)
