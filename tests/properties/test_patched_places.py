"""A value of a build is followed back through patches that move items of lists."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cip_lint.model import Path
from cip_lint.render.written.trails import Trail

Origin = tuple[object, ...]
"""What said a value: a patch with the place in it, or the path in the file."""


class Said(int):
    """A value that remembers who said it; values of several origins are equal."""

    origin: Origin = ()


def said(value: int, *origin: object) -> Said:
    made = Said(value)
    made.origin = origin
    return made


def marked(value: Any, origin: Origin) -> Any:
    """Return a value whose scalars remember where they stand."""
    if isinstance(value, dict):
        return {key: marked(one, (*origin, key)) for key, one in value.items()}
    if isinstance(value, list):
        return [marked(one, (*origin, n)) for n, one in enumerate(value)]
    return said(value, *origin)


VALUES = st.integers(0, 2)
ITEMS = st.fixed_dictionaries({"port": VALUES, "args": st.lists(VALUES, max_size=3)})
BODIES = st.fixed_dictionaries({"ports": st.lists(ITEMS, max_size=3)})


def lists_of(value: Any, path: Path = ()) -> Iterator[tuple[Path, list[Any]]]:
    if isinstance(value, list):
        yield path, value
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for step, one in inner:
        if isinstance(one, dict | list):
            yield from lists_of(one, (*path, step))


def scalars_of(value: Any, path: Path = ()) -> Iterator[tuple[Path, Said]]:
    if isinstance(value, Said):
        yield path, value
        return
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for step, one in inner:
        yield from scalars_of(one, (*path, step))


@st.composite
def patched(draw: st.DrawFn) -> tuple[Any, list[list[dict[str, Any]]]]:
    """Return what patches made of an object, and the patches."""
    body = marked(draw(BODIES), ("file",))
    patches: list[list[dict[str, Any]]] = []
    for number in range(draw(st.integers(1, 4))):
        patches.append([])
        for _ in range(draw(st.integers(1, 4))):
            operation = _applied(draw, body, ("patch", number, len(patches[-1])))
            patches[-1].append(operation)
    return body, patches


def _applied(draw: st.DrawFn, body: Any, origin: Origin) -> dict[str, Any]:
    """Draw an operation that fits the object, and do it."""
    path, items = draw(st.sampled_from(list(lists_of(body))))
    kinds = ["add", "append", *(["replace", "remove", "move", "copy"] if items else [])]
    how = draw(st.sampled_from(kinds))
    value = draw(ITEMS if path == ("ports",) else VALUES)
    pointer = "".join(f"/{step}" for step in path)
    made = marked(value, (*origin, "value"))
    if how == "append":
        items.append(made)
        return {"op": "add", "path": f"{pointer}/-", "value": value}
    last = len(items) - (how != "add")
    at = draw(st.integers(0, last))
    if how in {"move", "copy"}:
        to = draw(st.integers(0, last))
        moved = items.pop(at) if how == "move" else copy.deepcopy(items[at])
        items.insert(to, moved)
        return {"op": how, "from": f"{pointer}/{at}", "path": f"{pointer}/{to}"}
    if how == "remove":
        del items[at]
        return {"op": "remove", "path": f"{pointer}/{at}"}
    items[at : at + (how == "replace")] = [made]
    return {"op": how, "path": f"{pointer}/{at}", "value": value}


def found(
    path: Path, value: int, body: Any, patches: list[list[dict[str, Any]]]
) -> Origin | None:
    trail = Trail(path, body)
    for number in range(len(patches) - 1, -1, -1):
        place = trail.behind(patches[number], value, sure=True)
        if place is not None:
            return ("patch", number, *place)
    return None if trail.path is None else ("file", *trail.path)


@given(patched())
def test_no_value_is_shown_where_another_one_was_said(
    case: tuple[Any, list[list[dict[str, Any]]]],
) -> None:
    body, patches = case
    carried = any(one["op"] in {"move", "copy"} for patch in patches for one in patch)
    for path, value in scalars_of(body):
        origin = found(path, value, body, patches)

        assert origin == value.origin or (carried and origin is None)


@given(patched())
def test_a_patch_that_may_be_for_another_object_ends_a_trail_it_would_move(
    case: tuple[Any, list[list[dict[str, Any]]]],
) -> None:
    body, patches = case
    for path, value in scalars_of(body):
        trail = Trail(path, body)
        for patch in reversed(patches):
            if trail.behind(patch, value, sure=False) is not None:
                break
        else:
            assert trail.path in {None, path}
