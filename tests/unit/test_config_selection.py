"""Which rules run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cip_lint.config import Selection, Selector, Settings, choose, load
from cip_lint.errors import UsageError
from cip_lint.model import Severity
from cip_lint.plugins import Plugins
from cip_lint.rule import Context, Problem, Rule, Stage, rule, whole_cluster


def _rule(rule_id: str, severity: str, profile: str = "default") -> Rule[Any]:
    @rule(
        rule_id,
        severity=Severity(severity),
        on=whole_cluster,
        stage=Stage.ADVICE,
        since="0.1.0",
        profile=profile,
    )
    def found(_cluster: object, _cx: Context) -> Iterator[Problem]:
        """Something is wrong."""
        return iter(())

    return found


RULES = (
    _rule("address.taken", "error"),
    _rule("address.reserved", "error"),
    _rule("selector.empty", "warning"),
    _rule("headless.unready", "info", "strict"),
    _rule("port.mesh", "warning", "mesh"),
)


def selectors(*texts: str) -> tuple[Selector, ...]:
    return tuple(Selector(text, source="--select") for text in texts)


def chosen(selection: Selection, profile: str = "default") -> list[str]:
    return [one.id for one in RULES if selection.chooses(one, profile)]


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        ("errors", ["address.taken", "address.reserved"]),
        ("default", ["address.taken", "address.reserved", "selector.empty"]),
        (
            "strict",
            ["address.taken", "address.reserved", "selector.empty", "headless.unready"],
        ),
        (
            "mesh",
            ["address.taken", "address.reserved", "selector.empty", "port.mesh"],
        ),
    ],
)
def test_a_profile_is_where_selection_begins(profile: str, expected: list[str]) -> None:
    assert chosen(Selection(), profile) == expected


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(selectors("selector.empty")), ["selector.empty"]),
        (Selection(selectors("address")), ["address.taken", "address.reserved"]),
        (Selection(selectors("address.*")), ["address.taken", "address.reserved"]),
        (Selection(selectors("ALL")), [one.id for one in RULES]),
        (
            Selection(selectors("address"), ignore=selectors("address.taken")),
            ["address.reserved"],
        ),
        (
            Selection(selectors("address.taken"), ignore=selectors("address")),
            ["address.taken"],
        ),
        (
            Selection(extend=selectors("headless"), ignore=selectors("address")),
            ["selector.empty", "headless.unready"],
        ),
        (
            Selection(selectors("address.taken"), ignore=selectors("address.taken")),
            [],
        ),
    ],
)
def test_the_most_exact_name_decides_and_ignoring_wins(
    selection: Selection, expected: list[str]
) -> None:
    assert chosen(selection) == expected


def test_flags_add_to_the_file_unless_they_select() -> None:
    file = Selection(selectors("address"), ignore=selectors("address.taken"))

    added = Selection(extend=selectors("port")).over(file)
    anew = Selection(selectors("address")).over(file)

    assert (chosen(added), chosen(anew)) == (
        ["address.reserved", "port.mesh"],
        ["address.taken", "address.reserved"],
    )


def _settings(folder: Path, text: str) -> Settings:
    (folder / ".cip-lint.yaml").write_text(text)
    return load({}, Plugins(()), folder=folder)


@pytest.mark.parametrize(
    ("text", "message", "near"),
    [
        ("select: [adress]\n", "adress names no rule", "address"),
        ("ignore: [address.takn]\n", "address.takn names no rule", "address.taken"),
        (
            "severity: {selector.emty: error}\n",
            "selector.emty names no rule",
            "selector.empty",
        ),
        ("rules: {port.mash: {}}\n", "port.mash names no rule", "port.mesh"),
    ],
)
def test_a_file_that_names_no_rule_is_told_where(
    tmp_path: Path, text: str, message: str, near: str
) -> None:
    _, findings = choose(_settings(tmp_path, text), RULES, plugin_of={})

    assert [(one.message, one.help) for one in findings] == [(message, f"write {near}")]


def test_a_flag_that_names_no_rule_is_a_usage_error(tmp_path: Path) -> None:
    settings = load({}, Plugins(()), folder=tmp_path)._replace(
        selection=Selection(selectors("address.takn"))
    )

    with pytest.raises(UsageError) as caught:
        choose(settings, RULES, plugin_of={})

    assert str(caught.value) == (
        "--select: address.takn names no rule; the nearest is address.taken"
    )
