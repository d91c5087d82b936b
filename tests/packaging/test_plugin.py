"""A stranger's plugin, installed beside cip-lint in a fresh environment."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from support.installs import ROOT, new_environment, run, service, write

PLUGIN = Path(__file__).with_name("example_plugin")

TOML = """\
apiVersion = "v1"
kind = "Service"
[metadata]
name = "from-toml"
namespace = "shop"
[spec]
ports = [{port = 80}]
"""


class Installed:
    """An environment in which cip-lint and the plugin are installed."""

    def __init__(self, programs: Path) -> None:
        self._program = str(programs / "cip-lint")

    def __call__(
        self, folder: Path, *arguments: str, shadow: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        environment = {"PYTHONPATH": str(shadow)} if shadow else {}
        return run([self._program, *arguments], folder, environment)


@pytest.fixture(scope="module")
def cip_lint(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("environment")
    return Installed(new_environment(folder, ROOT, PLUGIN))


@pytest.fixture
def manifests(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    write(
        folder,
        {
            "a.yaml": service("a", address="10.96.0.20"),
            "b.yaml": service("b", address="10.96.0.20"),
            "c.yaml": service("c").replace("  labels: {team: shop}\n", "", 1),
        },
    )
    return folder


def test_the_finding_of_its_rule_is_shown(cip_lint: Installed, manifests: Path) -> None:
    done = cip_lint(manifests, "check", "--select", "example.*", ".")

    assert done.returncode == 1, done.stderr
    assert done.stdout == (
        "warning[example.team-missing]: Service shop/c belongs to no team\n"
        " --> c.yaml:4:3\n"
        "  |\n"
        "4 | /   name: c\n"
        "5 | |   namespace: shop\n"
        "  | |_________________^ no label `team` here\n"
        "  |\n"
        "  = help: add the label `team`\n"
    )


def test_its_format_is_used(cip_lint: Installed, manifests: Path) -> None:
    done = cip_lint(manifests, "check", "-o", "count", ".")

    assert done.stdout == "1 address.taken\n1 example.team-missing\n"
    assert done.returncode == 1


def test_its_preset_is_extended(cip_lint: Installed, manifests: Path) -> None:
    write(manifests, {".cip-lint.yaml": "version: 1\nextends: example\n"})
    done = cip_lint(manifests, "check", "--select", "example.*", "-o", "concise", ".")

    assert done.stdout == (
        "c.yaml:4:3: error[example.team-missing]: Service shop/c belongs to no team\n"
    )


def test_its_source_is_read(cip_lint: Installed, manifests: Path) -> None:
    write(manifests, {"d.toml": TOML, "other.toml": "[tool]\n"})
    done = cip_lint(manifests, "check", "--select", "example.*", "-o", "concise", ".")

    assert [line.partition(": ")[2] for line in done.stdout.splitlines()] == [
        "warning[example.team-missing]: Service shop/c belongs to no team",
        "warning[example.team-missing]: Service shop/from-toml belongs to no team",
    ]


def test_its_rule_is_listed_and_explained(cip_lint: Installed, manifests: Path) -> None:
    listed = cip_lint(manifests, "rules")
    explained = cip_lint(manifests, "explain", "example.team-missing")

    assert "example.team-missing" in listed.stdout
    assert "Whoever is called at night must know whom to call." in explained.stdout


def test_plugins_can_be_left_out(cip_lint: Installed, manifests: Path) -> None:
    done = cip_lint(manifests, "check", "--no-plugins", "-o", "concise", ".")

    assert done.returncode == 1
    assert "address.taken" in done.stdout
    assert "example" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("sound", "broken"),
    [
        (
            '    if row.resource.get("metadata"',
            '    1 / 0\n    if row.resource.get("metadata"',
        ),
        ("    return [team_missing]", "    return [1 / 0]"),
        ("    return [team_missing]", "    return [team_missing, 1]"),
        ("import json\n", "import json_that_is_not_there\n"),
    ],
    ids=["rule", "hook", "value", "import"],
)
def test_a_plugin_that_fails_is_named_and_the_others_go_on(
    cip_lint: Installed, manifests: Path, tmp_path: Path, sound: str, broken: str
) -> None:
    text = (PLUGIN / "cip_lint_example.py").read_text(encoding="utf-8")
    assert sound in text
    write(tmp_path / "shadow", {"cip_lint_example.py": text.replace(sound, broken, 1)})
    done = cip_lint(
        manifests, "check", "-o", "concise", ".", shadow=tmp_path / "shadow"
    )

    assert done.returncode == 2
    assert "error[address.taken]" in done.stdout
    assert "example" in done.stderr
    assert "Traceback" not in done.stderr
