"""Lists of rules, and the page of one: what ``rules`` and ``explain`` print."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from cip_lint.model import Severity
from cip_lint.rule import Rule

Rules = Iterable[Rule[Any]]


def render_text(rules: Rules) -> str:
    """Return a line for each rule."""
    rows = [(rule.id, _severity(rule), rule.profile, rule.summary) for rule in rules]
    widths = [max(map(len, column), default=0) for column in zip(*rows, strict=True)]
    return "".join(
        "  ".join(
            (*(c.ljust(w) for c, w in zip(row, widths[:3], strict=False)), row[3])
        ).rstrip()
        + "\n"
        for row in rows
    )


def render_json(rules: Rules) -> str:
    """Return the rules as JSON."""
    import json  # noqa: PLC0415

    return json.dumps([describe(rule) for rule in rules], indent=2) + "\n"


def render_markdown(rules: Rules) -> str:
    """Return the rules as a Markdown table."""
    lines = ["| rule | severity | profile | summary |", "|---|---|---|---|"]
    lines += [
        f"| `{rule.id}` | {_severity(rule)} | {rule.profile} | {rule.summary} |"
        for rule in rules
    ]
    return "\n".join(lines) + "\n"


def describe(rule: Rule[Any]) -> Mapping[str, Any]:
    """Return the metadata of a rule as plain values."""
    return {
        "id": rule.id,
        "severity": str(rule.severity),
        "alsoSeverities": [str(one) for one in rule.also],
        "profile": rule.profile,
        "kinds": list(rule.kinds),
        "since": rule.since,
        "needsClusterSettings": rule.replay,
        "suppressible": rule.suppressible,
        "summary": rule.summary,
    }


def page(rule: Rule[Any]) -> str:
    """Return the whole manual page of a rule, in Markdown."""
    facts = [
        ("severity", _severity(rule)),
        ("profile", rule.profile),
        ("kinds", ", ".join(rule.kinds)),
        ("since", rule.since),
    ]
    if rule.replay:
        facts.append(("needs", "stated cluster settings"))
    table = "\n".join(f"- {name}: {value}" for name, value in facts)
    summary, _, rest = rule.page.partition("\n")
    return (
        f"# {rule.id}\n\n{summary}\n\n{table}\n\n{rest.strip()}\n\n{_suppressing(rule)}"
    )


def _suppressing(rule: Rule[Any]) -> str:
    if not rule.suppressible:
        return "## How to suppress\n\nThis rule cannot be suppressed.\n"
    return (
        "## How to suppress\n\n"
        "Beside any place of the finding, or on the line above it:\n\n"
        f"```yaml\n# cip-lint: ignore[{rule.id}] the reason\n```\n\n"
        "In the object, where a comment would not survive:\n\n"
        "```yaml\nmetadata:\n  annotations:\n"
        f"    ignore.cip-lint/{rule.id}: the reason\n```\n"
    )


def _severity(rule: Rule[Any]) -> str:
    others = ", ".join(str(one) for one in rule.also if one is not rule.severity)
    name = str(Severity(rule.severity))
    return f"{name} ({others})" if others else name


RENDERERS: Final[Mapping[str, Callable[[Rules], str]]] = MappingProxyType(
    {"text": render_text, "json": render_json, "markdown": render_markdown}
)
