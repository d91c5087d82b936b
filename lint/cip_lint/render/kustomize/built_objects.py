"""The objects of a build, with the places that a person would edit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from cip_lint.manifests.file_reading import read_text
from cip_lint.manifests.places import DocumentPlaces
from cip_lint.manifests.text import decode
from cip_lint.model import Path as FieldPath
from cip_lint.model import Resource, SourceFile
from cip_lint.render.kustomize.built import Built
from cip_lint.render.kustomize.built_places import BuiltPlaces
from cip_lint.render.kustomize.homes import Homes, Made, without_notes
from cip_lint.render.kustomize.substituted_places import SubstitutedPlaces
from cip_lint.render.surroundings.place import Place


class HomesOfBuilds:
    """The homes of objects, by the repository that a build lies in."""

    def __init__(self, read: Sequence[Resource], place: Place) -> None:
        """Take the objects that were read, of all files."""
        self._read = _by_path(read)
        self._place = place
        self._found: dict[Path, Homes] = {}

    def of(self, one: Built) -> Homes:
        """Return the homes of the objects of a build."""
        around = self._place.around(one.build.directory)
        if around.within not in self._found:
            self._found[around.within] = Homes(self._read, around)
        return self._found[around.within]


def _by_path(resources: Sequence[Resource]) -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = {}
    for one in resources:
        found.setdefault(one.places.path, []).append(one)
    return found


def source_of(one: Built) -> SourceFile:
    """Return the text that was built."""
    text = decode(one.output).text
    who = f" for {one.release}" if one.release else ""
    file = one.build.path
    if one.generated is not None and one.sender is not None:
        file = one.sender.resource.path
    return SourceFile(f"{one.build.path} (built{who})", text, file=file)


def objects_of(one: Built, source: SourceFile, homes: Homes) -> Iterator[Resource]:
    """Yield the objects of a build, of which ``source`` is the text."""
    charts = homes.charts(one.printed, one.reads) if one.printed else None
    made = Made(one.build.path, one.folder, one.sender, one.reads.remotes, charts)
    for index, resource in enumerate(read_text(source, None).resources):
        assert isinstance(resource.places, DocumentPlaces)
        number, _ = resource.places.order
        before = one.before.get(number, resource.body)
        home = homes.of(before, made)
        bare = without_notes(before)
        places: BuiltPlaces | SubstitutedPlaces
        places = BuiltPlaces(bare, resource.places, home, index)
        body = without_notes(resource.body)
        if before is not resource.body and one.variables is not None:
            places = SubstitutedPlaces(places, bare, body, one.variables)
        written = home.written
        path = one.build.path
        yield Resource(body, places, _repeated(written), path, written, one.release)


def _repeated(written: Resource | None) -> tuple[FieldPath, ...]:
    """Return the keys that an object has twice: kustomize lets no ``<<`` override one."""
    return written.keys_written_twice if written is not None else ()
