"""Files by which it shows which program sends what lies beside and below them.

Most say so by their names alone. Of ``skaffold.yaml`` it is read which files it
sends; kapp shows in annotations of the objects and in settings of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from cip_lint.bodies import text_values
from cip_lint.manifests.discovery import Found
from cip_lint.manifests.file_reading import FileReading, Landmark
from cip_lint.manifests.files import Files
from cip_lint.manifests.gitignore import patterns_of
from cip_lint.manifests.recognition import (
    EXCLUDED,
    IGNORED,
    SOURCE_IGNORE,
    program_by_name,
)
from cip_lint.manifests.split import Piece, cut, normalised
from cip_lint.manifests.values import document_value
from cip_lint.manifests.yaml_errors import YamlError
from cip_lint.model import SourceFile
from cip_lint.patterns import pattern

_UNSEEN = frozenset({EXCLUDED, IGNORED})

_KAPP = "kapp.k14s.io/"
_KAPP_RULES = pattern(r"^[ ]*change(?:Group|Rule)Bindings:[ \t]*$", re.MULTILINE)
"""Where kapp is given a graph of its own."""
_KAPP_CONFIG = pattern(r"""^apiVersion:[ \t]*["']?kapp\.k14s\.io/""", re.MULTILINE)


def landmark_of_sign(found: Found, files: Files) -> Landmark:
    """Return the landmark that a file is by its name, and mostly by that alone."""
    program = _program_of(found.path)
    if program != SOURCE_IGNORE:
        return Landmark(program, found.path, {})
    lines = patterns_of(found.file, files, for_git=False)
    return Landmark(program, found.path, {"patterns": lines})


def landmarks_of(found: Found, outcome: FileReading | str) -> Iterable[Landmark]:
    """Return the landmarks of a file, from its name and what was read of it."""
    if isinstance(outcome, str):
        program = "" if outcome in _UNSEEN else _program_of(found.path)
        return (Landmark(program, found.path, {}),) if program else ()
    if outcome.landmarks:
        return outcome.landmarks
    program = _program_of(found.path)
    if program:
        is_read = program == "skaffold"
        body = first_document(outcome.source) if is_read else {}
        return (Landmark(program, found.path, body),)
    if not _is_for_kapp(outcome):
        return ()
    has_rules = _KAPP_RULES.search(outcome.source.text) is not None
    return (Landmark("kapp", found.path, {"rules": True} if has_rules else {}),)


def _program_of(path: str) -> str:
    return program_by_name(path.rpartition("/")[2])


def _is_for_kapp(file: FileReading) -> bool:
    if _KAPP not in file.source.text:
        return False
    if _KAPP_CONFIG.search(file.source.text) is not None:
        return True
    return any(
        key.startswith(_KAPP)
        for resource in file.resources
        for key in text_values(resource.get("metadata", "annotations"))
    )


def first_document(source: SourceFile) -> Mapping[str, Any]:
    """Return the first document of a text, if it is a mapping that can be read."""
    try:
        body = first_value(source)
    except YamlError:
        body = None
    return body if isinstance(body, dict) else {}


def first_value(source: SourceFile) -> Any:
    """Return the value of the first document of a text; None where it has none.

    Raises ``YamlError``, with an offset in the document (see ``first_piece``).
    """
    piece = first_piece(source.text)
    if piece is None:
        return None
    return document_value(normalised(source.text[slice(*piece)])).value


def first_piece(text: str) -> Piece | None:
    """Return the first document of a text; None where it has none.

    Comments above the first separator belong to what follows it.
    """
    for piece in cut(text).pieces:
        lines = map(str.strip, text[slice(*piece)].split("\n"))
        if any(line and not line.startswith("#") for line in lines):
            return piece
    return None
