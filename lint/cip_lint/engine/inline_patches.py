"""The lines of a patch that a kustomization writes out, for the comment above it.

``- patch: |-`` is one entry of a list, and whatever is wrong with the patch is shown at
one of the lines below. So is ``patch: |-`` behind a ``target:``, and an entry of
``patchesStrategicMerge``. Flux and Argo CD have such lists in their objects.
"""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import basename

from cip_lint.manifests.recognition import KUSTOMIZATION_NAMES
from cip_lint.model import SourceFile
from cip_lint.patterns import pattern

_START = pattern(r"(?P<indent> *)(?P<dash>- +)?(?P<rest>[^\s#].*)")
_PATCH = pattern(r"""(?:patch|"patch"|'patch'):[ \t]+[|>]""")
_SCALAR = pattern(r"[|>]")


def lines_of_patch(source: SourceFile, line: int) -> range:
    """Return the lines of the patch, or of its entry, that begins on a line.

    Empty where none does: a patch in a file of its own, or anything else.
    """
    is_there = line <= len(source.line_starts)
    found = _START.match(source.line(line)) if is_there else None
    if found is None:
        return range(0)
    indent, dash = len(found["indent"]), found["dash"] or ""
    column = indent + len(dash)
    if _PATCH.match(found["rest"]) or (
        dash
        and _SCALAR.match(found["rest"])
        and basename(source.path) in KUSTOMIZATION_NAMES
    ):
        return range(line, _end(source, line, indent))
    if not dash:
        return range(0)
    end = _end(source, line, indent)
    own = (source.line(number) for number in range(line + 1, end))
    is_patch = any(
        _PATCH.match(text, column) for text in own if not text[:column].strip()
    )
    return range(line, end) if is_patch else range(0)


def _end(source: SourceFile, line: int, indent: int) -> int:
    """Return the first line behind what is written deeper than a line."""
    end = line + 1
    for number, text in _below(source, line):
        if text.strip() and len(text) - len(text.lstrip(" ")) <= indent:
            break
        end = number + 1
    return end


def _below(source: SourceFile, line: int) -> Iterator[tuple[int, str]]:
    for number in range(line + 1, len(source.line_starts) + 1):
        yield number, source.line(number)
