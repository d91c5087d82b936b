"""What several builds or clusters say alike because of one line is said once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from posixpath import dirname

from cip_lint.model import Build, Confidence, Finding, Label, Resource, Severity
from cip_lint.records import NamedTuple
from cip_lint.words import counted

_MOST = 3
"""How many builds are named; the others are counted."""


_CONFIDENCES = tuple(Confidence)
"""The surest first."""


class Told(NamedTuple):
    """A finding and the object that it is about, where there is one."""

    finding: Finding
    resource: Resource | None = None


def keys_of(findings: Sequence[Finding]) -> list[tuple[object, ...]]:
    """Return for each finding what it has in common with those that are alike.

    Of builds, it is the rule and the very same places, whatever names and namespaces
    the builds give to what stands there; or the first of these places and the words, as
    where each has the Service of its own whose name is near; else the place and the
    words, in whichever cluster. Where a build has several things to say of one object at
    these places, they are not alike: then it is the words as well, but for what the
    object is called.
    """
    if not any(one.builds for one in findings):
        return list(map(_key_of, findings))
    return _joined_by_words(_keys_by_places(findings), findings)


def _keys_by_places(findings: Sequence[Finding]) -> list[tuple[object, ...]]:
    keys = list(map(_key_of, findings))
    said: dict[tuple[object, ...], str] = {}
    several: set[tuple[object, ...]] = set()
    for key, one in zip(keys, findings, strict=True):
        if one.builds:
            whose = (key, one.builds[0], one.cluster, one.object)
            if said.setdefault(whose, one.message) != one.message:
                several.add(key)
    if not several:
        return keys
    return [
        (*key, _words(one)) if key in several else key
        for key, one in zip(keys, findings, strict=True)
    ]


def _joined_by_words(
    keys: Sequence[tuple[object, ...]], findings: Sequence[Finding]
) -> list[tuple[object, ...]]:
    """Return one key for all that say the same words of one place in several builds.

    Where one build says them twice, because of what stands elsewhere, they differ.
    """
    of_words: dict[object, dict[tuple[object, ...], None]] = {}
    by_build: dict[object, tuple[object, ...]] = {}
    several: set[object] = set()
    for key, one in zip(keys, findings, strict=True):
        words = (*_spot(one), _words(one)) if one.builds else key
        of_words.setdefault(words, {})[key] = None
        whose = (words, one.builds[:1], one.cluster)
        if by_build.setdefault(whose, key) != key:
            several.add(words)
    first: dict[tuple[object, ...], tuple[object, ...]] = {}

    def root(key: tuple[object, ...]) -> tuple[object, ...]:
        while (above := first.get(key, key)) != key:
            first[key] = first.get(above, above)
            key = above
        return key

    for said_alike, those in of_words.items():
        if said_alike not in several:
            kept, *others = dict.fromkeys(map(root, those))
            first.update(dict.fromkeys(others, kept))
    return list(map(root, keys))


def _spot(finding: Finding) -> tuple[object, ...]:
    return finding.rule, *_place(finding.primary)


def _words(finding: Finding) -> str:
    """Return a message without what its build alone calls the object."""
    ref = finding.object
    return finding.message if ref is None else finding.message.replace(str(ref), "")


def _key_of(finding: Finding) -> tuple[object, ...]:
    if finding.builds:
        labels = (finding.primary, *finding.related)
        return (finding.rule, *map(_place, labels))
    return (finding.rule, finding.message, _place(finding.primary))


def _place(label: Label) -> tuple[str, int, int]:
    span = label.span
    return span.source.path, span.start, span.end


def merged(findings: Sequence[Finding]) -> list[Finding]:
    """Return findings in their order, those that are alike as the worst of them.

    It has the places of them all. A note names the other builds or clusters, one more
    the builds in which it is less bad.
    """
    groups: dict[object, list[Finding]] = {}
    for key, one in zip(keys_of(findings), findings, strict=True):
        groups.setdefault(key, []).append(one)
    return [_spoken_for(group) for group in groups.values()]


def _spoken_for(group: Sequence[Finding]) -> Finding:
    first = min(group, key=_badness)
    others = [one for one in group if one is not first]
    builds = dict.fromkeys((*first.builds, *_builds(others)))
    if len(builds) < 2:
        return _of_clusters(first, others)
    own, *_ = builds
    help_ = _help(first, others, f"in {own.name}: the other builds need another")
    notes = (*first.notes, *_of_others(first, own, group))
    return first._replace(
        builds=tuple(builds), notes=notes, help=help_, related=_related(first, others)
    )


def _related(first: Finding, others: Iterable[Finding]) -> tuple[Label, ...]:
    """Return the places of all, each once."""
    found = {_place(label): label for label in first.related}
    for one in others:
        for label in one.related:
            found.setdefault(_place(label), label)
    return tuple(found.values())


def _of_clusters(first: Finding, others: Iterable[Finding]) -> Finding:
    """Return what is said of one file in several clusters, with their names."""
    names = [
        *dict.fromkeys(one.cluster for one in others if one.cluster != first.cluster)
    ]
    if not names:
        return first
    how = f"the same in {counted(len(names), 'other cluster')}: {_few(names)}"
    notes, related = (*first.notes, how), _related(first, others)
    own = f"in cluster {first.cluster}: the other clusters need another"
    return first._replace(notes=notes, related=related, help=_help(first, others, own))


def _help(first: Finding, others: Iterable[Finding], own: str) -> str | None:
    """Return what is to be done, with whose help it is where others need another."""
    if first.help is None or all(one.help == first.help for one in others):
        return first.help
    return f"{first.help} ({own})"


def _badness(finding: Finding) -> tuple[int, int]:
    return finding.severity.rank, _CONFIDENCES.index(finding.confidence)


def _of_others(first: Finding, own: Build, group: Sequence[Finding]) -> Iterator[str]:
    """Yield how bad a finding is in the other builds, each with the worst of its own."""
    found: dict[Severity, dict[Build, None]] = {}
    met = {own}
    for one in sorted(group, key=lambda one: one.severity.rank):
        further = [build for build in one.builds if build not in met]
        found.setdefault(one.severity, {}).update(dict.fromkeys(further))
        met.update(further)
    for severity, builds in found.items():
        if builds:
            how = "the same" if severity is first.severity else f"{severity}"
            yield f"{how} in {counted(len(builds), 'other build')}: {_names([*builds])}"


def _builds(findings: Iterable[Finding]) -> Iterator[Build]:
    for one in findings:
        yield from one.builds


def _names(builds: Iterable[Build]) -> str:
    return _few([one.name for one in builds])


def _few(names: Sequence[str]) -> str:
    named = [*names[:_MOST]]
    if len(names) > _MOST:
        named.append(f"{len(names) - _MOST} more")
    return ", ".join(named)


def with_builds(told: Sequence[Told], resources: Iterable[Resource]) -> list[Told]:
    """Return findings, those in shared files with the builds that have no part in it.

    ``resources`` are the objects of all clusters. What stands in a base is right for
    the builds that do not say the same of it, and must not be changed for them.
    """
    if not any(map(_is_of_all, told)):
        return list(told)
    objects = _Objects(resources)
    keys = keys_of([one.finding for one in told])
    saying: dict[object, dict[Build, None]] = {}
    for key, one in zip(keys, told, strict=True):
        for what in (key, _spot(one.finding)):
            saying.setdefault(what, {}).update(dict.fromkeys(one.finding.builds))
    return [
        _noted(one, saying[key], saying[_spot(one.finding)], objects)
        if _is_of_all(one)
        else one
        for key, one in zip(keys, told, strict=True)
    ]


def _is_of_all(one: Told) -> bool:
    """Whether a finding lies where every build that has its object reads the same."""
    resource = one.resource
    if resource is None:
        return False
    if not resource.built_by:
        # A file that several send as it is, each to a place of its own.
        return bool(resource.release)
    path = one.finding.primary.span.source.path
    if dirname(path) == dirname(resource.path):
        # The object itself, or what a kustomization beside it makes of it.
        return True
    folder = dirname(resource.built_by)
    is_below = not folder or path.startswith(f"{folder}/")
    return resource.written is None and not is_below


def _noted(
    one: Told, own: Collection[Build], all_own: Collection[Build], objects: _Objects
) -> Told:
    """Return a finding with what it is in the builds that do not say the same.

    ``own`` say the same, ``all_own`` the same rule of the same place.
    """
    assert one.resource is not None
    others = [build for build in objects.builds_of(one.resource) if build not in own]
    if not others:
        return one
    silent = [build.name for build in others if build not in all_own]
    note = _where([build.name for build in own], silent)
    finding = one.finding._replace(notes=(*one.finding.notes, note))
    if finding.help is not None and len(own) == 1:
        alone = next(iter(own)).name
        finding = finding._replace(help=f"{finding.help} (for {alone} alone)")
    return one._replace(finding=finding)


def _where(own: Sequence[str], silent: Sequence[str]) -> str:
    """Say where a finding holds, and where nothing is said of that place."""
    if silent:
        return f"only in {_few(own)}, not in {_few(silent)}"
    return f"so in {_few(own)}; elsewhere in other words"


def with_clusters(
    told: Sequence[Told], clusters: Iterable[tuple[str, Iterable[Resource]]]
) -> list[Told]:
    """Return findings, those on objects of several clusters with where they hold.

    ``clusters`` are their names and objects. What stands in a file that two clusters get
    may be wrong in one of them alone.
    """
    judged = {id(one.resource) for one in told if one.resource is not None}
    getting: dict[int, dict[str, None]] = {}
    for name, resources in clusters:
        for resource in resources:
            if id(resource) in judged:
                getting.setdefault(id(resource), {})[name] = None
    saying: dict[object, dict[str, None]] = {}
    for one in told:
        for what in (_key_of(one.finding), _spot(one.finding)):
            saying.setdefault(what, {})[one.finding.cluster] = None
    return [
        _in_clusters(
            one,
            [*getting.get(id(one.resource), ())],
            saying[_key_of(one.finding)],
            saying[_spot(one.finding)],
        )
        for one in told
    ]


def _in_clusters(
    one: Told, getting: Sequence[str], own: Collection[str], all_own: Collection[str]
) -> Told:
    if all(name in own for name in getting):
        return one
    silent = [name for name in getting if name not in all_own]
    of = "cluster" if len(own) == 1 else "clusters"
    note = _where([f"{of} {_few([*own])}"], silent)
    notes = (*one.finding.notes, note)
    return one._replace(finding=one.finding._replace(notes=notes))


class _Objects:
    """Finds the builds that have one object of a file, each with its own of it."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self._by_path: dict[str, list[Resource]] = {}
        self._builds: dict[str, dict[object, dict[Build, None]]] = {}
        for one in resources:
            if one.built_by or one.release:
                self._by_path.setdefault(one.path, []).append(one)

    def builds_of(self, resource: Resource) -> Iterable[Build]:
        """Return the builds in which an object of the same origin stands."""
        path = resource.path
        if path not in self._builds:
            found = self._builds[path] = {}
            for one in self._by_path.get(path, ()):
                found.setdefault(_origin(one), {})[build_of(one)] = None
        return self._builds[path].get(_origin(resource), ())


def _origin(resource: Resource) -> tuple[object, ...]:
    """Return what objects of several builds that were made of one have in common."""
    return (resource.kind, *_place(resource.label()))


def build_of(resource: Resource) -> Build:
    """Return the build that an object comes from; its file, where it has none."""
    return Build(resource.built_by or resource.path, resource.release)
