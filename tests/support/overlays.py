"""A base and an overlay of it, for tests that run the real programs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

HAS_PROGRAM = any(map(shutil.which, ("kustomize", "kubectl")))
needs_program = pytest.mark.skipif(
    not HAS_PROGRAM, reason="neither kustomize nor kubectl is installed"
)
needs_helm = pytest.mark.skipif(
    shutil.which("helm") is None, reason="helm is not installed"
)

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: nginx, ports: [{name: http, containerPort: 8080}]}
"""

SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: http}]
"""


def overlaid(folder: Path, overlay: str, name: str = "over") -> Path:
    """Write a base of a Deployment and its Service, and an overlay beside it."""
    files = {
        "base/kustomization.yaml": "resources: [web.yaml, service.yaml]\n",
        "base/web.yaml": DEPLOYMENT,
        "base/service.yaml": SERVICE,
        f"{name}/kustomization.yaml": overlay,
    }
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder
