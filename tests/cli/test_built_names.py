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
