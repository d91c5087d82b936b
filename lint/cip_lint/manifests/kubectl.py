"""What ``kubectl -f`` makes of a text, a file or a folder: its own view, no more.

The functions here lose what kubectl loses. ``reading`` reads more than they do
(the documents behind a broken one) and says what kubectl would not have seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from cip_lint.manifests.json_text import (
    JsonError,
    read_value,
    skip_blank,
    without_halves,
)
from cip_lint.manifests.list_items import Extent, list_value
from cip_lint.manifests.split import cut, looks_like_json, normalised
from cip_lint.manifests.values import document_value
from cip_lint.manifests.yaml_errors import YamlError
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple

MOST_JSON_VALUES = 2
"""So many JSON values, and kubectl no longer takes a stream for YAML."""

EXTENSIONS = (".json", ".yaml", ".yml")
"""The names that kubectl reads in a folder; case matters."""


class StreamDocument(NamedTuple):
    """A value of a stream that is not null, and where its document stands."""

    value: Any
    start: int
    end: int
    is_json: bool
    extents: Sequence[Extent] = ()
    """Where each item of a list stands in its text, where it was read by items."""


class Stream(NamedTuple):
    """The documents of a stream up to the point where reading stopped, and why."""

    documents: tuple[StreamDocument, ...]
    error: str | None = None
    offset: int | None = None


def read_stream(text: str, *, by_items: bool = False) -> Stream:
    """Read a text as ``YAMLOrJSONDecoder`` of apimachinery does.

    ``by_items``: large lists are expected, and read item by item.

    A text that begins with ``{`` is a stream of JSON values; where the first or
    second of them is no JSON, the rest is read as YAML, for good when that works.
    """
    documents: list[StreamDocument] = []
    at, values = 0, 0
    if not looks_like_json(text):
        return _read_yaml(text, 0, documents, by_items=by_items)
    text = without_halves(text)
    while True:
        at = skip_blank(text, at)
        if at == len(text):
            return Stream(tuple(documents))
        try:
            value, end, _ = read_value(text, at)
        except JsonError as error:
            if values < MOST_JSON_VALUES and continues_as_yaml(text, at):
                return _read_yaml(text, at, documents)
            return Stream(tuple(documents), error.message, error.offset)
        values += 1
        if value is not None:
            documents.append(StreamDocument(value, at, end, is_json=True))
        at = end


def continues_as_yaml(text: str, start: int) -> bool:
    """Tell whether what follows a JSON value is YAML, judged by its next document."""
    pieces, faults = cut(text, start)
    first = pieces[0] if pieces else None
    if first is None or (faults and faults[0].start <= first.end + len("--- ")):
        return False
    try:
        document_value(normalised(text[first.start : first.end]))
    except YamlError:
        return False
    return True


def _read_yaml(
    text: str,
    start: int,
    documents: list[StreamDocument],
    *,
    by_items: bool = False,
) -> Stream:
    pieces, faults = cut(text, start)
    fault = faults[0] if faults else None
    for piece in pieces:
        if fault is not None and piece.end > text.rfind("\n", 0, fault.start):
            break
        listed = list_value(text[slice(*piece)]) if by_items else None
        if listed is not None:
            value, extents = listed
            documents.append(StreamDocument(value, *piece, False, extents))
            continue
        try:
            read = document_value(normalised(text[piece.start : piece.end]))
        except YamlError as error:
            offset = None if error.offset is None else piece.start + error.offset
            return Stream(tuple(documents), error.message, offset)
        if read.value is not None:
            documents.append(StreamDocument(read.value, *piece, is_json=False))
    if fault is not None:
        separator = f"invalid Yaml document separator: {text[slice(*fault)]}"
        return Stream(tuple(documents), separator, fault.start)
    return Stream(tuple(documents))


class KubectlObject(NamedTuple):
    """An object that kubectl would go on with, and the file it is from."""

    file: str
    body: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The name in its metadata; empty where there is none."""
        return _metadata_text(self.body, "name")

    @property
    def namespace(self) -> str:
        """The namespace in its metadata; empty where there is none."""
        return _metadata_text(self.body, "namespace")


class KubectlView(NamedTuple):
    """The objects that kubectl gets, in its order, and its complaints."""

    objects: tuple[KubectlObject, ...]
    errors: tuple[str, ...] = ()


def read_files(texts: Mapping[str, str], *, is_folder: bool) -> KubectlView:
    """Read files as ``kubectl -f`` does; names are relative, with ``/``.

    Those of a folder are filtered by their extension and sorted by the bytes of
    each part of their path; a file given by name is read whatever it is called.
    """
    names = sorted(texts, key=path_order)
    if is_folder:
        names = [name for name in names if name.endswith(EXTENSIONS)]
        if not names:
            return KubectlView((), (f"recognized file extensions are {EXTENSIONS}",))
    objects: list[KubectlObject] = []
    errors: list[str] = []
    for name in names:
        stream = read_stream(texts[name])
        for document in stream.documents:
            try:
                for body in expand(document.value):
                    if isinstance(body, str):
                        errors.append(body)
                    else:
                        objects.append(KubectlObject(name, body))
            except ValueError as error:
                errors.append(str(error))
        if stream.error is not None:
            errors.append(f"error parsing {name}: {stream.error}")
    return KubectlView(tuple(objects), tuple(errors))


def path_order(path: str) -> tuple[bytes, ...]:
    """Sort key of a path: kubectl walks a folder by the bytes of its entries."""
    return tuple(part.encode("utf-8", "surrogateescape") for part in path.split("/"))


def expand(value: Any) -> Iterator[Mapping[str, Any] | str]:
    """Yield the object of a document, or each item of a list; a text is a complaint.

    Any document with ``items`` is a list, whatever its kind. Raises ValueError
    where the whole document is refused.
    """
    if not isinstance(value, dict):
        raise ValueError("the document is not an object")  # noqa: TRY004
    if "items" in value:
        yield from _items(value)
        return
    _require_kind(value)
    _require_object_meta(value)
    yield value


def _items(value: dict[str, Any]) -> Iterator[Mapping[str, Any] | str]:
    items = value["items"]
    if items is not None and not isinstance(items, list):
        raise ValueError("items is not a list")
    completed = [_item(value, item) for item in items or ()]
    _require_kind(value)
    _require_object_meta(value)
    if any(isinstance(item.get("items"), list) for item in completed):
        raise ValueError("no Items field in this object")
    for item in completed:
        if not _kind(item):
            yield "Object 'Kind' is missing"
        elif not item.get("apiVersion"):
            yield "Object 'apiVersion' is missing"
        else:
            yield item


def _item(of: dict[str, Any], item: Any) -> dict[str, Any]:
    """Return an item with the kind and version that its list lends it."""
    if item is None:
        item = {}
    if not isinstance(item, dict):
        raise ValueError("an item is not an object")  # noqa: TRY004
    if _is_text(item.get("kind")) or _is_text(item.get("apiVersion")):
        return item
    kind, version = of.get("kind"), of.get("apiVersion")
    lent = {
        "apiVersion": version if isinstance(version, str) else "",
        "kind": kind.removesuffix("List") if isinstance(kind, str) else "",
    }
    return item | lent


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _kind(value: Mapping[str, Any]) -> str:
    """Return the kind; empty where kind or version are no texts Kubernetes reads."""
    version, kind = value.get("apiVersion"), value.get("kind")
    if isinstance(version, str) and version.count("/") > 1:
        return ""
    return kind if isinstance(kind, str) else ""


def _require_kind(value: Mapping[str, Any]) -> None:
    if not _kind(value):
        raise ValueError("Object 'Kind' is missing")


_TIME = pattern(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]+)?"
    r"(?:Z|[-+][0-9]{2}:[0-9]{2})"
)


