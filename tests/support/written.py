"""Manifests written to a folder, read and gathered to clusters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cip_lint.cluster import Cluster, ClusterSettings, default_settings, partition
from cip_lint.manifests import ReadOptions, read

Gather = Callable[..., tuple[Cluster, ...]]


def obj(kind: str, name: str, *rest: str, api: str = "v1", ns: str = "") -> str:
    """Return a document; ``rest`` are its further lines."""
    lines = [f"apiVersion: {api}", f"kind: {kind}", "metadata:", f"  name: {name}"]
    if ns:
        lines.append(f"  namespace: {ns}")
    return "\n".join([*lines, *rest]) + "\n---\n"


def service(name: str, selector: str = "", ns: str = "") -> str:
    """Return a Service with a selector in flow style."""
    return obj("Service", name, f"spec: {{selector: {{{selector}}}}}", ns=ns)


def deployment(name: str, labels: str, ns: str = "", kind: str = "Deployment") -> str:
    """Return a workload whose pods carry labels in flow style."""
    spec = f"spec: {{template: {{metadata: {{labels: {{{labels}}}}}, spec: {{}}}}}}"
    return obj(kind, name, spec, api="apps/v1", ns=ns)


def gatherer(root: Path) -> Gather:
    """Return a function that writes files below a folder and gathers them."""

    def gather(
        files: dict[str, str],
        *settings: ClusterSettings,
        paths: tuple[str, ...] = (".",),
    ) -> tuple[Cluster, ...]:
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        where = [str(root / path) for path in paths]
        reading = read(where, ReadOptions(root=root, gitignore=False))
        return partition(reading, settings or [default_settings()])

    return gather
