"""The hooks, run by pre-commit on a repository that the test makes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from support.installs import ROOT, need_package_index, run, service, write

_GIT = {
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
}


def git(folder: Path, *arguments: str) -> None:
    done = run(["git", *arguments], folder, _GIT)
    assert done.returncode == 0, done.stderr


class Hooks:
    """A repository of the hooks, and where pre-commit keeps their environment."""

    def __init__(self, repository: Path, home: Path) -> None:
        self._repository = repository
        self._home = home

    def __call__(self, folder: Path, hook: str) -> subprocess.CompletedProcess[str]:
        """Run one hook on what is staged in a folder."""
        return run(
            [
                *(sys.executable, "-m", "pre_commit", "try-repo", "--color=never"),
                *(str(self._repository), hook, "--verbose"),
            ],
            folder,
            {**_GIT, "PRE_COMMIT_HOME": str(self._home)},
        )


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Hooks:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("no git, or no checkout of it")
    need_package_index()
    # A copy, so that the hooks are those of this very state of the checkout.
    repository = tmp_path_factory.mktemp("hooks")
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in filter(None, run(listed, ROOT).stdout.split("\0")):
        if (ROOT / name).is_file():
            (repository / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, repository / name)
    git(repository, "init", "--quiet")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "State")
    return Hooks(repository, tmp_path_factory.mktemp("home"))


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """Return a repository in which one of two colliding files is staged."""
    write(tmp_path, {"old/a.yaml": service("a", address="10.96.0.20")})
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "Begin")
    write(tmp_path, {"new/b.yaml": service("b", address="10.96.0.20")})
    git(tmp_path, "add", "new/b.yaml")
    return tmp_path


def test_every_hook_is_a_command_of_cip_lint() -> None:
    text = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    hooks = yaml.safe_load(text)

    assert [hook["id"] for hook in hooks] == [
        "cip-lint",
        "cip-lint-changed",
        "cip-lint-config",
    ]
    assert {hook["entry"].split()[0] for hook in hooks} == {"cip-lint"}


@pytest.mark.parametrize("hook", ["cip-lint", "cip-lint-changed"])
def test_a_collision_is_found_when_one_of_its_files_is_staged(
    hooks: Hooks, sample: Path, hook: str
) -> None:
    done = hooks(sample, hook)

    assert done.returncode == 1, done.stdout + done.stderr
    assert "error[address.taken]" in done.stdout
    assert "old/a.yaml" in done.stdout
    assert "new/b.yaml" in done.stdout


@pytest.mark.parametrize("hook", ["cip-lint", "cip-lint-changed"])
def test_a_sound_repository_passes(hooks: Hooks, sample: Path, hook: str) -> None:
    write(sample, {"new/b.yaml": service("b", address="10.96.0.21")})
    git(sample, "add", "--all")
    done = hooks(sample, hook)

    assert done.returncode == 0, done.stdout + done.stderr


def test_findings_elsewhere_are_not_those_of_the_changed_files(
    hooks: Hooks, sample: Path
) -> None:
    git(sample, "commit", "--quiet", "--message", "Collide")
    write(sample, {"new/c.yaml": service("c")})
    git(sample, "add", "--all")

    assert hooks(sample, "cip-lint").returncode == 1
    assert hooks(sample, "cip-lint-changed").returncode == 0


def test_wrong_settings_are_found(hooks: Hooks, sample: Path) -> None:
    write(sample, {".cip-lint.yaml": "version: 1\nprofil: strict\n"})
    git(sample, "add", "--all")
    done = hooks(sample, "cip-lint-config")

    assert done.returncode == 1, done.stdout + done.stderr
    assert "profile" in done.stdout
