"""``render.closure``: what stands in the way of a build is known before it runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cip_lint.render.closure import closure


def obstacle(folder: Path, within: Path) -> str:
    return closure(folder, within).obstacle


def kustomization(folder: Path, **body: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kustomization.yaml").write_text(json.dumps(body), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "body",
    [
        {"resources": ["https://example.com/x.yaml"]},
        {"resources": ["github.com/team/repo//deploy?ref=v1"]},
        {"resources": ["git@example.com:team/repo.git"]},
        {"resources": ["ssh://git@example.com/team/repo"]},
        {"bases": ["git::https://example.com/repo"]},
        {"components": ["gh:team/repo"]},
        {"crds": ["http://example.com/crd.json"]},
        {"transformers": ["https://example.com/t.yaml"]},
        {"patchesStrategicMerge": ["https://example.com/p.yaml"]},
        {"patches": [{"path": "https://example.com/p.yaml"}]},
        {"replacements": [{"path": "https://example.com/r.yaml"}]},
        {"openapi": {"path": "https://example.com/schema.json"}},
        {"configMapGenerator": [{"files": ["a=https://example.com/a"]}]},
        {"secretGenerator": [{"envs": ["https://example.com/env"]}]},
        {"secretGenerator": [{"env": "https://example.com/env"}]},
    ],
)
def test_whatever_is_remote_is_never_built(tmp_path: Path, body: Any) -> None:
    assert obstacle(kustomization(tmp_path, **body), tmp_path).endswith("is remote")


def test_a_remote_entry_is_found_in_whatever_is_reached(tmp_path: Path) -> None:
    kustomization(tmp_path / "deep", resources=["https://example.com/x.yaml"])
    kustomization(tmp_path / "base", components=["../deep"])
    root = kustomization(tmp_path / "over", resources=["../base"])

    assert obstacle(root, tmp_path) == "https://example.com/x.yaml is remote"


def test_a_folder_of_the_name_of_an_address_is_remote_all_the_same(
    tmp_path: Path,
) -> None:
    kustomization(tmp_path / "github.com/team/repo")
    root = kustomization(tmp_path, resources=["github.com/team/repo"])

    assert obstacle(root, tmp_path) == "github.com/team/repo is remote"


def test_nothing_beyond_the_repository_is_read(tmp_path: Path) -> None:
    kustomization(tmp_path / "elsewhere")
    repository = tmp_path / "repository"
    root = kustomization(repository / "over", resources=["../../elsewhere"])
    (repository / "link").symlink_to(tmp_path / "elsewhere")
    linked = kustomization(repository / "linked", resources=["../link"])

    outside = "lies outside the repository"
    assert obstacle(root, repository) == f"../../elsewhere {outside}"
    assert obstacle(linked, repository) == f"../link {outside}"


def test_charts_are_not_rendered_by_a_build(tmp_path: Path) -> None:
    root = kustomization(tmp_path, helmCharts=[{"name": "web"}])

    assert obstacle(root, tmp_path) == "it renders a chart"


def test_kustomizations_that_name_each_other_come_to_an_end(tmp_path: Path) -> None:
    kustomization(tmp_path / "a", resources=["../b"])
    kustomization(tmp_path / "b", resources=["../a", "web.yaml"])

    assert obstacle(tmp_path / "a", tmp_path) == ""


@pytest.mark.parametrize("text", ["", "[]", "a: [", "\0"])
def test_what_cannot_be_read_is_not_built(tmp_path: Path, text: str) -> None:
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "kustomization.yaml").write_text(text, encoding="utf-8")

    assert obstacle(folder, tmp_path) == "app has no kustomization that can be read"


def test_odd_entries_are_passed_over(tmp_path: Path) -> None:
    root = kustomization(
        tmp_path,
        resources=[1, None, {"a": "b"}, "web.yaml", "a" * 5000],
        patches="none",
        configMapGenerator=[{"files": 3}, "x"],
    )

    assert obstacle(root, tmp_path) == ""


def test_a_build_reads_all_that_its_kustomizations_name(tmp_path: Path) -> None:
    kustomization(tmp_path / "base", resources=["web.yaml"])
    root = kustomization(
        tmp_path / "over",
        resources=["../base"],
        patches=[{"path": "patch.yaml"}, {"patch": "a: b"}],
        configMapGenerator=[{"files": ["key=settings.ini"], "envs": ["x.env"]}],
    )
    found = closure(root, tmp_path)

    assert found.is_whole
    names = {str(one.relative_to(tmp_path)) for one in found.files}
    assert names == {
        f"{folder}/{name}"
        for folder in ("base", "over")
        for name in ("kustomization.yaml", "kustomization.yml", "Kustomization")
    } | {"base/web.yaml", "over/patch.yaml", "over/settings.ini", "over/x.env"}


def test_a_transformer_may_read_what_nobody_knows(tmp_path: Path) -> None:
    root = kustomization(tmp_path, transformers=["t.yaml"])

    assert not closure(root, tmp_path).is_whole