def _is_time(value: object) -> bool:
    return isinstance(value, str) and _TIME.fullmatch(value) is not None


def _is_string(value: object) -> bool:
    return isinstance(value, str)


def _is_integer(value: object) -> bool:
    return type(value) is int


def _is_text_map(value: object) -> bool:
    return isinstance(value, dict) and _are_all(str, value.values())


def _is_text_list(value: object) -> bool:
    return isinstance(value, list) and _are_all(str, value)


def _is_object_list(value: object) -> bool:
    return isinstance(value, list) and _are_all(dict, value)


def _are_all(kind: type, values: Iterable[object]) -> bool:
    return all(value is None or isinstance(value, kind) for value in values)


_OBJECT_META: dict[str, Callable[[object], bool]] = {
    "name": _is_string,
    "generateName": _is_string,
    "namespace": _is_string,
    "selfLink": _is_string,
    "uid": _is_string,
    "resourceVersion": _is_string,
    "generation": _is_integer,
    "creationTimestamp": _is_time,
    "deletionTimestamp": _is_time,
    "deletionGracePeriodSeconds": _is_integer,
    "labels": _is_text_map,
    "annotations": _is_text_map,
    "ownerReferences": _is_object_list,
    "finalizers": _is_text_list,
    "managedFields": _is_object_list,
}
"""The fields of ``ObjectMeta`` and what they must be; null is nothing everywhere."""


def _require_object_meta(value: Mapping[str, Any]) -> None:
    """Raise ValueError where metadata does not fit ``ObjectMeta``."""
    if value.get("apiVersion") is not None and not isinstance(value["apiVersion"], str):
        raise ValueError("apiVersion is not a text")
    metadata = value.get("metadata")
    if metadata is None:
        return
    if not isinstance(metadata, dict):
        raise ValueError("metadata is not an object")  # noqa: TRY004
    for key, fits in _OBJECT_META.items():
        found = metadata.get(key)
        if found is not None and not fits(found):
            raise ValueError(f"metadata.{key} is of a wrong type")


def _metadata_text(body: Mapping[str, Any], key: str) -> str:
    metadata = body.get("metadata")
    text = metadata.get(key) if isinstance(metadata, dict) else None
    return text if isinstance(text, str) else ""
