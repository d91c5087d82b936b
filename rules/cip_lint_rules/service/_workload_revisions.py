"""Words for what may not change in a workload that Services rest on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cip_lint.bodies import strings, text
from cip_lint.kube.faults import INVALID, Fault
from cip_lint.kube.placeholders import is_placeholder
from cip_lint.kube.workload_update import SELECTOR_PATH, workload_update_faults
from cip_lint.model import Label, Path, Resource
from cip_lint.replay.updates import LAST_APPLIED
from cip_lint.rule import Context, Member, Problem
from cip_lint_rules._refusals import quote

_FORBIDDEN = "a StatefulSet may not change it"


def problems(member: Member, cx: Context) -> Iterator[Problem]:
    """Yield the problem of a workload that changes what it may not."""
    base = cx.cluster.base
    before = None if base is None else base.find(member)
    if base is None or before is None:
        return
    resource = member.resource
    faults = [
        fault
        for fault in workload_update_faults(
            before.body,
            resource.body,
            cx.settings.kubernetes_version.value,
            known=not base.live or _says_its_manifest(before),
        )
        if not cx.cluster.unresolved(member, fault.path)
        and not _is_open(before, fault.path)
    ]
    if not faults:
        return
    changed = [
        path for fault in faults for path in _differing(before, resource, fault.path)
    ]
    was = f"was this in {base.words}"
    there = [path for path in changed if before.get(*path) is not None]
    yield Problem(
        _message(before, resource, faults[0]),
        at=_place(resource, changed[0], "changes it"),
        related=tuple(_place(before, path, was) for path in there or changed[:1]),
        notes=(quote(faults[0]),),
        help=f"delete and create the {member.kind}, or keep the value",
        faults=(faults[0],),
    )


def _is_open(before: Resource, path: Path) -> bool:
    """Whether nobody knows what an earlier selector or name was: a placeholder."""
    value = before.get(*path)
    labels = strings(before.get(*path, "matchLabels"))
    return any(map(is_placeholder, (text(value), *labels, *labels.values())))


def _says_its_manifest(before: Resource) -> bool:
    return LAST_APPLIED in strings(before.get("metadata", "annotations"))


def _message(before: Resource, resource: Resource, fault: Fault) -> str:
    words = "field is immutable" if fault.cause.reason == INVALID else _FORBIDDEN
    paths = _differing(before, resource, fault.path)
    path = paths[0]
    if path == SELECTOR_PATH:
        return f"the selector changes: {words}"
    if len(paths) > 1:
        old, new = (_pairs(one, paths) for one in (before, resource))
        return f"the selector changes from {old} to {new}: {words}"
    is_label = path[: len(SELECTOR_PATH)] == SELECTOR_PATH
    name = f"the selector's {path[-1]}" if is_label else str(path[-1])
    old, new = text(before.get(*path)), text(resource.get(*path))
    if not new:
        lost = f"the selector loses {path[-1]}={old}"
        return f"{lost if is_label else f'{name} {old} is removed'}: {words}"
    if not old:
        gained = f"the selector gains {path[-1]}={new}"
        return f"{gained if is_label else f'{name} {new} is added'}: {words}"
    return f"{name} changes from {old} to {new}: {words}"


def _pairs(one: Resource, paths: Sequence[Path]) -> str:
    """Return the labels at some paths, as far as they are there."""
    keys = {path[-1] for path in paths}
    labels = strings(one.get(*SELECTOR_PATH, "matchLabels"))
    there = (f"{key}={value}" for key, value in labels.items() if key in keys)
    return ", ".join(there) or "nothing of it"


def _differing(before: Resource, resource: Resource, path: Path) -> list[Path]:
    """Return the paths of the labels of a selector that have changed.

    Those that are new or other come first; of anything else the path itself.
    """
    if path != SELECTOR_PATH:
        return [path]
    labels = (*path, "matchLabels")
    old, new = (strings(one.get(*labels)) for one in (before, resource))
    keys = dict.fromkeys((*new, *old))
    found: list[Path] = [(*labels, key) for key in keys if old.get(key) != new.get(key)]
    return found or [path]


def _place(resource: Resource, path: Path, words: str) -> Label:
    """Return a label on the value at a path, or on the key of what it would be in."""
    if resource.get(*path) is not None:
        return resource.label(*path, text=words)
    while len(path) > 1:
        path = path[:-1]
        if resource.get(*path) is not None:
            return resource.key_label(*path, text=words)
    return resource.label("metadata", "name", text=words)
