"""What the generators of an ApplicationSet yield, as far as files tell it.

Lists, folders and files of the repository, and matrices and merges of these; follows
``applicationset/generators`` of Argo CD. Everything else asks a cluster or a service.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cip_lint.bodies import Body, items, mapping, mappings, text, texts
from cip_lint.records import NamedTuple
from cip_lint.render.gitops.parameters import (
    Parameters,
    filled,
    is_open,
    of_content,
    of_path,
    together,
)
from cip_lint.render.gitops.remotes import is_anothers
from cip_lint.render.gitops.repository_files import RepositoryFiles, UnknownError

MOST = 1000
"""So many Applications of one set are followed."""
_DEPTH = 3
"""Matrices and merges stand in others once at most."""
_MAGIC = frozenset("[]{}\\")
"""What patterns of folders are not followed with."""
_GIT_FIELDS = frozenset(
    {
        "directories",
        "files",
        "pathParamPrefix",
        "repoURL",
        "requeueAfterSeconds",
        "revision",
        "values",
    }
)


class Generators(NamedTuple):
    """The generators of one set, and the repository that they look at."""

    files: RepositoryFiles
    go: bool
    """Whether parameters are nested, as Go templates want them."""

    def all(self, generators: Any) -> list[Parameters]:
        """Return what all of them yield, one after the other.

        Raises ``UnknownError`` where files do not tell.
        """
        found: list[Parameters] = []
        for one in mappings(generators):
            found += self._of(one, {}, _DEPTH)
            if len(found) > MOST:
                raise UnknownError
        return found

    def _of(
        self, generator: Body, outer: Parameters, depth: int
    ) -> Sequence[Parameters]:
        """Return what one yields; ``outer`` are the parameters it may speak of."""
        kinds = [name for name, value in generator.items() if value is not None]
        if len(kinds) != 1 or not depth:
            raise UnknownError
        body = mapping(filled(generator[kinds[0]], outer, go=self.go))
        if kinds[0] in {"matrix", "merge"}:
            body = mapping(generator[kinds[0]])
        elif is_open(body):
            raise UnknownError
        if mapping(body.get("template")):
            raise UnknownError
        if kinds[0] == "list":
            return list(self._of_list(body))
        if kinds[0] == "git":
            return list(self._of_git(body))
        if kinds[0] == "matrix":
            return list(self._of_matrix(body, outer, depth))
        if kinds[0] == "merge":
            return self._of_merge(body, outer, depth)
        raise UnknownError

    def _of_list(self, body: Body) -> Iterator[Parameters]:
        if "elementsYaml" in body:
            raise UnknownError
        for element in items(body.get("elements")):
            yield self._known(element)

    def _known(self, content: Any) -> Parameters:
        if not isinstance(content, dict):
            raise UnknownError
        found = of_content(content, go=self.go)
        if found is None:
            raise UnknownError
        return found

    def _of_matrix(
        self, body: Body, outer: Parameters, depth: int
    ) -> Iterator[Parameters]:
        inner = mappings(body.get("generators"))
        if len(inner) != 2:
            raise UnknownError
        number = 0
        for one in self._of(inner[0], outer, depth - 1):
            for other in self._of(inner[1], one, depth - 1):
                number += 1
                both = together(one, other)
                if both is None or number > MOST:
                    raise UnknownError
                yield both

    def _of_merge(
        self, body: Body, outer: Parameters, depth: int
    ) -> Sequence[Parameters]:
        keys = texts(body.get("mergeKeys"))
        inner = mappings(body.get("generators"))
        if not keys or not inner:
            raise UnknownError
        base, *others = (
            self._by_keys(self._of(one, outer, depth - 1), keys) for one in inner
        )
        merged = {key: dict(one) for key, one in base.items()}
        for other in others:
            for key in merged.keys() & other.keys():
                if self.go and any(isinstance(v, dict) for v in other[key].values()):
                    raise UnknownError
                merged[key] |= other[key]
        return list(merged.values())

    def _by_keys(
        self, found: Sequence[Parameters], keys: Sequence[str]
    ) -> dict[tuple[str, ...], Parameters]:
        by_keys = {tuple(repr(one.get(key)) for key in keys): one for one in found}
        if len(by_keys) != len(found):
            raise UnknownError
        return by_keys

    def _of_git(self, body: Body) -> Iterator[Parameters]:
        folders, files = mappings(body.get("directories")), mappings(body.get("files"))
        if not body.keys() <= _GIT_FIELDS or bool(folders) is bool(files):
            raise UnknownError
        if is_anothers(text(body.get("repoURL")), self.files.remotes()):
            raise UnknownError
        prefix = text(body.get("pathParamPrefix"))
        found: list[Parameters] = []
        if folders:
            found += [
                of_path(path, go=self.go, prefix=prefix)
                for path in _chosen(folders, self.files.folders)
            ]
        else:
            for path in _chosen(files, self.files.files):
                found += self._of_file(path, prefix)
                if len(found) > MOST:
                    raise UnknownError
        if not found:
            # Most likely they are those of another repository.
            raise UnknownError
        values = mapping(body.get("values"))
        for one in found:
            yield self._with(one, values)

    def _with(self, found: Parameters, values: Mapping[str, Any]) -> Parameters:
        """Return parameters and the further ones that a generator states."""
        if not values:
            return found
        said = filled(dict(values), found, go=self.go)
        more = of_content({"values": said}, go=self.go)
        both = together(found, more) if more is not None else None
        if both is None or is_open(said):
            raise UnknownError
        return both

    def _of_file(self, path: str, prefix: str) -> Iterator[Parameters]:
        """Yield what a file of JSON or YAML gives: one for each item of a list."""
        value = self.files.value(path)
        folder, _, name = path.rpartition("/")
        where = of_path(folder or ".", go=self.go, file=name, prefix=prefix)
        for one in value if isinstance(value, list) else [value]:
            both = together(self._known(one), where)
            if both is None:
                raise UnknownError
            yield both


def _chosen(entries: Sequence[Body], found_by: Any) -> list[str]:
    """Return what entries name and none excludes, in the order of paths."""
    chosen: set[str] = set()
    excluded: set[str] = set()
    for entry in entries:
        pattern = text(entry.get("path")).strip("/")
        if not pattern or not _MAGIC.isdisjoint(pattern) or ".." in pattern.split("/"):
            raise UnknownError
        into = excluded if entry.get("exclude") is True else chosen
        into.update(found_by(pattern))
    return sorted(chosen - excluded)
