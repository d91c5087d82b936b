"""``render.helm.helm_runs``: charts of any kind are rendered alike, and not too many."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple, Self

import pytest

from cip_lint.errors import ProgramError
from cip_lint.render.helm.helm_runs import MOST_CHARTS, outcomes, template_of
from cip_lint.render.helm.releases import Release
from cip_lint.render.surroundings.budget import Budget
from cip_lint.render.surroundings.place import Place
from support.programs import install


class Wish(NamedTuple):
    number: int
    output: bytes = b""
    why: str = ""

    def unmade(self, why: str) -> Self:
        return self._replace(output=b"", why=why)


def work(one: Wish, _: Place) -> Wish:
    return one._replace(output=b"made")


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "bin"
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/bin{os.pathsep}/usr/bin")
    return folder


def test_charts_beyond_a_number_are_not_rendered(
    programs: Path, tmp_path: Path
) -> None:
    install(programs, "helm", "")
    wanted = [Wish(number) for number in range(MOST_CHARTS + 2)]

    found = outcomes(wanted, work, Place(tmp_path, tmp_path))

    assert [one.number for one in found] == list(range(MOST_CHARTS + 2))
    assert {one.output for one in found[:MOST_CHARTS]} == {b"made"}
    assert {one[1:] for one in found[MOST_CHARTS:]} == {
        (b"", f"more than {MOST_CHARTS} in one run")
    }


def test_without_helm_none_is_rendered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    found = outcomes([Wish(1)], work, Place(tmp_path, tmp_path))

    assert found == [Wish(1, b"", "helm is not installed")]


def test_a_chart_is_rendered_as_its_release_says(
    programs: Path, tmp_path: Path
) -> None:
    install(programs, "helm", "import sys\nprint(*sys.argv[1:])\n")
    release = Release(
        "shop", "", version="1.30", api_versions=("a/v1",), sets=(("b", "c", True),)
    )

    said = template_of(tmp_path, release, [b"d: e"], Place(tmp_path, tmp_path))

    assert said.decode().split() == [
        "template",
        "--skip-tests",
        "--namespace=default",
        "--kube-version=1.30",
        "--api-versions=a/v1",
        "--values=0.yaml",
        "--set-string=b=c",
        "--",
        "shop",
        str(tmp_path),
    ]


def test_it_takes_no_longer_than_all_builds_may(programs: Path, tmp_path: Path) -> None:
    install(programs, "helm", "import time\ntime.sleep(60)\n")
    place = Place(tmp_path, tmp_path, budget=Budget(0, 1000))

    with pytest.raises(ProgramError):
        template_of(tmp_path, Release("shop", ""), (), place)
