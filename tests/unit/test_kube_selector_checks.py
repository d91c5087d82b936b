"""The server refuses a selector field by field."""

from __future__ import annotations

from cip_lint.kube.selector_checks import label_selector_causes


def test_the_server_names_the_field_of_each_bad_expression() -> None:
    found = label_selector_causes(
        {"matchExpressions": [{"key": "app", "operator": "Is", "values": ["a b"]}]},
        ("spec", "selector"),
    )

    assert [(path, cause.field) for path, cause in found] == [
        (
            ("spec", "selector", "matchExpressions", 0, "operator"),
            "spec.selector.matchExpressions[0].operator",
        ),
        (
            ("spec", "selector", "matchExpressions", 0, "values", 0),
            "spec.selector.matchExpressions[0].values[0]",
        ),
    ]
