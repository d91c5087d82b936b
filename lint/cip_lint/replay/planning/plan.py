"""The plan of a cluster: which addresses and node ports are taken, by whom."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cip_lint.kube.addresses import parse_ip
from cip_lint.kube.distributions import dns_address
from cip_lint.records import NamedTuple
from cip_lint.replay.planning.claim import PlanClaim
from cip_lint.replay.planning.claims import claims_of
from cip_lint.replay.planning.panels import Band, Mark, RangePlan, State, band
from cip_lint.replay.planning.pinned import own_range

if TYPE_CHECKING:
    from cip_lint.replay.allocation.bands import NodePortRange, Range
    from cip_lint.replay.table import ServiceTable

API_SERVER = "default/kubernetes"


class Zoom(NamedTuple):
    """The numbers to look at closely; an empty family means node ports."""

    family: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The addresses and node ports of one cluster: who has which, what is free."""

    table: ServiceTable
    seed: int | None
    """The seed of the simulated choices; None where nothing is simulated."""
    ranges: tuple[RangePlan, ...]
    """The service ranges, the API server's own first, then the node ports."""
    claims: tuple[PlanClaim, ...]
    """By value, IPv4 before IPv6 before node ports; then those without a value."""

    @property
    def name(self) -> str:
        """The name of the cluster."""
        return self.table.cluster.name

    @property
    def failed(self) -> bool:
        """Whether something collides or cannot be placed."""
        return any(claim.failed for claim in self.claims)


def plan(
    table: ServiceTable, zoom: Zoom | None = None, seed: int | None = None
) -> Plan:
    """Return the plan of a cluster, of all its ranges or of a part of one.

    With a ``seed`` what the server draws is simulated: one possible run.
    """
    draws = None if seed is None else table.draws(seed)
    claims = tuple(claims_of(table, draws))
    marks = _Marks(table, claims)
    ranges = [
        _range_plan(one.cidr, one.family, one, one.text, marks, zoom)
        for one in table.ranges
        if one.usable
    ]
    ports = table.node_ports
    name = f"{ports.first}-{ports.last}"
    ranges.append(_range_plan(name, "", ports, str, marks, zoom))
    if zoom is not None:
        claims = tuple(one for one in claims if _is_in(one, zoom))
    return Plan(table, seed, tuple(one for one in ranges if one.bands), claims)


def _is_in(claim: PlanClaim, zoom: Zoom) -> bool:
    return (
        claim.family == zoom.family
        and claim.number is not None
        and zoom.first <= claim.number <= zoom.last
    )


class _Marks:
    """What is known of each number that is not free, by family."""

    def __init__(self, table: ServiceTable, claims: tuple[PlanClaim, ...]) -> None:
        self.reserved = table.cluster.settings.reserved
        self._marks: dict[str, dict[int, Mark]] = {}
        self._order: dict[str, list[int]] = {}
        for claim in claims:
            if claim.number is not None and claim.state is not None:
                self._put(claim.family, claim.number, claim.state, _who(claim))
        self._add_kept(table)
        for entry in self.reserved.entries:
            if entry.single and entry.first not in self.of(entry.family):
                self._put(entry.family, entry.first, State.RESERVED, entry.said)

    def of(self, family: str) -> dict[int, Mark]:
        """Return the marks of a family; of node ports for an empty one."""
        return self._marks.setdefault(family, {})

    def _put(self, family: str, number: int, state: State, owner: str) -> None:
        marks = self.of(family)
        other = marks.get(number)
        marks[number] = other.joined(state, owner) if other else Mark(state, (owner,))

    def _add_kept(self, table: ServiceTable) -> None:
        own = own_range(table)
        if own is not None:
            self._put(own.family, own.first, State.API_SERVER, API_SERVER)
        primary = table.primary_range
        if primary is None:
            return
        family = primary.family
        distribution = table.cluster.settings.distribution.value
        text = dns_address(distribution, primary.network)
        address = parse_ip(text) if text else None
        if address is not None and address.number not in self.of(family):
            said = f"cluster DNS of {distribution}"
            self._put(family, address.number, State.DNS, said)

    def within(self, family: str, first: int, last: int) -> dict[int, Mark]:
        """Return the marks between two numbers, both included, lowest first."""
        marks = self.of(family)
        order = self._order.get(family)
        if order is None:
            order = self._order[family] = sorted(marks)
        chosen = order[bisect_left(order, first) : bisect_right(order, last)]
        return {number: marks[number] for number in chosen}


def _who(claim: PlanClaim) -> str:
    """Return whose a value is, and how likely it is lost to others."""
    return f"{claim.owner} (lost: {claim.risk})" if claim.risk else claim.owner


Bounds = tuple[Literal["static", "dynamic"], int, int]


def _range_plan(
    name: str,
    family: str,
    one: Range | NodePortRange,
    text: Callable[[int], str],
    marks: _Marks,
    zoom: Zoom | None,
) -> RangePlan:
    """Return the plan of a range of addresses, or of node ports for an empty family."""
    bounds = _bands(one.first, one.last, one.offset)
    return RangePlan(
        name,
        family,
        one.origin,
        _parts(bounds, family, marks, zoom),
        marks.within(family, one.first, one.last),
        tuple(marks.reserved.between(family, one.first, one.last)),
        text,
    )


def _bands(first: int, last: int, offset: int) -> Iterator[Bounds]:
    if offset:
        yield "static", first, first + offset - 1
    if first + offset <= last:
        yield "dynamic", first + offset, last


def _parts(
    bounds: Iterator[Bounds], family: str, marks: _Marks, zoom: Zoom | None
) -> tuple[Band, ...]:
    """Return the bands of a range, or of each what the zoom shows of it."""
    made = []
    for name, first, last in bounds:
        low, high = first, last
        if zoom is not None:
            if zoom.family != family:
                continue
            low, high = max(first, zoom.first), min(last, zoom.last)
        if low <= high:
            inner = marks.within(family, low, high)
            kept = marks.reserved.between(family, low, high)
            made.append(band(name, low, high, inner, kept))
    return tuple(made)
