"""The kinds of objects by which Argo CD and Flux send others, and where to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cip_lint.bodies import Body, mapping, text

APPLICATION = ("argoproj.io", "Application")
APPLICATION_SET = ("argoproj.io", "ApplicationSet")
KUSTOMIZATION = ("kustomize.toolkit.fluxcd.io", "Kustomization")
HELM_RELEASE = ("helm.toolkit.fluxcd.io", "HelmRelease")

IN_CLUSTER = "in-cluster"
"""What Argo CD calls the cluster that it runs in (``util/db/cluster.go``)."""
_OWN_ADDRESS = "https://kubernetes.default.svc"


def with_sources(spec: Body, changed: Callable[[Body], Body]) -> dict[str, Any]:
    """Return the spec of an Application with each of its sources changed."""
    made = dict(spec)
    if isinstance(spec.get("source"), dict):
        made["source"] = changed(spec["source"])
    if isinstance(spec.get("sources"), list):
        made["sources"] = [
            changed(one) if isinstance(one, dict) else one for one in spec["sources"]
        ]
    return made


def named_cluster(destination: Body) -> str:
    """Return the name or the address of the cluster of a ``destination``; or nothing.

    The cluster of Argo CD itself has both, of which this is the name.
    """
    found = text(destination.get("name")) or text(destination.get("server"))
    return IN_CLUSTER if found.rstrip("/") == _OWN_ADDRESS else found


def remote_cluster(spec: Body) -> str:
    """Return what names the cluster that a Flux object sends to; empty: its own."""
    secret = mapping(mapping(spec.get("kubeConfig")).get("secretRef"))
    return text(secret.get("name"))
