"""Two processes that share the rules say what one process says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cip_lint.cli.check import check
from cip_lint.engine import halves

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here"),
    pytest.mark.filterwarnings("ignore:This process:DeprecationWarning"),
]

MANIFEST = """\
apiVersion: v1
kind: Service
metadata: {name: web-%(n)d, namespace: shop}
spec:
  clusterIP: 10.96.0.%(ip)d
  selector: {app: web-%(wrong)s}
  ports: [{port: 80, targetPort: %(port)s}, {port: 81}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web-%(n)d, namespace: shop}
spec:
  selector: {matchLabels: {app: web-%(n)d}}
  template:
    metadata: {labels: {app: web-%(n)d}}
    spec:
      containers:
        - name: web
          image: web
          ports: [{name: http, containerPort: 8080}]
"""


def write(folder: Path) -> None:
    for n in range(6):
        text = MANIFEST % {
            "n": n,
            "ip": 20 + n // 2,
            "wrong": n if n % 3 else f"{n}x",
            "port": "http" if n % 2 else "nosuch",
        }
        (folder / f"web-{n}.yaml").write_text(text)


def test_the_findings_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path)
    monkeypatch.chdir(tmp_path)
    arguments = [".", "--no-config", "--service-cidr", "10.96.0.0/16"]
    alone = check(arguments)
    monkeypatch.setattr(halves, "is_worth_it", lambda _cluster: True)

    shared = check(arguments)

    assert alone.summary.error > 6
    assert [vars_of(one) for one in shared.findings] == [
        vars_of(one) for one in alone.findings
    ]


def vars_of(finding: object) -> str:
    """Return everything a finding says, files by their paths."""
    return repr(finding)
