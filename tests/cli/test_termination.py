"""A run that is told to end while programs build for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support.overlays import overlaid
from support.programs import install

SLEEPS = """\
import os, time
from pathlib import Path
begun = Path({begun!r})
begun.with_suffix(".new").write_text(str(os.getpid()))
begun.with_suffix(".new").rename(begun)
time.sleep(600)
"""
PATIENCE = 60
"""Seconds after which what is waited for will not come."""


@pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX")
def test_sigterm_ends_the_builds_and_leaves_no_folder(tmp_path: Path) -> None:
    folder = overlaid(tmp_path / "work", "resources: [../base]\nnamePrefix: eu-\n")
    begun, temporary = tmp_path / "begun", tmp_path / "temporary"
    temporary.mkdir()
    script = SLEEPS.format(begun=str(begun))
    programs = install(tmp_path / "bin", "kustomize", script)
    environment = {**os.environ, "PATH": str(programs), "TMPDIR": str(temporary)}

    with subprocess.Popen(
        [sys.executable, "-m", "cip_lint", "--no-cache", "over"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as run:
        wait_for(begun)
        run.send_signal(signal.SIGTERM)
        run.communicate(timeout=PATIENCE)

    assert run.returncode == 128 + signal.SIGTERM
    assert not is_running(int(begun.read_text(encoding="ascii")))
    assert list(temporary.iterdir()) == []


def wait_for(file: Path) -> None:
    for _ in range(PATIENCE * 20):
        if file.exists():
            return
        time.sleep(0.05)
    raise AssertionError(f"{file} is not there")


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
