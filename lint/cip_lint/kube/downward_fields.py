"""Values that a pod tells its own containers: ``valueFrom.fieldRef``.

Follows ``podFieldSelectorRuntimeValue`` of the kubelet,
``ConvertDownwardAPIFieldLabel`` of ``pkg/apis/core/pods`` and
``ExtractFieldPathAsString`` of ``pkg/fieldpath``.
"""

from __future__ import annotations

from collections.abc import Mapping

from cip_lint.kube import grammar
from cip_lint.kube.go_text import quoted
from cip_lint.records import NamedTuple

_KEYED = ("metadata.annotations", "metadata.labels")
_PLAIN = frozenset(
    {
        *_KEYED,
        "metadata.name",
        "metadata.namespace",
        "metadata.uid",
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "status.hostIP",
        "status.hostIPs",
        "status.phase",
        "status.podIP",
        "status.podIPs",
    }
)
_NOT_EXTRACTED = frozenset({"spec.restartPolicy", "spec.schedulerName", "status.phase"})


class PodFields(NamedTuple):
    """What is known of a pod; a plain field that is missing cannot be known."""

    plain: Mapping[str, str]
    """By its path: ``metadata.name``, ``status.podIP`` ..."""
    labels: Mapping[str, str]
    annotations: Mapping[str, str]


class FieldValue(NamedTuple):
    """The value of a field, or why a container that asks for it is never started."""

    value: str | None
    """None where it cannot be known beforehand, or not be had."""
    complaint: str = ""


def field_value(api_version: str, path: str, pod: PodFields) -> FieldValue:
    """Return the value of a field of a pod."""
    if (api_version or "v1") != "v1":
        return FieldValue(None, f"unsupported pod version: {api_version}")
    if path.endswith("']") and "['" in path:
        field, _, key = path[:-2].partition("['")
        return _of_key(field, key, path, pod)
    if path == "spec.host":
        path = "spec.nodeName"
    if path not in _PLAIN:
        return FieldValue(None, f"field label not supported: {path}")
    if path in _KEYED:
        return FieldValue(_listed(pod, path))
    if path in _NOT_EXTRACTED:
        return FieldValue(None, f"unsupported fieldPath: {path}")
    return FieldValue(pod.plain.get(path))


def _of_key(field: str, key: str, path: str, pod: PodFields) -> FieldValue:
    if field not in _KEYED:
        return FieldValue(None, f"field label does not support subscript: {path}")
    annotation = field == "metadata.annotations"
    wrong = grammar.label_key(key.lower() if annotation else key)
    if wrong:
        return FieldValue(None, f"invalid key subscript in {path}: {';'.join(wrong)}")
    return FieldValue((pod.annotations if annotation else pod.labels).get(key, ""))


def _listed(pod: PodFields, path: str) -> str:
    entries = pod.annotations if path == "metadata.annotations" else pod.labels
    return "\n".join(f"{key}={quoted(entries[key])}" for key in sorted(entries))
