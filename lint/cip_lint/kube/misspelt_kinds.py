"""Kinds that are spelt otherwise than any of Kubernetes, and which is meant."""

from __future__ import annotations

from functools import lru_cache

from cip_lint.kube.discovery import all_kinds, is_built_in_group

_OF_SERVICES = (
    "ConfigMap",
    "CronJob",
    "DaemonSet",
    "Deployment",
    "EndpointSlice",
    "Endpoints",
    "Ingress",
    "Job",
    "NetworkPolicy",
    "Pod",
    "ReplicaSet",
    "Service",
    "StatefulSet",
)
"""Those that Services rest on, and that are looked for in other spellings."""
_SHORTEST = 5
"""A shorter kind is near to too many words."""


@lru_cache(maxsize=1024)
def meant_kind(api_version: str, kind: str) -> str:
    """Return the kind that a misspelt one of a built-in group stands for.

    ``service``, ``Deployments``, ``Statfulset``: nobody but Kubernetes adds kinds to
    these groups, and it writes each in one way. Empty for a kind that it has in any
    version, and for one that is near none.
    """
    if not is_built_in_group(api_version) or kind in all_kinds():
        return ""
    return next((one for one in _OF_SERVICES if _is_slip(kind, one)), "")


def _is_slip(written: str, kind: str) -> bool:
    """Whether a word is a kind in other case, in the plural, or with one slip in it."""
    a, b = written.casefold(), kind.casefold()
    if a in (b, b + "s", b + "es"):
        return True
    if len(b) < _SHORTEST or abs(len(a) - len(b)) > 1:
        return False
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    a, b = a[start:], b[start:]
    swapped = a[1:2] + a[:1] + a[2:]
    return b in (a[1:], swapped) or a == b[1:] or a[1:] == b[1:]
