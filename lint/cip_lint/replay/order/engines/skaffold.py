"""The order in which Skaffold sends plain manifests: as ``skaffold.yaml`` lists them.

What a pattern matches goes by the bytes of the paths (``util.ExpandPathsGlob``); all
of it is handed to one ``kubectl apply -f -``, which sends one object after the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cip_lint.replay.order.engines.objects import Plan, Sent, sequence


def plan(objects: Sequence[Sent], files: Mapping[str, int]) -> Plan:
    """Return the steps of one module; ``files`` are those it lists, in its order."""
    last = len(files)
    ordered = sorted(objects, key=lambda one: files.get(one.path, last))
    return Plan(tuple(sequence(ordered, "order of skaffold.yaml")))
