"""Domain names as texts: absolute, cut into labels, and those of addresses."""

from __future__ import annotations

from cip_lint.kube.addresses import IPV4, Address, parse_ip

_REVERSE_V4 = ".in-addr.arpa."
_REVERSE_V6 = ".ip6.arpa."
_NIBBLES = 32
_LONGEST_NUMBER = 16

LONGEST_NAME = 253
"""Characters of a name without its final dot."""
LONGEST_LABEL = 63


def absolute(name: str) -> str:
    """Return a name with its final dot."""
    return name if name.endswith(".") else f"{name}."


def labels(name: str) -> list[str]:
    """Return the labels of a name, first one first; none for the root."""
    stripped = name.removesuffix(".")
    return stripped.split(".") if stripped else []


def is_below(name: str, zone: str) -> bool:
    """Whether an absolute name in lower case is a zone's or lies in it."""
    return zone in (name, ".") or name.endswith(f".{zone}")


def is_well_formed(name: str) -> bool:
    """Whether a name can be asked for: no empty label, none too long."""
    if len(name.removesuffix(".")) > LONGEST_NAME:
        return False
    parts = labels(name)
    return bool(parts) and all(0 < len(part) <= LONGEST_LABEL for part in parts)


def address_of_reverse(name: str) -> str | None:
    """Return the canonical address that a reverse name in lower case stands for."""
    if name.endswith(_REVERSE_V4):
        parts = name.removesuffix(_REVERSE_V4).split(".")
        address = parse_ip(".".join(reversed(parts)))
    elif name.endswith(_REVERSE_V6):
        parts = name.removesuffix(_REVERSE_V6).split(".")
        if len(parts) != _NIBBLES or any(len(part) != 1 for part in parts):
            return None
        digits = "".join(reversed(parts))
        groups = (digits[start : start + 4] for start in range(0, _NIBBLES, 4))
        address = parse_ip(":".join(groups))
    else:
        return None
    if address is None or address.leading_zeros:
        return None
    return address.canonical


def numeric_address(host: str) -> str | None:
    """Return the address that a host is read as without asking anybody.

    glibc takes any form that ``inet_aton`` knows: fewer than four numbers, of which
    the last fills the rest, and octal and hexadecimal ones. So ``123`` is 0.0.0.123.
    """
    if ":" in host:
        address = parse_ip(host)
        return None if address is None else address.canonical
    numbers = [_number(part) for part in host.split(".", 4)]
    if len(numbers) > 4 or None in numbers:
        return None
    *first, last = (number or 0 for number in numbers)
    rest = 32 - 8 * len(first)
    if last >> rest or any(number > 0xFF for number in first):
        return None
    value = 0
    for number in first:
        value = value << 8 | number
    return Address(IPV4, value << rest | last).canonical


def _number(text: str) -> int | None:
    """Return a number as C writes it: ``0x`` hexadecimal, ``0`` octal, else decimal."""
    if len(text) > _LONGEST_NUMBER or not text.isascii() or not text.isalnum():
        return None
    if text[:2].lower() == "0x":
        base = 16
    elif text.isdigit():
        base = 8 if text[0] == "0" else 10
    else:
        return None
    try:
        return int(text, base)
    except ValueError:
        return None
