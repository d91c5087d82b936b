"""Clusters as they stand, for tests: in YAML as kubectl prints them."""

from __future__ import annotations

import yaml

from cip_lint.cluster import Snapshot
from cip_lint.manifests.snapshots import snapshot_of


def snapshot(*texts: str) -> Snapshot:
    """Return the snapshot of some files, ``live0.yaml`` and so on."""
    paths = tuple(f"live{number}.yaml" for number in range(len(texts)))
    return Snapshot(
        [
            snapshot_of(path, text.encode())
            for path, text in zip(paths, texts, strict=True)
        ]
    )


def listed(text: str, kind: str = "List") -> str:
    """Return the documents of a text as the list that kubectl prints of them."""
    items = list(yaml.safe_load_all(text))
    value = {"apiVersion": "v1", "items": items, "kind": kind}
    printed: str = yaml.safe_dump(value, sort_keys=False)
    return printed
