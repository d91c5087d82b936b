"""Which files each kustomization of a run reaches, and which of them must be built.

Follows the file recognition and accumulation of kustomize
(``api/internal/target/kusttarget.go``). A kustomization that only lists files, in
which no other has a part, sends them as they are written, so it can be judged as
one unit without a build. Files of any other are pieces of a build.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from posixpath import dirname, join, normpath
from types import MappingProxyType

from cip_lint.bodies import Body, mapping, text, texts
from cip_lint.render.kustomize.kustomization_fields import changing_files, plugins
from cip_lint.render.kustomize.kustomizations import (
    HARMLESS,
    UNCHANGED,
    UNSORTED,
    Affixes,
    Build,
    Kustomization,
    Kustomizations,
    Sorting,
    namespace_of,
    piece,
)

_RENAMING = frozenset(
    {
        *HARMLESS,
        *("commonAnnotations", "commonLabels", "labels", "replicas"),
        *("namePrefix", "nameSuffix"),
    }
)
"""Fields that change no text in a container or ConfigMap; some change names."""


def survey(
    files: Iterable[tuple[str, Body]],
    present: Collection[str],
    *,
    built: Collection[str] = (),
    reasons: Mapping[str, str] = MappingProxyType({}),
    overridden: Collection[str] = (),
) -> Kustomizations:
    """Return what the kustomizations of a run reach.

    ``files`` are paths and bodies of kustomization files; ``present`` are the paths
    of all files that were met. ``built`` are the paths of kustomizations that were
    built, ``reasons`` say why others were not, by path; ``overridden`` are those of
    them that are sent otherwise than written. Cost is linear in the number of entries.
    """
    found: dict[str, Kustomization] = {}
    for path, body in files:
        directory = dirname(path)
        first = found.setdefault(directory, Kustomization(directory, path, body))
        first.is_alone &= first.path == path
    partial: set[str] = set()
    parents: dict[str, list[str]] = {}
    owners: dict[str, list[str]] = {}
    for kustomization in found.values():
        _resolve(kustomization, found, present)
        partial.update(kustomization.others)
        for child in (*kustomization.children, *kustomization.components):
            parents.setdefault(child, []).append(kustomization.directory)
        for file in kustomization.files:
            owners.setdefault(file, []).append(kustomization.directory)
    tops = _tops(found, parents)
    builds = _builds(found, tops, parents, owners, reasons, overridden)
    generating = _generating(found, builds)
    roots = tuple(
        builds[directory]
        for directory in tops
        if not (builds[directory].whole and directory not in generating)
    )
    for one in found.values():
        if one.path in built:
            builds[one.directory] = _made(one)
    build_of = _files_of(found, owners, builds, present, built)
    partial.difference_update(owners)
    unique = {build.directory: build for build in builds.values()}
    return Kustomizations(
        found, build_of, frozenset(partial), tuple(unique.values()), roots
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
    kustomization.others.extend(_other_files(kustomization))


def _target(directory: str, entry: str) -> str:
    if "://" in entry or "?" in entry or entry.startswith(("/", "git@")):
        return "://"
    path = normpath(join(directory, entry))
    return "" if path == "." else path


def _other_files(kustomization: Kustomization) -> Iterator[str]:
    """Yield the files that kustomize reads and does not send as they are."""
    body = kustomization.body
    for _, entry in (*plugins(body), *changing_files(body)):
        if entry:
            # One that is written out is the path of no file.
            yield _target(kustomization.directory, entry)


def _tops(
    found: Mapping[str, Kustomization], parents: Mapping[str, list[str]]
) -> list[str]:
    """Return the folders that no other has a part in, and one of each ring."""
    tops = [directory for directory in sorted(found) if not parents.get(directory)]
    met = set(tops)
    rest = (directory for directory in sorted(found) if directory not in met)
    stack = list(tops)
    while True:
        while stack:
            one = found[stack.pop()]
            below = [*one.children, *one.components]
            stack += (child for child in dict.fromkeys(below) if child not in met)
            met.update(below)
        start = next((directory for directory in rest if directory not in met), None)
        if start is None:
            return tops
        tops.append(start)
        met.add(start)
        stack.append(start)


def _builds(
    found: Mapping[str, Kustomization],
    tops: Iterable[str],
    parents: Mapping[str, list[str]],
    owners: Mapping[str, list[str]],
    reasons: Mapping[str, str],
    overridden: Collection[str],
) -> dict[str, Build]:
    """Return directory -> build; those of one build share the value."""
    builds: dict[str, Build] = {}
    for root in tops:
        path = found[root].path
        known = path not in overridden and not parents.get(root)
        if known and _is_whole(found[root], found, parents, owners, reasons):
            builds.update(_whole_builds(found[root], found, reasons))
        else:
            renames = path not in overridden and _only_renames(found[root])
            affixes = _affixes(found[root].body) if renames else UNCHANGED
            builds[root] = piece(found[root], reasons)._replace(affixes=affixes)
    for directory, kustomization in found.items():
        if directory not in builds:
            builds[directory] = piece(kustomization, reasons)
    return builds


def _generating(
    found: Mapping[str, Kustomization], builds: Mapping[str, Build]
) -> frozenset[str]:
    """Return the folders of builds that make ConfigMaps of their own.

    Variables of pods and names of hosts may come from them.
    """
    return frozenset(
        builds[directory].directory
        for directory, one in found.items()
        if one.body.get("configMapGenerator")
    )


def _is_whole(
    root: Kustomization,
    found: Mapping[str, Kustomization],
    parents: Mapping[str, list[str]],
    owners: Mapping[str, list[str]],
    reasons: Mapping[str, str],
) -> bool:
    """Whether a root and all below it are plain, and nobody else uses any of it.

    One that generates nothing, and is not built for a reason all the same, is sent
    otherwise than it is written. What has two parents is not followed, so that all
    roots together cost one visit to each kustomization.
    """
    generates = False
    stack = [root.directory]
    while stack:
        kustomization = found[stack.pop()]
        generates |= bool(kustomization.body.get("configMapGenerator"))
        if not kustomization.plain:
            return False
        if any(len(owners[file]) > 1 for file in kustomization.files):
            return False
        if any(len(parents[child]) > 1 for child in kustomization.children):
            return False
        stack.extend(kustomization.children)
    return generates or root.path not in reasons


def _whole_builds(
    root: Kustomization,
    found: Mapping[str, Kustomization],
    reasons: Mapping[str, str],
) -> Iterator[tuple[str, Build]]:
    """Yield each folder below a root; the outermost ``namespace:`` is applied last."""
    why = f"{root.path} only lists files"
    if root.path in reasons:
        why += f"; not built: {reasons[root.path]}"
    build = Build(
        root.directory, root.path, True, why, namespace_of(root), _sorting(root, found)
    )
    stack = [(root, build)]
    while stack:
        kustomization, build = stack.pop()
        yield kustomization.directory, build
        for child in kustomization.children:
            inner = build
            stated = namespace_of(found[child])
            if build.namespace is None and stated is not None:
                inner = build._replace(namespace=stated)
            stack.append((found[child], inner))


def _sorting(root: Kustomization, found: Mapping[str, Kustomization]) -> Sorting:
    """Return how a root sorts; only it can say so.

    Unsorted, files stand as they are accumulated, depth first.
    """
    options = mapping(root.body.get("sortOptions"))
    if not options:
        return UNSORTED
    files: dict[str, int] = {}
    if options.get("order") == "fifo":
        stack = list(reversed(root.entries))
        while stack:
            entry = stack.pop()
            if entry in found:
                stack.extend(reversed(found[entry].entries))
            else:
                files.setdefault(entry, len(files))
    return Sorting(options, files)


def _beside(kustomization: Kustomization) -> Build:
    """Return what files beside a kustomization are of: nobody sends them with it."""
    why = f"files that {kustomization.path} does not list"
    return piece(kustomization, {})._replace(why=why, listed=False)


def _made(kustomization: Kustomization) -> Build:
    """Return a build that was made: its objects are all that it says.

    They stand as kustomize has sorted them.
    """
    options = mapping(kustomization.body.get("sortOptions"))
    return Build(
        kustomization.directory,
        kustomization.path,
        True,
        f"{kustomization.path}, built",
        sorting=Sorting(options),
        affixes=_affixes(kustomization.body),
    )


def _files_of(
    found: Mapping[str, Kustomization],
    owners: Mapping[str, list[str]],
    builds: Mapping[str, Build],
    present: Collection[str],
    built: Collection[str],
) -> dict[str, Build]:
    """Return file -> build: named files, and those that lie beside a kustomization.

    What was built stands for itself, by the path of its kustomization; its files are
    pieces where anything of them is left.
    """
    build_of: dict[str, Build] = {}
    for file, where in owners.items():
        owner = found[where[0]]
        made = owner.path in built
        build_of[file] = piece(owner, {}) if made else builds[where[0]]
    for path in present if found else ():
        directory = dirname(path)
        if directory in found and path not in build_of:
            build = builds[directory]
            beside = build.whole and path not in built
            build_of[path] = _beside(found[directory]) if beside else build
    return build_of


def _only_renames(root: Kustomization) -> bool:
    """Whether texts in the files of a root stay as they are, whatever else changes."""
    return not root.unresolved and not root.components and root.body.keys() <= _RENAMING


def _affixes(body: Body) -> Affixes:
    return Affixes(text(body.get("namePrefix")), text(body.get("nameSuffix")))
