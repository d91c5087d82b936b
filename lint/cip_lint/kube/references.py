"""The Services that one object names, wherever its kind may name one.

Read by the table of ``reference_tables``, defensively: a value of another type than
the kind wants names nothing. What cannot be a Service (another kind, an annotation
of the controller that stands for it) is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from cip_lint.bodies import Body, items, mapping, text
from cip_lint.kube.reference_kinds import (
    PortSense,
    ReferenceKind,
    Spelling,
    Taught,
)
from cip_lint.kube.reference_tables import REFERENCE_KINDS, SUBDOMAIN
from cip_lint.kube.workloads import Workload
from cip_lint.model import Path
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple

DEFAULT_ZONE = "cluster.local"

_STEP = pattern(r'"([^"]+)"|(\[\])|([^.\[\]"]+)')
_ADDRESS = pattern(
    r"(?:([a-z]+)://)?([a-z0-9-]+)(?:\.([a-z0-9-]+)(\.svc(?:\.[a-z0-9.-]+)?)?)?(?::(\d{1,5}))?"
)
_STREAM = pattern(r"([a-z0-9-]+)/([a-z0-9-]+):([a-z0-9-]+)(?::(?:PROXY)?){0,2}")
_PORT_KEY = pattern(r"[1-9][0-9]{0,4}")
_EACH = "[]"


class Said(NamedTuple):
    """One reference to a Service, as an object says it."""

    row: ReferenceKind
    path: Path
    """What the row leads to: the map that names the Service, or the name itself."""
    name: str
    name_path: Path
    namespace: str | None = None
    """None where the object's own is meant."""
    namespace_path: Path = ()
    port: int | str | None = None
    """With its default; None where none is said."""
    port_path: Path = ()
    """Empty where no port is written."""
    sense: PortSense | None = None
    """What the port means; None where there is none."""


def service_references(
    body: Body, taught: Taught | None = None, zone: str = DEFAULT_ZONE
) -> Iterator[Said]:
    """Yield the Services that an object names, in the order of the table.

    ``taught`` are rows of further kinds, ``zone`` is the cluster's DNS zone, in
    which a mesh has the full names of Services. Pods are asked by ``of_pods``.
    """
    group, _, version = text(body.get("apiVersion")).rpartition("/")
    for row in rows_of(group, text(body.get("kind")), version, taught):
        yield from _said(row, body, zone)


def of_pods(workload: Workload) -> Iterator[Said]:
    """Yield the Service that gives the pods of a workload a name each.

    A pod asks for one by ``hostname`` and ``subdomain``; a StatefulSet has a field
    of its own for it, and those of an Indexed Job need no ``hostname``.
    """
    named = workload.subdomain and workload.pods_have_hostnames
    if named and not workload.service_name:
        path = (*workload.spec_path, "subdomain")
        yield Said(SUBDOMAIN, path, workload.subdomain, path)


def rows_of(
    group: str, kind: str, version: str = "", taught: Taught | None = None
) -> tuple[ReferenceKind, ...]:
    """Return the rows of a kind; those of one version of it where one is given."""
    rows = _index().get((group, kind), ())
    if version:
        rows = tuple(row for row in rows if version in (row.versions or (version,)))
    return (*rows, *taught.get((group, kind), ())) if taught else rows


@lru_cache(maxsize=1)
def _index() -> dict[tuple[str, str], tuple[ReferenceKind, ...]]:
    found: dict[tuple[str, str], tuple[ReferenceKind, ...]] = {}
    for row in REFERENCE_KINDS:
        for kind in row.kinds:
            found[row.group, kind] = (*found.get((row.group, kind), ()), row)
    return found


def kinds_with_references(taught: Taught | None = None) -> tuple[tuple[str, str], ...]:
    """Return group and kind of everything that may name a Service, each once."""
    return tuple(dict.fromkeys((*_index(), *(taught or ()))))


def _said(row: ReferenceKind, body: Body, zone: str) -> Iterator[Said]:
    if row.spelling is Spelling.STREAM:
        yield from _streams(row, body)
        return
    if row.spelling is Spelling.ADDRESS:
        yield from _addresses(row, body, zone)
        return
    for path, value in _at(body, steps_of(row.path), ()):
        found = _Place(body, path, value)
        if not _is_service(row, found):
            continue
        name_path, name = found.field(row.name)
        if not isinstance(name, str) or not name:
            continue
        meant = _spelt(Said(row, path, name, name_path), zone)
        if meant is not None:
            yield from _complete(meant, found)


class _Place(NamedTuple):
    """A value that a row leads to, and the object that it is in."""

    body: Body
    path: Path
    value: Any

    def field(self, field: str) -> tuple[Path, Any]:
        """Return path and value of a field that a row names; None: not there."""
        if not field:
            return self.path, self.value
        base: tuple[Any, Path] = (self.value, self.path)
        if field.startswith("^"):
            field, base = field[1:], (self.body, ())
        value, path = base
        for step in steps_of(field):
            value = value.get(step) if isinstance(value, dict) else None
            path = (*path, step)
        return path, value


