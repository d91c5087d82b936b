"""A pattern is compiled late, and right."""

from __future__ import annotations

import datetime as dt
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

import cip_lint
import cip_lint_rules
from cip_lint.manifests import nodes
from cip_lint.patterns import pattern, put_off


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


def test_what_others_import_is_compiled_late_for_so_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "wrong_pattern.py").write_text(
        "import re\nWRONG = re.compile('(', 0)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)

    with put_off():
        wrong = importlib.import_module("wrong_pattern").WRONG

    with pytest.raises(re.error):
        wrong.match("")
    with pytest.raises(re.error):
        re.compile("(")


def test_a_module_that_fails_puts_off_nothing_more() -> None:
    with pytest.raises(ImportError), put_off():
        raise ImportError

    assert isinstance(re.compile("a"), re.Pattern)


def test_the_yaml_library_finds_what_its_patterns_find() -> None:
    assert nodes.compose("a: 1") is not None
    text = "{a: 2026-11-29, b: 0b11, c: 1.5, d: yes, e: ~}"
    assert list(yaml.safe_load(text).values()) == [
        dt.date(2026, 11, 29),
        3,
        1.5,
        True,
        None,
    ]
    with pytest.raises(yaml.reader.ReaderError):
        yaml.safe_load("a\x00b")


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
