"""What a kustomization names, field by field, as kustomize reads them.

Follows ``api/types/kustomization.go`` of kustomize.
"""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.bodies import Body, items, mapping, mappings, text, texts
from cip_lint.model import Path
from cip_lint.render.kustomize.helm_charts import (
    CHART_FIELDS,
    FIELDS_OF_CHARTS,
    GLOBALS,
)

FOLDERS = ("resources", "bases", "components")
"""Fields whose entries are files, or folders with a kustomization of their own."""

_FILES = ("configurations", "crds")
"""Fields whose entries are files."""

_PLUGINS = ("generators", "transformers", "validators")
"""Fields whose entries are settings of plugins: written out, files, or folders."""

_PATCHES = ("patches", "patchesJson6902", "replacements")
_GENERATORS = ("configMapGenerator", "secretGenerator")
_FIELDS = frozenset(
    {*FOLDERS, *_FILES, *_PLUGINS, *CHART_FIELDS, *_PATCHES, *_GENERATORS}
    | {GLOBALS, "openapi", "patchesStrategicMerge"}
)
_INNER_FIELDS = frozenset({"env", "envs", "files", "path"})
Said = tuple[Path, str]
"""Where something is named, and its name."""


def entries(body: Body) -> Iterator[Said]:
    """Yield its files, and folders with a kustomization."""
    for key in FOLDERS:
        yield from _listed(body, key)


def plugins(body: Body) -> Iterator[Said]:
    """Yield settings of plugins, written out or named."""
    for key in _PLUGINS:
        yield from _listed(body, key)


def _listed(body: Body, key: str) -> Iterator[Said]:
    for index, one in enumerate(items(body.get(key))):
        if isinstance(one, str):
            yield (key, index), one


def misspelt(body: Body) -> str:
    """Return what in one kustomization is another word for a field that counts."""
    why = _spelt_otherwise(body, _FIELDS)
    for key in (*_PATCHES, *_GENERATORS):
        for one in mappings(body.get(key)):
            why = why or _spelt_otherwise(one, _INNER_FIELDS)
    for key in CHART_FIELDS:
        for one in mappings(body.get(key)):
            why = why or _spelt_otherwise(one, FIELDS_OF_CHARTS)
    why = why or _spelt_otherwise(mapping(body.get(GLOBALS)), FIELDS_OF_CHARTS)
    return why or _spelt_otherwise(mapping(body.get("openapi")), _INNER_FIELDS)


def _spelt_otherwise(body: Body, fields: frozenset[str]) -> str:
    """Return what kustomize takes for one of some fields though it is another word.

    It reads them as Go reads JSON: upper and lower case are the same.
    """
    exact = {field.lower(): field for field in fields}
    for key in body:
        meant = exact.get(str(key).casefold(), key)
        if key != meant:
            return f"{key} is not written as the field {meant}"
    return ""


def changing_files(body: Body) -> Iterator[Said]:
    """Yield the files of patches and replacements, and settings of kustomize itself.

    A patch that is written out is one of them: what kustomize cannot take for a patch
    it reads as the name of a file (``PatchStrategicMergeTransformer``), line feeds and
    all, and only a file that is there by such a name can stand in the way.
    """
    for key in (*_FILES, "patchesStrategicMerge"):
        yield from _listed(body, key)
    for key in _PATCHES:
        for index, one in enumerate(items(body.get(key))):
            yield (key, index, "path"), text(mapping(one).get("path"))
    yield ("openapi", "path"), text(mapping(body.get("openapi")).get("path"))


def named_files(body: Body) -> Iterator[Said]:
    """Yield every file that a kustomization names beside ``entries`` and ``plugins``."""
    yield from changing_files(body)
    for key in _GENERATORS:
        for index, one in enumerate(items(body.get(key))):
            for entry in texts(mapping(one).get("files")):
                yield (key, index), entry.rpartition("=")[2]
            for entry in texts(mapping(one).get("envs")):
                yield (key, index), entry
            yield (key, index), text(mapping(one).get("env"))
