"""IP addresses and CIDRs as Go reads them, leniently and strictly.

The API server accepts what ``ParseIPSloppy`` of ``k8s.io/utils/net`` reads and,
with ``StrictIPCIDRValidation`` (on from 1.36), what ``net/netip`` reads as well.
The standard library's ``ipaddress`` agrees with neither: it refuses leading
zeros and accepts zones and netmasks.
"""

from __future__ import annotations

from functools import lru_cache

from cip_lint.kube.version import NEWEST, Version
from cip_lint.records import NamedTuple

IPV4 = "IPv4"
IPV6 = "IPv6"

_STRICT_SINCE = Version(1, 36)

_MAPPED_HIGH = 0xFFFF

# An address has at most 45 characters unless it is padded with zeros.
_LONGEST_CACHED = 64

NOT_AN_ADDRESS = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
NOT_A_CIDR = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"


class Address(NamedTuple):
    """An IP address: its number, and what its spelling was.

    An IPv4-mapped IPv6 address counts as the IPv4 address, as in Go's ``net``.
    """

    family: str
    number: int
    """32 bits of IPv4 or 128 bits of IPv6."""
    leading_zeros: bool = False
    """Spelt with zeros that only the lenient reading accepts."""
    mapped: bool = False
    """Spelt as an IPv4-mapped IPv6 address, ``::ffff:1.2.3.4``."""

    @property
    def canonical(self) -> str:
        """The one spelling that the API server keeps for an address."""
        if self.family == IPV4:
            return _ipv4_text(self.number)
        return _ipv6_text(self.number)


class Network(NamedTuple):
    """A CIDR: its address as written, and the prefix length."""

    address: Address
    bits: int
    leading_zeros: bool = False
    """Whether the prefix length is spelt with a leading zero."""

    @property
    def family(self) -> str:
        """``IPv4`` or ``IPv6``."""
        return self.address.family

    @property
    def host_bits(self) -> int:
        """The number of bits that tell the addresses of the network apart."""
        return (32 if self.address.family == IPV4 else 128) - self.bits

    @property
    def first(self) -> int:
        """The number of the network address."""
        return self.address.number >> self.host_bits << self.host_bits

    @property
    def last(self) -> int:
        """The number of the highest address, in IPv4 the broadcast address."""
        return self.first | ((1 << self.host_bits) - 1)

    @property
    def has_host_bits(self) -> bool:
        """Whether bits are set beyond the prefix length."""
        return self.first != self.address.number

    @property
    def canonical(self) -> str:
        """The network in its one spelling, host bits cleared."""
        return f"{Address(self.family, self.first).canonical}/{self.bits}"

    def __contains__(self, item: object) -> bool:
        """Return whether an ``Address`` lies inside, ends included."""
        return (
            isinstance(item, Address)
            and item.family == self.family
            and self.first <= item.number <= self.last
        )


def parse_ip(text: str) -> Address | None:
    """Return the address that the lenient reading sees; None if it sees none."""
    return _cached_ip(text) if len(text) <= _LONGEST_CACHED else _read_ip(text)


def _read_ip(text: str) -> Address | None:
    for character in text:
        if character == ".":
            return _read_ipv4(text)
        if character == ":":
            return _read_ipv6(text)
    return None


_cached_ip = lru_cache(maxsize=8192)(_read_ip)


def _read_ipv4(text: str) -> Address | None:
    parts = text.split(".", 4)
    if len(parts) != 4:
        return None
    number, zeros = 0, False
    for part in parts:
        octet = _decimal(part)
        if octet is None or octet > 0xFF:
            return None
        zeros = zeros or (len(part) > 1 and part[0] == "0")
        number = number << 8 | octet
    return Address(IPV4, number, zeros)


def _decimal(text: str) -> int | None:
    digits = text.lstrip("0")
    if not text or not text.isascii() or not text.isdigit() or len(digits) > 7:
        return None
    return int(digits or "0")


def _read_ipv6(text: str) -> Address | None:
    groups: list[int] = []
    ellipsis, zeros = -1, False
    rest = text
    if rest.startswith("::"):
        ellipsis, rest = 0, rest[2:]
    while rest and len(groups) < 8:
        group, colon, tail = rest.partition(":")
        if "." in group:
            if (ellipsis < 0 and len(groups) != 6) or len(groups) > 6 or colon:
                return None
            last = _read_ipv4(group)
            if last is None:
                return None
            groups += (last.number >> 16, last.number & 0xFFFF)
            zeros, rest = zeros or last.leading_zeros, ""
            break
        value = _hexadecimal(group)
        if value is None:
            return None
        zeros = zeros or len(group) > 4
        groups.append(value)
        if colon and not tail:
            return None
        rest = tail
        if colon and tail.startswith(":"):
            if ellipsis >= 0:
                return None
            ellipsis, rest = len(groups), tail[1:]
    return None if rest else _from_groups(groups, ellipsis, zeros=zeros)


