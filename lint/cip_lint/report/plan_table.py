"""A plan as rows: CSV for spreadsheets, Markdown for a job summary or a review."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from cip_lint.report import plan_words as words
from cip_lint.report.cells import csv_text, markdown_cell, markdown_line
from cip_lint.report.unit_names import unit_name

if TYPE_CHECKING:
    from cip_lint.replay.planning.claim import PlanClaim
    from cip_lint.replay.planning.plan import Plan
    from cip_lint.report.plan_text import Look

_CSV: Final = (
    "CLUSTER", "KIND", "VALUE", "ASKED", "HOW", "BAND", "LOSS", "OUTCOME", "REASON",
    "OWNER KIND", "NAMESPACE", "NAME", "FIELD", "FILE", "LINE", "UNIT",
)  # fmt: skip

ROWS: Final = 200
"""Rows of a Markdown table; a job summary holds no more than 1 MiB."""


def csv(plans: Sequence[Plan], look: Look) -> str:
    """Return every claim as a row, with those whose value the server draws."""
    del look
    return csv_text(_csv_rows(plans))


def _csv_rows(plans: Sequence[Plan]) -> Iterator[Sequence[str]]:
    yield _CSV
    for plan in plans:
        for claim in plan.claims:
            yield _csv_row(plan, claim)


def _csv_row(plan: Plan, claim: PlanClaim) -> list[str]:
    from cip_lint.model import field_path  # noqa: PLC0415

    ref, span = claim.member.ref, claim.span
    return [
        plan.name,
        claim.family or "node port",
        "" if claim.number is None else words.value(claim),
        claim.asked,
        words.how(claim),
        claim.band,
        claim.risk,
        claim.outcome,
        claim.reason,
        ref.kind,
        ref.namespace,
        ref.name,
        field_path(claim.path),
        span.source.path,
        str(span.first.line),
        unit_name(claim.member),
    ]


def markdown(plans: Sequence[Plan], look: Look) -> str:
    """Return how full each band is, and the claims with a value."""
    del look
    lines: list[str] = []
    for plan in plans:
        if len(plans) > 1:
            lines += [f"## Cluster {markdown_cell(plan.name)}", ""]
        lines += [*_bands(plan), "", *_claims(plan), ""]
        if said := words.simulation(plan):
            lines += [f"{said[0].upper()}{said[1:]}.", ""]
    return "\n".join(lines[:-1]) + "\n"


def _bands(plan: Plan) -> Iterator[str]:
    yield markdown_line(["Range", "Band", "Values", "Used", "Reserved", "Free"])
    yield markdown_line(["---", "---", "---", "---:", "---:", "---:"])
    for one in plan.ranges:
        for band in one.bands:
            used = f"{band.used} ({words.share(band.used, band.size)})"
            yield markdown_line(
                [
                    markdown_cell(words.title(one)),
                    band.name,
                    markdown_cell(words.ends(one, band)),
                    markdown_cell(used),
                    str(band.reserved),
                    str(band.free),
                ]
            )


def _claims(plan: Plan) -> Iterator[str]:
    known = words.worth_telling(plan.claims)
    if not known:
        yield "Nothing is pinned."
        return
    # What goes wrong must not be cut off.
    shown = sorted(known, key=lambda one: not one.failed)[:ROWS]
    titles = words.titles(shown)
    yield markdown_line([title.capitalize() for title in titles])
    yield markdown_line(["---"] * len(titles))
    for claim in shown:
        yield markdown_line(map(markdown_cell, words.cells(claim, titles)))
    if len(known) > len(shown):
        yield ""
        yield f"{len(known) - len(shown)} more are left out."
