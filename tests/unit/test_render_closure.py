"""``render.kustomize.closure``: what stands in the way of a build is known before it runs."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from cip_lint.render.kustomize.closure import closure


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
        {"configMapGenerator": [{"envs": ["https://example.com/env?a=b"]}]},
        {"resources": ["https:example.com/x.yaml"]},
        {"generators": ["github.com/team/repo"]},
    ],
)
def test_whatever_is_remote_is_never_built(tmp_path: Path, body: Any) -> None:
    why = obstacle(kustomization(tmp_path, **body), tmp_path)

    assert "remote" in why
    assert why.endswith(
        (", see --allow-remote", ", fetched neither by http nor by https")
    ) or (why.startswith("the settings of its plugins"))


def test_a_remote_entry_is_found_in_whatever_is_reached(tmp_path: Path) -> None:
    kustomization(tmp_path / "deep", resources=["https://example.com/x.yaml"])
    kustomization(tmp_path / "base", components=["../deep"])
    root = kustomization(tmp_path / "over", resources=["../base"])

    assert obstacle(root, tmp_path) == (
        "remote base https://example.com/x.yaml, see --allow-remote"
    )


def test_a_folder_of_the_name_of_an_address_is_remote_all_the_same(
    tmp_path: Path,
) -> None:
    kustomization(tmp_path / "github.com/team/repo")
    root = kustomization(tmp_path, resources=["github.com/team/repo"])

    assert obstacle(root, tmp_path) == (
        "remote base github.com/team/repo, see --allow-remote"
    )


def test_nothing_beyond_the_repository_is_read(tmp_path: Path) -> None:
    kustomization(tmp_path / "elsewhere")
    repository = tmp_path / "repository"
    root = kustomization(repository / "over", resources=["../../elsewhere"])
    (repository / "link").symlink_to(tmp_path / "elsewhere")
    linked = kustomization(repository / "linked", resources=["../link"])

    outside = "lies outside the repository"
    assert obstacle(root, repository) == f"../../elsewhere {outside}"
    assert obstacle(linked, repository) == f"../link {outside}"


def test_kustomizations_that_name_each_other_come_to_an_end(tmp_path: Path) -> None:
    kustomization(tmp_path / "a", resources=["../b"])
    kustomization(tmp_path / "b", resources=["../a", "web.yaml"])

    assert obstacle(tmp_path / "a", tmp_path) == ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is empty"),
        ("# a comment\n", "it is empty"),
        ("[]", "it is empty"),
        ("[a]", "it is no map"),
        ("a: [", "did not find expected node content"),
        ("\0", "control characters are not allowed"),
    ],
)
def test_what_cannot_be_read_is_not_built(tmp_path: Path, text: str, why: str) -> None:
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "kustomization.yaml").write_text(text, encoding="utf-8")

    expected = f"app has no kustomization that can be read: {why}"
    assert obstacle(folder, tmp_path) == expected


def test_two_kustomizations_side_by_side_are_refused(tmp_path: Path) -> None:
    folder = kustomization(tmp_path / "app", resources=[])
    (folder / "Kustomization").write_text("resources: []\n", encoding="utf-8")

    expected = "Kustomization and kustomization.yaml lie side by side"
    assert obstacle(folder, tmp_path) == expected


def test_a_link_to_a_kustomization_is_followed_within_its_folder(
    tmp_path: Path,
) -> None:
    inner, outer = tmp_path / "inner", tmp_path / "outer"
    (inner / "sub").mkdir(parents=True)
    outer.mkdir()
    (inner / "sub/all.yaml").write_text("namePrefix: a-\n", encoding="utf-8")
    (inner / "kustomization.yaml").symlink_to("sub/all.yaml")
    (outer / "kustomization.yaml").symlink_to("../inner/sub/all.yaml")

    assert obstacle(inner, tmp_path) == ""
    assert obstacle(outer, tmp_path) == (
        "kustomization.yaml is a link out of its folder, which kustomize does not follow"
    )


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


@pytest.mark.parametrize(
    "body",
    [
        {"Resources": ["https://example.com/x.yaml"]},
        {"re\u017fources": ["https://example.com/x.yaml"]},
        {"patches": [{"PATH": "https://example.com/p.yaml"}]},
        {"configMapGenerator": [{"Envs": ["https://example.com/env"]}]},
        {"openapi": {"Path": "https://example.com/schema.json"}},
    ],
)
def test_fields_in_other_letters_hide_nothing(tmp_path: Path, body: Any) -> None:
    why = obstacle(kustomization(tmp_path, **body), tmp_path)

    assert "is not written as the field" in why


def test_labels_may_have_the_names_of_fields(tmp_path: Path) -> None:
    root = kustomization(tmp_path, commonLabels={"Resources": "a", "Path": "b"})

    assert obstacle(root, tmp_path) == ""


PLUGIN = {"apiVersion": "builtin", "kind": "PatchTransformer"}


@pytest.mark.parametrize(
    "named",
    [
        {"path": "https://example.com/p.yaml"},
        {"Path": "https://example.com/p.yaml"},
        {"paths": ["https://example.com/p.yaml"]},
        {"files": ["key=https://example.com/x"]},
        {"envs": ["https://example.com/x?a=b"]},
    ],
)
@pytest.mark.parametrize("field", ["generators", "transformers", "validators"])
def test_settings_of_plugins_are_read_wherever_they_are(
    tmp_path: Path, field: str, named: Any
) -> None:
    setting = json.dumps({**PLUGIN, "items": [named]})
    inline = kustomization(tmp_path / "inline", **{field: [setting]})
    by_file = kustomization(tmp_path / "file", **{field: ["a.yaml"]})
    by_folder = kustomization(tmp_path / "folder", **{field: ["../file/more"]})
    kustomization(tmp_path / "file/more", resources=["a.yaml"])
    for folder in ("file", "file/more"):
        (tmp_path / folder / "a.yaml").write_text(f"a: b\n---\n{setting}\n")

    for root in (inline, by_file, by_folder):
        assert obstacle(root, tmp_path).endswith(", see --allow-remote")


def test_settings_of_plugins_that_cannot_be_read_stand_in_the_way(
    tmp_path: Path,
) -> None:
    root = kustomization(tmp_path, transformers=["a.yaml"])
    (tmp_path / "a.yaml").write_text("a: [")

    assert obstacle(root, tmp_path) == "the settings of its plugins cannot be read"


def test_settings_of_plugins_that_are_patched_are_not_known(tmp_path: Path) -> None:
    kustomization(tmp_path / "plugins", resources=["a.yaml"], namePrefix="a-")
    root = kustomization(tmp_path / "app", transformers=["../plugins"])

    why = "it changes the settings of its plugins in plugins"
    assert obstacle(root, tmp_path) == why


@pytest.mark.parametrize(
    "body",
    [
        {"resources": ["link"]},
        {"configMapGenerator": [{"files": ["link"]}]},
        {"patches": [{"path": "link"}]},
    ],
)
def test_files_that_lead_out_of_the_repository_are_not_read(
    tmp_path: Path, body: Any
) -> None:
    root = kustomization(tmp_path / "app", **body)
    (root / "link").symlink_to("/dev/zero")

    assert obstacle(root, tmp_path) == "link lies outside the repository"


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    root = kustomization(tmp_path, resources=["pipe"])
    os.mkfifo(root / "pipe")
    other = tmp_path / "other"
    other.mkdir()
    os.mkfifo(other / "kustomization.yaml")

    assert obstacle(root, tmp_path) == "pipe is no file that can be read"
    assert obstacle(other, tmp_path).endswith("no kustomization that can be read")


def test_links_that_go_round_are_as_good_as_absent(tmp_path: Path) -> None:
    root = kustomization(tmp_path, resources=["loop", "a.yaml"])
    (root / "loop").symlink_to("loop")

    assert obstacle(root, tmp_path) == ""


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ({"resources": ["a.yaml", "https://example.com/x.yaml"]}, ("resources", 1)),
        ({"bases": [3, "git::https://example.com/repo"]}, ("bases", 1)),
        ({"components": ["github.com/team/repo?ref=v1"]}, ("components", 0)),
        ({"openapi": {"path": "http://example.com/x"}}, ("openapi", "path")),
        ({"patches": [{"path": "http://example.com/x"}]}, ("patches", 0, "path")),
    ],
)
def test_what_may_be_fetched_is_known_with_its_place(
    tmp_path: Path, body: Any, at: tuple[str | int, ...]
) -> None:
    root = kustomization(tmp_path, **body)

    found = closure(root, tmp_path, network=True)

    assert found.obstacle == ""
    assert [(one.folder, one.at) for one in found.remotes] == [(root, at)]


@pytest.mark.parametrize(
    "address",
    ["git@example.com:a/b", "ssh://git@example.com/a", "file:///etc", "git://a.b/c"],
)
def test_nothing_is_fetched_that_takes_keys_or_reads_this_machine(
    tmp_path: Path, address: str
) -> None:
    root = kustomization(tmp_path, resources=[address])

    why = f"remote base {address}, fetched neither by http nor by https"
    assert closure(root, tmp_path, network=True).obstacle == why


def chart(folder: Path, *names: str) -> None:
    for name in ("Chart.yaml", *names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x", encoding="utf-8")


REPOSITORY = "https://example.com/charts"


@pytest.mark.parametrize(
    ("where", "body"),
    [
        ("charts/web", {"helmCharts": [{"name": "web"}]}),
        ("charts/web", {"helmCharts": [{"name": "web", "version": "1.0.0"}]}),
        ("charts/web", {"helmCharts": [{"name": "web", "repo": REPOSITORY}]}),
        (
            "charts/web-1.0.0/web",
            {"helmCharts": [{"name": "web", "version": "1.0.0", "repo": REPOSITORY}]},
        ),
        (
            "../own/web",
            {"helmGlobals": {"chartHome": "../own"}, "helmCharts": [{"name": "web"}]},
        ),
        (
            "own/web",
            {"helmChartInflationGenerator": [{"chartName": "web", "chartHome": "own"}]},
        ),
    ],
)
def test_a_chart_that_lies_there_is_read(tmp_path: Path, where: str, body: Any) -> None:
    root = kustomization(tmp_path / "app", **body)
    chart(root / where, "values.yaml")

    found = closure(root, tmp_path)

    assert (found.obstacle, found.is_whole, found.remotes) == ("", True, ())
    assert found.renders
    assert not found.pulls
    assert [one.kustomization for one in found.charts] == [root]
    assert (root / where).resolve() / "values.yaml" in found.files


@pytest.mark.parametrize(
    ("one", "why"),
    [
        ({"name": "db"}, "charts/db is not there"),
        (
            {"name": "db", "repo": REPOSITORY},
            f"remote chart {REPOSITORY}/db, see --allow-remote",
        ),
        (
            {"name": "web", "repo": REPOSITORY, "version": "2.0.0"},
            f"remote chart {REPOSITORY}/web, see --allow-remote",
        ),
        ({"name": "../../web"}, "name of a chart is '../../web'"),
        ({"name": "web/../../x"}, "name of a chart is 'web/../../x'"),
        ({"name": "--post-renderer=x"}, "name of a chart is '--post-renderer=x'"),
        (
            {"name": "web", "releaseName": "--post-renderer=./x"},
            "releaseName of a chart is '--post-renderer=./x'",
        ),
        ({"releaseName": "x"}, "a chart of it has no name"),
        ({"Name": "web"}, "Name is not written as the field name"),
        (
            {"name": "web", "valuesFile": "https://example.com/v.yaml"},
            "remote file https://example.com/v.yaml, see --allow-remote",
        ),
        (
            {"name": "web", "additionalValuesFiles": ["../../x"]},
            "../../x lies outside the repository",
        ),
    ],
)
def test_what_is_in_the_way_of_a_chart(tmp_path: Path, one: Any, why: str) -> None:
    (tmp_path / "x").write_text("a: b")
    root = kustomization(tmp_path / "repository/app", helmCharts=[one])
    chart(root / "charts/web")

    assert obstacle(root, tmp_path / "repository") == why


def test_a_chart_outside_of_the_repository_is_not_read(tmp_path: Path) -> None:
    chart(tmp_path / "web")
    root = kustomization(
        tmp_path / "repository",
        helmGlobals={"chartHome": ".."},
        helmCharts=[{"name": "web"}],
    )

    assert obstacle(root, root) == "../web lies outside the repository"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"helmGlobals": {"configHome": "x"}}, "it has settings of helm of its own"),
        (
            {"resources": ["https://example.com/x"]},
            "it renders a chart beside a remote base",
        ),
        (
            {"generators": ["kind: HelmChartInflationGenerator\nname: web"]},
            "a plugin of it renders a chart",
        ),
    ],
)
def test_charts_are_not_rendered_beside_what_nobody_has_read(
    tmp_path: Path, body: Any, why: str
) -> None:
    root = kustomization(tmp_path, helmCharts=[{"name": "web"}], **body)
    chart(root / "charts/web")

    assert closure(root, tmp_path, network=True).obstacle == why


def test_a_chart_that_is_pulled_is_put_beside_a_copy_of_what_is_known(
    tmp_path: Path,
) -> None:
    one = {"name": "web", "repo": "oci://example.com/charts"}
    root = kustomization(tmp_path, helmCharts=[one])

    assert closure(root, tmp_path, network=True).pulls
    kustomization(tmp_path, helmCharts=[one], transformers=["t.yaml"])
    why = "it fetches a chart beside plugins"
    assert closure(root, tmp_path, network=True).obstacle == why


def test_a_link_is_followed_only_where_it_is_still_in_the_way(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    kustomization(repository / "a/b/c")
    kustomization(repository / "a/out")
    kustomization(tmp_path / "out")
    kustomization(repository / "evil")
    kustomization(repository / "app/evil", resources=["https://example.com/x.yaml"])
    (repository / "app/link").symlink_to("../a/b/c")
    for entry, why in (
        ("link/../../../out", "link/../../../out lies outside the repository"),
        ("link/../evil", "remote base https://example.com/x.yaml, see --allow-remote"),
    ):
        root = kustomization(repository / "app", resources=[entry])

        assert obstacle(root, repository) == why


@pytest.mark.parametrize(
    "body",
    [
        {"patches": [{"path": "link/../p.yaml"}]},
        {"patchesStrategicMerge": ["link/../p.yaml"]},
        {"configMapGenerator": [{"files": ["link/../p.yaml"]}]},
        {"transformers": ["link/../p.yaml"]},
    ],
)
def test_the_file_that_is_read_is_the_one_that_is_noted(
    tmp_path: Path, body: Any
) -> None:
    root = kustomization(tmp_path / "app", **body)
    (tmp_path / "far/folder").mkdir(parents=True)
    (root / "link").symlink_to("../far/folder")
    setting = '{"apiVersion": "v1", "kind": "A", "path": "https://example.com/x"}'
    (root / "p.yaml").write_text(setting if "transformers" in body else "a: b")

    found = closure(root, tmp_path)

    if "transformers" in body:
        assert found.obstacle == "remote file https://example.com/x, see --allow-remote"
    else:
        assert root / "p.yaml" in found.files
        assert not [one for one in found.files if ".." in one.parts]


@pytest.mark.parametrize(
    "body",
    [
        {"resources": ["{}/base"]},
        {"components": ["{}/absent"]},
        {"patches": [{"path": "{}/p.yaml"}]},
        {"helmCharts": [{"name": "web", "additionalValuesFiles": ["{}/v.yaml"]}]},
        {"helmCharts": [{"name": "web"}], "helmGlobals": {"chartHome": "{}/c"}},
    ],
)
def test_paths_of_the_machine_are_not_built(tmp_path: Path, body: Any) -> None:
    kustomization(tmp_path / "base")
    said = json.loads(json.dumps(body).replace("{}", str(tmp_path)))

    why = obstacle(kustomization(tmp_path, **said), tmp_path)

    assert why.endswith(" is an absolute path")


@pytest.mark.parametrize("field", ["patchesStrategicMerge", "configurations", "crds"])
@pytest.mark.parametrize(
    "name", ["x\n/../../../out/p.yaml", "a: b\n /../../../out/p.yaml"]
)
def test_a_name_with_a_line_feed_leads_out_of_nothing(
    tmp_path: Path, field: str, name: str
) -> None:
    root = kustomization(tmp_path / "repository/app", **{field: [name]})
    (tmp_path / "out").mkdir()
    (tmp_path / "out/p.yaml").write_text("a: b")

    assert obstacle(root, root.parent) == f"{name} lies outside the repository"


def test_a_file_whose_name_looks_like_a_patch_is_read(tmp_path: Path) -> None:
    root = kustomization(tmp_path, patchesStrategicMerge=["a: b\n /../p.yaml"])
    (tmp_path / "p.yaml").write_text("a: b")

    assert root / "p.yaml" in closure(root, tmp_path).files


_PATCH = "kind: A\nmetadata: {name: a}\nspec: {path: /../../out, b: [/x, ../y]}\n"


@pytest.mark.parametrize("body", [_PATCH, f"---\n{_PATCH}" * 40])
def test_a_patch_that_is_written_out_is_no_obstacle(tmp_path: Path, body: str) -> None:
    root = kustomization(tmp_path, patchesStrategicMerge=[body])

    assert obstacle(root, tmp_path) == ""


@pytest.mark.parametrize("field", ["generators", "transformers", "validators"])
@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (
            '{"kind":"A","path":"https://example.com/x"}',
            "remote file https://example.com/x, see --allow-remote",
        ),
        (
            "a: b\n /../../evil",
            "remote base https://example.com/y, see --allow-remote",
        ),
        ("x\n/../../evil", "the settings of its plugins cannot be read"),
    ],
)
def test_settings_of_plugins_are_told_from_names_as_kustomize_does(
    tmp_path: Path, field: str, entry: str, why: str
) -> None:
    kustomization(tmp_path / "evil", resources=["https://example.com/y"])
    root = kustomization(tmp_path / "app", **{field: [entry]})

    assert obstacle(root, tmp_path) == why