def _hexadecimal(group: str) -> int | None:
    digits = group.lstrip("0")
    if not group or len(digits) > 4 or not set(group) <= _HEXADECIMAL_DIGITS:
        return None
    return int(digits or "0", 16)


_HEXADECIMAL_DIGITS = frozenset("0123456789abcdefABCDEF")


def _from_groups(groups: list[int], ellipsis: int, *, zeros: bool) -> Address | None:
    if (len(groups) < 8) != (ellipsis >= 0):
        return None
    if ellipsis >= 0:
        groups[ellipsis:ellipsis] = [0] * (8 - len(groups))
    number = 0
    for group in groups:
        number = number << 16 | group
    if number >> 32 == _MAPPED_HIGH:
        return Address(IPV4, number & 0xFFFFFFFF, zeros, mapped=True)
    return Address(IPV6, number, zeros)


def _ipv4_text(number: int) -> str:
    return f"{number >> 24}.{number >> 16 & 0xFF}.{number >> 8 & 0xFF}.{number & 0xFF}"


def _ipv6_text(number: int) -> str:
    groups = [number >> shift & 0xFFFF for shift in range(112, -16, -16)]
    start, length = _longest_zeros(groups)
    if length < 2:
        return ":".join(f"{group:x}" for group in groups)
    head = ":".join(f"{group:x}" for group in groups[:start])
    tail = ":".join(f"{group:x}" for group in groups[start + length :])
    return f"{head}::{tail}"


def _longest_zeros(groups: list[int]) -> tuple[int, int]:
    best, at = (0, 0), 0
    while at < 8:
        end = at
        while end < 8 and groups[end] == 0:
            end += 1
        if end - at > best[1]:
            best = (at, end - at)
        at = end + 1
    return best


def parse_cidr(text: str) -> Network | None:
    """Return the network that the lenient reading sees; None if it sees none."""
    return _cached_cidr(text) if len(text) <= _LONGEST_CACHED else _read_cidr(text)


def _read_cidr(text: str) -> Network | None:
    head, slash, tail = text.partition("/")
    if not slash:
        return None
    # The spelling decides the width here: a mapped address counts 128 bits.
    address = parse_ip(head)
    bits = _decimal(tail)
    if address is None or bits is None or bits > (128 if ":" in head else 32):
        return None
    zeros = len(tail) > 1 and tail[0] == "0"
    if not address.mapped:
        return Network(address, bits, zeros)
    if bits >= 96:
        return Network(address, bits - 96, zeros)
    # Fewer than 96 bits cut into the marker of a mapped address: only IPv6 is left.
    number = _MAPPED_HIGH << 32 | address.number
    return Network(
        Address(IPV6, number, address.leading_zeros, mapped=True), bits, zeros
    )


_cached_cidr = lru_cache(maxsize=2048)(_read_cidr)


def is_strict(version: Version) -> bool:
    """Return whether a version refuses ambiguous spellings by default."""
    return version >= _STRICT_SINCE


def ip_complaints(text: str, version: Version = NEWEST) -> tuple[str, ...]:
    """Check an address of a field that is older than the strict rules.

    Follows ``IsValidIPForLegacyField``: non-canonical IPv6 is good everywhere.
    """
    address = parse_ip(text)
    if address is None:
        return (NOT_AN_ADDRESS,)
    if is_strict(version):
        if address.leading_zeros:
            return ("must not have leading 0s",)
        if address.mapped:
            return ("must not be an IPv4-mapped IPv6 address",)
    return ()


def cidr_complaints(text: str, version: Version = NEWEST) -> tuple[str, ...]:
    """Check a CIDR of a field that is older than the strict rules.

    Follows ``IsValidCIDRForLegacyField``.
    """
    network = parse_cidr(text)
    if network is None:
        return (NOT_A_CIDR,)
    if is_strict(version):
        if network.address.leading_zeros or network.leading_zeros:
            return ("must not have leading 0s in IP or prefix length",)
        if network.address.mapped:
            return ("must not have an IPv4-mapped IPv6 address",)
        if network.has_host_bits:
            return ("must not have bits set beyond the prefix length",)
    return ()
