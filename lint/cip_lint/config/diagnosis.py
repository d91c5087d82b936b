"""What is wrong with a settings file, as findings with their places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cip_lint.config.document import Document, Unreadable
from cip_lint.config.nearest import nearest
from cip_lint.model import Confidence, Finding, Label, Path, Severity, field_path

if TYPE_CHECKING:
    from jsonschema import Draft7Validator

INVALID = "config.invalid"
UNSUPPORTED = "config.unsupported"
NOWHERE = "config.path-leads-nowhere"

_LATER = frozenset({"policies", "baseline"})
"""Keys of the settings' first version that this version of cip-lint cannot honour."""

_TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a number",
    "number": "a number",
    "object": "a map",
    "string": "a text",
}


def invalid(label: Label, message: str, help_text: str | None = None) -> Finding:
    """Return the finding of a wrong setting; the command cannot do its job."""
    return Finding(
        INVALID, Severity.ERROR, Confidence.CERTAIN, message, label, help=help_text
    )


def nowhere(label: Label, path: str, near: str) -> Finding:
    """Return the finding of a path that names neither a file nor a folder.

    It is no error: what is there may be made before the next run.
    """
    meant = f"; did you mean {near}?" if near else ""
    return Finding(
        NOWHERE,
        Severity.WARNING,
        Confidence.CERTAIN,
        f"no such file or folder: {path}{meant}",
        label,
        help=f"write {near}" if near else None,
    )


def unreadable(error: Unreadable) -> Finding:
    """Return the finding of a file that cannot be read."""
    return invalid(Label(error.span), str(error))


def at(document: Document, path: Path, message: str, help_text: str = "") -> Finding:
    """Return the finding of a wrong value of a document."""
    label = document.label(path)
    if label is None:
        raise ValueError(f"{field_path(path)}: {message}" if path else message)
    return invalid(label, message, help_text or None)


def diagnose(document: Document) -> tuple[Finding, ...]:
    """Return what the schema says against a document, by place.

    Raises ``ValueError`` where the document has no places: a preset.
    """
    from jsonschema import Draft7Validator  # noqa: PLC0415

    from cip_lint_schemas import load  # noqa: PLC0415

    validator = Draft7Validator(load("config"))
    value, findings = _without_later(document, document.value)
    written: Any = None
    if document.written is not None:
        written, _ = _without_later(document, document.written)
    for error in _errors(validator, value, written):
        findings += _explained(document, error)
    return tuple(sorted(findings, key=lambda finding: finding.sort_key))


def of_options(
    document: Document, path: Path, options: Mapping[str, Mapping[str, Any]]
) -> tuple[Finding, ...]:
    """Return what is wrong with the options of a rule, which stand at a path.

    ``options`` has the schema of each. Raises ``ValueError`` as ``diagnose`` does.
    """
    from jsonschema import Draft7Validator  # noqa: PLC0415

    schema: dict[str, Any] = {"properties": options, "additionalProperties": False}
    for step in reversed(path):
        schema = {"properties": {step: schema}}
    findings: list[Finding] = []
    for error in _errors(Draft7Validator(schema), document.value, document.written):
        findings += _explained(document, error)
    return tuple(sorted(findings, key=lambda finding: finding.sort_key))


def _errors(validator: Draft7Validator, value: Any, written: Any) -> Iterator[Any]:
    """Yield what a schema says against a value, and of the keys that are written.

    A key without a value states nothing, but it may still be misspelt.
    """
    for error in validator.iter_errors(value):
        if written is None or not _names_unknown(error):
            yield error
    if written is not None:
        yield from filter(_names_unknown, validator.iter_errors(written))


def _names_unknown(error: Any) -> bool:
    return error.validator == "additionalProperties" and error.validator_value is False


def _without_later(
    document: Document, settings: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Finding]]:
    """Take out the keys that later versions honour, each with a warning."""
    value = dict(settings)
    found: list[Finding] = []
    for key in sorted(_LATER & value.keys()):
        del value[key]
        found += _unsupported(document, (key,))
    return value, found


def _unsupported(document: Document, path: Path) -> Iterator[Finding]:
    label = document.label(path, key=True)
    if label is not None:
        yield Finding(
            UNSUPPORTED,
            Severity.WARNING,
            Confidence.CERTAIN,
            f"{field_path(path)} has no effect in this version of cip-lint",
            label,
        )


def _explained(document: Document, error: Any) -> Iterator[Finding]:
    """Turn one error of the schema into findings."""
    path: Path = tuple(error.absolute_path)
    kind, wanted, found = error.validator, error.validator_value, error.instance
    if _names_unknown(error):
        known = error.schema["properties"]
        for key in found.keys() - known.keys():
            yield _unknown(document, (*path, key), known)
    elif kind == "oneOf":
        yield from _one_of(document, error, path)
    else:
        message = _message(kind, wanted, found, path)
        help_text = ""
        if kind == "enum" and isinstance(found, str):
            near = nearest(found, map(str, wanted))
            help_text = f"write {near}" if near else ""
        yield at(document, path, message, help_text)


def _message(kind: str, wanted: Any, found: Any, path: Path) -> str:
    name = field_path(path) or "the file"
    if kind == "type":
        types = [wanted] if isinstance(wanted, str) else wanted
        required = " or ".join(_TYPES[one] for one in types)
        return f"{name} is {_described(found)}, {required} is required"
    if kind == "enum":
        return f"{name} is {_described(found)}; it can be {', '.join(wanted)}"
    if kind == "const":
        return f"{name} is {_described(found)}; only {wanted} is known"
    if kind == "required":
        missing = [key for key in wanted if key not in found]
        return f"{name} has no {' and no '.join(missing)}"
    if kind == "anyOf":
        keys = [key for one in wanted for key in one.get("required", ())]
        return f"{name} has neither {' nor '.join(keys)}"
    if kind == "not":
        return "cluster and clusters stand side by side; one of them is enough"
    if kind in {"minItems", "minLength", "minProperties"}:
        return f"{name} is empty"
    if kind in {"maxItems", "uniqueItems"}:
        return f"{name} has entries that are too many or repeated"
    return f"{name} is {_described(found)}, which is not of the required form"


def _one_of(document: Document, error: Any, path: Path) -> Iterator[Finding]:
    """Explain the branch whose type fits; else name the types that would do."""
    deeper = [one for one in error.context if one.validator != "type" or one.path]
    if deeper:
        for one in deeper:
            yield from _explained(document, one)
        return
    types = " or ".join(_TYPES[one.validator_value] for one in error.context)
    name = field_path(path)
    message = f"{name} is {_described(error.instance)}, {types} is required"
    yield at(document, path, message)


def _unknown(document: Document, path: Path, known: Sequence[str]) -> Finding:
    label = document.label(path, key=True)
    message = f"{field_path(path)} is not a setting"
    if label is None:
        raise ValueError(message)
    near = nearest(str(path[-1]), known)
    return invalid(label, message, f"write {near}" if near else None)


def _described(value: Any) -> str:
    if isinstance(value, str):
        return f"the text {value!r}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "a map"
    return "a list" if isinstance(value, list) else f"the number {value}"
