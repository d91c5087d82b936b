"""A pattern is compiled late, and right."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import cip_lint
import cip_lint_rules
from cip_lint.patterns import pattern


def test_it_does_what_a_compiled_one_does() -> None:
    late = pattern(r"(?P<key>\w+): (\d+)", re.IGNORECASE)
    compiled = re.compile(r"(?P<key>\w+): (\d+)", re.IGNORECASE)

    for _ in range(2):
        found, wanted = late.search("a Port: 80"), compiled.search("a Port: 80")
        assert found is not None
        assert wanted is not None
        assert (found.groups(), found.span()) == (wanted.groups(), wanted.span())
    assert late.sub("x", "port: 80") == "x"
    assert (late.pattern, late.groups) == (compiled.pattern, compiled.groups)


def test_it_takes_bytes() -> None:
    assert pattern(rb"\d+").findall(b"80 443") == [b"80", b"443"]


def test_nothing_is_compiled_before_it_is_used() -> None:
    wrong = pattern("(")

    with pytest.raises(re.error):
        wrong.match("")


def _modules() -> Iterator[str]:
    for package in (cip_lint, cip_lint_rules):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__"):
                yield found.name


def test_every_pattern_of_every_module_can_be_compiled() -> None:
    kind = type(pattern(""))
    texts = [
        value.pattern
        for name in _modules()
        for value in vars(importlib.import_module(name)).values()
        if isinstance(value, kind)
    ]

    assert len(texts) > 100
