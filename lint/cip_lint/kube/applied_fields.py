"""What a server-side apply makes of a stored object.

The applied fields are merged into the object field by field, lists by the keys of
their items. Fields that the same manager applied before and leaves out now are
removed. Follows ``typed/merge.go`` and ``merge/update.go`` (``prune``) of
``sigs.k8s.io/structured-merge-diff``, with one manager that takes every conflict.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from cip_lint.kube.schema import Field, Form, Type

ATOMIC = "atomic"
SET = "set"

_NESTED = frozenset((Form.STRUCT, Form.MAP, Form.LIST))


def applied(stored: Any, config: Any, earlier: Any, wanted: Type) -> Any:
    """Return the object that an apply of ``config`` leaves.

    ``earlier`` is what the same manager applied last. All three are well typed
    values of the type; a null stands for a value that was taken away.
    """
    merged = _merged(stored, config, wanted, "")
    return _pruned(merged, earlier, config, wanted, "")


def _is_whole(wanted: Type, merge: str) -> bool:
    """Return whether a value is replaced as a whole, never merged."""
    if wanted.form not in _NESTED or merge == ATOMIC:
        return True
    return wanted.form is Form.LIST and not merge


def _fields(wanted: Type, key: str) -> tuple[Type, str] | None:
    """Return the type of a key's value and how its items are merged."""
    if wanted.form is Form.MAP:
        assert wanted.element is not None
        return wanted.element, ""
    field: Field | None = wanted.fields.get(key)
    return None if field is None else (field.type, field.merge)


def _merged(old: Any, new: Any, wanted: Type, merge: str) -> Any:
    if _is_whole(wanted, merge) or not old:
        return new
    if not new:
        return old
    if wanted.form is Form.LIST:
        return _merged_list(old, new, wanted, merge)
    result = dict(old)
    for key, value in new.items():
        known = _fields(wanted, key)
        if known is None or key not in old:
            result[key] = value
        else:
            result[key] = _merged(old[key], value, *known)
    return result


def _merged_list(old: list[Any], new: list[Any], wanted: Type, merge: str) -> list[Any]:
    element = wanted.element
    assert element is not None
    olds = {_key(item, merge, element): item for item in old}
    news = {_key(item, merge, element): item for item in new}
    result = []
    for key in _merged_order(list(olds), list(news)):
        if key in olds and key in news:
            result.append(_merged(olds[key], news[key], element, ""))
        else:
            result.append(news[key] if key in news else olds[key])
    return result


def _merged_order(olds: list[Hashable], news: list[Hashable]) -> list[Hashable]:
    """Return the keys of both lists: the new order, other items where they stood.

    An old key that is also new is passed over until its turn comes.
    """
    are_old, are_new = set(olds), set(news)
    shared = [key for key in news if key in are_old]
    order: list[Hashable] = []
    at = turn = 0
    for key in news:
        while at < len(olds) and olds[at] != key:
            old = olds[at]
            if old not in are_new:
                order.append(old)
            elif shared[turn] == old:
                break
            at += 1
        order.append(key)
        if key in are_old:
            turn += 1
            if at < len(olds) and olds[at] == key:
                at += 1
    return order + [key for key in olds[at:] if key not in are_new]


def _key(item: Any, merge: str, wanted: Type) -> Hashable:
    """Return what makes an item one with another: the values of its keys."""
    if merge == SET or not isinstance(item, dict):
        return str(item)
    return tuple(
        item[key] if item.get(key) is not None else wanted.fields[key].default
        for key in merge.split(",")
    )


def _pruned(merged: Any, earlier: Any, config: Any, wanted: Type, merge: str) -> Any:
    """Remove what was applied earlier and is not applied any more."""
    if _is_whole(wanted, merge) or not (merged and earlier):
        return merged
    if wanted.form is Form.LIST:
        return _pruned_list(merged, earlier, config or [], wanted, merge)
    now = config or {}
    result = {}
    for key, value in merged.items():
        if key in earlier and key not in now:
            continue
        known = _fields(wanted, key)
        if known is not None and key in earlier:
            value = _pruned(value, earlier[key], now[key], *known)  # noqa: PLW2901
        result[key] = value
    return result


def _pruned_list(
    merged: list[Any], earlier: list[Any], config: list[Any], wanted: Type, merge: str
) -> list[Any]:
    element = wanted.element
    assert element is not None
    before = {_key(item, merge, element): item for item in earlier}
    now = {_key(item, merge, element): item for item in config}
    result = []
    for item in merged:
        key = _key(item, merge, element)
        if key in now:
            result.append(_pruned(item, before.get(key), now[key], element, ""))
        elif key not in before:
            result.append(item)
    return result
