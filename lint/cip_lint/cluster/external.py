"""What the configuration declares to exist outside the files of a run."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

from cip_lint.records import NamedTuple


class Declared(NamedTuple):
    """Objects that exist somewhere else, by namespace, and name or pod labels.

    ``namespace`` and ``name`` are shell patterns. ``labels`` say which pods are
    meant: a selector that asks for nothing more is covered.
    """

    namespace: str = "*"
    name: str = "*"
    labels: Mapping[str, str] | None = None

    def is_in(self, namespace: str) -> bool:
        """Whether it speaks of this namespace (empty: an undecided one)."""
        return self.namespace == "*" or fnmatchcase(
            namespace or "default", self.namespace
        )

    def names(self, namespace: str, name: str) -> bool:
        """Whether it speaks of the object of this namespace and name."""
        return self.is_in(namespace) and fnmatchcase(name, self.name)


class External(NamedTuple):
    """The declarations of ``external:``: what is there counts as existing."""

    workloads: tuple[Declared, ...] = ()
    services: tuple[Declared, ...] = ()
    endpoints: tuple[Declared, ...] = ()
    zones: tuple[str, ...] = ()
    """DNS zones that other servers answer for."""
    run_time_labels: frozenset[str] = frozenset()
    """Label keys (or shell patterns of keys) that programs set on their own pods."""

    def covers_workloads(
        self, namespace: str, selector: Mapping[str, str] | None = None
    ) -> bool:
        """Whether declared pods may be what a selector of the namespace means."""
        return any(
            declared.is_in(namespace) and _covers(declared, selector)
            for declared in self.workloads
        )

    def has_service(self, namespace: str, name: str) -> bool:
        """Whether a Service of this namespace and name is declared."""
        return any(declared.names(namespace, name) for declared in self.services)

    def has_endpoints(self, namespace: str, name: str) -> bool:
        """Whether somebody else writes the endpoints of this Service."""
        return any(declared.names(namespace, name) for declared in self.endpoints)

    def is_run_time_label(self, key: str) -> bool:
        """Whether the configuration calls a label key one that programs set."""
        return key in self.run_time_labels or any(
            "*" in pattern and fnmatchcase(key, pattern)
            for pattern in self.run_time_labels
        )


NOTHING_EXTERNAL = External()
"""Nothing is declared."""


def _covers(declared: Declared, selector: Mapping[str, str] | None) -> bool:
    if not declared.labels or selector is None:
        return True
    return all(
        key in declared.labels and fnmatchcase(value, declared.labels[key])
        for key, value in selector.items()
    )
