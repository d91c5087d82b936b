"""One process more: forked, with a file without a name for what it makes.

Work is shared to save time and for nothing else: whoever asks for a process goes on
without it where there is none to be had, and does again what one did not deliver.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import IO

_NUMBER_BYTES = 4


def may_fork() -> bool:
    """Whether forking is to be had; beside other threads it is not safe."""
    return hasattr(os, "fork") and threading.active_count() == 1


def cores() -> int | None:
    """Return how many cores this process may use; None where that is not known."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None


def _nameless(buffering: int = -1) -> IO[bytes]:
    """Return a file that has no name, and is gone when the last process closes it.

    Linux makes one itself. ``tempfile`` does the same, but what it imports (three
    compressors among it) takes as long as reading fifty files.
    """
    folder = os.environ.get("TMPDIR") or "/tmp"  # noqa: S108 - no name to guess
    if hasattr(os, "O_TMPFILE"):
        with contextlib.suppress(OSError):  # not every file system knows it
            how = os.O_RDWR | os.O_EXCL | os.O_TMPFILE
            return open(os.open(folder, how, 0o600), "w+b", buffering)  # noqa: PTH123
    import tempfile  # noqa: PLC0415

    return tempfile.TemporaryFile(buffering=buffering)


class Forked:
    """A forked process, and the file that it writes to."""

    def __init__(self, pid: int, file: IO[bytes], said: int) -> None:
        self.file = file
        """What it wrote; to be read once it has done its work."""
        self._pid = pid
        self._said = said
        """The end of a pipe at which its status is heard."""
        self._running = True

    def wait(self) -> int:
        """Wait until its work is done; return its status, with ``file`` at its start.

        Its end is not waited for: that it frees what it holds takes some milliseconds,
        in which nothing of it is needed any more. Of a process that is stopped before,
        the status is that of its end, or 1 where the system does not tell it: whoever
        started this program may have it ignore SIGCHLD.
        """
        status = os.read(self._said, 1)
        self.file.seek(0)
        if status:
            self._running = False
            _ending.append(self._pid)
            return status[0]
        try:
            _, ended = os.waitpid(self._pid, 0)
        except ChildProcessError:
            self._running = False
            return 1
        self._running = False
        return os.waitstatus_to_exitcode(ended)

    def end(self) -> None:
        """Stop it, where it still works, and drop what it wrote."""
        if self._running:
            with contextlib.suppress(OSError):
                os.kill(self._pid, 9)
                os.waitpid(self._pid, 0)
        os.close(self._said)
        self.file.close()
        _forget_ended()


_ending: list[int] = []
"""Processes whose work is done, and whose end nobody has heard of yet."""


def _forget_ended() -> None:
    """Hear of the ends of processes, so that the system can forget these."""
    for pid in tuple(_ending):
        with contextlib.suppress(ChildProcessError):  # somebody heard of it already
            if os.waitpid(pid, os.WNOHANG) == (0, 0):
                continue
        _ending.remove(pid)


def forked(work: Callable[[IO[bytes]], int]) -> Forked:
    """Start a process that does ``work``, which writes to a file and returns a status.

    The status is of one byte, as with any process; where ``work`` raises, it is 1.
    Raises ``OSError`` where there is no room for a file, or for one process more.
    """
    file = _nameless()
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        heard, said = os.pipe()
    except OSError:
        file.close()
        raise
    try:
        pid = os.fork()
    except OSError:
        os.close(heard)
        os.close(said)
        file.close()
        raise
    if pid:
        os.close(said)
        return Forked(pid, file, heard)
    status = 1
    try:
        made = work(file)
        file.flush()
        status = made
    finally:
        # Nothing of the parent's may run on here: no handlers, no buffers.
        try:
            os.write(said, bytes([status]))
        finally:
            os._exit(status)
    raise AssertionError


class Queue:
    """The numbers of the pieces of work that nobody has taken yet.

    They stand in a file without a name. Processes that inherit it have one position
    in it together, and reading moves that on in one step.
    """

    def __init__(self, numbers: Iterable[int]) -> None:
        self._file = _nameless(buffering=0)
        self._file.write(b"".join(number.to_bytes(_NUMBER_BYTES) for number in numbers))
        self._file.seek(0)

    def __iter__(self) -> Iterator[int]:
        while len(taken := self._file.read(_NUMBER_BYTES)) == _NUMBER_BYTES:
            yield int.from_bytes(taken)

    def close(self) -> None:
        """Drop the file."""
        self._file.close()
