"""The order in which Fleet installs a bundle of plain manifests: as Helm 4 does.

Since 0.15 what a bundle holds beside its chart goes through the post-renderer of
Helm 4, which sorts it anew, under a path made of its number
(``internal/helmdeployer/postrender.go``).
"""

from __future__ import annotations

from collections.abc import Sequence

from cip_lint.replay.order.engines import helm
from cip_lint.replay.order.engines.objects import Plan, Sent


def plan(objects: Sequence[Sent]) -> Plan:
    """Return the steps in which a bundle is installed."""
    return helm.plan(
        [
            sent._replace(path=f"generated-by-postrender-{sent.number}.yaml")
            for sent in objects
        ]
    )
