"""A plan as a JSON document, version 1; its schema is ``plan.schema.json``.

Cells in which nothing is used, asked for or reserved are left out. Numbers of a range may
exceed 2 to the 53rd: readers that know floating point alone see them rounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cip_lint.model import field_path
from cip_lint.report import plan_words as words
from cip_lint.report.json_text import json_text
from cip_lint.report.table_values import chance_object, origin_object
from cip_lint.report.unit_names import unit_fields

if TYPE_CHECKING:
    from cip_lint.cluster import Reservation
    from cip_lint.replay.planning.claim import PlanClaim
    from cip_lint.replay.planning.panels import Band, RangePlan
    from cip_lint.replay.planning.plan import Plan
    from cip_lint.report.plan_text import Look

Json = dict[str, Any]


def render(plans: Sequence[Plan], look: Look) -> str:
    """Return the plans of all clusters for programs."""
    del look
    return json_text(document(plans), 4)


def document(plans: Sequence[Plan]) -> Json:
    """Return the plans of all clusters as plain values."""
    return {"version": 1, "clusters": [_cluster(plan) for plan in plans]}


def _cluster(plan: Plan) -> Json:
    return {
        "name": plan.name,
        "seed": plan.seed,
        "failed": plan.failed,
        "ranges": [_range(one) for one in plan.ranges],
        "claims": [_claim(claim) for claim in plan.claims],
        "reserved": [
            _reserved(entry) for entry in plan.table.cluster.settings.reserved.entries
        ],
    }


def _range(one: RangePlan) -> Json:
    return {
        "kind": "address" if one.family else "node-port",
        "family": one.family or None,
        "range": one.name,
        "origin": origin_object(one.origin),
        "size": one.size,
        "used": one.used,
        "bands": [_band(one, band) for band in one.bands],
    }


def _band(one: RangePlan, band: Band) -> Json:
    return {
        "name": band.name,
        "first": one.text(band.first),
        "last": one.text(band.last),
        "size": band.size,
        "used": band.used,
        "reserved": band.reserved,
        "free": band.free,
        "perCell": band.per_cell,
        "cells": [
            {
                "first": one.text(cell.first),
                "last": one.text(cell.last),
                "state": cell.state.value,
                "counts": {state.value: n for state, n in cell.counts.items()},
            }
            for cell in band.cells
            if cell.counts
        ],
    }


def _claim(claim: PlanClaim) -> Json:
    ref, span = claim.member.ref, claim.span
    return {
        "kind": "address" if claim.family else "node-port",
        "family": claim.family or None,
        "value": None if claim.number is None else words.value(claim),
        "asked": claim.asked or None,
        "how": words.how(claim),
        "band": claim.band or None,
        "loss": None if claim.loss is None else chance_object(claim.loss),
        "outcome": claim.outcome,
        "reason": claim.reason or None,
        "object": {"kind": ref.kind, "namespace": ref.namespace, "name": ref.name},
        "field": field_path(claim.path),
        "path": span.source.path,
        "line": span.first.line,
        **unit_fields(claim.member),
    }


def _reserved(entry: Reservation) -> Json:
    return {
        "kind": "address" if entry.family else "node-port",
        "value": entry.text,
        "owner": entry.owner or None,
        "purpose": entry.purpose or None,
        "origin": origin_object(entry.origin),
    }
