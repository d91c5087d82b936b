"""Kustomizations, recognised and not built: which files each of them reaches.

Follows the file recognition and accumulation of kustomize
(``api/internal/target/kusttarget.go``). A kustomization that only lists files, in
which no other has a part, sends them as they are written, so it can be judged as
one unit. Files of any other are pieces of a build.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from posixpath import dirname, join, normpath
from typing import NamedTuple

from cip_lint.bodies import Body, mapping, texts
from cip_lint.cluster.units import PLAIN, Sending

_HARMLESS = frozenset(
    {
        "apiVersion",
        "bases",
        "buildMetadata",
        "configMapGenerator",
        "generatorOptions",
        "images",
        "kind",
        "metadata",
        "namespace",
        "resources",
        "secretGenerator",
        "sortOptions",
    }
)
"""Fields that leave every Service and workload as it is written (but its namespace)."""

_PATCH_NAME = re.compile(r"(?:(?<![A-Za-z])patch|Patch|(?<![A-Za-z])PATCH)(?![a-df-z])")


class Build(NamedTuple):
    """What one kustomization would be built to, as far as its files are read."""

    directory: str
    """The folder of the kustomization that is built."""
    path: str
    """The path of its file."""
    whole: bool
    """Whether a build changes nothing but the namespace."""
    why: str
    namespace: str | None = None
    """The ``namespace:`` that all its objects get."""
    sending: Sending = PLAIN
    """How its root sorts what is built."""


@dataclass(slots=True)
class Kustomization:
    """One kustomization file and what it names, as paths below the same root."""

    directory: str
    path: str
    body: Body
    entries: list[str] = field(default_factory=list)
    """Its files and children in the order in which they are accumulated."""
    files: list[str] = field(default_factory=list)
    children: list[str] = field(default_factory=list)
    components: list[str] = field(default_factory=list)
    unresolved: int = 0
    """Entries that are remote, or that no file was read for."""

    @property
    def plain(self) -> bool:
        """Whether it only lists what is there."""
        return (
            not self.unresolved
            and not self.components
            and self.body.get("kind") != "Component"
            and all(
                key in _HARMLESS or not value or (key == "labels" and _idle(value))
                for key, value in self.body.items()
            )
        )


@dataclass(frozen=True, slots=True)
class Kustomizations:
    """All kustomizations of a run."""

    build_of: Mapping[str, Build]
    """Path of a file -> the build that it goes into."""
    partial: frozenset[str]
    """Paths of files that are patches or settings of kustomize itself."""
    builds: tuple[Build, ...]
    _directories: frozenset[str]

    def is_patch_by_name(self, path: str) -> bool:
        """Whether a file that nothing names looks like a patch.

        Files in a folder ``patches``, and files of such a name below a folder that
        holds a kustomization.
        """
        if "atch" not in path and "ATCH" not in path:
            return False
        parts = path.split("/")
        if "patches" in parts[:-1]:
            return True
        if not _PATCH_NAME.search(parts[-1]):
            return False
        return any(
            "/".join(parts[:depth]) in self._directories for depth in range(len(parts))
        )


def survey(
    files: Iterable[tuple[str, Body]], present: Collection[str]
) -> Kustomizations:
    """Return what the kustomizations of a run reach.

    ``files`` are paths and bodies of kustomization files; ``present`` are the paths
    of all files that were met. Cost is linear in the number of entries.
    """
    found: dict[str, Kustomization] = {}
    for path, body in files:
        directory = dirname(path)
        found.setdefault(directory, Kustomization(directory, path, body))
    partial: set[str] = set()
    parents: dict[str, list[str]] = {}
    owners: dict[str, list[str]] = {}
    for kustomization in found.values():
        _resolve(kustomization, found, present)
        partial.update(_other_files(kustomization))
        for child in (*kustomization.children, *kustomization.components):
            parents.setdefault(child, []).append(kustomization.directory)
        for file in kustomization.files:
            owners.setdefault(file, []).append(kustomization.directory)
    builds = _builds(found, parents, owners)
    build_of = _files_of(found, owners, builds, present)
    partial.difference_update(owners)
    unique = {build.directory: build for build in builds.values()}
    return Kustomizations(
        build_of,
        frozenset(partial),
        tuple(unique.values()),
        frozenset(found),
    )


def _resolve(
    kustomization: Kustomization,
    found: Mapping[str, Kustomization],
    present: Collection[str],
) -> None:
    body, directory = kustomization.body, kustomization.directory
    for entry in (*texts(body.get("resources")), *texts(body.get("bases"))):
        target = _target(directory, entry)
        if target in found:
            kustomization.children.append(target)
        elif target in present:
            kustomization.files.append(target)
        else:
            kustomization.unresolved += 1
            continue
        kustomization.entries.append(target)
    for entry in texts(body.get("components")):
        target = _target(directory, entry)
        if target in found:
            kustomization.components.append(target)
        else:
            kustomization.unresolved += 1


def _target(directory: str, entry: str) -> str:
    if "://" in entry or "?" in entry or entry.startswith(("/", "git@")):
        return "://"
    path = normpath(join(directory, entry))
    return "" if path == "." else path


def _other_files(kustomization: Kustomization) -> Iterator[str]:
    """Yield the files that kustomize reads and does not send as they are."""
    body, directory = kustomization.body, kustomization.directory
    for key in (
        "patchesStrategicMerge",
        "transformers",
        "validators",
        "generators",
        "configurations",
        "crds",
    ):
        for entry in texts(body.get(key)):
            if "\n" not in entry:
                yield _target(directory, entry)
    for key in ("patches", "patchesJson6902", "replacements"):
        entries = body.get(key)
        for item in entries if isinstance(entries, list) else ():
            path = item.get("path") if isinstance(item, dict) else None
            if isinstance(path, str):
                yield _target(directory, path)
    openapi = body.get("openapi")
    path = openapi.get("path") if isinstance(openapi, dict) else None
    if isinstance(path, str):
        yield _target(directory, path)


def _builds(
    found: Mapping[str, Kustomization],
    parents: Mapping[str, list[str]],
    owners: Mapping[str, list[str]],
) -> dict[str, Build]:
    """Return directory -> build; those of one build share the value."""
    builds: dict[str, Build] = {}
    for root in sorted(found):
        if parents.get(root):
            continue
        if _is_whole(root, found, parents, owners):
            builds.update(_whole_builds(found[root], found))
        else:
            builds[root] = _piece(found[root])
    for directory, kustomization in found.items():
        if directory not in builds:
            builds[directory] = _piece(kustomization)
    return builds


def _is_whole(
    root: str,
    found: Mapping[str, Kustomization],
    parents: Mapping[str, list[str]],
    owners: Mapping[str, list[str]],
) -> bool:
    """Whether a root and all below it are plain, and nobody else uses any of it.

    What has two parents is not followed, so that all roots together cost one visit
    to each kustomization.
    """
    stack = [root]
    while stack:
        kustomization = found[stack.pop()]
        if not kustomization.plain:
            return False
        if any(len(owners[file]) > 1 for file in kustomization.files):
            return False
        if any(len(parents[child]) > 1 for child in kustomization.children):
            return False
        stack.extend(kustomization.children)
    return True


def _whole_builds(
    root: Kustomization, found: Mapping[str, Kustomization]
) -> Iterator[tuple[str, Build]]:
    """Yield each folder below a root; the outermost ``namespace:`` is applied last."""
    why = f"{root.path} only lists files"
    build = Build(
        root.directory, root.path, True, why, _namespace(root), _sending(root, found)
    )
    stack = [(root, build)]
    while stack:
        kustomization, build = stack.pop()
        yield kustomization.directory, build
        for child in kustomization.children:
            inner = build
            stated = _namespace(found[child])
            if build.namespace is None and stated is not None:
                inner = build._replace(namespace=stated)
            stack.append((found[child], inner))


def _sending(root: Kustomization, found: Mapping[str, Kustomization]) -> Sending:
    """Return how a root sorts; only it can say so.

    Unsorted, files stand as they are accumulated, depth first.
    """
    options = mapping(root.body.get("sortOptions"))
    if not options:
        return PLAIN
    files: dict[str, int] = {}
    if options.get("order") == "fifo":
        stack = list(reversed(root.entries))
        while stack:
            entry = stack.pop()
            if entry in found:
                stack.extend(reversed(found[entry].entries))
            else:
                files.setdefault(entry, len(files))
    return Sending(sort_options=options, files=files)


def _piece(kustomization: Kustomization) -> Build:
    return Build(
        kustomization.directory,
        kustomization.path,
        False,
        f"{kustomization.path}, not built",
        _namespace(kustomization),
    )


def _files_of(
    found: Mapping[str, Kustomization],
    owners: Mapping[str, list[str]],
    builds: Mapping[str, Build],
    present: Collection[str],
) -> dict[str, Build]:
    """Return file -> build: named files, and those that lie beside a kustomization."""
    build_of = {file: builds[where[0]] for file, where in owners.items()}
    for path in present:
        directory = dirname(path)
        if directory in found and path not in build_of:
            build = builds[directory]
            build_of[path] = _piece(found[directory]) if build.whole else build
    return build_of


def _namespace(kustomization: Kustomization) -> str | None:
    namespace = kustomization.body.get("namespace")
    return namespace if isinstance(namespace, str) and namespace else None


def _idle(labels: object) -> bool:
    """Whether ``labels:`` reaches neither selectors nor pod templates."""
    return isinstance(labels, list) and all(
        isinstance(entry, dict)
        and not entry.get("includeSelectors")
        and not entry.get("includeTemplates")
        and not entry.get("fields")
        for entry in labels
    )
