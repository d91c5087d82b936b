"""The engines that send manifests: what they are called, and how they send a change.

In which order one sends them says its module in ``replay.order.engines``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cip_lint.kube.sending import Sending
from cip_lint.records import NamedTuple


class Engine(NamedTuple):
    """One engine, or one way to use it."""

    title: str
    """What people call it."""
    sending: Sending = Sending.CLIENT_SIDE_APPLY
    """How it sends an object that has changed; another engine's is not known."""
    stated: bool = True
    """Whether settings may name it; the others are known by files of their own."""


ENGINES: Mapping[str, Engine] = MappingProxyType(
    {
        "kubectl": Engine("kubectl"),
        "kubectl-server-side": Engine("kubectl", Sending.SERVER_SIDE_APPLY),
        "kustomize": Engine("kustomize"),
        "helm": Engine("Helm", Sending.SERVER_SIDE_APPLY),
        "helm3": Engine("Helm"),
        "helm4": Engine("Helm", Sending.SERVER_SIDE_APPLY),
        "argocd": Engine("Argo CD"),
        "flux": Engine("Flux", Sending.SERVER_SIDE_APPLY),
        "kapp": Engine("kapp", Sending.REPLACE),
        "cli-utils": Engine("cli-utils"),
        "fleet": Engine("Fleet", Sending.SERVER_SIDE_APPLY, stated=False),
        "skaffold": Engine("Skaffold", stated=False),
        "tilt": Engine("Tilt", stated=False),
    }
)
"""By the name that units carry. Programs of which no order is known are in none."""


def title_of(engine: str) -> str:
    """Return what people call an engine, known or not."""
    known = ENGINES.get(engine)
    return engine if known is None else known.title


def sending_of(engine: str) -> Sending:
    """Return how an engine sends a change; unknown ones work out a three-way patch."""
    known = ENGINES.get(engine)
    return Sending.CLIENT_SIDE_APPLY if known is None else known.sending
