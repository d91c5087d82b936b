"""The difference of two Service tables in its formats: text, Markdown and JSON.

What all formats show stands here: the Services in the order in which a reviewer
wants them, where their values stand, and the words of the summary.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, Protocol

from cip_lint.records import NamedTuple
from cip_lint.report.unit_names import are_told, unit_name
from cip_lint.words import counted

if TYPE_CHECKING:
    from cip_lint.model import Label, Path, Resource, ServerAnswer
    from cip_lint.replay import ServiceRow
    from cip_lint.replay.diff import Differences, RowChange, TableDiff

Kind = Literal["added", "removed", "changed"]


class Entry(NamedTuple):
    """One Service of which a report says something."""

    kind: Kind
    row: ServiceRow
    """As it is now; as it was, where it is gone."""
    resource: Resource
    """Its object, whose file is named as labels do."""
    server: ServerAnswer | None = None
    """The refusal of the new state; None where it is stored, or gone."""
    change: RowChange | None = None
    was: Resource | None = None
    """The earlier object of a change, whose file is named as labels do."""
    unit: str = ""
    """What sends it, where names and namespaces do not tell; else empty."""

    @property
    def name(self) -> str:
        """``shop/web``, or ``shop/web of overlays/eu``."""
        of = f" of {self.unit}" if self.unit else ""
        return f"{self.row.ref.namespace}/{self.row.ref.name}{of}"


class Render(Protocol):
    """Turns the differences of all clusters into the text of an output."""

    def __call__(self, diffs: Differences) -> str:
        """Return the text, ending in a newline unless it is empty."""
        ...


def entries(diff: TableDiff) -> list[Entry]:
    """Return all Services that differ: those that are refused first, then by name."""
    shown = diff.base.shown
    found = [
        *(Entry("added", row, row.resource, server) for row, server in diff.added),
        *(Entry("removed", row, shown(row.resource)) for row in diff.removed),
        *(
            Entry(
                "changed",
                one.after,
                one.after.resource,
                one.server,
                one,
                shown(one.before.resource),
            )
            for one in diff.changed
        ),
    ]
    if are_told(one.row.member for one in found):
        found = [one._replace(unit=unit_name(one.row.member)) for one in found]
    found.sort(key=lambda one: (one.server is None, one.row.ref[2:], one.resource.path))
    return found


def label_of(resource: Resource, path: Path) -> Label:
    """Return where a value stands, or would, however the manifest spells it."""
    if path[:2] == ("spec", "clusterIP") and resource.get("spec", "clusterIP") is None:
        listed = resource.get("spec", "clusterIPs", 0)
        return resource.label("spec", "clusterIPs", *(() if listed is None else (0,)))
    return resource.label(*path)


def summary(diffs: Sequence[TableDiff]) -> str:
    """Return ``Services: 1 added, 3 changed, 12 as before; 1 would be refused``."""
    parts = [
        f"{number} {word}"
        for number, word in (
            (sum(len(one.added) for one in diffs), "added"),
            (sum(len(one.removed) for one in diffs), "removed"),
            (sum(len(one.changed) for one in diffs), "changed"),
            (sum(one.unchanged for one in diffs), "as before"),
        )
        if number
    ]
    text = f"Services: {', '.join(parts)}" if parts else "no Services"
    refused = sum(one.refused for one in diffs)
    return f"{text}; {refused} would be refused" if refused else text


def notices(diffs: Differences) -> Iterator[str]:
    """Yield what could not be compared, one clause each."""
    hidden = sum(one.not_compared for one in diffs.clusters)
    if hidden:
        services = counted(hidden, "Service")
        yield f"{services} of files that are read in one state only not compared"
    yield from dict.fromkeys(
        notice for one in diffs.clusters for notice in one.base.notices
    )


def _format(module: str) -> Render:
    """Return a format whose module is imported when something is to be rendered."""

    def render(diffs: Differences) -> str:
        text: str = import_module(f"cip_lint.report.{module}").render(diffs)
        return text

    return render


DIFF_FORMATS: Final[Mapping[str, Render]] = MappingProxyType(
    {
        "text": _format("diff_text"),
        "markdown": _format("diff_markdown"),
        "json": _format("diff_json"),
    }
)
"""The formats by name; each takes the differences of all clusters."""
