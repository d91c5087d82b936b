"""The claims of a plan: what each object asks for, what it gets, how that is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from cip_lint.bodies import items, mapping
from cip_lint.kube.addresses import IPV4, IPV6, parse_ip
from cip_lint.kube.faults import Drawn
from cip_lint.model import Path, Span
from cip_lint.replay.plan_panels import State

if TYPE_CHECKING:
    from cip_lint.cluster import Member, Reservation
    from cip_lint.replay.claims import Claim, PortClaim
    from cip_lint.replay.rows import ServiceRow
    from cip_lint.replay.table import ServiceTable

How = Literal["pinned", "simulated", "snapshot", "none"]
"""How the value is known; ``none``: the server will draw one, nobody knows which."""

Outcome = Literal["placed", "collides", "refused", "unknown"]

_WITH_NODE_PORTS: Final = frozenset({"NodePort", "LoadBalancer"})
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
    found = [*_addresses(table), *_node_ports(table), *_draws(table)]
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
            if outcome == "placed" and not band:
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
    return claim.member.display


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
        own = next((one for one in table.ranges if not one.from_object), None)
        usable = own is not None and own.usable
        self._address = own.text(own.first) if own and usable else None
        self._stated = own is not None and own.stated

    def outcome(self, claim: Claim) -> tuple[Outcome, str]:
        """Return what becomes of a claim that nobody else of the set disputes."""
        member = claim.member
        if claim.canonical != self._address or _is_api_server(member):
            return "placed", ""
        if self._stated:
            return "collides", "default/kubernetes has it first"
        return "unknown", "default/kubernetes has it if the service CIDR is as assumed"


def _is_api_server(member: Member) -> bool:
    return member.name == "kubernetes" and member.namespace in ("", "default")


def _draws(table: ServiceTable) -> Iterator[PlanClaim]:
    """Yield the values that the server draws, of Services that it stores."""
    for row in table.rows:
        if row.member.piece or row.verdict == "refused":
            continue
        for planned in row.addresses:
            if planned.how == "dynamic":
                path: Path = ("spec", "clusterIP")
                yield _drawn(row, planned.family, path, planned.band or "")
        if row.service.type in _WITH_NODE_PORTS:
            for path in _drawn_ports(table, row):
                yield _drawn(row, "", path, "dynamic")


def _drawn(row: ServiceRow, family: str, path: Path, band: str) -> PlanClaim:
    outcome: Outcome = "placed" if row.verdict == "created" else "unknown"
    return PlanClaim(
        row.member, family, path, "", None, "none", band, outcome, row.reason
    )


def _drawn_ports(table: ServiceTable, row: ServiceRow) -> Iterator[Path]:
    spec = mapping(table.stored(row.member).get("spec"))
    for index, port in enumerate(items(spec.get("ports"))):
        if isinstance(mapping(port).get("nodePort"), Drawn):
            yield ("spec", "ports", index, "nodePort")
    if isinstance(spec.get("healthCheckNodePort"), Drawn):
        yield (
            "spec",
            "healthCheckNodePort",
        )
