"""Files of a repository that the source of a Flux Kustomization leaves out.

Follows ``LoadIgnorePatterns`` of ``github.com/fluxcd/pkg/sourceignore`` and the
GitRepository controller: files ``.sourceignore``, each from its own folder on, and
``spec.ignore`` of the source, which counts before them. Unlike git, go-git takes what
is said of a folder for said of all in it: a file in a folder that is left out may be
let in again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from posixpath import dirname

from cip_lint.bodies import mapping, text, texts
from cip_lint.git_patterns import Patterns
from cip_lint.manifests.gitignore import lines_of
from cip_lint.model import Resource

SOURCE = ("source.toolkit.fluxcd.io", "GitRepository")
"""Group and kind of the sources that are known here."""


class SourceIgnores:
    """What sources leave out, by the files and objects of a run.

    ``files`` are the paths of ``.sourceignore`` files, and what was read of them.
    """

    def __init__(
        self,
        resources: Iterable[Resource],
        files: Iterable[tuple[str, Mapping[str, object]]],
    ) -> None:
        self._by_folder: dict[str, Patterns] = {}
        for path, body in files:
            lines = texts(body.get("patterns"))
            if lines:
                self._by_folder[dirname(path)] = Patterns(lines)
        self._by_source: dict[tuple[str, str], Patterns] = {}
        for one in resources:
            if one.kind == SOURCE[1] and one.group == SOURCE[0]:
                lines = lines_of(text(mapping(one.get("spec")).get("ignore")))
                key = (one.namespace, one.name)
                if lines and key not in self._by_source:
                    self._by_source[key] = Patterns(lines)
        self._asked = ""
        self._answers: dict[tuple[str, str], bool] = {}
        """By the source: all who send a file ask for it, one after the other."""

    def __bool__(self) -> bool:
        """Whether anything may be left out."""
        return bool(self._by_folder or self._by_source)

    def leaves_out(self, kustomization: Resource, path: str) -> bool:
        """Whether the source of a Flux Kustomization lacks a file."""
        ref = mapping(mapping(kustomization.get("spec")).get("sourceRef"))
        if text(ref.get("kind")) != SOURCE[1]:
            return False
        namespace = text(ref.get("namespace")) or kustomization.namespace
        source = (namespace, text(ref.get("name")))
        if path != self._asked:
            self._asked = path
            self._answers.clear()
        if source not in self._answers:
            self._answers[source] = self._lacks(source, path)
        return self._answers[source]

    def _lacks(self, source: tuple[str, str], path: str) -> bool:
        of_source = self._by_source.get(source)
        said = None if of_source is None else of_source.anywhere(path)
        folder = path
        while said is None and folder and self._by_folder:
            folder = dirname(folder)
            here = self._by_folder.get(folder)
            if here is not None:
                said = here.anywhere(path[len(folder) + 1 :] if folder else path)
        return bool(said)
