"""The work grows with the manifests and no faster: calls are counted, not seconds."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType

import pytest

from cip_lint.cli.check import check

PAIR = """\
apiVersion: v1
kind: Service
metadata: {name: web-%(n)d, namespace: shop}
spec:
  type: %(type)s
  selector: {app: web-%(app)s, part-of: shop}
  ports: [{name: http, port: 80, targetPort: %(target)s}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web-%(n)d, namespace: shop}
spec:
  selector: {matchLabels: {app: web-%(n)d}}
  template:
    metadata: {labels: {app: web-%(n)d, part-of: shop}}
    spec:
      containers:
        - name: web
          image: web
          ports: [{name: http, containerPort: 8080}]
          envFrom: [{configMapRef: {name: web-%(n)d}}]
          env: [{name: PEER, value: "http://web-%(peer)d.shop.svc:80/"}]
          readinessProbe: {httpGet: {port: http}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: web-%(n)d, namespace: shop}
data: {listen: none}
"""


def calls_of_a_check(folder: Path, pairs: int, target: str) -> int:
    """Return how many calls a check of so many Services takes, in this process."""
    folder.mkdir()
    for first in range(0, pairs, 10):
        texts = [
            PAIR
            % {
                "n": number,
                "app": f"{number}x" if number % 10 == 3 else number,
                "type": "NodePort" if number % 10 == 5 else "ClusterIP",
                "target": "web" if number % 10 == 7 else target,
                "peer": number // 2,
            }
            for number in range(first, first + 10)
        ]
        (folder / f"web-{first}.yaml").write_text("---\n".join(texts))
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        report = check([str(folder), "--no-config", "--jobs", "1"])
    finally:
        sys.setprofile(None)
    assert report.summary.services == pairs
    assert report.summary.error >= pairs // 10
    return calls


@pytest.mark.parametrize("target", ["http", "9999"], ids=["declared", "undeclared"])
def test_twice_as_many_services_take_twice_as_many_calls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    monkeypatch.chdir(tmp_path)
    calls_of_a_check(tmp_path / "warm", 10, target)

    one, two, four = (
        calls_of_a_check(tmp_path / str(pairs), pairs, target)
        for pairs in (100, 200, 400)
    )

    assert (four - two) / (two - one) < 2.2
