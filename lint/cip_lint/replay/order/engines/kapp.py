"""The order in which kapp applies: a graph of change groups, nothing else.

Follows ``pkg/kapp/config/default.go`` and ``clusterapply/applying_changes.go``.
Services and workloads are unblocked together and applied at the same time, once
what they rest on (configuration, accounts, roles, storage, their Namespace) is
there. ``kapp.k14s.io/change-group`` and ``change-rule`` add to the graph; a rule
waits until what it names is ready.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple
from cip_lint.replay.order.engines.objects import (
    Gate,
    Plan,
    PlannedStep,
    Sent,
    defined_kind,
    layers,
)

GROUP = "kapp.k14s.io/change-group"
RULE = "kapp.k14s.io/change-rule"

_MOST_CLASSES = 1024
"""With more different places in the graph the order is left unknown."""

_EARLY = frozenset(
    {
        "ClusterRole", "ClusterRoleBinding", "ConfigMap", "LimitRange", "NetworkPolicy",
        "PersistentVolume", "PersistentVolumeClaim", "PodSecurityPolicy",
        "ResourceQuota", "Role", "RoleBinding", "Secret", "ServiceAccount",
        "StorageClass",
    }
)  # fmt: skip
_BINDINGS = frozenset({"ClusterRoleBinding", "RoleBinding"})
_ROLES = frozenset({"ClusterRole", "Role"})
_OWN = "change-groups.kapp.k14s.io/"
_RULE = pattern(r"upsert\s+(after|before)\s+upserting\s+(\S+)")


class _Class(NamedTuple):
    """The groups an object is in, and what it must come after and before."""

    groups: frozenset[str]
    after: frozenset[str]
    before: frozenset[str]


def plan(objects: Sequence[Sent]) -> Plan | None:
    """Return the classes of equal rules, and which comes after which.

    None where the rules form a circle. Of too many the order is left untold.
    """
    found: dict[_Class, list[Sent]] = {}
    for sent in objects:
        found.setdefault(_class_of(sent), []).append(sent)
        if len(found) > _MOST_CLASSES:
            return Plan(
                (),
                untold=f"more than {_MOST_CLASSES} sorts of objects that wait for others",
            )
    classes = list(found)
    after = _predecessors(classes)
    order = _ordered(after)
    if order is None:
        return None
    place = {number: at for at, number in enumerate(order)}
    reached = [0] * len(order)
    for at, number in enumerate(order):
        for earlier in after[number]:
            reached[at] |= reached[place[earlier]] | 1 << place[earlier]
    steps = tuple(
        PlannedStep(
            tuple(members),
            len(members) > 1,
            Gate.READY,
            "change groups" if place[number] else "first change groups",
            place[number],
        )
        for number in order
        for members in (found[classes[number]],)
    )
    return Plan(steps, tuple(reached))


def _predecessors(classes: Sequence[_Class]) -> list[set[int]]:
    """Return for each class the numbers of those it comes after."""
    members: dict[str, list[int]] = {}
    for number, one in enumerate(classes):
        for group in one.groups:
            members.setdefault(group, []).append(number)
    after: list[set[int]] = [set() for _ in classes]
    for number, one in enumerate(classes):
        for group in one.after:
            after[number].update(members.get(group, ()))
        for group in one.before:
            for other in members.get(group, ()):
                after[other].add(number)
    for number, found in enumerate(after):
        found.discard(number)
    return after


def _ordered(after: Sequence[set[int]]) -> list[int] | None:
    """Return the classes so that each stands behind those it comes after."""
    found = layers(after)
    return None if found is None else [number for layer in found for number in layer]


def _class_of(sent: Sent) -> _Class:
    groups: set[str] = set()
    after: set[str] = set()
    before: set[str] = set()
    _add_defaults(sent, groups, after)
    for direction, group in _rules(sent.annotations):
        (after if direction == "after" else before).add(_filled(group, sent))
    for key, value in sent.annotations.items():
        if key == GROUP or key.startswith(f"{GROUP}."):
            groups.add(_filled(value.strip(), sent))
    return _Class(frozenset(groups), frozenset(after), frozenset(before))


def _add_defaults(sent: Sent, groups: set[str], after: set[str]) -> None:
    kind = sent.kind
    if kind == "Namespace" and not sent.group:
        groups.add(f"{_OWN}namespaces-{sent.name}")
        return
    if sent.namespace:
        after.add(f"{_OWN}namespaces-{sent.namespace}")
    defined = defined_kind(sent)
    if defined is not None:
        groups.add(f"{_OWN}crds-{'-'.join(defined)}")
        return
    if "." in sent.group:
        after.add(f"{_OWN}crds-{sent.group}-{kind}")
    if kind not in _EARLY:
        after.add(f"{_OWN}pod-related")
        return
    groups.add(f"{_OWN}pod-related")
    if kind in _ROLES:
        groups.add(f"{_OWN}rbac-roles")
    elif kind in _BINDINGS:
        after.add(f"{_OWN}rbac-roles")


def _rules(annotations: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield whether an object comes after or before a group, and which."""
    for key, value in annotations.items():
        if key == RULE or key.startswith(f"{RULE}."):
            found = _RULE.fullmatch(value.strip())
            if found is not None:
                yield found[1], found[2]


def _filled(group: str, sent: Sent) -> str:
    """Return the name of a group with its placeholders filled in."""
    if "{" not in group:
        return group
    return (
        group.replace("{name}", sent.name)
        .replace("{namespace}", sent.namespace)
        .replace("{kind}", sent.kind)
        .replace("{api-group}", sent.group)
    )
