"""Strategic merge patches of Services: what ``kubectl apply`` sends, and its effect.

Maps are merged key by key, lists that have a merge key item by item; all others are
replaced. The ports of a Service go by their number alone, so that one number under
TCP and UDP is one item. Follows ``CreateThreeWayMergePatch`` and
``StrategicMergeMapPatch`` of ``apimachinery/pkg/util/strategicpatch/patch.go``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from cip_lint.bodies import items as items_of
from cip_lint.bodies import mapping

Body = Mapping[str, Any]

MERGE_KEYS = {"ports": "port", "ownerReferences": "uid"}
"""Lists of a Service whose items are merged, with what makes two items one."""
MERGED_VALUES = frozenset(("finalizers",))
"""Lists of plain values that are united."""

_DIRECTIVE = "$patch"
_ORDER = "$setElementOrder/"
_DELETED_VALUES = "$deleteFromPrimitiveList/"
_RETAINED = "$retainKeys"

_SENT_METADATA = ("labels", "annotations")


def client_side_patch(old: Body, new: Body, stored: Body) -> dict[str, Any]:
    """Return the patch of a client-side apply; empty: nothing is sent.

    ``old`` is the manifest that was applied last, ``new`` the one applied now. What
    only ``stored`` has is left alone. The note of the last applied manifest, which
    the client keeps as an annotation, is left out.
    """
    return _three_way(_own_part(old), _own_part(new), _live_part(stored))


def _own_part(manifest: Body) -> dict[str, Any]:
    metadata = mapping(manifest.get("metadata"))
    kept = {key: metadata[key] for key in _SENT_METADATA if key in metadata}
    part = {"metadata": kept}
    return part | {"spec": manifest["spec"]} if "spec" in manifest else part


def _live_part(stored: Body) -> dict[str, Any]:
    return {key: mapping(stored.get(key)) for key in ("metadata", "spec")}


def _three_way(old: Body, new: Body, stored: Body) -> dict[str, Any]:
    patch: dict[str, Any] = {}
    for key, value in new.items():
        there = stored.get(key)
        before = old.get(key)
        if key in MERGE_KEYS and isinstance(value, list) and isinstance(there, list):
            patch |= _list_patch(key, items_of(before), value, there)
        elif key not in stored:
            if value is not None:
                patch[key] = value
        elif isinstance(value, dict) and isinstance(there, dict):
            known = before if isinstance(before, dict) else {}
            inner = _three_way(known, value, there)
            if inner:
                patch[key] = inner
        elif value != there:
            patch[key] = value
    return patch | dict.fromkeys(key for key in old if key not in new)


def _list_patch(
    name: str, old: Sequence[Any], new: list[Any], stored: list[Any]
) -> dict[str, Any]:
    """Return the patch of a list whose items are merged.

    Items that repeat their merge key are paired in their order, as the client
    pairs them; the server then takes them for one.
    """
    key = MERGE_KEYS[name]
    olds, news, there = (dict(_paired(one, key)) for one in (old, new, stored))
    patches = []
    for pair, item in news.items():
        if pair not in there:
            patches.append(item)
            continue
        inner = _three_way(olds.get(pair, {}), item, there[pair])
        if inner:
            patches.append(inner | {key: pair[0]})
    patches += [
        {_DIRECTIVE: "delete", key: pair[0]} for pair in olds if pair not in news
    ]
    if not patches and [pair for pair in there if pair in news] == list(news):
        return {}
    result: dict[str, Any] = {_ORDER + name: [{key: pair[0]} for pair in news]}
    return result | {name: patches} if patches else result


def _paired(items: Iterable[Any], key: str) -> Iterable[tuple[tuple[Any, int], Body]]:
    """Yield each item with its merge key and how often that came before."""
    seen: Counter[str] = Counter()
    for item in items:
        if isinstance(item, Mapping):
            value = item.get(key)
            # What repeats is told apart by its text: a value may be of any type.
            text = str(value)
            yield (value if isinstance(value, int) else text, seen[text]), item
            seen[text] += 1


def strategic_merge(stored: Body, patch: Body) -> dict[str, Any]:
    """Return the object that a strategic merge patch makes of the stored one."""
    directive = patch.get(_DIRECTIVE)
    if directive == "delete":
        return {}
    if directive == "replace":
        return {key: value for key, value in patch.items() if key != _DIRECTIVE}
    result = dict(stored)
    retained = patch.get(_RETAINED)
    if isinstance(retained, list):
        result = {key: value for key, value in result.items() if key in retained}
    for key, value in patch.items():
        if key.startswith("$"):
            _apply_list_directive(result, patch, key)
        elif _ORDER + key not in patch:
            _apply_value(result, key, value)
    return result


def _apply_value(result: dict[str, Any], key: str, value: Any) -> None:
    old = result.get(key)
    if value is None:
        result.pop(key, None)
    elif isinstance(value, dict):
        result[key] = strategic_merge(old if isinstance(old, dict) else {}, value)
    elif isinstance(value, list) and key in MERGE_KEYS:
        known = old if isinstance(old, list) else []
        result[key] = _ordered(_merged_items(known, value, key), value, known, key)
    elif isinstance(value, list) and key in MERGED_VALUES and isinstance(old, list):
        result[key] = old + [one for one in value if one not in old]
    else:
        result[key] = value


def _apply_list_directive(result: dict[str, Any], patch: Body, directive: str) -> None:
    order = patch[directive]
    if not isinstance(order, list):
        return
    if directive.startswith(_DELETED_VALUES):
        name = directive.removeprefix(_DELETED_VALUES)
        values = result.get(name)
        if isinstance(values, list):
            result[name] = [one for one in values if one not in order]
    name = directive.removeprefix(_ORDER)
    if name == directive:
        return
    items, old = patch.get(name), result.get(name)
    known = old if isinstance(old, list) else []
    given = items if isinstance(items, list) else []
    if name in MERGE_KEYS:
        result[name] = _ordered(_merged_items(known, given, name), order, known, name)
    elif given:
        result[name] = given


def _merged_items(old: list[Any], items: list[Any], name: str) -> list[Any]:
    """Merge items one after the other, each into the first that has its key."""
    key = MERGE_KEYS[name]
    plain, deleted, replaced = [], set(), False
    for item in items:
        directive = item.get(_DIRECTIVE) if isinstance(item, dict) else None
        if directive == "delete":
            deleted.add(_text(item, key))
        elif directive == "replace":
            replaced = True
        else:
            plain.append(item)
    result = [] if replaced else [one for one in old if _text(one, key) not in deleted]
    first: dict[str, int] = {}
    for index, one in enumerate(result):
        first.setdefault(_text(one, key), index)
    for item in plain:
        at = first.setdefault(_text(item, key), len(result))
        if at == len(result):
            result.append(item)
        elif isinstance(item, dict) and isinstance(result[at], dict):
            result[at] = strategic_merge(result[at], item)
    return result


def _text(item: Any, key: str) -> str:
    """Return what an item goes by, as text: a hostile one may be of any type."""
    return str(item.get(key) if isinstance(item, dict) else item)


def _ordered(
    items: list[Any], order: list[Any], known: list[Any], name: str
) -> list[Any]:
    """Put merged items in order: those of the patch as it says, others as before."""
    key = MERGE_KEYS[name]
    wanted, stood = _positions(order, key), _positions(known, key)
    first = sorted((one for one in items if wanted(one) >= 0), key=wanted)
    others = sorted((one for one in items if wanted(one) < 0), key=stood)
    result: list[Any] = []
    done = 0
    for item in first:
        place = stood(item)
        while done < len(others) and 0 <= stood(others[done]) < place:
            result.append(others[done])
            done += 1
        result.append(item)
    return result + others[done:]


def _positions(order: list[Any], key: str) -> Callable[[Any], int]:
    """Return a function that finds where the merge key of an item first stands."""
    first: dict[str, int] = {}
    for index, one in enumerate(order):
        first.setdefault(_text(one, key), index)
    return lambda item: first.get(_text(item, key), -1)
