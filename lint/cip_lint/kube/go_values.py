"""Values of any type as Go prints them: by ``%T``, ``%v`` and ``%#v``.

Only the complaints of a server-side apply show such values (``sigs.k8s.io/
structured-merge-diff/typed``); those of the validation are in ``go_text``.
"""

from __future__ import annotations

from typing import Any

from cip_lint.kube.go_text import quoted

_HALF = 1 << 63
_BITS_OF_A_FLOAT = 1024
_DEEPEST_SHOWN = 100
_CUT = "..."


def go_type(value: Any) -> str:
    """Return a value's type as ``%T`` prints it."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, str):
        return "string"
    if isinstance(value, dict):
        return "map[string]interface {}"
    return "[]interface {}" if isinstance(value, list) else "<nil>"


def go_value(value: Any, depth: int = 0) -> str:
    """Return a value as ``%v`` prints it, cut off where it nests without measure."""
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if depth > _DEEPEST_SHOWN:
        return _CUT
    if isinstance(value, dict):
        items = (
            f"{key}:{go_value(value[key], depth + 1)}" for key in sorted(value, key=str)
        )
        return f"map[{' '.join(items)}]"
    if isinstance(value, list):
        return f"[{' '.join(go_value(item, depth + 1) for item in value)}]"
    return _go_number(value)


def go_syntax(value: Any, depth: int = 0) -> str:
    """Return a value as ``%#v`` prints it, cut off like ``go_value``."""
    if value is None:
        return "interface {}(nil)"
    if isinstance(value, str):
        return quoted(value)
    if depth > _DEEPEST_SHOWN:
        return _CUT
    if isinstance(value, dict):
        items = (
            f"{quoted(str(key))}:{go_syntax(value[key], depth + 1)}"
            for key in sorted(value, key=str)
        )
        return f"map[string]interface {{}}{{{', '.join(items)}}}"
    if isinstance(value, list):
        listed = ", ".join(go_syntax(item, depth + 1) for item in value)
        return f"[]interface {{}}{{{listed}}}"
    return go_value(value)


def _go_number(value: Any) -> str:
    """Return a number as ``%v`` prints an int64 or float64."""
    if isinstance(value, int) and -_HALF <= value < _HALF:
        return str(value)
    if isinstance(value, int) and value.bit_length() >= _BITS_OF_A_FLOAT:
        return "+Inf" if value > 0 else "-Inf"
    text = repr(float(value))
    mantissa, e, exponent = text.partition("e")
    if not e:
        whole = text.removesuffix(".0")
        digits = whole.lstrip("-").partition(".")[0]
        if len(digits) < 22:
            return whole
        mantissa, exponent = (
            f"{digits[0]}.{digits[1:].rstrip('0')}",
            str(len(digits) - 1),
        )
    sign = "-" if exponent.startswith("-") else "+"
    return f"{mantissa.removesuffix('.0')}e{sign}{exponent.lstrip('+-').zfill(2)}"
