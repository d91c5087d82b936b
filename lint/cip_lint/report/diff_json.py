"""The difference of two Service tables as a JSON document, version 1.

Its schema is ``diff.schema.json``. A path of an earlier revision reads
``abc1234:shop/web.yaml``, as ``git show`` takes it: from the top of the repository.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cip_lint.replay.cells import state_cells
from cip_lint.report.diff import entries, label_of, notices
from cip_lint.report.json_report import place_object, server_object
from cip_lint.report.json_text import json_text
from cip_lint.report.unit_names import unit_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cip_lint.model import Label, Path, Resource
    from cip_lint.replay import ServiceRow
    from cip_lint.replay.diff import Differences, RowChange, TableDiff
    from cip_lint.replay.latecomers import Freed, Handover
    from cip_lint.report.diff import Entry

Json = dict[str, Any]


def render(diffs: Differences) -> str:
    """Return everything that differs, for programs."""
    return json_text(document(diffs), 4)


def document(diffs: Differences) -> Json:
    """Return everything that differs as plain values."""
    clusters = diffs.clusters
    return {
        "version": 1,
        "base": {
            "words": diffs.base,
            "revision": diffs.revision or None,
            "live": diffs.live,
        },
        "summary": {
            "added": sum(len(one.added) for one in clusters),
            "removed": sum(len(one.removed) for one in clusters),
            "changed": sum(len(one.changed) for one in clusters),
            "unchanged": sum(one.unchanged for one in clusters),
            "refused": sum(one.refused for one in clusters),
            "notCompared": sum(one.not_compared for one in clusters),
        },
        "clusters": [_cluster(one) for one in clusters],
        "notices": list(notices(diffs)),
    }


def _cluster(diff: TableDiff) -> Json:
    found = sorted(entries(diff), key=lambda one: (one.row.ref[2:], one.resource.path))
    return {
        "name": diff.cluster,
        **{
            kind: [_entry(one) for one in found if one.kind == kind]
            for kind in ("added", "removed", "changed")
        },
        "unchanged": diff.unchanged,
        "freed": [_freed(one) for one in diff.freed],
        "passedOn": [_passed_on(one) for one in diff.passed_on],
    }


def _entry(entry: Entry) -> Json:
    ref = entry.row.ref
    now = None if entry.kind == "removed" else entry.resource
    was = entry.resource if entry.kind == "removed" else entry.was
    return {
        "namespace": ref.namespace,
        "name": ref.name,
        "place": _place(now, ()),
        "earlierPlace": _place(was, ()),
        **unit_fields(entry.row.member),
        "reason": entry.row.reason or None,
        "server": None if entry.server is None else server_object(entry.server),
        "columns": list(
            _of_change(entry.change, now, was)
            if entry.change is not None
            else _of_state(entry.row, now, was)
        ),
        "kept": [
            {
                "field": one.field,
                "value": one.value,
                "place": _place(now, one.path),
                "earlierPlace": _place(was, one.before_path),
            }
            for one in (entry.change.kept if entry.change is not None else ())
        ],
    }


def _of_change(
    change: RowChange, now: Resource | None, was: Resource | None
) -> Iterator[Json]:
    for one in change.columns:
        yield {
            "column": one.column,
            "before": list(one.before),
            "after": list(one.after),
            "place": _place(now, one.path),
            "earlierPlace": _place(was, one.before_path),
        }


def _of_state(
    row: ServiceRow, now: Resource | None, was: Resource | None
) -> Iterator[Json]:
    """Yield the columns of a Service that is in one state only."""
    for column, cell in state_cells(row).items():
        if cell.texts:
            texts = list(cell.texts)
            yield {
                "column": column,
                "before": [] if was is None else texts,
                "after": [] if now is None else texts,
                "place": _place(now, cell.path),
                "earlierPlace": _place(was, cell.path),
            }


def _place(resource: Resource | None, path: Path) -> Json | None:
    if resource is None:
        return None
    if not path:
        return place_object(resource.key_span("kind"))
    label: Label = label_of(resource, path)
    return {**place_object(label.span), "field": label.field}


def _freed(one: Freed) -> Json:
    by = "change" if one.changed else "deletion"
    return {**_value(one.value), "from": _name(one.row), "by": by}


def _passed_on(one: Handover) -> Json:
    return {**_value(one.value), "from": _name(one.before), "to": _name(one.after)}


def _value(value: str) -> Json:
    return {"kind": "node-port" if value.isdecimal() else "address", "value": value}


def _name(row: ServiceRow) -> Json:
    return {"namespace": row.ref.namespace, "name": row.ref.name}
