"""The cells of a Service row that two tables are compared by.

They come from the object as the API server stores it; a value that it draws itself
is ``dynamic``. Each cell is a list of short texts, and knows where in the object its
value stands.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cip_lint.bodies import items, mapping, mappings, text
from cip_lint.kube.addresses import parse_ip
from cip_lint.kube.faults import Drawn
from cip_lint.kube.service import WITH_NODE_PORTS
from cip_lint.records import NamedTuple

if TYPE_CHECKING:
    from cip_lint.model import Path
    from cip_lint.replay.rows import ServiceRow

DYNAMIC = "dynamic"
"""A value that the server draws."""

UNKNOWN = "unknown"
"""Endpoints of which nothing is known."""

_OWN_CELLS = frozenset(
    {"clusterIP", "clusterIPs", "ipFamilies", "ports", "selector", "type"}
)

FIRST = ("type", "clusterIP", "ipFamilies", "ports", "nodePort", "selector")
LAST = ("endpoints", "readiness", "verdict")
"""The columns that come before and behind the other fields of ``spec``."""


class Cell(NamedTuple):
    """The texts of one column, and where the value stands in the object."""

    texts: tuple[str, ...]
    path: Path
    """The path of the whole value."""
    paths: tuple[Path, ...] = ()
    """The path of each text, where they have places of their own."""

    def path_of(self, wanted: frozenset[str]) -> Path:
        """Return the path of the first of some texts; else of the whole."""
        for one, path in zip(self.texts, self.paths, strict=False):
            if one in wanted:
                return path
        return self.path


NOTHING = Cell((), ("spec",))
"""The cell of a column that a row does not have."""


def state_cells(row: ServiceRow) -> dict[str, Cell]:
    """Return all cells of a row, in the order of the columns."""
    found = {**spec_cells(row.stored_whole or row.resource.body), **endpoint_cells(row)}
    return {column: found[column] for column in in_order(found) if column in found}


def in_order(columns: Iterable[str]) -> Iterator[str]:
    """Yield columns in the order in which reports have them, those of all rows first."""
    yield from FIRST
    yield from sorted({*columns} - {*FIRST, *LAST})
    yield from LAST


def spec_cells(body: Mapping[str, Any]) -> dict[str, Cell]:
    """Return the cells of everything that ``spec`` says, by column."""
    spec = mapping(body.get("spec"))
    cells = {
        "type": Cell((text(spec.get("type")) or "ClusterIP",), ("spec", "type")),
        "clusterIP": _addresses(spec),
        "ipFamilies": Cell(
            tuple(map(_shown, items(spec.get("ipFamilies")))), ("spec", "ipFamilies")
        ),
        "ports": _ports(spec),
        "nodePort": _node_ports(spec),
        "selector": _selector(spec),
    }
    for key in sorted(spec):
        if key not in _OWN_CELLS and spec[key] not in (None, "", [], {}):
            cells[key] = _field(key, spec[key])
    return cells


def endpoint_cells(row: ServiceRow) -> dict[str, Cell]:
    """Return the cells of who stands behind a Service, and when."""
    path: Path = ("spec", "selector")
    found, ready = [], []
    for given in row.endpoints:
        ref = given.workload.ref
        ports = given.slices[0].ports if given.slices else ()
        numbers = ",".join(port.number for port in ports)
        found.append(f"{ref.kind}/{ref.name}:{numbers or 'no port'}")
        ready.append(f"{ref.kind}/{ref.name}: {given.ready}")
    found += [f"{member.kind}/{member.name}" for member in row.manual]
    if not found and row.selection.state in {"unknown", "declared"}:
        found = [UNKNOWN]
    return {
        "endpoints": Cell(tuple(sorted(found)), path),
        "readiness": Cell(tuple(sorted(ready)), path),
    }


def _addresses(spec: Mapping[str, Any]) -> Cell:
    asked = items(spec.get("clusterIPs"))
    if asked:
        paths: tuple[Path, ...] = tuple(
            ("spec", "clusterIPs", index) for index in range(len(asked))
        )
        if "clusterIP" in spec:
            paths = (("spec", "clusterIP"), *paths[1:])
    else:
        one = spec.get("clusterIP")
        asked = [one] if one else []
        paths = (("spec", "clusterIP"),) * len(asked)
    return Cell(tuple(map(_address, asked)), ("spec", "clusterIP"), paths)


def _address(value: object) -> str:
    if isinstance(value, Drawn) or not isinstance(value, str):
        return _shown(value)
    address = parse_ip(value)
    return value if address is None else address.canonical


def _ports(spec: Mapping[str, Any]) -> Cell:
    ports = list(_each_port(spec))
    return Cell(
        tuple(_port(port) for _, port in ports),
        ("spec", "ports"),
        tuple(path for path, _ in ports),
    )


def _each_port(spec: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for index, port in enumerate(items(spec.get("ports"))):
        if isinstance(port, dict):
            yield ("spec", "ports", index), port


def _port(port: Mapping[str, Any]) -> str:
    """Return ``http 80/TCP to 8080``, with the protocol of the application."""
    name = text(port.get("name"))
    number, target = port.get("port"), port.get("targetPort")
    said = f"{name} {_numbered(port)}" if name else _numbered(port)
    if target not in (None, "", 0, number):
        said += f" to {_shown(target)}"
    application = text(port.get("appProtocol"))
    return f"{said} ({application})" if application else said


def _numbered(port: Mapping[str, Any]) -> str:
    return f"{_shown(port.get('port'))}/{text(port.get('protocol')) or 'TCP'}"


def _node_ports(spec: Mapping[str, Any]) -> Cell:
    if text(spec.get("type")) not in WITH_NODE_PORTS:
        return Cell((), ("spec", "ports"))
    found = [
        (f"{_numbered(port)}: {_shown(port['nodePort'])}", (*path, "nodePort"))
        for path, port in _each_port(spec)
        if port.get("nodePort")
    ]
    return Cell(
        tuple(said for said, _ in found),
        ("spec", "ports"),
        tuple(path for _, path in found),
    )


def _selector(spec: Mapping[str, Any]) -> Cell:
    selector = mapping(spec.get("selector"))
    path: Path = ("spec", "selector")
    keys = sorted(selector)
    return Cell(
        tuple(f"{key}={_shown(selector[key])}" for key in keys),
        path,
        tuple((*path, key) for key in keys),
    )


def _field(key: str, value: object) -> Cell:
    path: Path = ("spec", key)
    if isinstance(value, list) and not mappings(value):
        texts = tuple(map(_shown, value))
        return Cell(texts, path, tuple((*path, n) for n in range(len(texts))))
    return Cell((_shown(value),), path)


def _shown(value: object) -> str:
    if isinstance(value, Drawn):
        return DYNAMIC
    if isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True, default=str)
