"""What may not change in a stored workload, as far as Services rest on it.

Its selector, and the governing Service of a StatefulSet. Follows ``ValidateUpdate``
of the strategies in ``pkg/registry/apps`` and ``ValidateStatefulSetUpdate`` of
``pkg/apis/apps/validation/validation.go``. Only ``apps/v1`` is meant.
"""

from __future__ import annotations

from typing import Any

from cip_lint.bodies import Body, items, mapping, strings, text
from cip_lint.kube.faults import Fault, forbidden, invalid
from cip_lint.kube.version import Version
from cip_lint.kube.workload_checks import selector_text
from cip_lint.model import Path

IMMUTABLE = "W-immutable"
"""Code of a field of a workload that may not change."""

SELECTOR_PATH: Path = ("spec", "selector")
SERVICE_NAME_PATH: Path = ("spec", "serviceName")

_WITH_SELECTOR = frozenset(("Deployment", "DaemonSet", "ReplicaSet"))
_STATEFUL_SET = "StatefulSet"

KINDS = (*sorted(_WITH_SELECTOR), _STATEFUL_SET)
"""The kinds that are looked at."""

# What the server says may change in a StatefulSet, and since when.
_CHANGEABLE = (
    ("replicas", Version(0, 0)),
    ("ordinals", Version(1, 26)),
    ("template", Version(0, 0)),
    ("updateStrategy", Version(0, 0)),
    ("revisionHistoryLimit", Version(1, 33)),
    ("persistentVolumeClaimRetentionPolicy", Version(1, 23)),
    ("minReadySeconds", Version(1, 22)),
)


def workload_update_faults(
    stored: Body, submitted: Body, version: Version, *, known: bool = True
) -> tuple[Fault, ...]:
    """Return what the API server refuses in a changed workload.

    ``stored`` is the workload before, as it is stored or was written. Where it is
    not ``known`` what its last manifest said, what is left out now is taken for kept.
    Of several changes of a StatefulSet each is a fault; the server names one cause
    for all of them. Other kinds and other groups are not looked at.
    """
    kind = text(submitted.get("kind"))
    old, new = mapping(stored.get("spec")), mapping(submitted.get("spec"))
    if submitted.get("apiVersion") != "apps/v1" or kind not in KINDS:
        return ()
    changed = _selector_changes(old.get("selector"), new.get("selector"), known=known)
    if kind in _WITH_SELECTOR:
        if not changed:
            return ()
        shown = selector_text(mapping(new["selector"]), version)
        cause = invalid("spec.selector", shown, "field is immutable")
        return (Fault(IMMUTABLE, SELECTOR_PATH, cause, value=new["selector"]),)
    paths = [SELECTOR_PATH] if changed else []
    if _name_changes(old.get("serviceName"), new.get("serviceName"), known=known):
        paths.append(SERVICE_NAME_PATH)
    cause = forbidden(
        "spec",
        "updates to statefulset spec for fields other than"
        f" {_changeable(version)} are forbidden",
    )
    return tuple(
        Fault(IMMUTABLE, path, cause, value=new.get(str(path[-1]))) for path in paths
    )


def _changeable(version: Version) -> str:
    *names, last = (f"'{name}'" for name, since in _CHANGEABLE if version >= since)
    comma = "," if version < (1, 22) else ""
    return f"{', '.join(names)}{comma} and {last}"


def _selector_changes(old: Any, new: Any, *, known: bool) -> bool:
    """Whether a selector is another one; a missing one is refused in any case."""
    if not isinstance(old, dict) or not isinstance(new, dict) or not new:
        return False
    before, now = strings(old.get("matchLabels")), strings(new.get("matchLabels"))
    if not known:
        now = before | now
    expressions = items(new.get("matchExpressions"))
    if not expressions and not known:
        return before != now
    were = items(old.get("matchExpressions"))
    return before != now or list(map(_entry, were)) != list(map(_entry, expressions))


def _entry(expression: Any) -> tuple[str, str, tuple[str, ...]]:
    body = mapping(expression)
    values = tuple(map(text, items(body.get("values"))))
    return text(body.get("key")), text(body.get("operator")), values


def _name_changes(old: Any, new: Any, *, known: bool) -> bool:
    before, now = text(old), text(new)
    if new is not None and not isinstance(new, str):
        return False
    return before != now and (known or bool(now))
