"""What is installed: three packages, one command, one entry point."""

from __future__ import annotations

import configparser
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path
from runpy import run_path
from tempfile import TemporaryDirectory

import pytest

from support.installs import ROOT


def built(target: str, folder: Path, *, source: Path = ROOT, **variables: str) -> Path:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)],
        cwd=ROOT,
        env={**os.environ, **variables},
        check=True,
        capture_output=True,
    )
    (only,) = folder.iterdir()
    return only


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    return zipfile.ZipFile(built("wheel", tmp_path_factory.mktemp("wheel")))


def test_the_wheel_brings_three_packages_and_nothing_else(
    wheel: zipfile.ZipFile,
) -> None:
    top = {name.partition("/")[0] for name in wheel.namelist()}
    packages = {name for name in top if not name.endswith(".dist-info")}

    assert packages == {"cip_lint", "cip_lint_rules", "cip_lint_schemas"}
    assert len(top) == 4


def test_the_wheel_brings_every_module_and_schema(wheel: zipfile.ZipFile) -> None:
    wanted = {
        path.relative_to(ROOT / folder).as_posix()
        for folder in ("lint", "rules", "schemas")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".json", ".typed"}
    }

    assert wanted - set(wheel.namelist()) == set()


def test_the_wheel_names_the_command_and_the_built_in_rules(
    wheel: zipfile.ZipFile,
) -> None:
    (name,) = (n for n in wheel.namelist() if n.endswith("/entry_points.txt"))
    entry_points = configparser.ConfigParser()
    entry_points.read_string(wheel.read(name).decode())

    assert {section: dict(entry_points[section]) for section in entry_points} == {
        "DEFAULT": {},
        "console_scripts": {"cip-lint": "cip_lint.cli:main"},
        "cip_lint": {"builtin": "cip_lint_rules"},
    }


def _can_compile() -> bool:
    compiler = shlex.split(sysconfig.get_config_var("CC") or "cc")[0]
    header = Path(sysconfig.get_path("include"), "Python.h")
    return shutil.which(compiler) is not None and header.is_file()


needs_compiler = pytest.mark.skipif(
    not _can_compile(), reason="no C compiler, or no headers of Python"
)
COMPILED = [
    f"cip_lint/{module}{sysconfig.get_config_var('EXT_SUFFIX')}"
    for module in (
        "compiled_bodies",
        "kube/compiled_fitting",
        "manifests/event_values",
        "manifests/whole_lines",
    )
]


@needs_compiler
def test_what_each_document_passes_is_compiled_where_that_can_be(
    wheel: zipfile.ZipFile,
) -> None:
    assert set(COMPILED) <= set(wheel.namelist())
    assert not Path(wheel.filename or "").name.endswith("-none-any.whl")


def test_modules_beside_the_sources_are_compiled_of_them() -> None:
    lint = ROOT / "lint"
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    modules = run_path(str(ROOT / "hatch_build.py"))["COMPILED"]

    assert {f"{module}{suffix}" for module in modules} == set(COMPILED)
    # Else the tests would run, in part, what was there before a change.
    included = [str(path.relative_to(lint)) for path in lint.rglob("*.pxi")]
    older = [
        source
        for module, own in modules.items()
        for source in (own, *included)
        if (made := lint / f"{module}{suffix}").exists()
        and made.stat().st_mtime < (lint / source).stat().st_mtime
    ]
    assert older == [], "`pip install -e .` compiles them anew"


def test_without_a_compiler_the_wheel_is_one_for_every_machine(tmp_path: Path) -> None:
    wheel = built("wheel", tmp_path, CC=str(tmp_path / "none"))

    assert wheel.name.endswith("-py3-none-any.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert [name for name in names if "_values." in name and ".p" not in name] == []


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a folder with the sources, in which older compiled modules lie."""
    with tarfile.open(built("sdist", tmp_path / "sdist")) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.glob("cip_lint-*")
    for module in COMPILED:
        (source / "lint" / module).write_bytes(b"older")
    return source


def installed_editable(checkout: Path, **variables: str) -> str:
    """Do to a checkout what an editable installation does; return what it says."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel:editable"]
    done = subprocess.run(
        [*command, "--hooks-only"],
        cwd=checkout,
        env={**os.environ, **variables},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout + done.stderr


def compiled_in(checkout: Path) -> set[str]:
    lint = checkout / "lint"
    return {path.relative_to(lint).as_posix() for path in lint.rglob("*.so")}


@needs_compiler
def test_programs_that_run_keep_the_modules_that_an_installation_replaces(
    checkout: Path, tmp_path: Path
) -> None:
    # Compiled on another file system, where there is one, nothing can be renamed.
    other = Path("/dev/shm")
    with (
        TemporaryDirectory(dir=other if other.is_dir() else tmp_path) as work,
        (checkout / "lint" / COMPILED[0]).open("rb") as mapped,
    ):
        installed_editable(checkout, TMPDIR=work)

        assert mapped.read() == b"older"
    assert compiled_in(checkout) == set(COMPILED)
    for module in COMPILED:
        assert (checkout / "lint" / module).read_bytes() != b"older"


@needs_compiler
def test_where_modules_cannot_be_put_python_runs_alone(checkout: Path) -> None:
    occupied = checkout / "lint" / COMPILED[1]
    occupied.unlink()
    occupied.mkdir()

    assert "runs in Python alone" in installed_editable(checkout)
    assert compiled_in(checkout) == {COMPILED[1]}


def test_the_source_distribution_brings_what_others_run(tmp_path: Path) -> None:
    with tarfile.open(built("sdist", tmp_path)) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert {
        ".pre-commit-hooks.yaml",
        "action.yml",
        "hatch_build.py",
        "lint/cip_lint/manifests/compiled_meanings.pxi",
        "lint/cip_lint/manifests/event_values.pyx",
        "lint/cip_lint/manifests/whole_lines.pyx",
        "LICENSE",
        "CONTRIBUTING.md",
        "README.md",
        "tests/packaging/test_wheel.py",
    } <= names
