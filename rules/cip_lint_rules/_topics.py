"""What rules of several families have in common: by it one of them hides another."""

from __future__ import annotations

from collections.abc import Hashable


def called(service: str, namespace: str | None, pod: str = "") -> Hashable:
    """Return the topic of a name that is called; ``namespace`` is as it is written."""
    return service, namespace, pod
