"""What the API server refuses in EndpointSlices and Endpoints made by hand.

Follows ``pkg/apis/discovery/validation/validation.go`` and
``pkg/apis/core/validation/validation.go#ValidateEndpoints``, in order.
"""

from __future__ import annotations

from cip_lint.bodies import Body, items, mapping, text
from cip_lint.kube import faults as causes
from cip_lint.kube.addresses import IPV4, IPV6, Address, ip_complaints, parse_ip
from cip_lint.kube.checks import (
    Checks,
    check_metadata,
    number,
    strict_ip_complaints,
    subdomain_name,
)
from cip_lint.kube.go_text import quoted
from cip_lint.kube.grammar import (
    PROTOCOLS,
    dns1123_label,
    dns1123_subdomain,
    label_key,
    label_value,
)
from cip_lint.kube.well_known import (
    ENDPOINTS_CONTROLLER,
    ENDPOINTS_MANAGED_BY,
    MANAGED_BY,
    SLICE_CONTROLLERS,
)
from cip_lint.model import Path, field_path

ADDRESS_TYPE = "E-address-type"
ADDRESS = "E-address"
ENDPOINT = "E-endpoint"
PORT = "E-port"

_ADDRESS_TYPES = ("FQDN", IPV4, IPV6)
_MOST_ENDPOINTS = 1000
_MOST_ADDRESSES = 100
_MOST_PORTS = 20000
_MOST_HINTS = 8
_MOST_TOPOLOGY_LABELS = 16


def check_endpoint_slice(checks: Checks, body: Body) -> None:
    """Check an EndpointSlice; the numbers of its ports are never checked."""
    check_metadata(checks, body, subdomain_name)
    address_type = text(body.get("addressType"))
    if not address_type:
        checks.required(ADDRESS_TYPE, ("addressType",))
    elif address_type not in _ADDRESS_TYPES:
        path: Path = ("addressType",)
        checks.not_supported(ADDRESS_TYPE, path, address_type, _ADDRESS_TYPES)
    _check_slice_ports(checks, body)
    endpoints = items(body.get("endpoints"))
    if len(endpoints) > _MOST_ENDPOINTS:
        checks.too_many(ENDPOINT, ("endpoints",), len(endpoints), _MOST_ENDPOINTS)
        return
    for index, endpoint in enumerate(endpoints):
        _check_endpoint(checks, mapping(endpoint), address_type, ("endpoints", index))
    if address_type == "FQDN":
        checks.warnings.append("spec.addressType: FQDN endpoints are deprecated")
    labels = mapping(mapping(body.get("metadata")).get("labels"))
    if labels.get(MANAGED_BY) not in SLICE_CONTROLLERS:
        for index, endpoint in enumerate(endpoints):
            place: Path = ("endpoints", index, "addresses")
            for at, address in enumerate(items(mapping(endpoint).get("addresses"))):
                checks.warn_of_address(text(address), (*place, at))


def _check_slice_ports(checks: Checks, body: Body) -> None:
    ports = items(body.get("ports"))
    if len(ports) > _MOST_PORTS:
        checks.too_many(PORT, ("ports",), len(ports), _MOST_PORTS)
        return
    names: dict[str, int] = {}
    for index, entry in enumerate(ports):
        port = mapping(entry)
        name, path = text(port.get("name")), ("ports", index, "name")
        if name:
            checks.invalid(PORT, path, name, dns1123_label(name))
        if name in names:
            checks.duplicate(PORT, path, name, ("ports", names[name], "name"))
        else:
            names[name] = index
        protocol = port.get("protocol")
        if protocol is not None and protocol not in PROTOCOLS:
            place: Path = ("ports", index, "protocol")
            checks.not_supported(PORT, place, text(protocol), PROTOCOLS)
        application = port.get("appProtocol")
        if application is not None:
            messages = label_key(text(application), checks.version)
            place = ("ports", index, "appProtocol")
            checks.invalid(PORT, place, text(application), messages)


def _check_endpoint(
    checks: Checks, endpoint: Body, address_type: str, path: Path
) -> None:
    _check_addresses(checks, endpoint, address_type, (*path, "addresses"))
    node = endpoint.get("nodeName")
    if node is not None:
        messages = dns1123_subdomain(text(node))
        checks.invalid(ENDPOINT, (*path, "nodeName"), text(node), messages)
    topology = mapping(endpoint.get("deprecatedTopology"))
    if topology:
        place = (*path, "deprecatedTopology")
        if len(topology) > _MOST_TOPOLOGY_LABELS:
            checks.too_many(ENDPOINT, place, len(topology), _MOST_TOPOLOGY_LABELS)
        checks.labels(ENDPOINT, topology, field_path(place), place)
    hostname = endpoint.get("hostname")
    if hostname is not None:
        messages = dns1123_label(text(hostname))
        checks.invalid(ENDPOINT, (*path, "hostname"), text(hostname), messages)
    hints = endpoint.get("hints")
    if hints:
        _check_hints(checks, mapping(hints), (*path, "hints"))


def _check_addresses(
    checks: Checks, endpoint: Body, address_type: str, path: Path
) -> None:
    addresses = items(endpoint.get("addresses"))
    if not addresses:
        checks.required(ADDRESS, path, "must contain at least 1 address")
    elif len(addresses) > _MOST_ADDRESSES:
        checks.too_many(ADDRESS, path, len(addresses), _MOST_ADDRESSES)
    for index, value in enumerate(addresses):
        address = text(value)
        if address_type == IPV4:
            messages = ip_complaints(address, checks.version)
            _check_slice_address(checks, address, messages, IPV4, (*path, index))
        elif address_type == IPV6:
            messages = strict_ip_complaints(address)
            _check_slice_address(checks, address, messages, IPV6, (*path, index))
        elif address_type == "FQDN":
            _check_domain_name(checks, address, (*path, index))


