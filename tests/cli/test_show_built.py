"""What is printed of builds: harmless on a terminal, and YAML for programs."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from support.command import cip_lint
from support.overlays import needs_helm, needs_program, overlaid

TURNED = "user\u202e\u2066# admin\u2069"
CHART = "apiVersion: v2\nname: web\nversion: 0.1.0\n"
ESCAPED = "templates/\x1b[31mred\x07.yaml"


def chart(folder: Path) -> Path:
    note = f'metadata: {{name: web, annotations: {{a: "{TURNED}", b: "\\e[31m\tx"}}}}'
    files = {
        "Chart.yaml": CHART,
        ESCAPED: f"apiVersion: v1\nkind: Service\n{note}\nspec: {{clusterIP: None}}\n",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@needs_helm
def test_a_terminal_is_shown_what_is_invisible(tmp_path: Path) -> None:
    done = cip_lint(chart(tmp_path), ".", "--show-built", terminal=True)

    lines = done.out.splitlines()
    assert all(line.replace("\t", " ").isprintable() for line in lines), lines
    assert r"# Source: web/templates/\x1b[31mred\x07.yaml" in lines
    assert r'a: "user\u202e\u2066# admin\u2069"' in done.out


@needs_helm
def test_a_program_reads_it_again_value_for_value(tmp_path: Path) -> None:
    done = cip_lint(chart(tmp_path), ".", "--show-built")

    read = [one for one in yaml.safe_load_all(done.out) if one]
    assert [one["metadata"]["annotations"] for one in read] == [
        {"a": TURNED, "b": "\x1b[31m\tx"}
    ]
    assert "\x1b" not in done.out
    assert r"# Source: web/templates/\x1b[31mred\x07.yaml" in done.out


@needs_program
@pytest.mark.parametrize("terminal", [False, True])
def test_the_name_of_a_folder_forges_no_line(tmp_path: Path, terminal: bool) -> None:
    name = "over\n---\nkind: Forged\x1b[2J"
    folder = overlaid(tmp_path, "resources: [../base]\nnamePrefix: a-\n", name)

    done = cip_lint(folder, ".", "--show-built", terminal=terminal)

    assert done.out.startswith(
        "# over\\n---\\nkind: Forged\\x1b[2J/kustomization.yaml (built)\n"
    )
    assert [one["kind"] for one in yaml.safe_load_all(done.out)] == [
        "Service",
        "Deployment",
    ]
