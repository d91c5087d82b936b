"""What the API server refuses in the metadata of a namespaced object.

Follows ``ValidateObjectMeta`` of ``pkg/apis/core/validation`` and of
``apimachinery/pkg/api/validation/objectmeta.go``. Nothing is said of the namespace:
an empty one is filled in and any other was looked up before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cip_lint.kube.faults import Fault, invalid, required, too_long
from cip_lint.kube.go_text import as_json, quoted
from cip_lint.kube.grammar import (
    is_label_key,
    is_label_value,
    label_key,
    label_value,
    masked_prefix,
    size,
)
from cip_lint.kube.version import Version
from cip_lint.model import Cause, Path

NameCheck = Callable[[str, Version], tuple[str, ...]]

MOST_ANNOTATION_BYTES = 256 * 1024

_OWNERS_BY_INDEX_SINCE = Version(1, 37)
_STANDARD_FINALIZERS = frozenset(("kubernetes", "orphan", "foregroundDeletion"))
_OWNER_KEYS = (
    "apiVersion",
    "kind",
    "name",
    "uid",
    "controller",
    "blockOwnerDeletion",
)


def name_faults(
    name: str, shown_name: str, prefix: str, check: NameCheck, version: Version
) -> list[Fault]:
    """Check name and ``generateName`` (M1, M2, M3).

    ``shown_name`` stands in messages for ``name``, of which the end may be a
    sample of what the server generates.
    """
    faults = []
    if prefix:
        faults = [
            Fault(
                "M3",
                ("metadata", "generateName"),
                invalid("metadata.generateName", quoted(prefix), message),
                value=prefix,
            )
            for message in check(masked_prefix(prefix), version)
        ]
    path: Path = ("metadata", "name")
    if not name:
        cause = required("metadata.name", "name or generateName is required")
        return [*faults, Fault("M1", path, cause)]
    for message in check(name, version):
        cause = invalid("metadata.name", quoted(shown_name), message)
        faults.append(Fault("M2", path, cause, value=name))
    return faults


def label_faults(
    labels: Mapping[str, str],
    field: str,
    path: Path,
    codes: tuple[str, str],
    version: Version,
) -> Iterator[Fault]:
    """Check a map of labels; ``codes`` are those of a bad key and a bad value."""
    for key, value in labels.items():
        if is_label_key(key) and is_label_value(value):
            continue
        place = (*path, key)
        for message in label_key(key, version):
            cause = invalid(field, quoted(key), message)
            yield Fault(codes[0], place, cause, value=key)
        for message in label_value(value, version):
            cause = invalid(field, quoted(value), message)
            yield Fault(codes[1], place, cause, value=value)


def annotation_faults(
    annotations: Mapping[str, str], version: Version
) -> Iterator[Fault]:
    """Check annotations: keys in any letter case, 256 KiB together (M6)."""
    field, path = "metadata.annotations", ("metadata", "annotations")
    total = 0
    for key, value in annotations.items():
        total += size(key) + size(value)
        lowered = key.lower()
        if not is_label_key(lowered):
            for message in label_key(lowered, version):
                cause = invalid(field, quoted(key), message)
                yield Fault("M6", (*path, key), cause, value=key)
    if total > MOST_ANNOTATION_BYTES:
        yield Fault("M6", path, too_long(field, MOST_ANNOTATION_BYTES, version))


def ownership_faults(metadata: Mapping[str, Any], version: Version) -> Iterator[Fault]:
    """Check generation, owner references and finalizers (M8)."""
    generation = metadata.get("generation") or 0
    if generation < 0:
        cause = invalid(
            "metadata.generation", generation, "must be greater than or equal to 0"
        )
        yield Fault("M8", ("metadata", "generation"), cause, value=generation)
    owners = [owner or {} for owner in metadata.get("ownerReferences") or ()]
    if owners:
        yield from _owner_faults(owners, version)
    finalizers = [text or "" for text in metadata.get("finalizers") or ()]
    if finalizers:
        yield from _finalizer_faults(finalizers, version)


def _owner_faults(owners: list[dict[str, Any]], version: Version) -> Iterator[Fault]:
    controller = ""
    for index, owner in enumerate(owners):
        place: Path = ("metadata", "ownerReferences", index)
        field = "metadata.ownerReferences"
        if version >= _OWNERS_BY_INDEX_SINCE:
            field += f"[{index}]"
        yield from _one_owner_faults(owner, field, place, version)
        if not owner.get("controller"):
            continue
        current = f"{owner.get('kind') or ''}/{owner.get('name') or ''}"
        if controller:
            detail = (
                "Only one reference can have Controller set to true. Found"
                f' "true" in references for {controller} and {current}'
            )
            shown = as_json([_shown_owner(one) for one in owners])
            cause = invalid("metadata.ownerReferences", shown, detail)
            yield Fault("M8", (*place, "controller"), cause)
        else:
            controller = current


def _one_owner_faults(
    owner: dict[str, Any], field: str, place: Path, version: Version
) -> Iterator[Fault]:
    api_version: str = owner.get("apiVersion") or ""
    kind: str = owner.get("kind") or ""
    if api_version.count("/") > 1 or not api_version.rpartition("/")[2]:
        yield Fault(
            "M8",
            (*place, "apiVersion"),
            _bad_owner_version(f"{field}.apiVersion", api_version, version),
            value=api_version,
        )
    for key in ("kind", "name", "uid"):
        if owner.get(key):
            continue
        if version >= _OWNERS_BY_INDEX_SINCE:
            cause = required(f"{field}.{key}", "must not be empty")
        else:
            shown = as_json("") if key == "uid" else quoted("")
            cause = invalid(f"{field}.{key}", shown, "must not be empty")
        yield Fault("M8", (*place, key), cause)
    if (api_version, kind) == ("v1", "Event"):
        shown = as_json(_shown_owner(owner))
        detail = "/v1, Kind=Event is disallowed from being an owner"
        yield Fault("M8", place, invalid(field, shown, detail))


def _bad_owner_version(field: str, api_version: str, version: Version) -> Cause:
    if version < _OWNERS_BY_INDEX_SINCE:
        return invalid(field, quoted(api_version), "version must not be empty")
    if not api_version:
        return required(field, "must not be empty")
    return invalid(field, quoted(api_version), "must be <group>/<version> or <version>")


def _shown_owner(owner: dict[str, Any]) -> dict[str, Any]:
    shown = {key: owner.get(key) or "" for key in _OWNER_KEYS[:4]}
    optional = ((key, owner.get(key)) for key in _OWNER_KEYS[4:])
    return shown | {key: value for key, value in optional if value is not None}


def _finalizer_faults(finalizers: list[str], version: Version) -> Iterator[Fault]:
    path: Path = ("metadata", "finalizers")
    for index, text in enumerate(finalizers):
        for message in label_key(text, version):
            cause = invalid("metadata.finalizers", quoted(text), message)
            yield Fault("M8", (*path, index), cause, value=text)
    if "orphan" in finalizers and "foregroundDeletion" in finalizers:
        cause = invalid(
            "metadata.finalizers",
            as_json(finalizers),
            "finalizer orphan and foregroundDeletion cannot be both set",
        )
        yield Fault("M8", path, cause)
    for index, text in enumerate(finalizers):
        if "/" not in text and text not in _STANDARD_FINALIZERS:
            cause = invalid(
                f"metadata.finalizers[{index}]",
                quoted(text),
                "name is neither a standard finalizer name nor is it fully qualified",
            )
            yield Fault("M8", (*path, index), cause, value=text)
