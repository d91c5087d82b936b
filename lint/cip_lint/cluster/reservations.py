"""The address plan (``reserved:``): which addresses and node ports belong to whom."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from cip_lint.kube.addresses import Address
from cip_lint.model import Origin
from cip_lint.records import NamedTuple

if TYPE_CHECKING:
    from cip_lint.cluster.members import Member


class Reservation(NamedTuple):
    """An entry of the address plan: numbers that are kept for somebody.

    Of an address entry the numbers are those of ``kube.addresses.Address``.
    """

    family: str
    """``IPv4`` or ``IPv6``; empty for node ports."""
    first: int
    last: int
    text: str
    """The address, range or node port as written."""
    owner: str
    """``namespace/name``, each a shell pattern; empty: no object may claim it."""
    purpose: str
    origin: Origin
    alone: bool = True
    """Whether the entry can only mean this cluster."""

    @property
    def single(self) -> bool:
        """Whether it speaks of one address or one node port."""
        return self.first == self.last

    @property
    def exact(self) -> bool:
        """Whether the owner is one object by its name."""
        return bool(self.owner) and not set(self.owner) & set("*?[")

    @property
    def said(self) -> str:
        """For whom, and for what: ``shop/mail (outgoing mail)``."""
        if not self.purpose:
            return self.owner or "nobody"
        return f"{self.owner} ({self.purpose})" if self.owner else self.purpose

    def may_belong_to(self, member: Member) -> bool:
        """Whether an object is its owner, or may be: its namespace can be open."""
        namespace, _, name = self.owner.partition("/")
        if not self.owner or not fnmatchcase(member.name, name):
            return False
        return not member.decided or fnmatchcase(member.namespace, namespace)


class Reservations:
    """All entries of one cluster; of entries that nest the narrowest counts."""

    def __init__(self, entries: Iterable[Reservation] = ()) -> None:
        self.entries = tuple(entries)
        by_family: dict[str, list[Reservation]] = {}
        for entry in self.entries:
            by_family.setdefault(entry.family, []).append(entry)
        self._pieces = {family: _pieces(of) for family, of in by_family.items()}

    def of_address(self, address: Address) -> Reservation | None:
        """Return the entry that an address belongs to."""
        return self._find(address.family, address.number)

    def of_port(self, port: int) -> Reservation | None:
        """Return the entry that a node port belongs to."""
        return self._find("", port)

    def _find(self, family: str, number: int) -> Reservation | None:
        starts, owners = self._pieces.get(family, ((), ()))
        at = bisect_right(starts, number) - 1
        return owners[at] if at >= 0 else None

    def between(self, family: str, first: int, last: int) -> list[Reservation]:
        """Return the entries that share a number with a range, lowest first."""
        found = [
            entry
            for entry in self.entries
            if entry.family == family and entry.first <= last and entry.last >= first
        ]
        return sorted(found, key=lambda entry: (entry.first, -entry.last))


NOTHING_RESERVED = Reservations()
"""Nobody has written an address plan."""

Pieces = tuple[tuple[int, ...], tuple[Reservation | None, ...]]


def _pieces(entries: Iterable[Reservation]) -> Pieces:
    """Cut the numbers where the narrowest entry changes: starts, and whose it is."""
    starts: list[int] = []
    owners: list[Reservation | None] = []
    around: list[Reservation] = []

    def close() -> None:
        starts.append(around.pop().last + 1)
        owners.append(around[-1] if around else None)

    for entry in sorted(entries, key=lambda one: (one.first, -one.last)):
        while around and around[-1].last < entry.first:
            close()
        starts.append(entry.first)
        owners.append(entry)
        around.append(entry)
    while around:
        close()
    return tuple(starts), tuple(owners)
