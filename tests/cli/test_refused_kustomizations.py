"""Kustomizations that the real program refuses are told, whatever is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.command import cip_lint
from support.overlays import DEPLOYMENT, SERVICE, needs_program


def repository(root: Path, **files: str) -> Path:
    """Return a folder with a Service and its pods, and files in ``app``."""
    (root / "app").mkdir()
    written(root / "app/web.yaml", f"{SERVICE}---\n{DEPLOYMENT}")
    for name, text in files.items():
        written(root / "app" / name.replace("_", "."), text)
    return root


def written(file: Path, text: str) -> None:
    """Write a file, and its folder."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode())


def test_broken_yaml_in_a_kustomization_is_a_finding(tmp_path: Path) -> None:
    where = repository(tmp_path, kustomization_yaml="resources: [web.yaml\n")
    done = cip_lint(where, ".", "-o", "concise")

    assert done.code == 1, done
    assert "app/kustomization.yaml:1:" in done.out
    assert "error[manifest.unreadable]: cannot be read" in done.out
    assert "in no kustomization" not in done.err


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("Chart.yaml", "helm cannot load the chart"),
        ("fleet.yaml", "Fleet makes no bundle of the folder"),
        ("fleet.yml", "Fleet makes no bundle of the folder"),
    ],
)
def test_broken_yaml_in_settings_of_other_programs_is_a_finding(
    tmp_path: Path, name: str, advice: str
) -> None:
    written(tmp_path / "app" / name, "# what it is\r\nname: web\r\nlabels: [a\r\n")
    written(tmp_path / "app/templates/web.yaml", SERVICE)
    done = cip_lint(tmp_path, ".")

    assert done.code == 1, done
    assert done.out.count("error[manifest.unreadable]: cannot be read") == 1
    assert f"--> app/{name}:3:10\n" in done.out
    assert f"help: fix the syntax; {advice}\n" in done.out

    written(tmp_path / "app" / name, "name: {{ .Name }}\nlabels: [a\n")
    assert "manifest.unreadable" not in cip_lint(tmp_path, ".").out


def test_what_a_template_makes_of_a_kustomization_is_no_finding(tmp_path: Path) -> None:
    where = repository(tmp_path, kustomization_yaml="resources: [{{ .Values.it }}\n")
    done = cip_lint(where, ".", "-o", "concise")

    assert (done.code, done.out) == (0, ""), done


@needs_program
@pytest.mark.parametrize(
    ("files", "why"),
    [
        (
            {"kustomization_yaml": "resources: [web.yaml\n"},
            "not built: app has no kustomization that can be read: ",
        ),
        (
            {"kustomization_yaml": "# nothing yet\n"},
            "not built: app has no kustomization that can be read: it is empty",
        ),
        (
            {
                "kustomization_yaml": "resources: [web.yaml]\n",
                "kustomization_yml": "resources: []\n",
            },
            "not built: kustomization.yaml and kustomization.yml lie side by side",
        ),
        (
            {
                "kustomization_yaml": "resources: [web.yaml]\n"
                "configMapGenerator: [{name: x, files: [gone.txt]}]\n"
            },
            "not built: gone.txt is not there",
        ),
        (
            {"kustomization_yaml": "resources: [web.yaml, .]\n"},
            "not built: it has itself for a base",
        ),
    ],
)
def test_a_unit_says_why_it_is_not_built(
    tmp_path: Path, files: dict[str, str], why: str
) -> None:
    shown = cip_lint(repository(tmp_path, **files), "config", "show", "-o", "json")

    (cluster,) = json.loads(shown.out)["clusters"]
    (unit,) = cluster["units"]
    assert unit["path"] == "app"
    assert why in unit["why"]


@needs_program
def test_kustomizations_in_a_ring_are_told(tmp_path: Path) -> None:
    written(tmp_path / "a/kustomization.yaml", "resources: [../b]\n")
    written(tmp_path / "b/kustomization.yaml", "resources: [../a]\n")
    shown = cip_lint(tmp_path, "config", "show")

    assert "a/kustomization.yaml is not built: it has itself for a base" in shown.out
