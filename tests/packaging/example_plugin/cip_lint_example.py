"""A plugin of cip-lint in one file: all four hooks, each with something small."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cip_lint.hookspecs import hookimpl
from cip_lint.model import Format, Report, Severity
from cip_lint.rule import Context, Problem, Rule, ServiceRow, Stage, rule, services


@rule(
    "example.team-missing",
    severity=Severity.WARNING,
    also=[Severity.ERROR],
    on=services,
    stage=Stage.ADVICE,
    since="1.0.0",
)
def team_missing(row: ServiceRow, cx: Context) -> Iterator[Problem]:
    """A Service does not say which team it belongs to.

    ## Why it matters

    Whoever is called at night must know whom to call.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: web}
    spec: {ports: [{port: 80}]}
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: web, labels: {team: shop}}
    spec: {ports: [{port: 80}]}
    ```

    ## References

    - The handbook of the example company.
    """
    if row.resource.get("metadata", "labels", "team") is None:
        yield Problem(
            f"{row.display} belongs to no team",
            at=row.resource.label("metadata"),
            label="no label `team` here",
            help="add the label `team`",
        )


def _count(report: Report, *, color: bool, width: int) -> str:
    counts = Counter(finding.rule for finding in report.findings)
    return "".join(f"{number} {name}\n" for name, number in sorted(counts.items()))


def _from_toml(path: str, content: bytes) -> str | None:
    values = tomllib.loads(content.decode())
    return json.dumps(values) if "kind" in values else None


@hookimpl
def cip_lint_rules() -> Iterable[Rule[Any]]:
    """Offer one rule."""
    return [team_missing]


@hookimpl
def cip_lint_formats() -> Iterable[Format]:
    """Offer one output format."""
    return [Format("count", "the number of findings of each rule", _count)]


@hookimpl
def cip_lint_presets() -> Mapping[str, Mapping[str, Any]]:
    """Offer settings for ``extends: example``."""
    return {"example": {"severity": {"example.team-missing": "error"}}}


@hookimpl
def cip_lint_sources() -> Mapping[str, Any]:
    """Offer a reader of manifests that are written in TOML."""
    return {".toml": _from_toml}
