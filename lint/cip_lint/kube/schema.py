"""Field tables of the kinds that are judged: what a key means and its type.

The tables of ``schema_tables`` are read when a kind is first asked for, once for
each Kubernetes version, because fields come and go with versions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntEnum
from functools import cache, lru_cache, partial

from cip_lint.kube.schema_tables import KINDS, TABLES
from cip_lint.kube.version import NEWEST, Version
from cip_lint.patterns import pattern

_FULL_PATHS_SINCE = Version(1, 36)


class Form(IntEnum):
    """What JSON a type is read from."""

    STRING = 1
    BOOL = 2
    INTEGER = 3
    INT_OR_STRING = 4
    TIME = 5
    ANY = 6
    LIST = 7
    MAP = 8
    STRUCT = 9
    OPAQUE = 10


class Type:
    """One type of the API.

    ``go`` is its name in the server's messages. ``element`` is the type of the
    items of a list or map, ``fields`` the fields of a struct. ``python`` is the
    class of a value that certainly fits and needs no further look. The fields are
    read when they are first asked for: of a pod there are a thousand, and a manifest
    has twenty.
    """

    __slots__ = ("_read", "bits", "element", "form", "go", "known", "python")

    def __init__(
        self,
        form: Form,
        go: str,
        *,
        element: Type | None = None,
        python: type | None = None,
        bits: int = 0,
        read: Callable[[], dict[str, Field]] = dict,
    ) -> None:
        self.form = form
        self.go = go
        self.element = element
        self.python = python
        self.bits = bits
        self.known: dict[str, Field] | None = None
        """The fields, where they have been read."""
        self._read = read

    @property
    def fields(self) -> dict[str, Field]:
        """The fields of a struct by their names; of anything else none."""
        if self.known is None:
            self.known = self._read()
        return self.known

    def __repr__(self) -> str:
        return f"<Type {self.go}>"


class Field:
    """A field of a struct.

    ``through`` holds the embedded structs that a message names between the
    parent and the field. ``merge`` says what makes the items of a list one.
    """

    __slots__ = ("default", "merge", "name", "python", "through", "type")

    def __init__(
        self,
        name: str,
        wanted: Type,
        through: tuple[str, ...] = (),
        merge: str = "",
        default: str | None = None,
    ) -> None:
        self.name = name
        self.type = wanted
        self.python = wanted.python
        self.through = through
        self.merge = merge
        self.default = default


_SCALARS = {
    "string": Type(Form.STRING, "string", python=str),
    "bool": Type(Form.BOOL, "bool", python=bool),
    "int32": Type(Form.INTEGER, "int32", bits=32),
    "int64": Type(Form.INTEGER, "int64", bits=64),
    "int-or-string": Type(Form.INT_OR_STRING, "int32", python=str, bits=32),
    "time": Type(Form.TIME, "string"),
    "any": Type(Form.ANY, "interface {}"),
}

_TOKEN = pattern(
    r"(?P<name>\w+):(?P<type>[\w.\[\]{}~*-]+)(?:=(?P<default>\w+))?"
    r"(?:@(?P<merge>[\w,]+))?(?:>(?P<since>[\d.]+))?(?:<(?P<until>[\d.]+))?"
)


@cache
def _lines() -> Mapping[str, tuple[str, str]]:
    """Return type name -> name in messages, fields as written."""
    found = {}
    for table in TABLES:
        for line in table.strip().splitlines():
            head, _, fields = line.partition(" = ")
            name, _, alias = head.partition("/")
            found[name] = (_go_name(alias or name), fields)
    return found


def _go_name(name: str) -> str:
    return name if "." in name else f"v1.{name}"


def _version(text: str | None) -> Version | None:
    if text is None:
        return None
    major, _, minor = text.partition(".")
    return Version(int(major), int(minor))


class _Reader:
    """Builds the types of one Kubernetes version."""

    def __init__(self, version: Version) -> None:
        self._version = version
        self._structs: dict[str, Type] = {}

    def struct(self, name: str) -> Type:
        found = self._structs.get(name)
        if found is None:
            go, fields = _lines()[name]
            read = partial(self._fields, fields)
            found = self._structs[name] = Type(Form.STRUCT, go, read=read)
        return found

    def _fields(self, text: str) -> dict[str, Field]:
        fields: dict[str, Field] = {}
        for token in text.split():
            if token.startswith("+"):
                fields.update(self._embedded(token[1:]))
                continue
            match = _TOKEN.fullmatch(token)
            assert match is not None, token
            since, until = _version(match["since"]), _version(match["until"])
            if (since and self._version < since) or (until and self._version >= until):
                continue
            fields[match["name"]] = Field(
                match["name"],
                self._type(match["type"]),
                merge=match["merge"] or "",
                default=match["default"],
            )
        return fields

    def _embedded(self, name: str) -> dict[str, Field]:
        named = self._version >= _FULL_PATHS_SINCE
        through = (name.rpartition(".")[2],) if named else ()
        return {
            key: Field(key, field.type, through + field.through, field.merge)
            for key, field in self.struct(name).fields.items()
        }

    def _type(self, text: str) -> Type:
        if text in _SCALARS:
            return _SCALARS[text]
        if text.startswith("~"):
            return Type(Form.STRING, _go_name(text[1:]), python=str)
        if text.startswith("*"):
            return Type(Form.OPAQUE, _go_name(text[1:]), python=dict)
        if text.startswith("[]"):
            element = self._type(text[2:])
            return Type(Form.LIST, "[]" + element.go, element=element)
        if text.startswith("{}"):
            element = self._type(text[2:])
            return Type(Form.MAP, "map[string]" + element.go, element=element)
        return self.struct(text)


@lru_cache(maxsize=32)
def _reader(version: Version) -> _Reader:
    return _Reader(version)


@lru_cache(maxsize=512)
def type_of(api_version: str, kind: str, version: Version = NEWEST) -> Type | None:
    """Return the type that objects of a kind are read as; None if not judged.

    Whether that version serves the kind is another question.
    """
    name = KINDS.get((api_version, kind))
    return None if name is None else _reader(version).struct(name)


@lru_cache(maxsize=4096)
def history(go: str, name: str) -> tuple[Version | None, Version | None] | None:
    """Return the versions in which a field came and went; None if there never was one.

    ``go`` is the name of the struct in messages, such as ``v1.ServiceSpec``.
    """
    for struct, fields in _lines().values():
        if struct == go:
            for match in _TOKEN.finditer(fields):
                if match["name"] == name:
                    return _version(match["since"]), _version(match["until"])
    return None
