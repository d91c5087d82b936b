"""The rule ``endpoints.do-not-join``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cip_lint.cluster import Member, ServiceMember
from cip_lint.kube.addresses import parse_ip
from cip_lint.kube.service import ServicePort
from cip_lint.model import Path, Severity
from cip_lint.rule import Context, Problem, Stage, objects, rule
from cip_lint_rules._settings import is_certain, source
from cip_lint_rules._slices import controller_of, service_name
from cip_lint_rules._words import first_few, listed
from cip_lint_rules.endpoints._unlinked import without_service


@rule(
    "endpoints.do-not-join",
    severity=Severity.ERROR,
    also=(Severity.WARNING,),
    on=objects("EndpointSlice", "Endpoints"),
    stage=Stage.PORTS,
    since="0.1.0",
    hides=("endpoints.none-declared",),
    kinds=("EndpointSlice", "Endpoints", "Service"),
)
def do_not_join(member: Member, cx: Context) -> Iterator[Problem]:
    """Hand-made endpoints do not join their Service.

    ## Why it matters

    Endpoints and Service ports are joined by the name of the port and its protocol,
    the number plays no part; and the slice is joined to the Service by a label. A
    proxy takes from a slice only what is of a family of the Service: `addressType`
    must be one of its `ipFamilies`, and FQDN is none. A difference in any of them
    leaves the Service without endpoints, and nothing reports it.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: db, namespace: shop}
    spec:
      ports: [{name: sql, port: 5432}]
    ---
    apiVersion: discovery.k8s.io/v1
    kind: EndpointSlice
    metadata: {name: db-1, namespace: shop, labels: {kubernetes.io/service-name: db}}
    addressType: IPv4
    ports: [{name: postgres, port: 5432}]
    endpoints: [{addresses: [192.0.2.4]}]
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: db, namespace: shop}
    spec:
      ports: [{name: sql, port: 5432}]
    ---
    apiVersion: discovery.k8s.io/v1
    kind: EndpointSlice
    metadata: {name: db-1, namespace: shop, labels: {kubernetes.io/service-name: db}}
    addressType: IPv4
    ports: [{name: sql, port: 5432}]
    endpoints: [{addresses: [192.0.2.4]}]
    ```

    ## References

    - [Services without selectors](https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors)
    """
    if member.piece or controller_of(member):
        return
    name = service_name(member)
    service = cx.cluster.service(member, name) if name else None
    if service is None:
        yield from without_service(member, name, cx)
    elif service.service.type != "ExternalName":
        yield from _unjoined_family(member, service, cx)
        yield from _unjoined_ports(member, service)


def _unjoined_family(
    member: Member, service: ServiceMember, cx: Context
) -> Iterator[Problem]:
    kind = member.resource.get("addressType")
    if member.kind != "EndpointSlice":
        return
    if kind == "FQDN" and not service.service.headless:
        yield _of_names(member, service)
    if kind not in ("IPv4", "IPv6"):
        return
    families, notes = _families(service, cx)
    if families and kind not in families:
        written = bool(service.service.ip_families)
        yield Problem(
            f"{member.display} is of {kind}, {service.display} is of "
            f"{first_few(families)}: no traffic",
            at=member.resource.label("addressType", text="another family"),
            related=(
                service.resource.label("spec", "ipFamilies", text="the families here")
                if written
                else service.resource.label("metadata", "name", text="the Service"),
            ),
            notes=notes,
            help=f"write addresses of {families[0]}{_or_add(str(kind), cx)}",
        )


def _or_add(kind: str, cx: Context) -> str:
    """Return the other way out, where the cluster may have the family."""
    stated = cx.settings.families
    if is_certain(stated) and kind not in stated.value:
        return ""
    return f", or add {kind} to the Service"


def _of_names(member: Member, service: ServiceMember) -> Problem:
    return Problem(
        f"{member.display} is of FQDN, which proxies ignore: no traffic from "
        f"{service.display}",
        at=member.resource.label("addressType", text="names, not addresses"),
        related=(
            service.resource.label("metadata", "name", text="has a cluster address"),
        ),
        help="write addresses, or a Service of type ExternalName",
    )


def _families(
    service: ServiceMember, cx: Context
) -> tuple[Sequence[str], tuple[str, ...]]:
    """Return the families that a Service certainly has, with notes; empty: not known.

    They are those it states, the one of its address, or what the cluster gives.
    Headless Services have no proxy, so only what they state counts.
    """
    written = service.service.ip_families
    dual = service.resource.get("spec", "ipFamilyPolicy") not in (None, "SingleStack")
    if written and not (dual and len(written) == 1):
        return written, ()
    asked = service.service.cluster_ips
    if asked and not dual:
        address = parse_ip(asked[0].text)
        return ((address.family,) if address is not None else ()), ()
    row, stated = cx.table.row_of(service), cx.settings.families
    if row is None or row.verdict == "refused" or service.service.headless:
        return (), ()
    living = cx.table.living
    if living is not None and living.service_of(service) is not None:
        return (), ()
    if not is_certain(stated):
        return (), ()
    return row.families, (f"with families {listed(stated.value)}, {source(stated)}",)


def _unjoined_ports(member: Member, service: ServiceMember) -> Iterator[Problem]:
    ports = service.service.ports
    if not ports:
        return
    by_name = {port.name: port for port in ports}
    for path, entry in _entries(member):
        name = entry.get("name") or ""
        protocol = entry.get("protocol") or "TCP"
        if not isinstance(name, str) or not isinstance(protocol, str):
            continue
        joined = by_name.get(name)
        if joined is None:
            yield _other_name(member, service, path, name, ports)
        elif joined.protocol != protocol:
            yield _other_protocol(member, service, path, protocol, joined)


def _entries(member: Member) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    resource = member.resource
    paths: list[Path] = [("ports",)]
    if member.kind == "Endpoints":
        paths = [("subsets", index, "ports") for index, _ in resource.each("subsets")]
    for path in paths:
        for index, entry in resource.each(*path):
            if isinstance(entry, dict):
                yield (*path, index), entry


def _other_name(
    member: Member,
    service: ServiceMember,
    path: Path,
    name: str,
    ports: Sequence[ServicePort],
) -> Problem:
    names = [port.name for port in ports if port.name]
    calls = (
        f"calls it {names[0]}" if len(names) == 1 else f"calls its {first_few(names)}"
    )
    if not names:
        calls = "gives its port no name"
    mine = f"calls its port {name}" if name else "gives its port no name"
    resource = member.resource
    return Problem(
        f"{member.display} {mine}, {service.display} {calls}: no traffic",
        at=resource.label(*path, "name", text="joins no port of the Service")
        if name
        else resource.label(*path, text="joins no port of the Service"),
        related=(service.resource.label("spec", "ports", text="the Service's ports"),),
        help=f"write {names[0]}" if len(names) == 1 else _help(names),
        topic=path,
    )


def _help(names: Sequence[str]) -> str:
    return "use one of the Service's names" if names else "leave the name out"


def _other_protocol(
    member: Member,
    service: ServiceMember,
    path: Path,
    protocol: str,
    port: ServicePort,
) -> Problem:
    what = f"port {port.name}" if port.name else f"port {port.port}"
    resource = member.resource
    return Problem(
        f"{member.display} offers {what} for {protocol}, {service.display} wants "
        f"{port.protocol}: no traffic",
        at=resource.label(*path, "protocol", text="another protocol")
        if resource.get(*path, "protocol")
        else resource.label(*path, text="TCP where no protocol is written"),
        related=(
            service.resource.label(
                "spec", "ports", port.index, text="the Service's port"
            ),
        ),
        help=f"write protocol: {port.protocol}",
        topic=path,
    )
