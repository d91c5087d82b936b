"""A quick look at the types of an object: whether all of them certainly fit.

Every object is looked at, so the installation compiles this file where it can, as
``compiled_fitting``; see ``fitting``. In it ``dict`` and ``list`` mean just these.
"""

from __future__ import annotations

from typing import Any

from cip_lint.kube.schema import Field, Form, Type

# Looked up once: a look-up in an enumeration costs as much as the comparison. So does
# ``fields`` where they are ``known``, which is asked first.
_ANY, _LIST, _MAP, _STRUCT = Form.ANY, Form.LIST, Form.MAP, Form.STRUCT


def fits(value: Any, wanted: Type) -> bool:
    """Return whether a value is certainly well typed, without unknown keys.

    False is no verdict: it asks for the slow and exact look.
    """
    kind = value.__class__
    if kind is int and wanted.bits:
        number: int = value
        return -0x80000000 <= number <= 0x7FFFFFFF
    form = wanted.form
    if value is None or form is _ANY:
        return True
    if kind is dict:
        if form is _STRUCT:
            return _struct_fits(value, wanted.known or wanted.fields)
        if form is _MAP:
            return _map_fits(value, wanted.element)
    elif kind is list and form is _LIST:
        return _items_fit(value, wanted.element)
    return kind is wanted.python


def _map_fits(value: dict[Any, Any], element: Type | None) -> bool:
    assert element is not None
    python = element.python
    for key, item in value.items():
        if key.__class__ is not str:
            return False
        if item.__class__ is not python and not fits(item, element):
            return False
    return True


def _items_fit(items: list[Any], element: Type | None) -> bool:
    assert element is not None
    if element.form is _STRUCT:
        fields = element.known or element.fields
        for item in items:
            if item.__class__ is not dict or not _struct_fits(item, fields):
                return False
        return True
    python = element.python
    for item in items:
        if item.__class__ is not python and not fits(item, element):
            return False
    return True


def _struct_fits(value: dict[Any, Any], fields: dict[str, Field]) -> bool:
    for key, item in value.items():
        field = fields.get(key)
        if field is None:
            return False
        kind = item.__class__
        if kind is field.python:
            continue
        wanted = field.type
        # What most items are, without another call.
        if kind is dict and wanted.form is _STRUCT:
            if not _struct_fits(item, wanted.known or wanted.fields):
                return False
        elif kind is list and wanted.form is _LIST:
            if not _items_fit(item, wanted.element):
                return False
        elif not fits(item, wanted):
            return False
    return True
