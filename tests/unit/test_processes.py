"""Processes share a file that has no name."""

from __future__ import annotations

import os
import signal
import tempfile
from pathlib import Path
from typing import IO

import pytest

from cip_lint.processes import Queue, forked

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here"),
    pytest.mark.filterwarnings("ignore:This process:DeprecationWarning"),
]


@pytest.mark.parametrize(
    "folder", ["there", "gone"], ids=["made by Linux", "left to tempfile"]
)
def test_a_process_takes_numbers_and_delivers_what_it_makes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / folder))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "there").mkdir()
    queue = Queue(range(3))

    def work(file: IO[bytes]) -> int:
        file.writelines(b"%d" % number for number in queue)
        return 0

    child = forked(work)
    status = child.wait()

    assert (status, child.file.read(), list(queue)) == (0, b"012", [])
    assert [path.name for path in tmp_path.rglob("*")] == ["there"]
    child.end()
    queue.close()


def test_the_end_of_a_process_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    go_on = os.pipe()

    def lives_on(file: IO[bytes]) -> int:
        file.write(b"all")
        return 3

    def end_late(status: int) -> None:
        os.read(go_on[0], 1)
        os.kill(os.getpid(), signal.SIGKILL)

    with monkeypatch.context() as patched:
        patched.setattr(os, "_exit", end_late)
        child = forked(lives_on)
    status = child.wait()

    assert (status, child.file.read()) == (3, b"all")
    child.end()
    pid = child._pid
    assert os.waitpid(pid, os.WNOHANG) == (0, 0), "it is not stopped"
    os.write(go_on[1], b".")
    os.waitpid(pid, 0)
    for end in go_on:
        os.close(end)


def test_a_process_that_is_stopped_says_how_it_ended() -> None:
    def stopped(file: IO[bytes]) -> int:
        os.kill(os.getpid(), signal.SIGKILL)
        return 0

    child = forked(stopped)

    assert child.wait() == -signal.SIGKILL
    child.end()


def test_a_process_that_is_stopped_has_failed_where_its_end_is_not_told() -> None:
    def stopped(file: IO[bytes]) -> int:
        os.kill(os.getpid(), signal.SIGKILL)
        return 0

    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        child = forked(stopped)
        status = child.wait()
        child.end()
    finally:
        signal.signal(signal.SIGCHLD, before)

    assert status == 1


def test_a_process_that_ended_is_forgotten_by_the_next() -> None:
    def nothing(file: IO[bytes]) -> int:
        return 0

    first = forked(nothing)
    assert first.wait() == 0
    os.waitid(os.P_PID, first._pid, os.WEXITED | os.WNOWAIT)
    first.end()

    with pytest.raises(ChildProcessError):
        os.waitpid(first._pid, os.WNOHANG)


def test_no_process_leaves_an_open_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> int:
        raise BlockingIOError

    def nothing(file: IO[bytes]) -> int:
        return 0

    before = os.listdir("/dev/fd")  # noqa: PTH208
    child = forked(nothing)
    child.wait()
    child.end()
    monkeypatch.setattr(os, "fork", refused)
    with pytest.raises(BlockingIOError):
        forked(nothing)

    assert os.listdir("/dev/fd") == before  # noqa: PTH208
