"""Options of rules are those that the rules have, with values that they can take."""

from __future__ import annotations

from pathlib import Path

import pytest

from cip_lint_rules.index import INDEX
from support.command import Done, cip_lint


def _checked(folder: Path, rules: str) -> Done:
    (folder / ".cip-lint.yaml").write_text(f"version: 1\nrules:\n  {rules}\n")
    return cip_lint(folder, "config", "check")


@pytest.mark.parametrize(
    ("rules", "place", "said"),
    [
        ("port.mesh-protocol-unclear: {vendr: [x]}", "3:32", "write vendor"),
        ("port.mesh-protocol-unclear: {vendr: }", "3:32", "write vendor"),
        ("port.mesh-protocol-unclear: {vendor: 3}", "3:40", "a list is required"),
        ("port.mesh-protocol-unclear: {vendor: [3]}", "3:41", "a text is required"),
        ("address.can-be-taken-first: {treshold: 1}", "3:32", "write threshold"),
        ("address.can-be-taken-first: {threshold: x}", "3:43", "a number is required"),
        ("node-port.can-be-taken-first: {threshold: 2}", "3:45", "the number 2"),
        ("address.taken: {foo: 1}", "3:19", "is not a setting"),
        ("env.links-too-large: {error: big}", "3:32", "a number is required"),
        ("env.link-breaks-setting: {images: {a: 1}}", "3:41", "a text or a list"),
        ("reference.external-name-backend: {allowed: 1}", "3:46", "true or false"),
    ],
)
def test_a_wrong_option_is_told_at_its_place(
    tmp_path: Path, rules: str, place: str, said: str
) -> None:
    done = _checked(tmp_path, rules)

    assert done.code == 2
    assert "error[config.invalid]" in done.out
    assert f".cip-lint.yaml:{place}" in done.out
    assert said in done.out


@pytest.mark.parametrize(
    "rules",
    [
        "port.mesh-protocol-unclear: {vendor: [x]}",
        "address.can-be-taken-first: {threshold: 0.5}",
        "env.links-too-large: {warning: 1, error: 2}",
        "env.link-breaks-setting: {images: {a: B, c: [D]}}",
        "reference.callback-cannot-dial: {aggregatorRouting: true}",
        "address.taken: {}",
    ],
)
def test_what_the_manual_tells_of_is_right(tmp_path: Path, rules: str) -> None:
    assert _checked(tmp_path, rules).code == 0


def test_the_options_of_the_manual_are_those_of_the_index() -> None:
    for listed in INDEX:
        _, _, told = listed.load().page.partition("## Options\n")
        assert listed.options is not None
        options = told.partition("\n## ")[0]
        if told:
            assert all(f"`{name}`" in options for name in listed.options), listed.id
            assert listed.options, listed.id