def _check_slice_address(
    checks: Checks, address: str, messages: tuple[str, ...], family: str, path: Path
) -> None:
    if messages:
        checks.invalid(ADDRESS, path, address, messages)
        return
    read = parse_ip(address)
    assert read is not None
    if read.family != family:
        # The server names the list, not the entry.
        cause = causes.invalid(
            field_path(path[:-1]), quoted(address), f"must be an {family} address"
        )
        checks.add(ADDRESS, path, cause, address)
    checks.invalid(ADDRESS, path, address, _useless(address, read))


def _useless(text_: str, address: Address) -> list[str]:
    """Return why an address can never be an endpoint (``ValidateEndpointIP``)."""
    number_, found = address.number, []
    if address.family == IPV4:
        loopback, local = number_ >> 24 == 127, number_ >> 16 == 0xA9FE
        multicast = number_ >> 8 == 0xE00000
    else:
        loopback, local = number_ == 1, number_ >> 118 == 0xFE80 >> 6
        multicast = number_ >> 112 & 0xFF0F == 0xFF02
    if not number_:
        found.append(f"may not be unspecified ({text_})")
    if loopback:
        found.append("may not be in the loopback range (127.0.0.0/8, ::1/128)")
    if local:
        found.append("may not be in the link-local range (169.254.0.0/16, fe80::/10)")
    if multicast:
        found.append(
            "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"
        )
    return found


def _check_domain_name(checks: Checks, name: str, path: Path) -> None:
    if not name:
        checks.required(ADDRESS, path)
        return
    name = name.removesuffix(".")
    messages = dns1123_subdomain(name)
    if messages:
        checks.invalid(ADDRESS, path, name, (",".join(messages),))
        return
    labels = name.split(".")
    if len(labels) < 2:
        detail = "should be a domain with at least two segments separated by dots"
        checks.invalid(ADDRESS, path, name, (detail,))
        return
    for label in labels:
        messages = dns1123_label(label)
        if messages:
            checks.invalid(ADDRESS, path, label, (",".join(messages),))
            return


def _check_hints(checks: Checks, hints: Body, path: Path) -> None:
    for field, check in (("forZones", label_value), ("forNodes", dns1123_subdomain)):
        entries = items(hints.get(field))
        if len(entries) > _MOST_HINTS:
            checks.too_many(ENDPOINT, (*path, field), len(entries), _MOST_HINTS)
            return
        names: dict[str, int] = {}
        for index, entry in enumerate(entries):
            name, place = (
                text(mapping(entry).get("name")),
                (*path, field, index, "name"),
            )
            if name in names:
                other = (*path, field, names[name], "name")
                checks.duplicate(ENDPOINT, place, name, other)
            else:
                names[name] = index
            checks.invalid(ENDPOINT, place, name, check(name))


def check_endpoints(checks: Checks, body: Body) -> None:
    """Check Endpoints; equal port names are accepted."""
    check_metadata(checks, body, subdomain_name)
    subsets = items(body.get("subsets"))
    for index, entry in enumerate(subsets):
        subset, path = mapping(entry), ("subsets", index)
        if not subset.get("addresses") and not subset.get("notReadyAddresses"):
            detail = "must specify `addresses` or `notReadyAddresses`"
            checks.required(ADDRESS, path, detail)
        for field in ("addresses", "notReadyAddresses"):
            for at, address in enumerate(items(subset.get(field))):
                _check_address(checks, mapping(address), (*path, field, at))
        ports = items(subset.get("ports"))
        for at, port in enumerate(ports):
            place = (*path, "ports", at)
            _check_port(checks, mapping(port), place, named=len(ports) > 1)
    labels = mapping(mapping(body.get("metadata")).get("labels"))
    if labels.get(ENDPOINTS_MANAGED_BY) == ENDPOINTS_CONTROLLER:
        return
    for index, entry in enumerate(subsets):
        for field in ("addresses", "notReadyAddresses"):
            for at, address in enumerate(items(mapping(entry).get(field))):
                value = text(mapping(address).get("ip"))
                checks.warn_of_address(value, ("subsets", index, field, at, "ip"))


def _check_address(checks: Checks, address: Body, path: Path) -> None:
    value, place = text(address.get("ip")), (*path, "ip")
    checks.invalid(ADDRESS, place, value, ip_complaints(value, checks.version))
    hostname = text(address.get("hostname"))
    if hostname:
        messages = dns1123_label(hostname)
        checks.invalid(ENDPOINT, (*path, "hostname"), hostname, messages)
    node = address.get("nodeName")
    if node is not None:
        messages = dns1123_subdomain(text(node))
        checks.invalid(ENDPOINT, (*path, "nodeName"), text(node), messages)
    read = parse_ip(value)
    useless = ["must be a valid IP address"] if read is None else _useless(value, read)
    checks.invalid(ADDRESS, place, value, useless)


def _check_port(checks: Checks, port: Body, path: Path, *, named: bool) -> None:
    name = text(port.get("name"))
    if name:
        checks.invalid(PORT, (*path, "name"), name, dns1123_label(name))
    elif named:
        checks.required(PORT, (*path, "name"))
    checks.port_number(PORT, (*path, "port"), number(port.get("port")))
    protocol = text(port.get("protocol"))
    if protocol and protocol not in PROTOCOLS:
        checks.not_supported(PORT, (*path, "protocol"), protocol, PROTOCOLS)
    application = port.get("appProtocol")
    if application is not None:
        messages = label_key(text(application), checks.version)
        checks.invalid(PORT, (*path, "appProtocol"), text(application), messages)
