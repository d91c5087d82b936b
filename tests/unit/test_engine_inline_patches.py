"""A comment above a patch that is written out means all of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cip_lint.engine.inline_patches import lines_of_patch
from cip_lint.model import SourceFile
from support.command import cip_lint
from support.overlays import needs_program, overlaid

KUSTOMIZATION = """\
resources: [../base]
patches:
- patch: |-
    kind: Service

    # no end
  target: {kind: Service}
- target:
    kind: Service
  patch: >
    - op: add
- path: web.yaml
  options: {}
patchesStrategicMerge:
  - |-
    kind: Service
  - web.yaml
images:
- name: web
  newTag: "patch: |"
"""
LINES = [
    (1, range(0)),
    (2, range(0)),
    (3, range(3, 8)),
    (4, range(0)),
    (8, range(8, 12)),
    (9, range(0)),
    (10, range(10, 12)),
    (12, range(0)),
    (15, range(15, 17)),
    (17, range(0)),
    (19, range(0)),
    (22, range(0)),
]


@pytest.mark.parametrize(("line", "expected"), LINES)
def test_a_patch_has_the_lines_of_its_entry(line: int, expected: range) -> None:
    source = SourceFile("over/kustomization.yaml", KUSTOMIZATION)

    assert lines_of_patch(source, line) == expected


def test_texts_in_lists_of_other_files_are_no_patches() -> None:
    source = SourceFile("over/web.yaml", KUSTOMIZATION)

    assert lines_of_patch(source, 15) == range(0)
    assert lines_of_patch(source, 3) == range(3, 8)


OVERLAY = """\
resources: [../base]
namePrefix: a-
patches:
%s- patch: |-%s
    apiVersion: v1
    kind: Service
    metadata: {name: web}
    spec:
      ports:
      - {name: http, port: 80, targetPort: htttp}
"""
IGNORE = "# cip-lint: ignore[port.target-name-unresolved] -- soon"


@needs_program
@pytest.mark.parametrize(
    ("above", "behind", "hides"),
    [
        (f"{IGNORE}\n", "", True),
        ("", f"  {IGNORE}", True),
        (f"{IGNORE}\n- {{path: other.yaml}}\n", "", False),
    ],
)
def test_the_comment_above_a_patch_hides_what_the_patch_does(
    tmp_path: Path, above: str, behind: str, hides: bool
) -> None:
    overlaid(tmp_path, OVERLAY % (above, behind))
    other = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
    (tmp_path / "over/other.yaml").write_text(other, encoding="utf-8")
    done = cip_lint(tmp_path, ".", "-o", "concise")

    assert ("names no port of Deployment" in done.out) is not hides, done
    assert ("1 suppressed" in done.err) is hides, done
