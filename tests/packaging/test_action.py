"""The GitHub Action: its steps are run as the runner would run them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.installs import ROOT, need_package_index, plain_environment, service, write

ACTION: Mapping[str, Any] = yaml.safe_load(
    (ROOT / "action.yml").read_text(encoding="utf-8")
)
STEPS = ACTION["runs"]["steps"]
EXPRESSION = re.compile(r"\$\{\{\s*([\w.-]+)\s*\}\}")

Outputs = dict[str, dict[str, str]]


class Runner:
    """Runs steps of the action in a workspace, with the files that GitHub gives."""

    def __init__(self, folder: Path, outputs: Outputs | None = None) -> None:
        self.workspace = folder / "workspace"
        self.workspace.mkdir(parents=True, exist_ok=True)
        self.outputs = dict(outputs or {})
        self._folder = folder
        self._summary = folder / "summary"

    @property
    def summary(self) -> str:
        return self._summary.read_text(encoding="utf-8")

    def run(
        self, step: Mapping[str, Any], inputs: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run the script of one step; keep what it says under its id."""
        given = {
            name: value.get("default", "") for name, value in ACTION["inputs"].items()
        }
        given |= inputs
        output = self._folder / "output"
        output.write_text("")
        self._summary.touch()
        temporary = self._folder / "temp"
        temporary.mkdir(exist_ok=True)
        script = self._folder / "step.sh"
        script.write_text(step["run"], encoding="utf-8")
        environment = {
            **plain_environment(),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(self._summary),
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(temporary),
            **{
                name: EXPRESSION.sub(lambda found: self._value(found[1], given), value)
                for name, value in step.get("env", {}).items()
            },
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.workspace,
            env=environment,
            check=False,
            capture_output=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            timeout=300,
        )
        if "id" in step:
            self.outputs[step["id"]] = dict(
                line.split("=", 1) for line in output.read_text().splitlines()
            )
        return done

    def _value(self, expression: str, inputs: Mapping[str, str]) -> str:
        kind, _, name = expression.partition(".")
        if kind == "inputs":
            return inputs[name]
        step, _, output = name.partition(".outputs.")
        return self.outputs[step].get(output, "")


def step(name: str) -> Mapping[str, Any]:
    (found,) = (each for each in STEPS if each["name"] == name)
    return found  # type: ignore[no-any-return]


CHECK, DECIDE = "Check the manifests", "Decide"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Outputs:
    """Return the outputs of the steps that install, run once."""
    need_package_index()
    runner = Runner(
        tmp_path_factory.mktemp("install"),
        {"python": {"python-path": sys.executable}},
    )
    done = runner.run(step("Install cip-lint"), {})
    assert done.returncode == 0, done.stdout + done.stderr
    return runner.outputs


@pytest.fixture
def runner(installed: Outputs, tmp_path: Path) -> Runner:
    runner = Runner(tmp_path, installed)
    write(
        runner.workspace,
        {
            "a b/a.yaml": service("a", address="10.96.0.20"),
            "b/b.yaml": service("b", address="10.96.0.20"),
            "c/c.yaml": service("c"),
        },
    )
    return runner


def test_no_input_is_inserted_into_a_script() -> None:
    assert not [each["name"] for each in STEPS if "${{" in each.get("run", "")]


def test_other_actions_are_pinned_by_commit() -> None:
    used = [each["uses"] for each in STEPS if "uses" in each]

    assert used
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", name) for name in used)


def test_every_input_is_used_and_every_output_is_made() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")

    assert {
        "paths",
        "version",
        "config",
        "cluster",
        "fail-on",
        "annotations",
        "summary",
        "sarif-file",
        "upload-sarif",
        "args",
    } == set(ACTION["inputs"])
    assert all(f"inputs.{name}" in text for name in ACTION["inputs"])
    assert set(ACTION["outputs"]) == {"errors", "warnings", "sarif-file", "exit-code"}
    assert all(f'echo "{name}=' in step(CHECK)["run"] for name in ACTION["outputs"])


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
@pytest.mark.parametrize(
    "version", ["1.0; touch x", "latest", "$(id)", "-r x", "1.0\n2", "https://a.b/c"]
)
def test_what_is_no_version_is_refused(version: str, tmp_path: Path) -> None:
    runner = Runner(tmp_path, {"python": {"python-path": "/nowhere"}})
    done = runner.run(step("Install cip-lint"), {"version": version})

    assert done.returncode == 2
    assert done.stdout == (
        "::error title=cip-lint::the input version is no version, such as 0.1.0\n"
    )


def test_findings_are_annotated_summed_up_and_make_it_fail(runner: Runner) -> None:
    done = runner.run(step(CHECK), {"sarif-file": "out.sarif"})

    assert done.returncode == 0, done.stderr
    assert "error[address.taken]: " in done.stdout
    assert re.search(r"^::error file=b/b.yaml,line=8,", done.stdout, re.MULTILINE)
    assert "<code>address.taken</code>" in runner.summary
    assert runner.outputs["check"] == {
        "errors": "1",
        "warnings": "0",
        "sarif-file": "out.sarif",
        "exit-code": "1",
    }
    sarif = json.loads((runner.workspace / "out.sarif").read_text(encoding="utf-8"))
    assert len(sarif["runs"][0]["results"]) == 1
    assert runner.run(step(DECIDE), {}).returncode == 1


def test_a_sound_folder_passes(runner: Runner) -> None:
    runner.run(step(CHECK), {"paths": "c\n"})

    assert runner.outputs["check"] == {
        "errors": "0",
        "warnings": "0",
        "sarif-file": "",
        "exit-code": "0",
    }
    assert runner.run(step(DECIDE), {}).returncode == 0


def test_paths_stand_one_a_line_and_may_hold_blanks(runner: Runner) -> None:
    runner.run(step(CHECK), {"paths": "a b\nb\n", "args": "--one-cluster"})

    assert runner.outputs["check"]["exit-code"] == "1"


def test_annotations_and_summary_can_be_left_out(runner: Runner) -> None:
    done = runner.run(
        step(CHECK), {"annotations": "false", "summary": "false", "fail-on": "never"}
    )

    assert "::error" not in done.stdout
    assert runner.summary == ""
    assert runner.outputs["check"]["errors"] == "1"
    assert runner.outputs["check"]["exit-code"] == "0"


def test_uploading_needs_no_name_for_the_report(runner: Runner) -> None:
    runner.run(step(CHECK), {"upload-sarif": "true"})

    assert Path(runner.outputs["check"]["sarif-file"]).is_file()


def test_a_job_that_cannot_be_done_fails(runner: Runner) -> None:
    done = runner.run(step(CHECK), {"paths": "nowhere"})

    assert done.returncode == 0
    assert runner.outputs["check"] == {
        "errors": "",
        "warnings": "",
        "sarif-file": "",
        "exit-code": "2",
    }
    assert runner.run(step(DECIDE), {}).returncode == 2


@pytest.mark.parametrize(
    "hostile", ["$(touch broken)", "`touch broken`", "; touch broken", "*", "-o\nfull"]
)
def test_no_input_is_run(runner: Runner, hostile: str) -> None:
    for name in ("paths", "config", "cluster", "fail-on", "args"):
        runner.run(step(CHECK), {name: hostile})

    assert not (runner.workspace / "broken").exists()
