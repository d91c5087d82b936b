"""The claims of a plan: what each object asks for, what it gets, how that is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from cip_lint.kube.addresses import IPV4, IPV6, parse_ip
from cip_lint.model import Path, Span
from cip_lint.replay.claims import WITH_NODE_PORTS
from cip_lint.replay.plan_panels import State

if TYPE_CHECKING:
    from cip_lint.cluster import Holding, Member, Reservation
    from cip_lint.replay.bands import Range
    from cip_lint.replay.claims import Claim, PortClaim
    from cip_lint.replay.rows import ServiceRow
    from cip_lint.replay.table import ServiceTable

How = Literal["pinned", "simulated", "snapshot", "none"]
"""How the value is known; ``none``: the server will draw one, nobody knows which."""

Outcome = Literal["placed", "collides", "refused", "unknown"]

_FAMILIES: Final = (IPV4, IPV6, "")


class PlanClaim(NamedTuple):
    """One address or node port that an object gets, or fails to get."""

    member: Member
    family: str
    """``IPv4`` or ``IPv6``; empty for a node port."""
    path: Path
    """Where it is asked for; for a value that is drawn, where it would be."""
    asked: str
    """As written; empty where the server draws."""
    number: int | None
    """The address as a number, or the node port; None where nobody knows it."""
    how: How
    band: str
    """``static`` or ``dynamic``; empty where no range holds it."""
    outcome: Outcome
    reason: str = ""
    """Why it is not simply placed."""
    loss: str = ""
    """How likely somebody else has the value first, as ``p = 0.21``."""

    @property
    def owner(self) -> str:
        """``Service shop/web``."""
        return self.member.display

    @property
    def failed(self) -> bool:
        """Whether the object does not get what it asks for."""
        return self.outcome in {"collides", "refused"}

    @property
    def state(self) -> State | None:
        """What the map shows at the value; None for nothing."""
        if self.outcome == "refused":
            return State.UNPLACED
        if self.outcome == "collides":
            return State.COLLISION
        if self.how == "simulated":
            return State.SIMULATED
        return State.HELD if self.how == "snapshot" else State.PINNED

    @property
    def span(self) -> Span:
        """The place of the value in its file, or of what stands for it."""
        return self.member.resource.span(*self.path)


def claims_of(table: ServiceTable) -> list[PlanClaim]:
    """Return what all objects of a cluster ask for, by value."""
    found = [
        *_addresses(table),
        *_node_ports(table),
        *_others(table),
        *_held(table),
    ]
    found.sort(key=_order)
    return found


def _order(claim: PlanClaim) -> tuple[bool, int, int, str, str, int]:
    member = claim.member
    return (
        claim.number is None,
        _FAMILIES.index(claim.family),
        claim.number or 0,
        member.namespace,
        member.name,
        member.order,
    )


def _addresses(table: ServiceTable) -> Iterator[PlanClaim]:
    losers = _losers(table.address_collisions)
    owned = _ApiServer(table)
    reserved = table.cluster.settings.reserved
    for claims in table.all_claims.values():
        for claim in claims:
            address = parse_ip(claim.text)
            if address is None:
                continue
            outcome, reason = _outcome(claim, losers)
            band = table.band_of(claim.canonical) or ""
            if table.living is not None and table.living.is_settled(claim):
                kept_one = table.living.address_of(claim.member, claim.family)
                outcome = "refused"
                reason = f"it holds {kept_one}, and a cluster IP cannot be changed"
            elif outcome == "placed" and not band:
                outcome, reason = "unknown", "no known range holds it"
            elif outcome == "placed":
                outcome, reason = owned.outcome(claim)
            kept = reserved.of_address(address)
            yield PlanClaim(
                claim.member,
                claim.family,
                claim.path,
                claim.text,
                address.number,
                "pinned",
                band,
                outcome,
                reason or _kept_from(claim.member, kept),
            )


def _node_ports(table: ServiceTable) -> Iterator[PlanClaim]:
    losers = _losers(table.node_port_collisions)
    reserved = table.cluster.settings.reserved
    for port, claims in table.all_node_port_claims.items():
        seen: set[int] = set()
        for claim in claims:
            # Entries of one Service may share a node port.
            if (
                id(claim.member) in seen
                and (id(claim.member), claim.path) not in losers
            ):
                continue
            seen.add(id(claim.member))
            outcome, reason = _outcome(claim, losers)
            kept = reserved.of_port(port)
            yield PlanClaim(
                claim.member,
                "",
                claim.path,
                str(port),
                port,
                "pinned",
                table.node_ports.band(port) or "",
                outcome,
                reason or _kept_from(claim.member, kept),
            )


def _kept_from(member: Member, kept: Reservation | None) -> str:
    """Return for whom the address plan keeps a value that another one claims."""
    if kept is None or kept.may_belong_to(member):
        return ""
    return f"reserved for {kept.said}"


Losers = dict[tuple[int, Path], str]
"""Claims that collide -> what is said of them."""


def _losers(groups: Iterable[tuple[object, tuple[Claim | PortClaim, ...]]]) -> Losers:
    found: Losers = {}
    for _, claims in groups:
        first, *later = claims
        others = len(later)
        said = (
            f"{others} more ask for it" if others > 1 else f"so does {_who(later[0])}"
        )
        found.setdefault((id(first.member), first.path), said)
        for claim in later:
            found[id(claim.member), claim.path] = f"{_who(first)} has it first"
    return found


def _who(claim: Claim | PortClaim) -> str:
    member = claim.member
    lives = member.unit.kind == "snapshot"
    return f"{member.display} of the snapshot" if lives else member.display


def _outcome(claim: Claim | PortClaim, losers: Losers) -> tuple[Outcome, str]:
    said = losers.get((id(claim.member), claim.path))
    if said is not None:
        return "collides", said
    row = claim.row
    if row is None or row.verdict == "created":
        return "placed", ""
    if row.verdict == "unknown":
        return "unknown", row.reason
    return "refused", _refusal(row)


def _refusal(row: ServiceRow) -> str:
    faults = row.admission.faults
    if not faults:
        return row.admission.message
    cause = faults[0].cause
    return f"{cause.field}: {cause.message}" if cause.field else cause.message


class _ApiServer:
    """The address that ``default/kubernetes`` has before anything is applied."""

    def __init__(self, table: ServiceTable) -> None:
        own = own_range(table)
        self._address = own.text(own.first) if own is not None else None
        self._stated = own is not None and own.stated

    def outcome(self, claim: Claim) -> tuple[Outcome, str]:
        """Return what becomes of a claim that nobody else of the set disputes."""
        member = claim.member
        if claim.canonical != self._address or _is_api_server(member):
            return "placed", ""
        if self._stated:
            return "collides", "default/kubernetes has it first"
        return "unknown", "default/kubernetes has it if the service CIDR is as assumed"


def own_range(table: ServiceTable) -> Range | None:
    """Return the range whose first address the API server will take for itself.

    None where a snapshot shows which one it has, and where no range is usable.
    """
    snapshot = table.cluster.snapshot
    if snapshot is not None and snapshot.service("default", "kubernetes") is not None:
        return None
    own = next((one for one in table.ranges if not one.from_object), None)
    return own if own is not None and own.usable else None


def _is_api_server(member: Member) -> bool:
    return member.name == "kubernetes" and member.namespace in ("", "default")


def _others(table: ServiceTable) -> Iterator[PlanClaim]:
    """Yield what Services get that they do not ask for: kept or drawn values.

    A Service that is refused gets nothing.
    """
    for row in table.rows:
        if row.member.piece or row.verdict == "refused":
            continue
        for planned in row.addresses:
            if planned.how != "pinned":
                address = parse_ip(planned.text) if planned.text else None
                number = None if address is None else address.number
                path: Path = ("spec", "clusterIP")
                yield _other(row, planned.family, path, number, planned.band or "")
        for path, number in _other_ports(table, row):
            band = "dynamic" if number is None else table.node_ports.band(number)
            yield _other(row, "", path, number, band or "")


def _other(
    row: ServiceRow, family: str, path: Path, number: int | None, band: str
) -> PlanClaim:
    outcome: Outcome = "placed" if row.verdict == "created" else "unknown"
    how: How = "none" if number is None else "snapshot"
    return PlanClaim(
        row.member, family, path, "", number, how, band, outcome, row.reason
    )


def _other_ports(
    table: ServiceTable, row: ServiceRow
) -> Iterator[tuple[Path, int | None]]:
    service = row.service
    if service.type not in WITH_NODE_PORTS:
        return
    for port, planned in zip(service.ports, row.node_ports, strict=True):
        if planned is not None and planned.how != "pinned":
            yield ("spec", "ports", port.index, "nodePort"), planned.number
    if service.needs_health_check and not service.health_check_node_port:
        living = table.living.service_of(row.member) if table.living else None
        kept = living.service.health_check_node_port if living is not None else 0
        yield ("spec", "healthCheckNodePort"), kept or None


def _held(table: ServiceTable) -> Iterator[PlanClaim]:
    """Yield what living objects hold that the set does not have."""
    snapshot = table.cluster.snapshot
    if snapshot is None:
        return
    rows = _living_rows(table)
    for canonical, holding in snapshot.addresses.items():
        address = parse_ip(canonical)
        if address is not None and not _is_of_the_set(rows, holding):
            band = table.band_of(canonical) or ""
            yield _held_by(holding, address.family, address.number, band)
    for port, holding in snapshot.node_ports.items():
        if not _is_of_the_set(rows, holding):
            yield _held_by(holding, "", port, table.node_ports.band(port) or "")


def _held_by(holding: Holding, family: str, number: int, band: str) -> PlanClaim:
    return PlanClaim(
        holding.member,
        family,
        holding.path,
        holding.text,
        number,
        "snapshot",
        band,
        "placed",
    )


Rows = Mapping[tuple[str, str], Sequence["ServiceRow"]]


def _living_rows(table: ServiceTable) -> Rows:
    """Return the Services of the set that go to the snapshot's cluster, by name."""
    found: dict[tuple[str, str], list[ServiceRow]] = {}
    for row in table.rows:
        if table.cluster.outside.concerns(row.member):
            key = row.member.namespace or "default", row.member.name
            found.setdefault(key, []).append(row)
    return found


def _is_of_the_set(rows: Rows, holding: Holding) -> bool:
    """Whether the claims of the set say what becomes of a living value.

    They do not where the set's version of the holder is refused, or asks for
    another address: a cluster IP cannot be changed.
    """
    own = rows.get(holding.owner, ()) if holding.owner else ()
    return any(not _leaves_it(row, holding) for row in own)


def _leaves_it(row: ServiceRow, holding: Holding) -> bool:
    address = parse_ip(holding.text)
    return row.verdict == "refused" or any(
        address is not None
        and asked.family == address.family
        and asked.canonical != address.canonical
        for asked in row.service.cluster_ips
    )
