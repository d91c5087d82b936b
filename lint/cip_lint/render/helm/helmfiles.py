"""Which charts of a repository a helmfile installs, with which values.

Only what is written out: a file that is a template, or takes anything from another
one, says nothing here, nor does a release whose values are not all known. Its chart is
rendered as if nobody installed it then.

Follows ``ReleaseSpec`` and ``flagsForRelease`` of helmfile's ``pkg/state/state.go``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from posixpath import basename, dirname, join, normpath
from typing import Any

from cip_lint.bodies import Body, mapping, mappings, text
from cip_lint.manifests import Reading
from cip_lint.manifests.places import DocumentPlaces
from cip_lint.manifests.recognition import EXCLUDED, IGNORED
from cip_lint.manifests.split import cut, normalised
from cip_lint.manifests.values import document_value
from cip_lint.manifests.yaml_errors import YamlError
from cip_lint.model import Path, Resource, SourceFile
from cip_lint.render.helm.releases import Release
from cip_lint.render.surroundings.files import source_file
from cip_lint.render.surroundings.place import Place
from cip_lint.render.written.values import ObjectValues, Parameter

FOLDER = "helmfile.d"
"""The folder of which helmfile takes all files."""
_ENDINGS = (".yaml", ".yml")
_MOST_PARTS = 16

_PLAIN_FILE = frozenset(
    {
        *("commonLabels", "environments", "helmBinary", "helmDefaults", "helmfiles"),
        *("hooks", "lockFilePath", "missingFileHandler", "namespace", "releases"),
        *("repositories", "templates", "values"),
    }
)
"""What changes no release of a file, or is read here; all else may."""
_PLAIN_RELEASE = frozenset(
    {
        *("atomic", "chart", "cleanupOnFail", "condition", "createNamespace", "force"),
        *("hooks", "installed", "labels", "missingFileHandler", "name", "namespace"),
        *("needs", "recreatePods", "set", "skipDeps", "timeout", "values", "verify"),
        *("version", "wait", "waitForJobs"),
    }
)
_CHANGING_DEFAULTS = frozenset({"args", "postRenderer", "postRendererArgs"})
_LENIENT = frozenset({"Warn", "Info", "Debug"})
"""What is done about a file of values that is not there, but to end."""
_IN_SET = frozenset("{},\\")
"""What helm reads as no text in a single value."""
_IN_PATH = frozenset("*?[")


def helmfile_releases(reading: Reading, place: Place) -> Iterator[tuple[str, Release]]:
    """Yield the folders of charts, with the releases of each that helmfiles list."""
    for path in dict.fromkeys(_helmfiles(reading)):
        source = reading.sources.get(path)
        if source is None:
            source = source_file(
                place.file(path), place.around(dirname(path)).within, path
            )
        if source is not None and "{{" not in source.text:
            yield from _of_file(source)


def _helmfiles(reading: Reading) -> Iterator[str]:
    for one in reading.landmarks:
        if one.kind == "helmfile" and one.path.endswith(_ENDINGS):
            yield one.path
    for account in reading.files:
        folder = dirname(account.path)
        is_listed = basename(folder) == FOLDER and account.path.endswith(_ENDINGS)
        if is_listed and account.reason not in (EXCLUDED, IGNORED):
            yield account.path


def _of_file(source: SourceFile) -> Iterator[tuple[str, Release]]:
    objects = list(_parts(source))
    merged: dict[str, Any] = {}
    for one in objects:
        merged |= one.body
    defaults = mapping(merged.get("helmDefaults"))
    listing = [one for one in objects if "releases" in one.body]
    if (
        len(listing) != 1
        or not merged.keys() <= _PLAIN_FILE
        or not _CHANGING_DEFAULTS.isdisjoint(defaults)
    ):
        return
    folder = dirname(source.path)
    met: set[str] = set()
    scope = folder if basename(folder) == FOLDER else source.path
    for index, body in listing[0].each("releases"):
        chart = text(mapping(body).get("chart"))
        release = _release(listing[0], index, mapping(body), merged)
        if release is not None and chart and release.said not in met:
            met.add(release.said)
            place = normpath(join(folder, chart))
            together = f"helmfile {scope}"
            yield "" if place == "." else place, release._replace(together=together)


def _parts(source: SourceFile) -> Iterator[Resource]:
    """Yield the documents of a file; none of one that cannot be read, or has many."""
    pieces = cut(source.text).pieces
    if len(pieces) > _MOST_PARTS:
        return
    for index, piece in enumerate(pieces):
        try:
            body = document_value(normalised(source.text[slice(*piece)])).value
        except YamlError:
            body = {"": None}
        if body is not None:
            known = body if isinstance(body, dict) else {"": body}
            yield Resource(known, DocumentPlaces(source, *piece, index=index))


def _release(
    file: Resource, index: int, body: Body, said: Mapping[str, Any]
) -> Release | None:
    """Return one release; None where it is not installed, or not known how."""
    name = text(body.get("name"))
    if not name or body.get("installed") is False or not body.keys() <= _PLAIN_RELEASE:
        return None
    where: Path = ("releases", index)
    files = _files(file, where)
    sets = [_set(one) for one in mappings(body.get("set"))]
    if files is None or None in sets:
        return None
    namespace = text(said.get("namespace")) or text(body.get("namespace"))
    handler = text(body.get("missingFileHandler")) or text(
        said.get("missingFileHandler")
    )
    return Release(
        name,
        namespace,
        files=files,
        values=tuple(_written(file, where)),
        sets=tuple(one for one in sets if one is not None),
        parameters=tuple(_parameters(file, where)),
        may_lack=handler in _LENIENT,
        said=f"release {namespace or '-'}/{name} of {file.path}",
        file=file.path,
    )


def _files(file: Resource, where: Path) -> tuple[str, ...] | None:
    """Return the files of values; None where there may be others, or maps between."""
    found: list[str] = []
    maps = False
    for _, one in file.each(*where, "values"):
        if isinstance(one, dict):
            maps = True
        elif maps or not isinstance(one, str) or not _is_plain(one):
            return None
        else:
            found.append(normpath(join(dirname(file.path), one)))
    return tuple(found)


def _is_plain(path: str) -> bool:
    """Whether a path names one file of the repository, and no template."""
    is_here = path.endswith(_ENDINGS) and "://" not in path and not path.startswith("/")
    return is_here and _IN_PATH.isdisjoint(path) and "\0" not in path


def _written(file: Resource, where: Path) -> Iterator[ObjectValues]:
    for index, one in file.each(*where, "values"):
        if isinstance(one, dict):
            yield ObjectValues(file, (*where, "values", index), is_text=False)


def _parameters(file: Resource, where: Path) -> Iterator[Parameter]:
    for index, _ in file.each(*where, "set"):
        yield Parameter(file, (*where, "set", index))


def _set(entry: Body) -> tuple[str, str, bool] | None:
    """Return a single value; None where it is more than plain."""
    name, value = text(entry.get("name")), entry.get("value")
    if isinstance(value, bool):
        value = str(value).lower()
    if isinstance(value, int):
        value = str(value)
    if not name or not isinstance(value, str) or entry.keys() != {"name", "value"}:
        return None
    return (name, value, False) if _IN_SET.isdisjoint(value) else None
