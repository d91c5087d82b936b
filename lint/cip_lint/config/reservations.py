"""The address plan of the settings: its grammar, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cip_lint.cluster import Reservation
from cip_lint.config.layers import Layers, Stated
from cip_lint.config.nearest import nearest
from cip_lint.kube.addresses import Address, parse_cidr, parse_ip
from cip_lint.model import Path
from cip_lint.records import NamedTuple

_PORTS = range(1, 65536)


class Bounds(NamedTuple):
    """A family (empty for node ports), the first and the last number."""

    family: str
    first: int
    last: int


class _Entry(NamedTuple):
    stated: Stated
    """The address or node port."""
    cluster: str | None
    reservation: Reservation


def reservations(
    layers: Layers, clusters: Sequence[str]
) -> dict[str, list[Reservation]]:
    """Return the entries of each cluster; what is wrong with them is said."""
    entries = list(_entries(layers, clusters))
    found: dict[str, list[Reservation]] = {}
    twice: dict[Path, tuple[_Entry, _Entry]] = {}
    for name in clusters:
        meant = [one for one in entries if one.cluster in (None, name)]
        good = set(map(id, _without_overlaps(meant, twice)))
        found[name] = [one.reservation for one in meant if id(one) in good]
    for first, second in twice.values():
        said = f"{second.reservation.text} is reserved at {first.stated.origin} too"
        layers.wrong(second.stated, said)
    return found


def _entries(layers: Layers, clusters: Sequence[str]) -> Iterator[_Entry]:
    for item in layers.items("reserved"):
        bounds = _bounds(layers, item)
        cluster = _cluster(layers, item, clusters)
        if not _owner_is_good(layers, item) or bounds is None:
            continue
        key = "address" if bounds.family else "nodePort"
        stated = layers.deeper(item, key)
        reservation = Reservation(
            *bounds,
            text=str(stated.value).strip(),
            owner=item.value.get("owner", ""),
            purpose=item.value.get("purpose", ""),
            origin=stated.origin,
            alone=cluster is not None or len(clusters) == 1,
        )
        yield _Entry(stated, cluster, reservation)


def _bounds(layers: Layers, item: Stated) -> Bounds | None:
    keys = [key for key in ("address", "nodePort") if key in item.value]
    if len(keys) != 1:
        layers.wrong(
            item,
            "an entry of the address plan names an address or a nodePort"
            + (", not both" if keys else ""),
        )
        return None
    parse = addresses if keys == ["address"] else node_ports
    found: Bounds | None = layers.parsed(layers.deeper(item, keys[0]), parse)
    return found


def _cluster(layers: Layers, item: Stated, clusters: Sequence[str]) -> str | None:
    name: str | None = item.value.get("cluster")
    if name is not None and name not in clusters:
        near = nearest(name, clusters)
        layers.wrong(
            layers.deeper(item, "cluster"),
            f"{name} is none of the clusters",
            f"write {near}" if near else "",
        )
    return name


def _owner_is_good(layers: Layers, item: Stated) -> bool:
    owner: str = item.value.get("owner", "")
    namespace, slash, name = owner.partition("/")
    if not owner or (namespace and slash and name and "/" not in name):
        return True
    layers.wrong(
        layers.deeper(item, "owner"),
        f"{owner!r} is no owner such as shop/web: a namespace and a name",
    )
    return False


def _without_overlaps(
    entries: Iterable[_Entry], twice: dict[Path, tuple[_Entry, _Entry]]
) -> list[_Entry]:
    """Return entries that nest or lie apart; note those that contradict others."""
    kept: list[_Entry] = []
    around: list[_Entry] = []
    order = sorted(entries, key=_width_in_order)
    for entry in order:
        one = entry.reservation
        while around and _ends_before(around[-1].reservation, one):
            around.pop()
        other = around[-1] if around else None
        if other is None or _nests(one, other.reservation):
            kept.append(entry)
            around.append(entry)
        elif not _repeats(entry, other):
            first, second = sorted((other, entry), key=_written)
            twice.setdefault(second.stated.path, (first, second))
    return kept


def _written(entry: _Entry) -> int:
    """Return its number in the list of its file."""
    index = entry.stated.path[1]
    return index if isinstance(index, int) else 0


def _width_in_order(entry: _Entry) -> tuple[str, int, int]:
    one = entry.reservation
    return one.family, one.first, -one.last


def _ends_before(one: Reservation, other: Reservation) -> bool:
    return one.family != other.family or one.last < other.first


def _nests(inner: Reservation, outer: Reservation) -> bool:
    """Whether an entry that begins no earlier is a true part of another one."""
    same = (inner.first, inner.last) == (outer.first, outer.last)
    return inner.last <= outer.last and not same


def _repeats(one: _Entry, other: _Entry) -> bool:
    """Whether another file says the very same."""
    return (
        one.stated.document is not other.stated.document
        and one.reservation[:3] == other.reservation[:3]
        and one.reservation.owner == other.reservation.owner
    )


def addresses(value: str) -> Bounds:
    """Return the bounds of an address, a CIDR or ``first-last``.

    Raises ``ValueError`` with one clause.
    """
    text = value.strip()
    if "/" in text:
        network = parse_cidr(text)
        if network is None or network.has_host_bits:
            near = f"; {network.canonical} is" if network else ""
            raise ValueError(f"{value!r} is not a CIDR{near}")
        return Bounds(network.family, network.first, network.last)
    low, dash, high = (part.strip() for part in text.partition("-"))
    first = _address(low, value)
    last = _address(high, value) if dash else first
    if first.family != last.family or first.number > last.number:
        raise ValueError(f"{value!r} is not a range from low to high")
    return Bounds(first.family, first.number, last.number)


def _address(text: str, value: str) -> Address:
    address = parse_ip(text)
    if address is None:
        raise ValueError(
            f"{value!r} is not an address, a CIDR or a range such as "
            "10.96.0.20-10.96.0.29"
        )
    return address


def node_ports(value: int | str) -> Bounds:
    """Return the bounds of a node port, or of ``first-last``.

    Raises ``ValueError`` with one clause.
    """
    low, dash, high = (part.strip() for part in str(value).partition("-"))
    texts = (low, high if dash else low)
    if not all(text.isascii() and text.isdecimal() for text in texts):
        raise ValueError(f"{value!r} is not a node port or a range such as 30080-30089")
    first, last = (int(text[:6]) for text in texts)
    if first > last or first not in _PORTS or last not in _PORTS:
        raise ValueError(f"{value!r} is not within 1-65535, from low to high")
    return Bounds("", first, last)
