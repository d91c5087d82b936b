"""The difference of two Service tables for a comment on a change.

One table says what changes, what is refused first; a second one, which the reader
opens, says where. Both are cut where a forge would refuse them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from cip_lint.report.diff import entries, notices, summary
from cip_lint.report.diff_lines import Fact, Line, freed_words, lines_of, passed_words
from cip_lint.report.markdown import BYTES, code, plain, table
from cip_lint.report.visible import visible

if TYPE_CHECKING:
    from cip_lint.model import Resource
    from cip_lint.replay.diff import Differences
    from cip_lint.report.diff import Entry

_NONE: Final = "*none*"
_MOST_TEXTS: Final = 20
"""Texts of one column; a cell with more is nothing to read."""


def render(diffs: Differences) -> str:
    """Return the comment."""
    different = any(one.different for one in diffs.clusters)
    title = summary(diffs.clusters) if different else "no Service changes"
    text = f"## cip-lint: {title}\n\nCompared with {code(diffs.base)}.\n"
    for notice in notices(diffs):
        text += f"{plain(notice)}.\n"
    for diff in diffs.clusters:
        name = (
            f"Cluster {plain(diff.cluster)}" if len(diffs.clusters) > 1 else "Services"
        )
        found = entries(diff)
        for title, head, rows in (
            (name, ["", "Service", "What changes"], [_row(one) for one in found]),
            ("Free again", ["Value", "When"], _pairs(freed_words(diff))),
            ("Passed on", ["Value", "What that means"], _pairs(passed_words(diff))),
        ):
            if rows:
                text += table(title, head, rows, BYTES - len(text.encode()))
        if found:
            text += _places(found, BYTES - len(text.encode()))
    return text


def _row(entry: Entry) -> list[str]:
    kind = entry.kind if entry.server is None else f"**refused** ({entry.kind})"
    return [kind, code(entry.name), "<br>".join(map(_line, lines_of(entry)))]


def _line(one: Line | Fact) -> str:
    if isinstance(one, Fact):
        words = plain if one.column in {"kept", "not judged", "server"} else code
        return f"{plain(one.column)}: {_listed(one.texts, words)}"
    before, after = one.before, one.after
    if max(len(before), len(after)) < 2 or sorted(before) == sorted(after):
        said = f"{_listed(before)} → {_listed(after)}"
    else:
        gone = [f"− {text}" for text in _each(before)]
        said = "<br>".join((*gone, *(f"+ {text}" for text in _each(after))))
        said = f"<br>{said}"
    return f"{plain(one.column)}: {said}"


def _listed(texts: Sequence[str], words: Callable[[str], str] = code) -> str:
    return ", ".join(_each(texts, words)) or _NONE


def _each(texts: Sequence[str], words: Callable[[str], str] = code) -> Iterator[str]:
    yield from map(words, texts[:_MOST_TEXTS])
    if len(texts) > _MOST_TEXTS:
        yield f"{len(texts) - _MOST_TEXTS} more"


def _pairs(found: Iterable[tuple[str, str]]) -> list[list[str]]:
    return [[code(value), plain(said)] for value, said in found]


def _places(found: Sequence[Entry], room: int) -> str:
    """Return where everything stands, folded."""
    rows = [[code(one.name), *(_place(each) for each in _states(one))] for one in found]
    whole = table("Places", ["Service", "Now", "Before"], rows, room - 100)
    _, _, inner = whole.partition("### Places\n")
    return f"\n<details><summary>Places</summary>\n{inner}\n</details>\n"


def _states(entry: Entry) -> tuple[Resource | None, Resource | None]:
    """Return the object as it is now and as it was, whichever is there."""
    if entry.kind == "removed":
        return None, entry.resource
    return entry.resource, entry.was


def _place(resource: Resource | None) -> str:
    if resource is None:
        return ""
    line = resource.key_span("kind").first.line
    return code(visible(f"{resource.path}:{line}"))
