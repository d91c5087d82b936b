"""What a row of the table of references says: who names Services, where and how.

The rows are in ``reference_tables``; what reads them is ``references``.

Paths are written as ``spec.rules[].backendRefs[]``: ``[]`` is each item of a list, a
key with dots stands in quotes. A field is meant from where the path leads, or from
the object where it begins with ``^``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum

from cip_lint.records import NamedTuple


class PortSense(Enum):
    """What a number and a text mean where a reference gives a port."""

    NUMBER = "number"
    """A number is the ``port`` of an entry of the Service's ports."""
    NAME = "name"
    """A text is the name of an entry of the Service's ports."""
    EITHER = "either"
    """A number is the ``port`` of an entry, a text its name."""
    TARGET = "target"
    """A number is what the endpoints listen on, a text the name of an entry."""


class Spelling(Enum):
    """How the name of a Service is written."""

    PLAIN = "plain"
    SLASHED = "slashed"
    """``name`` or ``namespace/name``."""
    MESH_HOST = "mesh host"
    """A host: without a dot the name, in full a name in the cluster's DNS zone."""
    STREAM = "stream"
    """``namespace/name:port``, as ingress-nginx has it for TCP and UDP."""
    ADDRESS = "address"
    """``https://name.namespace:port``, of which all but the name may be left out."""


class Purpose(Enum):
    """What somebody does with the Service."""

    BACKEND = "backend"
    """A proxy sends requests to it."""
    MESH = "mesh"
    """A mesh applies rules to requests for it."""
    CALLBACK = "callback"
    """The API server itself calls it."""
    GOVERNS = "governs"
    """It gives pods their names, or is given endpoints; other rules judge that."""
    OTHER = "other"
    """Its name is taken for something else: metrics, scaling, roll-outs, exports."""


class PortField(NamedTuple):
    """Where a reference gives a port, and what it means there."""

    path: str
    sense: PortSense


class ReferenceKind(NamedTuple):
    """One place at which objects of some kinds name a Service."""

    group: str
    kinds: tuple[str, ...]
    path: str
    """What names it: a map, or the name itself where ``name`` is empty."""
    source: str
    """Who says so: repository and file, or documentation."""
    versions: tuple[str, ...] = ()
    """The versions of the group that have it; none: all."""
    name: str = "name"
    namespace: str = ""
    """The field that names the namespace; empty: it is always the object's own."""
    needs_namespace: bool = False
    """Whether it names no Service without a namespace."""
    ports: tuple[PortField, ...] = ()
    """The first that is there counts."""
    default_port: int = 0
    """The port that is meant where none is written; 0: none."""
    needs_port: bool = False
    """Whether the controller refuses a reference without a port."""
    only: tuple[tuple[str, tuple[str | None, ...]], ...] = ()
    """Fields and the values with which it is a Service; None: absent or empty."""
    unless: tuple[tuple[str, str], ...] = ()
    """Fields and the values with which it is none."""
    spelling: Spelling = Spelling.PLAIN
    purpose: Purpose = Purpose.OTHER


Taught = Mapping[tuple[str, str], Sequence[ReferenceKind]]
"""What the configuration adds: group and kind -> further places."""

NUMBER = (PortField("port", PortSense.NUMBER),)
EITHER = (PortField("port", PortSense.EITHER),)
CORE_SERVICE = (("kind", (None, "Service")), ("group", (None, "core")))
SERVICE = (("kind", (None, "Service")),)
