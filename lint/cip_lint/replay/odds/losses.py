"""Losses: for each static address and node port, the chance that it is gone.

Each dynamic request that is served before a static one may take what that asks
for. Who comes before whom says the order of the engine; how likely a loss is say
the allocators' bands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cip_lint.kube.pools import ADDRESS_OBJECTS_SINCE
from cip_lint.kube.service import WITH_NODE_PORTS
from cip_lint.replay.claims import Claim
from cip_lint.replay.odds.chances import EFFORT, Chance
from cip_lint.replay.odds.existing import Existing
from cip_lint.replay.odds.loss import AddressShortage, Loss
from cip_lint.replay.odds.sweep import (
    Asked,
    Band,
    Holder,
    Place,
    Pool,
    Sent,
    Shortage,
    Verdict,
    is_used,
)
from cip_lint.replay.odds.together import worlds
from cip_lint.replay.odds.turns import passages

if TYPE_CHECKING:
    from cip_lint.cluster import Member
    from cip_lint.replay.allocation.bands import Range
    from cip_lint.replay.claims import PortClaim
    from cip_lint.replay.rows import ServiceRow
    from cip_lint.replay.table import ServiceTable

_EFFORT_OF_ALL = 10 * EFFORT
_LEAST_EFFORT = 20_000


class Losses:
    """The chances of all static claims of a table, worked out when they are asked for.

    Claims of Services that are refused, or not known, have none; nor have those of
    values that somebody holds from the start, which are lost for another reason.
    """

    def __init__(self, table: ServiceTable) -> None:
        self._table = table
        self._existing = Existing(table)
        self._notices: dict[str, None] = {}

    @property
    def notices(self) -> Iterable[str]:
        """What was asked for and not worked out, one clause each, for the footer."""
        return self._notices

    @property
    def addresses(self) -> tuple[Loss[Claim], ...]:
        """The losses of cluster addresses that lie in a range, in order of creation."""
        return self._of_addresses[0]

    @property
    def shortages(self) -> tuple[AddressShortage, ...]:
        """The Services for which certainly no address is left."""
        return self._of_addresses[1]

    @cached_property
    def node_ports(self) -> tuple[Loss[PortClaim], ...]:
        """The losses of node ports that lie in the range, in order of creation."""
        asks = self._asked_ports()
        if not asks:
            return ()
        numbers = self._table.node_ports
        used = (one - numbers.first for one in self._existing.node_ports)
        band = Band(
            numbers.offset,
            numbers.size - numbers.offset,
            sorted(place for place in used if 0 <= place < numbers.size),
        )
        rows = [row for row in self._table.rows if row.service.type in WITH_NODE_PORTS]
        counts = {id(row): self._existing.drawn_ports(row) for row in rows}
        pool = Pool([band], lambda row: counts[id(row)], asks, _effort(asks))
        found = self._swept(pool, *_known(rows))
        return _in_order(one for one in found if isinstance(one, Loss))

    def of_address(self, member: Member, family: str) -> Loss[Claim] | None:
        """Return the loss of the address a Service asks for; None: nothing is known."""
        return self._by_family.get((id(member), family))

    def of_port(self, member: Member, port: int) -> Loss[PortClaim] | None:
        """Return the loss of a node port a Service asks for; None: nothing is known."""
        return self._by_port.get((id(member), port))

    def short_of(self, row: ServiceRow) -> str:
        """Return the family of which certainly no address is left for a Service."""
        return self._short.get(id(row), "")

    def words(self, loss: Loss[Any]) -> str:
        """Return what decides who comes first, in one clause; or nothing."""
        if loss.first is None:
            return ""
        return self._table.timeline.words(loss.first.member, loss.claim.member)

    @cached_property
    def _short(self) -> Mapping[int, str]:
        """The families that are short, by the Services of which none gets an address."""
        return {
            id(row): one.family
            for one in reversed(self.shortages)
            if one.missing == len(one.rows)
            for row in one.rows
        }

    @cached_property
    def _by_family(self) -> Mapping[tuple[int, str], Loss[Claim]]:
        return {
            (id(loss.claim.member), loss.claim.family): loss for loss in self.addresses
        }

    @cached_property
    def _by_port(self) -> Mapping[tuple[int, int], Loss[PortClaim]]:
        return {
            (id(loss.claim.member), loss.claim.port): loss for loss in self.node_ports
        }

    def _asked_ports(self) -> dict[int, list[Asked]]:
        """Return the claims of node ports that are there to be lost, by their member."""
        numbers = self._table.node_ports
        asks: dict[int, list[Asked]] = {}
        for port, claims in self._table.all_node_port_claims.items():
            if not numbers.holds(port) or port in self._existing.node_ports:
                continue
            for claim in filter(self._existing.is_open, claims):
                own = self._existing.drawn_before(claim)
                asked = Asked(claim, ((0, port - numbers.first),), own)
                asks.setdefault(id(claim.member), []).append(asked)
        return asks

    @cached_property
    def _of_addresses(
        self,
    ) -> tuple[tuple[Loss[Claim], ...], tuple[AddressShortage, ...]]:
        found: list[Loss[Claim] | AddressShortage] = []
        for family in dict.fromkeys(one.family for one in self._table.ranges):
            ranges = [one for one in self._table.ranges if one.family == family]
            found += self._of_family(family, ranges)
        return (
            _in_order(one for one in found if isinstance(one, Loss)),
            tuple(one for one in found if isinstance(one, AddressShortage)),
        )

    def _of_family(
        self, family: str, ranges: Sequence[Range]
    ) -> Iterator[Loss[Claim] | AddressShortage]:
        bands = [self._band(one) for one in ranges]
        asks: dict[int, list[Asked]] = {}
        for claim in self._claims(family):
            places = _places(claim, ranges)
            if places and not any(is_used(bands[number], at) for number, at in places):
                asks.setdefault(id(claim.member), []).append(Asked(claim, places))
        room = sum(one.usable for one in ranges) - sum(len(one.used) for one in bands)
        if not asks and len(self._table.rows) <= room:
            return  # nothing to lose, and enough for everybody
        drawing = self._drawing

        def draws(row: Sent) -> int:
            return family in drawing.get(id(row), ())

        pool = Pool(bands, draws, asks, _effort(asks))
        rows, unsure = self._rows
        for found in self._swept(pool, [*rows, *self._holders], unsure):
            if isinstance(found, Shortage):
                yield AddressShortage(family, *found)
            else:
                yield found._replace(ranges=len(ranges))

    def _claims(self, family: str) -> Iterator[Claim]:
        """Yield the claims of a family by Services that are still to be created."""
        for claims in self._table.all_claims.values():
            for claim in claims:
                if claim.family == family and (
                    id(claim.member) in self._holding or self._existing.is_open(claim)
                ):
                    yield claim

    @cached_property
    def _holders(self) -> tuple[Holder, ...]:
        """The IPAddress objects that hold an address for something else, once sent."""
        table = self._table
        if table.facts.version < ADDRESS_OBJECTS_SINCE:
            return ()
        claims = (claim for claims in table.all_claims.values() for claim in claims)
        return tuple(Holder(claim.member) for claim in claims if claim.row is None)

    @cached_property
    def _holding(self) -> frozenset[int]:
        return frozenset(id(one.member) for one in self._holders)

    def _band(self, one: Range) -> Band:
        """Return the bands of a range, with what is used before anything is applied."""
        used = {
            address.number - one.first
            for address in self._existing.addresses
            if one.holds(address)
        }
        if one is self._table.primary_range and one.usable:
            used.add(0)  # the API server's own, see ``controller/kubernetesservice``
        return Band(one.offset, one.dynamic_size, sorted(used))

    @cached_property
    def _rows(self) -> tuple[list[ServiceRow], list[ServiceRow]]:
        return _known(self._table.rows)

    @cached_property
    def _drawing(self) -> Mapping[int, tuple[str, ...]]:
        """The families in which each Service draws; those that draw none left out."""
        families = self._table.cluster.settings.families
        primary = self._table.ranges[0].family
        if families.stated and families.value:
            primary = families.value[0]
        rows = (row for known in self._rows for row in known)
        return {
            id(row): drawn
            for row in rows
            if (drawn := self._existing.drawn_families(row, primary))
        }

    def _tell(self, notice: str) -> None:
        self._notices[notice] = None

    def _swept(
        self, pool: Pool, rows: Sequence[Sent], unsure: Sequence[ServiceRow]
    ) -> Iterator[Loss[Any] | Shortage]:
        """Yield what becomes of the claims of some rows, in all their worlds.

        Of ``unsure`` rows too much is unknown: what they draw is left out.
        """
        left_out: dict[str, int] = {}
        for row in unsure:
            scope = row.member.unit.scope
            left_out[scope] = left_out.get(scope, 0) + pool.draws(row)
        cluster, timeline = self._table.cluster, self._table.timeline
        for world in worlds(cluster, rows, pool.asks, self._tell):
            scope = world.rows[0].member.unit.scope
            for passage in passages(world, pool, timeline, self._tell):
                for found in passage.judged(pool):
                    if isinstance(found, Shortage):
                        yield found
                    elif found.asked.claim.row and id(found.member) in world.askers:
                        others = passage.left_out + left_out.get(scope, 0)
                        yield _loss(found, others)


def _loss(verdict: Verdict, left_out: int) -> Loss[Any]:
    return Loss(
        verdict.asked.claim,
        _bounded(verdict, verdict.chance, left_out),
        verdict.chance.sense == "=" and not verdict.beside,
        verdict.before,
        verdict.beside,
        verdict.asked.own,
        verdict.services,
        left_out,
        verdict.first,
        verdict.size,
        verdict.free,
        verdict.certain,
        verdict.together and _bounded(verdict, verdict.together, left_out),
    )


def _bounded(verdict: Verdict, chance: Chance, left_out: int) -> Chance:
    """Return a chance as the bound that it is.

    What is sent at the same time may come later: it is counted as if it all came
    first. Requests that are left out would make it larger.
    """
    if chance.sense != "=" or verdict.certain:
        return chance
    if verdict.beside and not chance.impossible:
        return chance._replace(sense="<=")
    return chance._replace(sense=">=") if left_out and not chance.certain else chance


def _known(
    rows: Sequence[ServiceRow],
) -> tuple[list[ServiceRow], list[ServiceRow]]:
    """Return the rows that will be created, and those of which that is not known."""
    found: dict[str, list[ServiceRow]] = {"created": [], "unknown": [], "refused": []}
    for row in rows:
        if not row.member.piece:
            found[row.verdict].append(row)
    return found["created"], found["unknown"]


def _places(claim: Claim, ranges: Sequence[Range]) -> tuple[Place, ...]:
    address = claim.address
    return tuple(
        (number, address.number - one.first)
        for number, one in enumerate(ranges)
        if one.holds(address)
    )


def _effort(asks: Mapping[int, Sequence[Asked]]) -> int:
    """Return what one claim may cost, so that all of them together take seconds."""
    claims = sum(map(len, asks.values()))
    return min(EFFORT, max(_LEAST_EFFORT, _EFFORT_OF_ALL // max(1, claims)))


def _in_order(losses: Iterable[Loss[Any]]) -> tuple[Loss[Any], ...]:
    return tuple(sorted(losses, key=_order))


def _order(loss: Loss[Any]) -> int:
    order: int = loss.claim.member.order
    return order
