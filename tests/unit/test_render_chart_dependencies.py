"""``render.helm.chart_dependencies``: what a chart lacks, and whether it can be had."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cip_lint.render.helm.chart_dependencies import (
    Dependencies,
    Dependency,
    dependencies,
)
from cip_lint.render.helm.chart_files import chart_files
from cip_lint.render.surroundings.place import Place

REMOTE = "https://example.com/charts"


def chart(folder: Path, *needed: Any, file: str = "Chart.yaml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    said = {"apiVersion": "v2", "name": folder.name, "version": "1.0.0"}
    (folder / "Chart.yaml").write_text(json.dumps(said))
    if needed:
        said = said if file == "Chart.yaml" else {}
        (folder / file).write_text(json.dumps({**said, "dependencies": needed}))
    return folder


def needs(folder: Path, within: Path, *, network: bool = False) -> Dependencies:
    place = Place(within, within, network=network)
    return dependencies(folder, chart_files(folder, within), place)


def test_a_chart_of_the_repository_is_put_beside_another(tmp_path: Path) -> None:
    lib = chart(tmp_path / "lib")
    app = chart(
        tmp_path / "app",
        {"name": "lib", "version": "*", "repository": "file://../lib", "alias": "own"},
    )

    found = needs(app, tmp_path)

    assert [one.folder for one in found.lacking] == [lib]
    assert not found.addresses
    assert found.reads.is_whole
    assert {app / "Chart.yaml", lib / "Chart.yaml"} <= set(found.reads.files)
    assert found.home("templates/a.yaml") is None
    home = found.home("charts/own/templates/a.yaml")
    assert home is not None
    assert (home[0].name, home[1]) == ("lib", "templates/a.yaml")


@pytest.mark.parametrize("vendored", ["charts/db/Chart.yaml", "charts/db-1.2.3.tgz"])
def test_what_is_vendored_is_not_lacking(tmp_path: Path, vendored: str) -> None:
    app = chart(tmp_path, {"name": "db", "repository": REMOTE})
    (app / vendored).parent.mkdir(parents=True)
    (app / vendored).write_text("x")

    assert needs(app, tmp_path, network=True).lacking == ()


@pytest.mark.parametrize("file", ["Chart.yaml", "requirements.yaml"])
def test_what_is_remote_is_fetched_where_that_is_allowed(
    tmp_path: Path, file: str
) -> None:
    app = chart(tmp_path, {"name": "db", "repository": REMOTE}, file=file)

    without, found = needs(app, tmp_path), needs(app, tmp_path, network=True)

    assert without.lacking == ()
    assert without.hint == ", see --allow-remote"
    assert [one.name for one in found.lacking] == ["db"]
    assert found.addresses == (REMOTE,)
    assert not found.reads.is_whole


@pytest.mark.parametrize(
    "repository", ["", "@mine", "alias:mine", "file://../../beyond", "file:///etc"]
)
def test_what_nobody_here_can_have_is_left_to_helm(
    tmp_path: Path, repository: str
) -> None:
    chart(tmp_path / "beyond")
    within = tmp_path / "repository"
    app = chart(
        within / "app",
        {"name": "beyond", "repository": repository},
        {"name": "db", "repository": REMOTE},
    )

    found = needs(app, within, network=True)

    assert (found.lacking, found.hint) == ((), "")


@pytest.mark.parametrize(
    "odd", [3, None, {}, {"name": 3}, {"name": "a/../b"}, {"name": "\0"}, []]
)
def test_odd_dependencies_are_left_to_helm(tmp_path: Path, odd: Any) -> None:
    assert needs(chart(tmp_path, odd), tmp_path, network=True).lacking == ()


LOCKED = {"name": "lib", "version": "1.0.0", "repository": "file://../lib"}


def vendored(app: Path, name: str) -> None:
    chart(app / "charts" / name)


@pytest.mark.parametrize(
    "repository", ["file:///etc", "file://../../beyond", "ssh://host/charts", "@mine"]
)
def test_helm_is_kept_from_fetching_what_is_there_from_beyond(
    tmp_path: Path, repository: str
) -> None:
    chart(tmp_path / "beyond")
    within = tmp_path / "repository"
    chart(within / "lib")
    app = chart(within / "app", LOCKED, {"name": "there", "repository": repository})
    vendored(app, "there")

    assert needs(app, within, network=True).lacking == ()


def test_what_is_there_is_fetched_again_only_where_that_is_allowed(
    tmp_path: Path,
) -> None:
    chart(tmp_path / "lib")
    app = chart(tmp_path / "app", LOCKED, {"name": "web", "repository": REMOTE})
    vendored(app, "web")

    without, found = needs(app, tmp_path), needs(app, tmp_path, network=True)

    assert (without.lacking, without.hint) == ((), ", see --allow-remote")
    assert [one.name for one in found.lacking] == ["lib"]
    assert found.addresses == (REMOTE,)
    assert not found.reads.is_whole


def test_what_is_there_and_nowhere_else_keeps_helm_from_nothing(tmp_path: Path) -> None:
    lib = chart(tmp_path / "lib")
    app = chart(tmp_path / "app", LOCKED, {"name": "own", "repository": ""})
    vendored(app, "own")

    assert [one.folder for one in needs(app, tmp_path).lacking] == [lib]


@pytest.mark.parametrize("lock", ["Chart.lock", "requirements.lock"])
def test_a_lock_file_may_name_no_more_than_the_chart(tmp_path: Path, lock: str) -> None:
    chart(tmp_path / "beyond")
    within = tmp_path / "repository"
    lib, other = chart(within / "lib"), chart(within / "other")
    app = chart(within / "app", LOCKED)

    def locked(repository: str) -> Dependencies:
        said = {"dependencies": [{"name": "lib", "repository": repository}]}
        (app / lock).write_text(json.dumps(said))
        return needs(app, within)

    assert locked("file://../../beyond").lacking == ()
    assert locked(REMOTE).hint == ", see --allow-remote"
    assert set(locked("file://../other").reads.files) >= {
        one / "Chart.yaml" for one in (lib, other)
    }


@pytest.mark.parametrize(
    "said",
    [
        {"Dependencies": []},
        {"dependencie\u017f": []},
        {"dependencies": [{**LOCKED, "repo\u017fitory": "file:///etc"}]},
        {"dependencies": [LOCKED, {"name": "lib/../..", "repository": ""}]},
    ],
)
def test_helm_is_kept_from_what_it_may_read_in_another_way(
    tmp_path: Path, said: dict[str, object]
) -> None:
    chart(tmp_path / "lib")
    app = chart(tmp_path / "app", LOCKED)
    assert needs(app, tmp_path).lacking

    (app / "requirements.yaml").write_text(json.dumps(said))

    assert needs(app, tmp_path).lacking == ()


def test_helm_is_kept_from_a_lock_file_that_cannot_be_read(tmp_path: Path) -> None:
    chart(tmp_path / "lib")
    app = chart(tmp_path / "app", LOCKED)
    (app / "Chart.lock").write_text("# nothing is locked\n")
    assert needs(app, tmp_path).lacking

    (app / "Chart.lock").write_text("dependencies: [\n")

    assert needs(app, tmp_path).lacking == ()


@pytest.mark.parametrize(
    ("address", "is_remote"),
    [("HTTPS://example.com", True), ("oci://a.b/c", True), ("OCI://a.b/c", False)],
)
def test_a_registry_is_one_in_small_letters_alone(
    tmp_path: Path, address: str, is_remote: bool
) -> None:
    one = Dependency("a", "", address, tmp_path / "Chart.yaml", ("a",), None)

    assert one.is_remote is is_remote