def _is_service(row: ReferenceKind, found: _Place) -> bool:
    for field, allowed in row.only:
        _, value = found.field(field)
        values = value if isinstance(value, list) and value else [value or None]
        # An empty text counts as written only where a row asks for it.
        if value == "" and "" in allowed:
            continue
        if not any(one in allowed for one in values if not isinstance(one, dict)):
            return False
    return not any(found.field(field)[1] == value for field, value in row.unless)


def _complete(said: Said, found: _Place) -> Iterator[Said]:
    """Add namespace and port; nothing where a row needs one that is not there."""
    row = said.row
    if row.namespace:
        path, namespace = found.field(row.namespace)
        if isinstance(namespace, str) and namespace:
            said = said._replace(namespace=namespace, namespace_path=path)
        elif row.needs_namespace:
            return
    for field in row.ports:
        path, port = found.field(field.path)
        if _is_port(port, field.sense):
            yield said._replace(port=port, port_path=path, sense=field.sense)
            return
        if port is not None and port not in ("", 0):
            yield said  # of a wrong type: what is meant cannot be known
            return
    if row.default_port:
        said = said._replace(port=row.default_port, sense=PortSense.NUMBER)
    yield said


def _is_port(port: object, sense: PortSense) -> bool:
    if isinstance(port, bool) or not port:
        return False
    if isinstance(port, int):
        return sense is not PortSense.NAME
    return isinstance(port, str) and sense is not PortSense.NUMBER


def _spelt(said: Said, zone: str) -> Said | None:
    """Return a reference with the name that its spelling stands for."""
    if said.row.spelling is Spelling.PLAIN:
        return said
    if said.row.spelling is Spelling.SLASHED:
        namespace, slash, name = said.name.partition("/")
        if not slash:
            return said
        return said._replace(
            name=name, namespace=namespace, namespace_path=said.name_path
        )
    return _mesh_host(said, zone)


def _mesh_host(said: Said, zone: str) -> Said | None:
    """Read a host as a mesh does; None for one that is no Service of the cluster.

    A host without a dot is in the namespace of the rule, one with a dot is never
    completed (``istio/istio:pkg/config/model#ResolveShortnameToFQDN``).
    """
    host = said.name.removesuffix(".")
    if "." not in host:
        return None if "*" in host else said._replace(name=host)
    labels = host.removesuffix(f".svc.{zone}").split(".")
    if len(labels) != 2 or not host.endswith(f".svc.{zone}") or "*" in host:
        return None
    name, namespace = labels
    return said._replace(name=name, namespace=namespace, namespace_path=said.name_path)


def _streams(row: ReferenceKind, body: Body) -> Iterator[Said]:
    """Yield what ingress-nginx reads from a ConfigMap of ports, if it is one.

    Nothing but its entries tells: each key is a port, each value names a Service.
    """
    data = mapping(body.get("data"))
    if not data or not all(map(_PORT_KEY.fullmatch, data)):
        return
    read = {key: _STREAM.fullmatch(text(value)) for key, value in data.items()}
    for key, match in read.items():
        if match is None:
            return
        path: Path = ("data", key)
        port: int | str = match[3]
        sense = PortSense.NAME
        if match[3].isdecimal() and len(match[3]) <= len("65535"):
            port, sense = int(match[3]), PortSense.NUMBER
        yield Said(row, path, match[2], path, match[1], path, port, path, sense)


def _addresses(row: ReferenceKind, body: Body, zone: str) -> Iterator[Said]:
    """Yield the Services that addresses name.

    One of two labels may be a host of the outside world, unless the second one is
    the namespace of the object itself.
    """
    own = text(mapping(body.get("metadata")).get("namespace"))
    for path, value in _at(body, steps_of(row.path), ()):
        match = _ADDRESS.fullmatch(text(value))
        if match is None or match[2] == "localhost":
            continue
        if not _is_service(row, _Place(body, path, value)):
            continue
        scheme, name, namespace, domain, port = match.groups()
        if domain not in (None, ".svc", f".svc.{zone}"):
            continue
        if namespace and not domain and namespace != own:
            continue
        said = Said(row, path, name, path, sense=PortSense.NUMBER)
        if namespace:
            said = said._replace(namespace=namespace, namespace_path=path)
        if port:
            yield said._replace(port=int(port), port_path=path)
        else:
            yield said._replace(port=443 if scheme == "https" else 80)


@lru_cache(maxsize=1024)
def steps_of(pattern: str) -> tuple[str, ...]:
    """Return the steps of a path of the table; ``[]`` stands for each item."""
    return tuple(
        quoted or each or plain for quoted, each, plain in _STEP.findall(pattern)
    )


def _at(value: Any, steps: Sequence[str], path: Path) -> Iterator[tuple[Path, Any]]:
    """Yield path and value of everything that steps lead to."""
    for index, step in enumerate(steps):
        if step == _EACH:
            for number, item in enumerate(items(value)):
                yield from _at(item, steps[index + 1 :], (*path, number))
            return
        if not isinstance(value, dict) or step not in value:
            return
        value = value[step]
        path = (*path, step)
    yield path, value
