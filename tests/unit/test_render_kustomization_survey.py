from __future__ import annotations

from typing import Any

import pytest

from cip_lint.render.kustomize.kustomization_survey import survey
from cip_lint.render.kustomize.kustomizations import Kustomizations


def surveyed(found: dict[str, dict[str, Any]], *present: str) -> Kustomizations:
    return survey(
        [
            (f"{name}/kustomization.yaml".lstrip("/"), body)
            for name, body in found.items()
        ],
        set(present),
    )


def test_a_kustomization_that_only_lists_files_is_judged_whole() -> None:
    found = surveyed(
        {
            "app": {"resources": ["web.yaml", "db"], "namespace": "shop"},
            "app/db": {"resources": ["db.yaml"], "namespace": "data"},
        },
        "app/web.yaml",
        "app/db/db.yaml",
    )

    web, db = found.build_of["app/web.yaml"], found.build_of["app/db/db.yaml"]
    assert (web.whole, web.namespace, db.whole, db.namespace, db.directory) == (
        True,
        "shop",
        True,
        "shop",
        "app",
    )


def test_the_inner_namespace_counts_where_the_outer_says_none() -> None:
    found = surveyed(
        {
            "app": {"resources": ["db"]},
            "app/db": {"resources": ["x.yaml"], "namespace": "d"},
        },
        "app/db/x.yaml",
    )

    assert found.build_of["app/db/x.yaml"].namespace == "d"


@pytest.mark.parametrize(
    "body",
    [
        {"namePrefix": "a-"},
        {"patches": [{"path": "p.yaml"}]},
        {"patchesStrategicMerge": ["p.yaml"]},
        {"commonLabels": {"a": "b"}},
        {"labels": [{"pairs": {"a": "b"}, "includeSelectors": True}]},
        {"labels": "text"},
        {"components": ["../part"]},
        {"resources": ["x.yaml", "https://example.com/base?ref=v1"]},
        {"resources": ["x.yaml", "missing.yaml"]},
        {"replicas": [{"name": "web", "count": 3}]},
        {"helmCharts": [{"name": "web"}]},
        {"kind": "Component"},
        {"unknown": 1},
    ],
)
def test_whatever_changes_or_adds_objects_leaves_pieces(body: dict[str, Any]) -> None:
    found = surveyed({"app": {"resources": ["x.yaml"], **body}}, "app/x.yaml")

    assert found.build_of["app/x.yaml"].whole is False


def test_fields_that_leave_services_alone_keep_it_whole() -> None:
    body = {
        "resources": ["x.yaml"],
        "configMapGenerator": [{"name": "c"}],
        "images": [{"name": "web", "newTag": "2"}],
        "labels": [{"pairs": {"a": "b"}}],
        "patches": [],
    }

    assert surveyed({"app": body}, "app/x.yaml").build_of["app/x.yaml"].whole


def test_a_base_of_two_overlays_is_a_piece() -> None:
    found = surveyed(
        {
            "base": {"resources": ["x.yaml"]},
            "dev": {"resources": ["../base"]},
            "prod": {"bases": ["../base"]},
        },
        "base/x.yaml",
    )

    assert found.build_of["base/x.yaml"].whole is False


def test_patches_are_partial_however_they_are_named() -> None:
    found = surveyed(
        {
            "app": {
                "patches": [{"path": "grow.yaml"}, {"patch": "inline"}, 7],
                "patchesStrategicMerge": ["merge.yaml"],
                "transformers": ["t.yaml"],
                "openapi": {"path": "schema.json"},
            }
        }
    )

    assert found.partial == {
        "app/grow.yaml",
        "app/merge.yaml",
        "app/t.yaml",
        "app/schema.json",
    }


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("app/web-patch.yaml", True),
        ("app/deep/patch_web.yml", True),
        ("app/webPatch.yaml", True),
        ("app/patches.yaml", True),
        ("app/dispatcher.yaml", False),
        ("app/patchwork.yaml", False),
        ("other/web-patch.yaml", False),
        ("other/patches/web.yaml", True),
    ],
)
def test_files_look_like_patches_by_their_names(path: str, expected: bool) -> None:
    assert surveyed({"app": {}}).is_patch_by_name(path) is expected


def test_one_that_generates_config_maps_is_built_whoever_lists_it() -> None:
    maps = {"configMapGenerator": [{"name": "c"}]}
    found = surveyed(
        {
            "app": {"resources": ["x.yaml", "db"]},
            "app/db": {"resources": ["y.yaml"], **maps},
            "only": maps,
            "secret": {"secretGenerator": [{"name": "s"}]},
            "plain": {"resources": ["z.yaml"]},
        },
        "app/x.yaml",
        "app/db/y.yaml",
        "plain/z.yaml",
    )

    assert [one.directory for one in found.roots_to_build] == ["app", "only"]
    assert all(one.whole for one in found.roots_to_build)


def test_a_file_beside_a_kustomization_is_a_piece_of_it() -> None:
    found = surveyed(
        {"app": {"resources": ["x.yaml"]}},
        "app/x.yaml",
        "app/y.yaml",
        "app/deep/z.yaml",
    )

    assert {path: build.whole for path, build in found.build_of.items()} == {
        "app/x.yaml": True,
        "app/y.yaml": False,
    }


def test_circles_and_wrong_types_do_no_harm() -> None:
    found = surveyed(
        {
            "a": {"resources": ["../b", "x.yaml"]},
            "b": {"resources": ["../a"]},
            "c": {"resources": 3, "patches": {"path": 1}, "openapi": []},
            "d": {"resources": ["."], "components": [None]},
        },
        "a/x.yaml",
    )

    assert found.build_of["a/x.yaml"].whole is False
