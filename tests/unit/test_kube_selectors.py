"""Selectors match and complain as apimachinery does."""

from __future__ import annotations

import pytest

from cip_lint.kube.selectors import SelectorError, from_label_selector

WEB = {"app": "web", "tier": "fe"}


def test_no_label_selector_matches_nothing() -> None:
    assert from_label_selector(None).matches({}) is False
    assert from_label_selector({}).everything is True


def test_expressions_and_labels_must_all_hold() -> None:
    selector = from_label_selector(
        {
            "matchLabels": {"app": "web"},
            "matchExpressions": [
                {"key": "tier", "operator": "In", "values": ["fe", "be"]},
                {"key": "old", "operator": "DoesNotExist"},
            ],
        }
    )

    assert str(selector) == "app=web,!old,tier in (be,fe)"
    assert [selector.matches(WEB), selector.matches({**WEB, "old": ""})] == [
        True,
        False,
    ]


def test_a_selector_of_another_shape_is_no_selector() -> None:
    values: list[object] = [3, [], {"matchLabels": []}, {"matchExpressions": [3]}]
    for value in values:
        with pytest.raises(SelectorError):
            from_label_selector(value)
