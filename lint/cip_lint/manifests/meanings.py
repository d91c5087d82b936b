"""What short texts mean, and collections that repeat: equal ones are one object.

It is of use to the files of one run, which ``forget`` ends; keys stay, there are few
of them. All readers of values learn and look things up here.
"""

from __future__ import annotations

from sys import intern
from typing import Any

from cip_lint.manifests.scalars import ScalarError, json_number, key_text, plain

SHORT = 64
REMEMBERED = 60_000
_REMEMBERED_COLLECTIONS = 20_000
FEW = 8
"""Parts up to which a collection is worth being looked for."""
_FEW_DOCUMENTS = 12_000
"""Up to so many documents, sharing takes more time than the memory is worth."""

# They are exact dicts: those are looked into twice as fast as their subclasses.
PLAIN: dict[str, Any] = {}
QUOTED: dict[str, str] = {}
KEYS: dict[str, str] = {}
"""Keys that mean themselves, plain or quoted."""
_collections: dict[tuple[object, ...], Any] = {}
REPEATED: set[int] = set()
"""The ids of collections that were met again: what holds them may repeat too."""
_met = [0]
"""How many documents were read since the last time that all was forgotten."""


class NotEasyError(Exception):
    """A document of which more must be known than its scalars and collections."""


def count_document() -> bool:
    """Count a document; return whether there are so many that parts are shared."""
    _met[0] += 1
    return _met[0] > _FEW_DOCUMENTS


def forget() -> None:
    """Drop what is remembered of values that were read."""
    for memory in (PLAIN, QUOTED, _collections):
        memory.clear()
    REPEATED.clear()
    _met[0] = 0


def plain_of(text: str) -> Any:
    """Return the JSON value of a plain scalar.

    Raises ``ScalarError`` where JSON has no such number.
    """
    if text in PLAIN:
        return PLAIN[text]
    value = plain(text)
    if value.__class__ is float:
        value = json_number(value)
    return _learned(PLAIN, text, value)


def quoted_of(text: str) -> str:
    """Return the value of a quoted scalar, which is its text."""
    return str(_learned(QUOTED, text, text))


def key_of(text: str, is_plain: bool) -> str:
    """Return the JSON key that a scalar is; remember those that are as they stand.

    Raises ``NotEasyError`` for a merge key, and where JSON has no such key.
    """
    if not is_plain:
        return text
    if text == "<<":
        raise NotEasyError
    try:
        key = key_text(plain(text))
    except ScalarError:
        raise NotEasyError from None
    return str(_learned(KEYS, text, key)) if key == text else key


def _learned(memory: dict[str, Any], text: str, value: Any) -> Any:
    """Return a value, and remember it where its text is short.

    Of a text that is known its first value is returned. Short texts are interned: they
    are one object also where they come from other processes and runs.
    """
    if len(text) > SHORT:
        return value
    if len(memory) >= REMEMBERED:
        memory.clear()
    return memory.setdefault(text, intern(value) if value.__class__ is str else value)


def one_of_all(collection: Any) -> Any:
    """Return the mapping or list that stands for all equal ones.

    Labels, probes and resources repeat from object to object, and a small dict takes
    more memory than its text. Parts are told apart by identity: equal ones may be of
    different types, and those that repeat are one object.
    """
    identity: tuple[object, ...]
    if collection.__class__ is dict:
        identity = (*collection, *map(id, collection.values()))
    else:
        identity = (None, *map(id, collection))
    known = _collections.get(identity)
    if known is not None:
        REPEATED.add(id(known))
        return known
    if len(_collections) >= _REMEMBERED_COLLECTIONS:
        _collections.clear()
        REPEATED.clear()
    _collections[identity] = collection
    return collection
