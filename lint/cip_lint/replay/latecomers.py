"""Who holds what when a new state is applied over an earlier one.

What lives already keeps its addresses and node ports: a new Service that asks for
one of them comes too late, wherever it stands in the order of application.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cip_lint.bodies import items, mapping, mappings
from cip_lint.kube.addresses import parse_ip
from cip_lint.records import NamedTuple
from cip_lint.replay.claims import address_claims, port_claims
from cip_lint.replay.odds.certain import NOTHING_LOST, certain_loss
from cip_lint.replay.outcomes import outcome
from cip_lint.replay.rows import NOTHING_HELD, Held

if TYPE_CHECKING:
    from cip_lint.model import ServerAnswer
    from cip_lint.replay.claims import Claim, PortClaim
    from cip_lint.replay.rows import ServiceRow
    from cip_lint.replay.table import ServiceTable

Pair = tuple["ServiceRow", "ServiceRow"]
_Claims = Mapping[Any, "Sequence[Claim] | Sequence[PortClaim]"]


class Freed(NamedTuple):
    """A cluster address or node port that nobody asks for any more."""

    value: str
    row: ServiceRow
    """The earlier row that asked for it."""
    changed: bool = False
    """Whether the Service is still there, and gives it up when it is changed."""


class Handover(NamedTuple):
    """A cluster address or node port that another Service asks for now."""

    value: str
    before: ServiceRow
    """Who asked for it, and is gone or asks no more."""
    after: ServiceRow


class Latecomers:
    """The claims of two tables, whose rows are paired.

    Where the earlier state is ``live``, a Service that is in no file lives on.
    """

    def __init__(
        self,
        before: ServiceTable,
        after: ServiceTable,
        pairs: Iterable[Pair],
        *,
        live: bool = False,
    ) -> None:
        self._before = before
        self._after = after
        paired = tuple(pairs)
        self._was = tuple(was for was, _ in paired)
        self._later = {id(was): now for was, now in paired}
        self._lost: dict[int, tuple[set[str], set[int]]] = {}
        for address, claims in after.address_collisions:
            for row in self._losers(claims, before.all_claims.get(address, ())):
                self._of(row)[0].add(address)
        for port, asking in after.node_port_collisions:
            held = before.all_node_port_claims.get(port, ())
            for row in self._losers(asking, held):
                self._of(row)[1].add(port)
        for one in self.passed_on():
            later = self._later.get(id(one.before))
            holds = live if later is None else self._keeps(later, one.value)
            if holds:
                self._lose(one.value)

    def _keeps(self, row: ServiceRow, value: str) -> bool:
        """Whether a Service still has a value once it is changed."""
        update = self._after.update_of(row)
        stored = None if update is None else update.change.admission.stored
        if stored is None:
            return update is not None  # refused, so that all stays as it is
        spec = mapping(stored.get("spec"))
        ports = (port.get("nodePort") for port in mappings(spec.get("ports")))
        held = (*items(spec.get("clusterIPs")), *ports, spec.get("healthCheckNodePort"))
        return value in map(str, held)

    def _lose(self, value: str) -> None:
        """Note that all who ask for a value now come too late."""
        is_port = value.isdecimal()
        claims: Sequence[Claim] | Sequence[PortClaim]
        if is_port:
            claims = self._after.all_node_port_claims.get(int(value), ())
        else:
            claims = self._after.all_claims.get(value, ())
        for claim in claims:
            if claim.row is None:
                continue
            addresses, ports = self._of(claim.row)
            if is_port:
                ports.add(int(value))
            else:
                addresses.add(value)

    def _of(self, row: ServiceRow) -> tuple[set[str], set[int]]:
        return self._lost.setdefault(id(row), (set(), set()))

    def _losers(
        self,
        claims: Sequence[Claim] | Sequence[PortClaim],
        held: Sequence[Claim] | Sequence[PortClaim],
    ) -> Iterator[ServiceRow]:
        """Yield the rows that come too late: all but who holds the value, or is first."""
        holder = self._holder(held)
        first = claims[0].member if holder is None else holder.member
        for claim in claims:
            if claim.row is not None and claim.member is not first:
                yield claim.row

    def _holder(self, held: Sequence[Claim] | Sequence[PortClaim]) -> ServiceRow | None:
        """Return the row whose earlier self has a value, if it is still there."""
        was = held[0].row if held else None
        return None if was is None else self._later.get(id(was))

    def lost(self, row: ServiceRow) -> Held:
        """Return the addresses and node ports that a row comes too late for."""
        addresses, ports = self._lost.get(id(row), NOTHING_HELD)
        return frozenset(addresses), frozenset(ports)

    def answer(self, row: ServiceRow) -> ServerAnswer | None:
        """Return the refusal that the creation of a Service meets; None without.

        What is certainly gone when everything is new is gone all the more where
        others have their values already, unless some gave up what they asked for.
        """
        if row.reason:
            return None
        addresses, ports = self.lost(row)
        gone = NOTHING_LOST
        if row.verdict == "created" and not self._gave_up:
            gone = certain_loss(self._after, row)
        answer = self._after.answer(
            row.member, addresses | gone.addresses, ports | gone.node_ports, gone.family
        )
        return answer.answer()

    @cached_property
    def _gave_up(self) -> bool:
        """Whether a Service no longer asks for an address or port, and may keep it."""
        return any(not _asked(was) <= _asked(self._later[id(was)]) for was in self._was)

    def lived(self, row: ServiceRow) -> bool:
        """Whether the server took an earlier row, as far as that is known."""
        return outcome(self._before, row).verdict != "refused"

    def freed(
        self,
        removed: Iterable[ServiceRow],
        released: Iterable[tuple[ServiceRow, Iterable[str]]],
    ) -> Iterator[Freed]:
        """Yield what removed and changed Services had, and nobody asks for now.

        ``released`` are earlier rows with what they give up when they are changed.
        """
        gone = {id(row) for row in removed}
        given = {value: row for row, values in released for value in values}
        for before, after in self._values():
            for value, claims in sorted(before.items(), key=_order):
                row = claims[0].row
                if row is None or value in after:
                    continue
                if id(row) in gone:
                    yield Freed(str(value), row)
                elif given.get(str(value)) is row:
                    yield Freed(str(value), row, changed=True)

    def passed_on(self) -> Iterator[Handover]:
        """Yield what one Service asked for, and another one does now."""
        for before, after in self._values():
            for value, claims in sorted(before.items(), key=_order):
                was = claims[0].row
                rows = [one.row for one in after.get(value, ()) if one.row is not None]
                asked = {id(one.row) for one in claims}
                later = {id(self._later[one]) for one in asked if one in self._later}
                if was and rows and not any(id(row) in later for row in rows):
                    yield Handover(str(value), was, rows[0])

    def _values(self) -> Iterator[tuple[_Claims, _Claims]]:
        """Yield the claims of both tables, of addresses and then of node ports."""
        before, after = self._before, self._after
        yield before.all_claims, after.all_claims
        yield before.all_node_port_claims, after.all_node_port_claims


def _asked(row: ServiceRow) -> frozenset[str | int]:
    """Return the addresses and node ports that a Service asks for."""
    addresses = (claim.canonical for claim in address_claims(row))
    return frozenset((*addresses, *(claim.port for claim in port_claims(row))))


def _order(item: tuple[Any, object]) -> tuple[str, int]:
    value = item[0]
    if isinstance(value, int):
        return "", value
    address = parse_ip(value)
    return ("", 0) if address is None else (address.family, address.number)
