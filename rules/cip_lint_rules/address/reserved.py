"""The rule ``address.reserved``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cip_lint.cluster import Reservation
from cip_lint.kube.addresses import Network, parse_cidr
from cip_lint.kube.distributions import dns_address
from cip_lint.kube.well_known import MASTER
from cip_lint.model import Label, Severity
from cip_lint.replay import Claim, PortClaim, ServiceRow
from cip_lint.rule import Context, Problem, Stage, rule
from cip_lint_rules._refusals import quote, refusal_while_held
from cip_lint_rules._settings import source, statement
from cip_lint_rules.address._address_plan import (
    Unclaimed,
    claimed,
    entry_of,
    left,
    outside,
    unclaimed,
)

_SMALLEST = 4
"""Host bits below which nobody keeps an address for DNS."""

_DNS_NAMES = frozenset({"kube-dns", "coredns", "dns-default"})
_DNS_PREFIX = "rke2-coredns-"
_DNS_SELECTOR = ("k8s-app", "kube-dns")
_DNS_NAMESPACES = frozenset({"", "kube-system", "openshift-dns"})


Subject = Claim | PortClaim | Unclaimed | Reservation


def _subjects(cx: Context) -> Iterable[Subject]:
    """Yield what Services claim and leave, and the entries of the address plan."""
    entries = cx.settings.reserved.entries
    if entries or cx.settings.service_cidrs.stated:
        for claims in cx.table.all_claims.values():
            yield from (claim for claim in claims if claim.row is not None)
    if entries:
        for port_claims in cx.table.all_node_port_claims.values():
            yield from port_claims
        yield from unclaimed(cx)
        yield from entries


@rule(
    "address.reserved",
    severity=Severity.ERROR,
    also=(Severity.WARNING,),
    on=_subjects,
    stage=Stage.PLACEMENT,
    since="0.1.0",
    replay=True,
    hides=(
        "address.taken",
        "address.cannot-be-placed",
        "address.can-be-taken-first",
        "address.in-dynamic-band",
    ),
)
def reserved(subject: Subject, cx: Context) -> Iterator[Problem]:
    """A Service claims what is kept for another, or leaves what is kept for it.

    ## Why it matters

    The first address of the primary service CIDR is that of `default/kubernetes`,
    which the API server creates itself, so any other Service that asks for it is
    refused. The tenth, on most distributions, is written into every node as the
    address of cluster DNS; a Service that holds it keeps DNS from starting.

    An address plan (`reserved:` of the settings) keeps further addresses and node
    ports for their owners. It is checked both ways: a Service that claims what is
    another's, and a Service of the set that does not ask for the one value that is
    kept for it by its name, so that somebody else may have it first. An entry for
    a range or for several owners obliges nobody, and a Service that is not wholly
    known is left alone. An entry that lies in no stated range is told at its place.

    ## Example

    ```config
    cluster:
      serviceCIDRs: [10.96.0.0/16]
    ```

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      clusterIP: 10.96.0.1
      ports:
        - port: 80
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      clusterIP: 10.96.0.11
      ports:
        - port: 80
    ```

    ## References

    - [Why do you need to reserve Service cluster IPs?](https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/#why-do-you-need-to-reserve-service-cluster-ips)
    """
    if isinstance(subject, Reservation):
        yield from outside(subject, cx)
    elif isinstance(subject, Unclaimed):
        yield from left(subject)
    elif isinstance(subject, PortClaim):
        entry = entry_of(subject, cx)
        if entry is not None and not _collides(subject, cx):
            yield from claimed(subject, entry, _port_help(cx))
    else:
        yield from _address(subject, cx)


def _address(claim: Claim, cx: Context) -> Iterator[Problem]:
    network = parse_cidr(cx.settings.service_cidrs.value[0])
    if network is None or claim.row is None:
        return
    stated = cx.settings.service_cidrs.stated
    if stated and claim.canonical == _api_server(cx, network):
        if not _is_api_server(claim.row):
            yield _held_by_api_server(claim, claim.row, cx)
        return
    entry = entry_of(claim, cx)
    if entry is not None:
        if not _collides(claim, cx):
            yield from claimed(claim, entry, _help(claim, cx))
        return
    if stated:
        yield from _address_of_dns(claim, claim.row, network, cx)


def _address_of_dns(
    claim: Claim, row: ServiceRow, network: Network, cx: Context
) -> Iterator[Problem]:
    distribution = cx.settings.distribution.value
    if network.host_bits < _SMALLEST:
        return
    if claim.canonical == dns_address(distribution, network) and not (
        _is_dns(row) or _collides(claim, cx) or _has_it(claim, cx)
    ):
        yield _kept_for_dns(claim, str(distribution), cx)


def _api_server(cx: Context, network: Network) -> str | None:
    """Return the address of ``default/kubernetes``: that of the living one, if any."""
    snapshot = cx.cluster.snapshot
    living = None if snapshot is None else snapshot.service(*MASTER)
    if living is not None and living.service.cluster_ips:
        return living.service.cluster_ips[0].canonical
    return next(
        (
            one.text(one.first)
            for one in cx.table.ranges
            if one.network == network and one.usable
        ),
        None,
    )


def _is_api_server(row: ServiceRow) -> bool:
    namespace, name = MASTER
    return row.resource.name == name and row.member.namespace in ("", namespace)


def _held_by_api_server(claim: Claim, row: ServiceRow, cx: Context) -> Problem:
    faults = refusal_while_held(claim.canonical, row, cx)
    return Problem(
        f"{claim.canonical} belongs to default/kubernetes",
        at=row.resource.label(*claim.path),
        related=_cidr_labels(cx),
        notes=(*map(quote, faults), _cidr_note(cx)),
        help=_help(claim, cx),
        faults=faults,
        topic=claim.canonical,
        resource=row.resource,
    )


def _is_dns(row: ServiceRow) -> bool:
    name = row.resource.name
    named = name in _DNS_NAMES or name.startswith(_DNS_PREFIX)
    if named and row.member.namespace in _DNS_NAMESPACES:
        return True
    key, value = _DNS_SELECTOR
    return (row.service.selector or {}).get(key) == value


def _collides(claim: Claim | PortClaim, cx: Context) -> bool:
    """Whether another object of the set asks for it too, which says it better."""
    value = claim.port if isinstance(claim, PortClaim) else claim.canonical
    return value in cx.table.collide


def _has_it(claim: Claim, cx: Context) -> bool:
    """Whether the Service lives and has the address already."""
    return cx.table.living is not None and cx.table.living.owns(claim)


def _kept_for_dns(claim: Claim, distribution: str, cx: Context) -> Problem:
    dns = next((row for row in cx.table.judged if _is_dns(row)), None)
    labels = _cidr_labels(cx)
    if dns is not None:
        text = f"{dns.display} is the DNS Service"
        labels += (dns.resource.label("metadata", "name", text=text),)
    return Problem(
        f"{claim.canonical} is where {distribution} puts cluster DNS",
        at=claim.member.resource.label(*claim.path),
        related=labels,
        notes=(
            _cidr_note(cx),
            f"with distribution {distribution}, {source(cx.settings.distribution)}",
        ),
        help=_help(claim, cx),
        severity=Severity.WARNING,
        topic=claim.canonical,
        resource=claim.member.resource,
    )


def _cidr_note(cx: Context) -> str:
    cidrs = cx.settings.service_cidrs
    return f"with service CIDR {cidrs.value[0]}, {source(cidrs)}"


def _cidr_labels(cx: Context) -> tuple[Label, ...]:
    return statement(cx.settings.service_cidrs, "the service CIDR")


def _help(claim: Claim, cx: Context) -> str:
    free = cx.table.offers.address(claim.family, claim.canonical)
    return f"take {free}" if free else "leave clusterIP out"


def _port_help(cx: Context) -> str:
    free = cx.table.offers.node_port()
    return f"take {free}" if free else "leave nodePort out"
