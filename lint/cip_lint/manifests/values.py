"""A YAML text -> plain values, as Kubernetes converts it to JSON.

``document_value`` takes the fast ways (see ``easy_values``) for what manifests consist
of, and the careful one (see ``care``) for everything else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cip_lint.manifests.easy_values import easy_value, value_of_lines
from cip_lint.manifests.meanings import NotEasyError, count_document
from cip_lint.manifests.pitfalls import has_pitfalls, property_marks
from cip_lint.manifests.text import decode_strictly
from cip_lint.manifests.yaml_errors import NestingError, YamlError
from cip_lint.model import Path
from cip_lint.records import NamedTuple

if TYPE_CHECKING:
    from cip_lint.manifests.care import CarefulValue


class DocumentValue(NamedTuple):
    """The value of one document; ``end`` is the offset behind its root node."""

    value: Any
    end: int
    repeated: tuple[Path, ...] = ()
    of_lines: bool = False
    """Whether its lines are read by themselves: it is made again in no time."""


def document_value(text: str) -> DocumentValue:
    """Return the value of the first document of a text; None where it is empty.

    ``text`` is a document as the reader hands it on (``split.normalised``).
    Raises YamlError where kubectl reports that it cannot be read.
    """
    is_sharing = count_document()
    known = value_of_lines(text, is_sharing=is_sharing)
    if known is not None:
        return DocumentValue(*known, of_lines=True)
    if not has_pitfalls(text):
        marks = property_marks(text)
        try:
            return DocumentValue(*easy_value(text, marks, is_sharing=is_sharing))
        except NotEasyError:
            pass
        except YamlError:
            if not marks:
                raise
    value, end, repeated, _ = _careful_value(text)
    return DocumentValue(value, end, repeated)


def _careful_value(text: str, *, deep: bool = False) -> CarefulValue:
    # It imports the parser, which is not called otherwise.
    from cip_lint.manifests.care import careful_value  # noqa: PLC0415

    return careful_value(text, deep=deep)


def yaml_to_value(text: str | bytes) -> Any:
    """Return the JSON value of the first document of a YAML text.

    It is what ``YAMLToJSON`` of sigs.k8s.io/yaml gives: of a key that stands twice
    the last one counts. Raises YamlError.
    """
    decoded = _text(text)
    try:
        return document_value(decoded).value
    except NestingError:
        return _careful_value(decoded, deep=True).value


def yaml_to_value_strict(text: str | bytes) -> Any:
    """Return the same, but refuse keys that stand twice in one mapping.

    Raises YamlError, whose message lists each such key as ``YAMLToJSONStrict`` does.
    """
    read = _careful_value(_text(text), deep=True)
    if read.repeated_faults:
        faults = "".join(f"\n  {fault}" for fault in read.repeated_faults)
        raise YamlError(f"yaml: unmarshal errors:{faults}")
    return read.value


def _text(text: str | bytes) -> str:
    if isinstance(text, str):
        return text
    try:
        return decode_strictly(text)
    except UnicodeDecodeError as error:
        raise YamlError("invalid UTF-8", error.start) from None
