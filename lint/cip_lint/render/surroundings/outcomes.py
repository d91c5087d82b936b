"""What builds leave behind beside objects: for whom they were made, or why not."""

from __future__ import annotations

from typing import Protocol

from cip_lint.manifests import Reading, Sent
from cip_lint.model import Resource

BUILDABLE = frozenset({"chart", "kustomization"})
"""The kinds of landmark of what a program turns into manifests."""

_SENDERS = frozenset({"Application", "ApplicationSet", "HelmRelease", "Kustomization"})
"""Kinds of objects that send folders of a repository, whatever their group."""

NO_PROGRAM = "neither kustomize nor kubectl is installed"
"""Why no kustomization can be built on a machine."""

NO_HELM = "helm is not installed"
"""Why no chart can be rendered on a machine."""


def is_needed(reading: Reading) -> bool:
    """Whether anything of a reading may have to be built, or looked for by its path."""
    return any(one.kind in BUILDABLE for one in reading.landmarks) or any(
        one.kind in _SENDERS for one in reading.resources
    )


class Sender(Protocol):
    """What is known of who sends a kustomization or chart."""

    @property
    def words(self) -> str:
        """Who does, see ``release_name``."""
        ...

    @property
    def namespace(self) -> str:
        """Where to; empty where nobody says."""
        ...

    @property
    def cluster(self) -> str:
        """Which cluster it names; empty for none."""
        ...

    @property
    def engine(self) -> str:
        """What sends it: ``argocd``, ``flux``, ``helm``."""
        ...


def sent_by(
    path: str, sender: Sender, bound: str = "", *, firm: bool = False, chart: str = ""
) -> Sent:
    """Return what says who sends the kustomization or chart at a path, and where to."""
    return Sent(
        path,
        sender.words,
        sender.namespace,
        sender.cluster,
        sender.engine,
        bound,
        firm,
        chart,
    )


def release_name(sender: Resource) -> str:
    """Return the name of what an object sends or installs, of no other in a run.

    It says who sends it: ``Kustomization flux-system/apps of clusters/apps.yaml``.
    Units are told apart by it. Builds of one base may each make the object, so that
    the build is named too.
    """
    namespace = f"{sender.namespace}/" if sender.namespace else ""
    said = f"{sender.kind} {namespace}{sender.name} of {sender.path}"
    if sender.release:
        return f"{said}, sent by {sender.release}"
    return f"{said}, built by {sender.built_by}" if sender.built_by else said
