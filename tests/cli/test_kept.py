"""A second run finds the same, whatever became of what the first one has kept."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from cip_lint.manifests import readers
from support.command import cip_lint

EXAMPLE = Path(__file__).parents[2] / "examples" / "shop"

_PAIR = """\
apiVersion: v1
kind: Service
metadata: {{name: web-{n}, namespace: shop}}
spec:
  clusterIP: 10.96.0.{address}
  selector: {{app: web-{n}}}
  ports: [{{port: 80, targetPort: nothing}}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web-{n}, namespace: shop}}
spec:
  selector: {{matchLabels: {{app: web-{n}}}}}
  template:
    metadata: {{labels: {{app: web-{n}}}}}
    spec: {{containers: [{{name: web, image: web, ports: [{{containerPort: 80}}]}}]}}
"""


@pytest.fixture(params=["example", "many"])
def tree(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    root = tmp_path / "tree"
    if request.param == "example":
        monkeypatch.setattr(readers, "_FEWEST_KEPT", 0)
        shutil.copytree(EXAMPLE, root)
        (root / "web.yaml").write_text(_PAIR.format(n=1, address=1))
        return root
    monkeypatch.setattr(readers, "_FEWEST_KEPT", 200)
    root.mkdir()
    for number in range(210):
        text = _PAIR.format(n=number, address=number // 2 + 1)
        (root / f"f{number:03}.yaml").write_text(text)
    return root


def findings(tree: Path, *arguments: str) -> tuple[int, str, str]:
    done = cip_lint(tree, "check", ".", "--no-build", "-o", "json", *arguments)
    return done.code, done.out, done.err


def test_every_run_says_the_same(tree: Path, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    keeping = ("--cache-dir", str(folder))
    cold = findings(tree, "--no-cache", *keeping)
    assert '"rule"' in cold[1]
    assert not folder.exists()

    assert findings(tree, *keeping) == cold
    assert findings(tree, *keeping) == cold
    (entry,) = (folder / "readings").iterdir()
    sound = entry.read_bytes()
    for data in (sound[: len(sound) // 2], sound[:-1] + b"\0", b"", os.urandom(2000)):
        entry.write_bytes(data)
        assert findings(tree, *keeping) == cold
    shutil.rmtree(folder)
    folder.write_text("no folder")
    assert findings(tree, *keeping) == cold
