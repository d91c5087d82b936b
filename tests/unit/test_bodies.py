"""Parts of a body: what is not of the type that is asked for reads as absent."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from cip_lint import bodies, plain_bodies

HOSTILE: tuple[Any, ...] = (None, True, 0, 1.5, "", "a", [], [1, "b", {}], {}, {"k": 1})


def _modules() -> list[object]:
    plain = pytest.param(plain_bodies, id="python")
    try:
        from cip_lint import compiled_bodies
    except ImportError:
        skip = pytest.mark.skip(reason="it is not compiled here")
        return [plain, pytest.param(plain_bodies, marks=skip, id="compiled")]
    return [plain, pytest.param(compiled_bodies, id="compiled")]


both = pytest.mark.parametrize("module", _modules())


@both
def test_what_is_of_the_type_is_returned_as_it_is(module: Any) -> None:
    body = {"a": "b"}
    values = [body, "c", 1]

    assert module.mapping(body) is body
    assert module.items(values) is values
    assert module.mappings(values) == [body]
    assert module.text("a") == "a"
    assert module.texts(values) == ["c"]
    assert module.strings({"a": "b", "c": None}) == {"a": "b", "c": ""}
    assert module.text_values({"a": "b", "c": None, "d": 1}) == {"a": "b"}
    assert module.integer(7) == 7
    assert module.natural(7, 3) == 7


@both
@pytest.mark.parametrize("value", HOSTILE)
def test_anything_else_reads_as_absent(module: Any, value: Any) -> None:
    is_mapping, is_list = isinstance(value, dict), isinstance(value, list)

    assert module.mapping(value) is (value if is_mapping else module.ABSENT)
    assert module.items(value) == (value if is_list else ())
    assert module.mappings(value) == ([{}] if is_list and value else [])
    assert module.text(value) == (value if isinstance(value, str) else "")
    assert module.texts(value) == (["b"] if is_list and value else [])
    assert module.strings(value) == {}
    assert module.text_values(value) == {}
    assert module.integer(value) == (0 if type(value) is int else None)
    assert module.natural(value, 3) == (0 if type(value) is int else 3)


class _Text(str):
    __slots__ = ()


class _Number(int):
    __slots__ = ()


@both
def test_classes_that_are_derived_from_the_type_are_of_it(module: Any) -> None:
    text, number = _Text("a"), _Number(7)

    assert module.text(text) is text
    assert module.texts([text])[0] is text
    assert module.text_values({"k": text})["k"] is text
    assert module.strings({"k": text})["k"] is text
    assert module.integer(number) is number
    assert module.natural(number, 3) == number


@both
def test_numbers_below_zero_are_none_where_natural_ones_are_wanted(
    module: ModuleType,
) -> None:
    assert module.natural(-1, 3) == 0


def test_every_name_is_handed_on() -> None:
    public = {
        name
        for name, value in vars(plain_bodies).items()
        if getattr(value, "__module__", "") == plain_bodies.__name__
    }

    assert public | {"ABSENT", "Body"} <= vars(bodies).keys()
