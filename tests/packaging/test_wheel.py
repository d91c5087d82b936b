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

import pytest

from support.installs import ROOT


def built(target: str, folder: Path, **variables: str) -> Path:
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


def test_what_each_document_passes_is_compiled_where_that_can_be(
    wheel: zipfile.ZipFile,
) -> None:
    compiler = shlex.split(sysconfig.get_config_var("CC") or "cc")[0]
    header = Path(sysconfig.get_path("include"), "Python.h")
    if shutil.which(compiler) is None or not header.is_file():
        pytest.skip("no C compiler, or no headers of Python")
    suffix = sysconfig.get_config_var("EXT_SUFFIX")

    for module in (
        "compiled_bodies",
        "kube/compiled_fitting",
        "manifests/event_values",
    ):
        assert f"cip_lint/{module}{suffix}" in wheel.namelist()
    assert not Path(wheel.filename or "").name.endswith("-none-any.whl")


def test_without_a_compiler_the_wheel_is_one_for_every_machine(tmp_path: Path) -> None:
    wheel = built("wheel", tmp_path, CC=str(tmp_path / "none"))

    assert wheel.name.endswith("-py3-none-any.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert [
        name for name in names if "event_values." in name and ".py" not in name
    ] == []


def test_the_source_distribution_brings_what_others_run(tmp_path: Path) -> None:
    with tarfile.open(built("sdist", tmp_path)) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert {
        ".pre-commit-hooks.yaml",
        "action.yml",
        "hatch_build.py",
        "lint/cip_lint/manifests/event_values.pyx",
        "LICENSE",
        "CONTRIBUTING.md",
        "README.md",
        "tests/packaging/test_wheel.py",
    } <= names
