"""Where the parts of a built object stand in one that it was made of."""

from __future__ import annotations

from typing import Any

import pytest

from cip_lint.render.written.paths import counterpart

HOST = {"host": "dev.example", "http": {"paths": []}}
OTHER = {"host": "b.example"}


@pytest.mark.parametrize(
    ("built", "written", "index", "expected"),
    [
        # What identifies an item finds it wherever it stands.
        ([{"name": "a"}, {"name": "b"}], [{"name": "b"}, {"name": "a"}], 0, 1),
        (["a", "b"], ["b", "a"], 1, 0),
        ([OTHER, HOST], [HOST, OTHER], 0, 1),
        # One that was changed stands where it stood.
        ([HOST], [{"host": "example"}], 0, 0),
        ([OTHER, HOST], [OTHER, {"host": "example"}], 1, 1),
        ([{"name": "pre-a"}], [{"name": "a"}], 0, 0),
        (["x=2", "b"], ["x=1", "b"], 0, 0),
        # Where the list is another one, nobody knows.
        ([HOST, OTHER], [{"host": "example"}], 0, None),
        ([{"name": "c"}, {"name": "a"}], [{"name": "a"}, {"name": "b"}], 0, None),
        (["new", "a"], ["a", "b"], 0, None),
        ([HOST], {"host": "example"}, 0, None),
        ([HOST], [], 0, None),
        ([HOST], [HOST], 1, None),
    ],
)
def test_items_are_found_by_what_they_are_or_where_they_stand(
    built: Any, written: Any, index: int, expected: int | None
) -> None:
    found = counterpart(("items", index), {"items": built}, {"items": written})

    assert found == (None if expected is None else ("items", expected))


def test_what_a_changed_item_holds_is_found_in_it() -> None:
    path = ("rules", 0, "http", "paths", 0, "backend")
    paths = {"paths": [{"path": "/", "backend": "web"}]}
    built = {"rules": [{"host": "dev.example", "http": paths}]}
    written = {"rules": [{"host": "example", "http": paths}]}

    assert counterpart(path, built, written) == path
