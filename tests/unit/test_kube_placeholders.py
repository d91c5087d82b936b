"""Texts that a tool replaces before anything is applied."""

from __future__ import annotations

import pytest

from cip_lint.kube.placeholders import awaits_a_name, is_placeholder, is_shouted


@pytest.mark.parametrize(
    "text",
    [
        "{{ .Values.name }}",
        "web-{{ release }}",
        "{% if x %}",
        "<% name %>",
        "#@ data.values.name",
        "${NAME}",
        "${NAME:-web}",
        "$NAME",
        "@@NAME@@",
        "__NAME__",
        "web-#{name}#",
        "#{Octopus.Environment.Name}",
        "%%name%%",
        "<your-name>",
        "REPLACE_ME",
        "change-ME".upper(),
        "YOUR_PROJECT",
        "RELEASE-NAME-web",
    ],
)
def test_what_is_put_in_later_is_a_placeholder(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize(
    "text",
    [
        "web",
        "$(POD_IP)",
        "10.96.0.1",
        "a__b",
        "web@1",
        "x < y",
        "",
        "Replace",
        "#1",
        "5%",
    ],
)
def test_everything_else_is_what_it_says(text: str) -> None:
    assert not is_placeholder(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("PORT", True), ("NODE_PORT", True), ("TCP", False), ("Port", False), ("", False)],
)
def test_a_shouted_word(text: str, expected: bool) -> None:
    assert is_shouted(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$(NAME)", True),
        ("web-$(env)", True),
        ("${NAME}", True),
        ("web", False),
        ("Web_1", False),
        ("", False),
    ],
)
def test_a_name_may_await_what_containers_are_given(text: str, expected: bool) -> None:
    assert awaits_a_name(text) is expected
