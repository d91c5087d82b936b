"""What a helper sends: plain values, and references to what both processes have."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Mapping
from typing import IO, Any

from cip_lint.cluster import Cluster
from cip_lint.model import Resource, SourceFile
from cip_lint.rule import AnyRule, Rule


class Names:
    """What both processes have, and how it is referred to in what is sent."""

    def __init__(
        self,
        cluster: Cluster,
        rules: Iterable[AnyRule],
        sources: Mapping[str, SourceFile],
    ) -> None:
        self.sources = sources
        self.rules = {rule.id: rule for rule in rules}
        self.resources = [member.resource for member in cluster.members]
        self._numbers: dict[Resource, int] = {}

    def reference(self, value: object) -> tuple[str, Any] | None:
        """Return the reference to a value; None where it travels whole."""
        if isinstance(value, SourceFile):
            return ("file", value.path) if value.path in self.sources else None
        if isinstance(value, Rule):
            return "rule", value.id
        if isinstance(value, Resource):
            if not self._numbers:
                self._numbers = {one: n for n, one in enumerate(self.resources)}
            number = self._numbers.get(value)
            return None if number is None else ("object", number)
        return None

    def value(self, reference: tuple[str, Any]) -> object:
        """Return what a reference refers to."""
        kind, name = reference
        if kind == "file":
            return self.sources[name]
        return self.rules[name].load() if kind == "rule" else self.resources[name]

    def dump(self, value: object, file: IO[bytes]) -> None:
        """Write a value to a file."""
        _Pickler(file, self).dump(value)

    def load(self, file: IO[bytes]) -> Any:
        """Return the value that a file holds."""
        return _Unpickler(file, self).load()


class _Pickler(pickle.Pickler):
    def __init__(self, file: IO[bytes], names: Names) -> None:
        super().__init__(file, protocol=5)
        self._names = names

    def persistent_id(self, obj: Any) -> Any:
        """Refer to what the parent has itself."""
        return self._names.reference(obj)


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: IO[bytes], names: Names) -> None:
        super().__init__(file)
        self._names = names

    def persistent_load(self, pid: Any) -> Any:
        """Find what is referred to."""
        return self._names.value(pid)
