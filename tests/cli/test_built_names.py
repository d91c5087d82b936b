"""What is said of names that a build changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.command import cip_lint
from support.overlays import needs_program, overlaid
from support.repositories import Repository

CALLER = """\
apiVersion: v1
kind: Pod
metadata: {name: caller}
spec:
  containers:
    - name: caller
      image: caller
      env: [{name: URL, value: 'http://HOST:80'}]
"""


@needs_program
@pytest.mark.parametrize("host", ["web", "web.shop", "web.shop.svc.cluster.local"])
def test_an_old_name_in_a_text_is_told_once(tmp_path: Path, host: str) -> None:
    overlay = "resources: [../base, caller.yaml]\nnamespace: shop\nnamePrefix: a-\n"
    folder = overlaid(tmp_path, overlay)
    (folder / "over/caller.yaml").write_text(CALLER.replace("HOST", host))
    Repository(folder)

    done = cip_lint(folder, ".", "-o", "concise", "--select", "dns")

    (line,) = done.out.splitlines()
    assert line.startswith(
        f"over/caller.yaml:8:40: error[dns.service-unknown]: {host} names no Service: "
        "the build renames Service web to a-web"
    )


WEB = """\
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80, targetPort: http}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: web
          ports: [{name: http, containerPort: 8080}]
"""
MERGED = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
        - name: web
          ports:
            - containerPort: 8080
              name: other
"""
REPLACED = """\
- op: replace
  path: /spec/template/spec/containers/0/ports/0/name
  value: other
"""


@needs_program
@pytest.mark.parametrize(("patch", "place"), [(MERGED, "11:21"), (REPLACED, "3:10")])
def test_ports_of_which_a_patch_renames_one_are_shown_there(
    tmp_path: Path, patch: str, place: str
) -> None:
    files = {
        "base/kustomization.yaml": "resources: [web.yaml]\n",
        "base/web.yaml": WEB,
        "over/kustomization.yaml": "resources: [../base]\n"
        "patches: [{path: p.yaml, target: {kind: Deployment, name: web}}]\n",
        "over/p.yaml": patch,
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    Repository(tmp_path)

    done = cip_lint(tmp_path, ".", "-o", "concise", "--select", "port")

    (line,) = done.out.splitlines()
    assert f"[over/p.yaml:{place}: the ports of Deployment default/web]" in line
