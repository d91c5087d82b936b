"""Annotations in which controllers read hosts."""

from __future__ import annotations

from typing import Any

import pytest

from cip_lint.kube.annotated_hosts import annotated_hosts

URL = "nginx.ingress.kubernetes.io/auth-url"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"metadata": {"annotations": {URL: "http://a.b"}}}, [(URL, "http://a.b")]),
        ({"metadata": {"annotations": {"example.com/auth-url": "http://a.b"}}}, []),
        ({"metadata": {"annotations": {URL: 3, "x": "y"}}}, []),
        ({"metadata": {"annotations": [URL]}}, []),
        ({"metadata": None}, []),
        ({}, []),
    ],
)
def test_only_known_annotations_are_read(body: Any, expected: object) -> None:
    assert list(annotated_hosts(body)) == expected
