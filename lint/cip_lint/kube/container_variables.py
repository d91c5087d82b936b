"""What a container says of its variables: ``env`` and ``envFrom``, read defensively."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.bodies import Body, items, mapping, text
from cip_lint.model import Path
from cip_lint.records import NamedTuple

FIELD = "fieldRef"
CONFIG_MAP_KEY = "configMapKeyRef"
SECRET_KEY = "secretKeyRef"  # noqa: S105 - the name of a field
_SOURCES = (FIELD, "resourceFieldRef", CONFIG_MAP_KEY, SECRET_KEY, "fileKeyRef")
"""In the order in which the kubelet looks for them."""


class EnvSource(NamedTuple):
    """An entry of ``envFrom``: a ConfigMap or Secret whose keys become variables."""

    kind: str
    """``ConfigMap`` or ``Secret``; empty where it names neither."""
    name: str
    prefix: str
    optional: bool
    path: Path


class EnvEntry(NamedTuple):
    """An entry of ``env``."""

    name: str
    value: str
    """Empty where it has a source, or neither."""
    source: str
    """Which field of ``valueFrom`` says where the value is; empty for none."""
    body: Body
    """What stands in that field."""
    path: Path

    @property
    def optional(self) -> bool:
        """Whether it is left out where its key does not exist."""
        return self.body.get("optional") is True


def env_sources(container: Body, path: Path = ()) -> Iterator[EnvSource]:
    """Yield the entries of ``envFrom`` of a container at ``path``, in order."""
    for index, entry in enumerate(items(container.get("envFrom"))):
        body = mapping(entry)
        for field, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            reference = body.get(field)
            if isinstance(reference, dict):
                yield EnvSource(
                    kind,
                    text(reference.get("name")),
                    text(body.get("prefix")),
                    reference.get("optional") is True,
                    (*path, "envFrom", index),
                )
                break


def env_entries(container: Body, path: Path = ()) -> Iterator[EnvEntry]:
    """Yield the entries of ``env`` of a container at ``path``, in order.

    A number or boolean in the place of a value counts as no value, since the API
    server refuses the object.
    """
    for index, entry in enumerate(items(container.get("env"))):
        body = mapping(entry)
        name = text(body.get("name"))
        if not name:
            continue
        value, source, found = text(body.get("value")), "", mapping(None)
        if not value:
            given = mapping(body.get("valueFrom"))
            source = next((s for s in _SOURCES if isinstance(given.get(s), dict)), "")
            found = mapping(given.get(source))
        yield EnvEntry(name, value, source, found, (*path, "env", index))
