"""Kustomizations and charts named on the command line: by file, by pipe, by link."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.command import cip_lint
from support.overlays import SERVICE, needs_program, overlaid

OVERLAY = "resources: [../base]\nnamespace: shop\n"
WRONG = (
    "base/service.yaml:6:46: error[port.target-name-unresolved]: targetPort htpp names "
    "no port of Deployment shop/web"
)


def broken(folder: Path) -> Path:
    overlaid(folder, OVERLAY)
    text = SERVICE.replace("targetPort: http", "targetPort: htpp")
    (folder / "base/service.yaml").write_text(text, encoding="utf-8")
    return folder


@needs_program
@pytest.mark.parametrize(
    "paths",
    [
        ("over/kustomization.yaml",),
        ("over/kustomization.yaml", "base/service.yaml", "base/web.yaml"),
        ("base/service.yaml", "over"),
        ("./over/../over", "base/web.yaml"),
    ],
)
def test_files_are_judged_as_the_overlay_that_is_named_sends_them(
    tmp_path: Path, paths: tuple[str, ...]
) -> None:
    done = cip_lint(broken(tmp_path), *paths, "-o", "concise")

    assert done.out.startswith(WRONG), done
    assert done.err.startswith("1 problem (1 error) in 1 of ")


@needs_program
def test_a_link_to_a_folder_is_that_folder_where_it_is_named(tmp_path: Path) -> None:
    folder = broken(tmp_path / "work")
    (folder / "link").symlink_to("over")
    (tmp_path / "link").symlink_to("work")

    assert cip_lint(folder, "link", "-o", "concise").out.startswith(WRONG)
    assert cip_lint(tmp_path / "link", "over", "-o", "concise").out.startswith(WRONG)


def test_a_kustomization_in_a_pipe_has_no_folder_to_be_built_in(tmp_path: Path) -> None:
    folder = broken(tmp_path)

    done = cip_lint(folder, "-", "--show-files", stdin=OVERLAY)

    assert done.out == "-: 1 not a Kubernetes object\n", done


@pytest.mark.parametrize("path", ["templates", "templates/web.yaml"])
def test_a_part_of_a_chart_is_told_to_be_named_by_its_folder(
    tmp_path: Path, path: str
) -> None:
    files = {
        "Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
        "templates/web.yaml": "apiVersion: v1\nkind: Service\nx: {{ .Values.x }}\n",
    }
    for name, text in files.items():
        (tmp_path / "web" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "web" / name).write_text(text, encoding="utf-8")

    done = cip_lint(tmp_path, f"web/{path}")

    assert done.code == 2
    assert done.err == (
        f"cip-lint: nothing to check in web/{path}; 1 file was met: a template, "
        "not rendered: name the folder of its chart (see --show-files)\n"
    )
