"""Values as Go prints them."""

from __future__ import annotations

import json

import pytest

from cip_lint.kube.go_text import as_json

_ESCAPED = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028"}


@pytest.mark.parametrize("code", [*range(0x20), *range(0x20, 0x100), 0x2028, 0x1F600])
def test_each_character_is_escaped_as_by_encoding_json(code: int) -> None:
    character = chr(code)
    expected = (
        _ESCAPED.get(character) or json.dumps(character, ensure_ascii=False)[1:-1]
    )

    assert as_json(f"a{character}b") == f'"a{expected}b"'


def test_lists_and_mappings_have_no_blanks() -> None:
    assert as_json(["10.96.0.10", "a<b"]) == '["10.96.0.10","a\\u003cb"]'
    assert as_json([]) == "[]"
    assert as_json([["x"], None, 1, {"a": [True]}]) == '[["x"],null,1,{"a":[true]}]'
