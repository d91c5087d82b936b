"""The cluster addresses of one API server: both families, by version.

Up to 1.32 a bitmap allocates from the ranges of the flags; from 1.34 on IPAddress
objects do, from those of ServiceCIDR objects as well; in 1.33 the bitmap is asked
first and an object is made for what it gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from random import Random

from cip_lint.kube.addresses import Address
from cip_lint.kube.pools import (
    ADDRESS_OBJECTS_SINCE,
    BITMAP_GONE_SINCE,
    FULL,
    NO_RANGE,
    TAKEN_ADDRESS,
    NotDrawn,
    address_outside,
)
from cip_lint.kube.version import Version
from cip_lint.model import Origin, OriginKind
from cip_lint.replay.allocation.allocators import BitmapAllocator, ObjectAllocator
from cip_lint.replay.allocation.bands import Range, service_range

_FLAG = Origin(OriginKind.FLAG, "--service-cluster-ip-range")
_OBJECT = Origin(OriginKind.OBJECT, "ServiceCIDR")


class AddressAllocators:
    """Who may have which cluster address, for all ranges of an API server.

    ``cidrs`` are those of its flags, one a family, primary first. Addresses are
    compared by number, so all spellings of one are one.
    """

    def __init__(self, version: Version, cidrs: Iterable[str]) -> None:
        self.version = version
        self._bitmaps: dict[str, BitmapAllocator] = {}
        self._objects: dict[str, ObjectAllocator] = {}
        self.families: list[str] = []
        """Those of the flags, primary first."""
        for cidr in cidrs:
            made = service_range(cidr, version, _FLAG)
            if made is None or made.family in self.families:
                continue
            self.families.append(made.family)
            if version < BITMAP_GONE_SINCE:
                self._bitmaps[made.family] = BitmapAllocator(made)
            if version >= ADDRESS_OBJECTS_SINCE:
                self.add_range(cidr)

    def add_range(self, cidr: str) -> None:
        """Add the range of a ServiceCIDR object, ready to be allocated from.

        Without effect up to 1.32. An IPv6 range shorter than /64 has no address.
        """
        made = service_range(cidr, self.version, _OBJECT, from_flag=False)
        if made is not None and self.version >= ADDRESS_OBJECTS_SINCE:
            self._objects.setdefault(made.family, ObjectAllocator()).add_range(made)

    def set_unready(self, cidr: str) -> None:
        """Allocate nothing more from a range: it is being deleted."""
        for one in self._objects.values():
            one.set_unready(cidr)

    def remove_range(self, cidr: str) -> None:
        """Forget the range of a ServiceCIDR object; what is held stays held."""
        for one in self._objects.values():
            one.remove_range(cidr)

    def set_ranges(self, ranges: Mapping[str, bool]) -> None:
        """Have these ranges, of which the value says whether they are ready."""
        gone = [
            cidr
            for one in self._objects.values()
            for cidr in one.cidrs
            if cidr not in ranges
        ]
        for cidr in gone:
            self.remove_range(cidr)
        for cidr, ready in ranges.items():
            if not ready:
                self.set_unready(cidr)
            else:
                self.add_range(cidr)

    def covers(self, address: Address) -> bool:
        """Return whether the address can be asked for, taken or not."""
        return not self._uncovered(address)

    def holds(self, address: Address) -> bool:
        """Return whether the address is taken."""
        number = address.number
        bitmap = self._bitmaps.get(address.family)
        if bitmap is not None and number in bitmap.held:
            return True
        objects = self._objects.get(address.family)
        return objects is not None and number in objects.held

    def hold(self, address: Address) -> None:
        """Take an address without a question, in whatever range it lies."""
        bitmap = self._bitmaps.get(address.family)
        if bitmap is not None:
            bitmap.held.add(address.number)
        self.hold_object(address)

    def hold_object(self, address: Address) -> None:
        """Take an address as an IPAddress object does; without effect up to 1.32."""
        if self.version >= ADDRESS_OBJECTS_SINCE:
            objects = self._objects.setdefault(address.family, ObjectAllocator())
            objects.held.add(address.number)

    def release(self, address: Address) -> None:
        """Free the address of a Service; nothing changes where it is free.

        One that no range has any more stays held: nobody is there to free it.
        """
        bitmap = self._bitmaps.get(address.family)
        if bitmap is not None:
            bitmap.held.discard(address.number)
        objects = self._objects.get(address.family)
        if objects is not None and objects.knows(address):
            objects.held.discard(address.number)

    def free(self, address: Address) -> None:
        """Free an address that nobody has, in whatever range it lies."""
        bitmap = self._bitmaps.get(address.family)
        if bitmap is not None:
            bitmap.held.discard(address.number)
        self.release_object(address)

    def release_object(self, address: Address) -> None:
        """Free an address of which the IPAddress object is deleted."""
        objects = self._objects.get(address.family)
        if objects is not None:
            objects.held.discard(address.number)

    def _uncovered(self, address: Address) -> str:
        """Return the complaint about an address that no range has, or nothing."""
        bitmap = self._bitmaps.get(address.family)
        if bitmap is not None:
            alone = self.version < ADDRESS_OBJECTS_SINCE
            network = bitmap.range.network
            if (alone or address in network) and not bitmap.range.holds(address):
                return address_outside(address, network)
            if alone:
                return ""
        objects = self._objects.get(address.family)
        return "" if objects is not None and objects.covers(address) else NO_RANGE

    def take(self, address: Address) -> str:
        """Take an address that was asked for; return why not, or nothing."""
        complaint = self._uncovered(address)
        if complaint:
            return complaint
        if self.holds(address):
            return TAKEN_ADDRESS
        bitmap = self._bitmaps.get(address.family)
        if bitmap is not None and bitmap.range.holds(address):
            bitmap.held.add(address.number)
        self.hold_object(address)
        return ""

    def draw(self, family: str, random: Random) -> Address | NotDrawn:
        """Take any address of a family (empty: the primary); ``NotDrawn`` if full."""
        family = family or (self.families[0] if self.families else "")
        bitmap, objects = self._bitmaps.get(family), self._objects.get(family)
        if bitmap is not None:
            drawn = bitmap.draw(random)
            if objects is None:
                return drawn
            if isinstance(drawn, Address):
                if drawn.number not in objects.held and objects.covers(drawn):
                    objects.held.add(drawn.number)
                    return drawn
                bitmap.held.discard(drawn.number)
        return NotDrawn(FULL) if objects is None else objects.draw(random)

    def range_of_dry_run(self, family: str, random: Random) -> Range | None:
        """Return the range that answers a dry run; None where it is not ready.

        With several ranges of a family it is any of them (``MetaAllocator.DryRun``).
        """
        family = family or (self.families[0] if self.families else "")
        if self.version < ADDRESS_OBJECTS_SINCE:
            bitmap = self._bitmaps.get(family)
            return None if bitmap is None else bitmap.range
        objects = self._objects.get(family)
        return None if objects is None else objects.any_range(random)
