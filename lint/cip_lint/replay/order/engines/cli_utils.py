"""The order in which cli-utils (``kpt live apply``) applies: layers, each sorted.

Follows ``pkg/object/graph`` and ``pkg/ordering/sort.go``. An object is in a layer
behind the definition of its kind, its Namespace, and what it names in
``config.kubernetes.io/depends-on`` and ``.../apply-time-mutation``. A layer goes one
object after the other; behind it everything is waited for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cip_lint.patterns import pattern
from cip_lint.replay.order.engines.objects import (
    Gate,
    Plan,
    Sent,
    defined_kind,
    layers,
    ranks_around,
    sequence,
)

DEPENDS_ON = "config.kubernetes.io/depends-on"
MUTATION = "config.kubernetes.io/apply-time-mutation"

FIRST = (
    ("", "Namespace"), ("", "ResourceQuota"), ("storage.k8s.io", "StorageClass"),
    ("apiextensions.k8s.io", "CustomResourceDefinition"),
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
    ("", "ServiceAccount"), ("policy", "PodSecurityPolicy"),
    ("rbac.authorization.k8s.io", "Role"),
    ("rbac.authorization.k8s.io", "ClusterRole"),
    ("rbac.authorization.k8s.io", "RoleBinding"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"), ("", "ConfigMap"),
    ("", "Secret"), ("", "Service"), ("", "LimitRange"),
    ("scheduling.k8s.io", "PriorityClass"), ("apps", "Deployment"),
    ("apps", "StatefulSet"), ("batch", "CronJob"), ("policy", "PodDisruptionBudget"),
)  # fmt: skip
LAST = (("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),)
_RANKS = ranks_around(FIRST, LAST)

_Identity = tuple[str, str, str, str]
"""Group, namespace, kind and name."""
_MUTATION_FIELD = pattern(
    r"""["']?(apiVersion|group|kind|name|namespace)["']?[ \t]*:[ \t]*["']?([^"'\s,}]+)"""
)


def plan(objects: Sequence[Sent]) -> Plan | None:
    """Return the steps of an apply; None where dependencies form a circle."""
    layers = _layers(objects)
    if layers is None:
        return None
    steps = [
        step
        for number, layer in enumerate(layers)
        for step in sequence(
            sorted(layer, key=_key), f"layer {number + 1}", Gate.READY, number
        )
    ]
    return Plan(tuple(steps))


def _key(sent: Sent) -> tuple[int, str, str, str, str]:
    group, kind = sent.group, sent.kind
    return _RANKS.get((group, kind), 0), group, kind, sent.namespace, sent.name


def _layers(objects: Sequence[Sent]) -> list[list[Sent]] | None:
    """Return the objects by the length of the longest chain in front of them."""
    index = _Index(objects)
    found = layers([index.needed_by(sent) for sent in objects])
    if found is None:
        return None
    return [[objects[number] for number in layer] for layer in found]


class _Index:
    """What the objects of a unit can depend on, by number."""

    def __init__(self, objects: Sequence[Sent]) -> None:
        self._all: dict[_Identity, int] = {}
        self._namespaces: dict[str, int] = {}
        self._definitions: dict[tuple[str, str], int] = {}
        for number, sent in enumerate(objects):
            identity = sent.group, sent.namespace, sent.kind, sent.name
            self._all.setdefault(identity, number)
            if (sent.group, sent.kind) == ("", "Namespace"):
                self._namespaces.setdefault(sent.name, number)
            elif (defined := defined_kind(sent)) is not None:
                self._definitions.setdefault(defined, number)

    def needed_by(self, sent: Sent) -> set[int]:
        """Return the numbers of what must be there before an object."""
        found: set[int | None] = set()
        if self._namespaces and sent.namespace:
            found.add(self._namespaces.get(sent.namespace))
        if self._definitions:
            found.add(self._definitions.get((sent.group, sent.kind)))
        if sent.annotations:
            found.update(map(self._all.get, _named(sent.annotations)))
        return {number for number in found if number is not None} if found else set()


def _named(annotations: Mapping[str, str]) -> Iterator[_Identity]:
    for reference in annotations.get(DEPENDS_ON, "").split(","):
        parts = [part.strip() for part in reference.strip().split("/")]
        if len(parts) == 3:
            yield parts[0], "", parts[1], parts[2]
        elif len(parts) == 5 and parts[1] == "namespaces":
            yield parts[0], parts[2], parts[3], parts[4]
    mutation = annotations.get(MUTATION)
    if mutation:
        yield from _sources(mutation)


def _sources(mutation: str) -> Iterator[_Identity]:
    """Yield the objects whose fields a mutation copies.

    The annotation is YAML; of it only the plain fields of each ``sourceRef`` count.
    """
    for piece in mutation.split("sourceRef")[1:]:
        reference = piece.partition("sourcePath")[0]
        found = dict(_MUTATION_FIELD.findall(reference))
        group = found.get("group", found.get("apiVersion", "").rpartition("/")[0])
        yield (
            group,
            found.get("namespace", ""),
            found.get("kind", ""),
            found.get("name", ""),
        )
