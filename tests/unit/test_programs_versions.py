"""Which release of a program does the work, as the program says itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cip_lint.programs.versions import VersionCommand, Versions
from support.programs import install, path_with

VERSION = VersionCommand(("helm", "version"), apart=True)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", path_with(tmp_path / "bin"))
    return tmp_path / "bin"


def test_a_program_that_starts_another_one_is_told_by_what_that_says(
    programs: Path, tmp_path: Path
) -> None:
    chosen = tmp_path / "chosen"
    install(programs, "helm", f"print(open({str(chosen)!r}).read())\n")
    found = set()
    for version in ("v3", "v4", "v3"):
        chosen.write_text(version)
        found.add(Versions().of(VERSION))

    assert len(found) == 2
    assert "" not in found


def test_it_is_asked_once_by_all_threads(programs: Path, tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    install(programs, "helm", f"open({str(asked)!r}, 'a').write('x')\nprint('v4')\n")
    versions = Versions()
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(versions.of, [VERSION] * 8))

    assert len(found) == 1
    assert asked.read_text() == "x"


@pytest.mark.parametrize("script", ["raise SystemExit(1)", "print('x' * 70_000)", ""])
def test_nobody_can_say_which_it_is(programs: Path, script: str) -> None:
    install(programs, "helm", f"{script}\n")

    assert Versions().of(VERSION) == ""


def test_what_fails_behind_an_answer_is_no_answer(programs: Path) -> None:
    install(programs, "helm", "print('v4')\nraise SystemExit(1)\n")

    assert Versions().of(VERSION) == ""
    assert Versions().of(VersionCommand(("is-nowhere", "version"))) == ""
