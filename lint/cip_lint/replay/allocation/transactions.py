"""Transactions: what one request takes from the allocators, and gives back.

The pools of ``kube`` over allocators that remember. Follows ``transaction.go`` and
``alloc.go`` of ``pkg/registry/core/service/storage`` and, for a dry run,
``operation.go`` of ``.../portallocator``.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from cip_lint.kube.addresses import Address
from cip_lint.kube.pools import (
    NOT_READY,
    TAKEN_PORT,
    NotDrawn,
    address_outside,
)
from cip_lint.replay.allocation.allocators import PortAllocator, visiting_order
from cip_lint.replay.allocation.cluster_addresses import AddressAllocators

_FIRST_DRY_PORT = 32769


class Transaction:
    """What one request takes: at once, to be given back if it is refused.

    When one family of a Service is taken and the other one fails, the server
    forgets to free the first: ``leaked`` has it, and ``revert`` leaves it held.
    """

    makes_objects = True
    """Each address gets an IPAddress object, in versions that have them."""

    def __init__(
        self, addresses: AddressAllocators, ports: PortAllocator, random: Random
    ) -> None:
        self._addresses = addresses
        self._ports = ports
        self._random = random
        self._failed = False
        self.taken: list[Address] = []
        """The addresses that this request took."""
        self.leaked: list[Address] = []
        """Those that it had when another family failed."""
        self.taken_ports: list[int] = []
        """The node ports that this request took."""

    def visiting(self, count: int) -> Sequence[int]:
        """Return the order of the families: that of a walk over a Go map."""
        return visiting_order(count, self._random)

    def take_address(self, text: str, address: Address) -> str:
        """Take an address that was asked for; return why not, or nothing."""
        del text
        complaint = self._addresses.take(address)
        self._note(None if complaint else address)
        return complaint

    def draw_address(self, family: str) -> str:
        """Take any address of a family and return it, or why there is none."""
        drawn = self._addresses.draw(family, self._random)
        if isinstance(drawn, NotDrawn):
            self._note(None)
            return drawn
        self._note(drawn)
        return drawn.canonical

    def _note(self, address: Address | None) -> None:
        """Note an address that was taken; None: that one could not be."""
        if address is not None:
            self.taken.append(address)
        elif not self._failed:
            self._failed = True
            self.leaked = list(self.taken)

    def take_port(self, number: int) -> str:
        """Take a node port that was asked for; return why not, or nothing."""
        complaint = self._ports.take(number)
        if not complaint:
            self.taken_ports.append(number)
        return complaint

    def draw_port(self) -> str | int:
        """Take any node port and return it, or why there is none."""
        number = self._ports.draw(self._random)
        if isinstance(number, int):
            self.taken_ports.append(number)
        return number

    def revert(self, *, leaking: bool = True) -> list[Address]:
        """Give back what was taken, but for what leaks, which is returned."""
        kept = self.leaked if leaking else []
        for address in self.taken:
            if address not in kept:
                self._addresses.release(address)
        for number in self.taken_ports:
            self._ports.release(number)
        return kept


class DryRun:
    """The pool of a dry run: it answers without taking, and not as a real one does.

    An address is only compared with one range, a node port only with those that
    are held and asked for, and what would be drawn is a placeholder: the network
    address, and numbers above 32768.
    """

    makes_objects = False
    """Nothing is made."""

    def __init__(
        self, addresses: AddressAllocators, ports: PortAllocator, random: Random
    ) -> None:
        self._addresses = addresses
        self._ports = ports
        self._random = random
        self._asked: set[int] = set()

    def visiting(self, count: int) -> Sequence[int]:
        """Return the order of the families: that of a walk over a Go map."""
        return visiting_order(count, self._random)

    def take_address(self, text: str, address: Address) -> str:
        """Return why an address cannot be asked for, or nothing."""
        del text
        one = self._addresses.range_of_dry_run(address.family, self._random)
        if one is None:
            return NOT_READY
        return "" if one.holds(address) else address_outside(address, one.network)

    def draw_address(self, family: str) -> str:
        """Return the network address of a range, or why there is none."""
        one = self._addresses.range_of_dry_run(family, self._random)
        return NotDrawn(NOT_READY) if one is None else one.text(one.network.first)

    def take_port(self, number: int) -> str:
        """Return why a node port cannot be asked for, or nothing."""
        if number in self._ports.held or number in self._asked:
            return TAKEN_PORT
        self._asked.add(number)
        return ""

    def draw_port(self) -> str | int:
        """Return a number that no range has, another one each time."""
        number = max(self._asked, default=_FIRST_DRY_PORT - 1) + 1
        self._asked.add(number)
        return number
