"""Starts a program and takes what it prints: nothing else, and not for ever.

No shell reads the arguments, standard input is closed or a file, output is bounded,
and a program that takes too long is ended together with what it started. It gets a
home folder of its own, empty and gone afterwards, and of the environment what it is
given by name.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from cip_lint.errors import ProgramError, RefusedError
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple

_COMPLAINT_BYTES = 1 << 16
"""How much of standard error is kept."""

_CHUNK = 1 << 16

# A file may become 1 GiB large: blocks have 512 bytes, or 1024 in some shells.
_LIMITING = (
    'ulimit -v "$1" 2>/dev/null; ulimit -f 2097152 2>/dev/null; shift; exec "$@"'
)


class Ran(NamedTuple):
    """What came of a program that ended by itself."""

    status: int
    """Its exit status; 0 where all went well, negative where a signal ended it."""
    output: bytes
    complaint: str
    """What it said on standard error, without the blank space around it."""

    @property
    def last_complaint(self) -> str:
        """The last line of what it said on standard error: why it gave up."""
        return self.complaint.rpartition("\n")[2].strip()


def run(
    command: Sequence[str],
    *,
    seconds: float,
    most_bytes: int,
    folder: str | None = None,
    variables: Mapping[str, str] | None = None,
    given: bytes = b"",
    most_memory: int = 0,
) -> Ran:
    """Run a command and return what came of it, whatever its status.

    ``command`` begins with the name of a program, which is looked for in the
    absolute folders of PATH: what lies in the folder that is checked is never
    started. ``variables`` are added to PATH, a private HOME that is TMPDIR as well,
    and the plain locale, and win over them. ``given`` is what standard input holds;
    without it, it is closed. ``most_memory`` is the number of bytes that it may have,
    where the system can see to that; 0: as many as it likes. Raises ``ProgramError``
    where the program is not there, cannot be started, takes longer than ``seconds``
    or prints more than ``most_bytes``.
    """
    name = command[0]
    search = _search_path()
    program = shutil.which(name, path=search)
    if program is None:
        raise ProgramError(f"{name} is not installed: it is in no folder of PATH")
    with (
        tempfile.TemporaryDirectory(prefix="cip-lint-") as home,
        _input(given) as stdin,
    ):
        environment = {
            "PATH": search,
            "HOME": home,
            "TMPDIR": home,
            "LC_ALL": "C",
            **(variables or {}),
        }
        try:
            process = subprocess.Popen(  # noqa: S603 - a list of words, and no shell
                [*_limited(most_memory), program, *command[1:]],
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=folder,
                env=environment,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise ProgramError(f"{name} cannot be started: {why.lower()}") from None
        with _listed(process):
            return _ended(process, name, seconds, most_bytes)


def end_all() -> None:
    """End every program that runs now, with what it started.

    Whoever waits for one finds that a signal has ended it.
    """
    with _running_lock:
        for process in _running:
            _end(process)


_running: set[subprocess.Popen[bytes]] = set()
"""The programs that this process has started and still waits for."""
_running_lock = threading.Lock()


@contextlib.contextmanager
def _listed(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Have a program among those that run, as long as somebody waits for it."""
    with _running_lock:
        _running.add(process)
    try:
        yield
    finally:
        with _running_lock:
            _running.discard(process)


def failure(name: str, ran: Ran, said: str) -> ProgramError:
    """Return what to raise for a program that has failed, of whose words ``said`` tells.

    It is a ``RefusedError`` unless the machine is why: a signal has ended the program,
    or one that it started, or there was no room for what it does. The same input may
    be no trouble another time.
    """
    signalled = -ran.status if ran.status < 0 else ran.status - _BY_SIGNAL
    if 0 < signalled <= _MOST_SIGNALS:
        why = f": {said}" if ran.complaint else ""
        return ProgramError(f"{name} was ended by signal {signalled}{why}")
    if ran.status >= _BY_SIGNAL or _OF_MACHINE.search(ran.complaint):
        return ProgramError(said)
    return RefusedError(said)


_BY_SIGNAL, _MOST_SIGNALS = 128, 64
"""A shell adds 128 to the number of the signal that has ended what it waited for."""

_OF_MACHINE = pattern(
    r"no space left|disk quota exceeded|file too large|too many open files|"
    r"cannot allocate|out of memory|resource temporarily unavailable|"
    r"failed to create new OS thread|input/output error|"
    r"signal: |exit status 1(?:29|[3-8][0-9]|9[0-2])\b",
    re.IGNORECASE,
)
"""What Go says of its machine: texts of ``syscall/zerrors_linux_amd64.go``, of its own
memory and threads (``runtime``), and of a child that a signal has ended (``os/exec``)."""


def is_installed(name: str) -> bool:
    """Whether a program lies in one of the absolute folders of PATH."""
    return location(name) is not None


def location(name: str) -> str | None:
    """Return where a program lies; None where it is not installed."""
    return shutil.which(name, path=_search_path())


def identity(name: str) -> str:
    """Return what tells one release of a program from another; empty: there is none."""
    found = location(name)
    if found is None:
        return ""
    status = Path(found).stat()
    return f"{Path(found).resolve()} {status.st_size} {status.st_mtime_ns}"


def _limited(most_memory: int) -> Sequence[str]:
    """Return what starts a program with no more than some memory."""
    if not most_memory or os.name != "posix":
        return ()
    return ("/bin/sh", "-c", _LIMITING, "sh", str(most_memory >> 10))


@contextlib.contextmanager
def _input(given: bytes) -> Iterator[IO[bytes] | int]:
    """Return a file without a name that holds something, or the null device."""
    if not given:
        yield subprocess.DEVNULL
        return
    with tempfile.TemporaryFile() as file:
        file.write(given)
        file.seek(0)
        yield file


def _search_path() -> str:
    """Return PATH without its relative entries, which depend on the working folder."""
    entries = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(one for one in entries if os.path.isabs(one))  # noqa: PTH117


def _ended(
    process: subprocess.Popen[bytes], name: str, seconds: float, most_bytes: int
) -> Ran:
    """Wait for a program; end it where it goes beyond its limits."""
    assert process.stdout is not None
    assert process.stderr is not None
    output = _Reader(process, process.stdout, most_bytes, strict=True)
    complaint = _Reader(process, process.stderr, _COMPLAINT_BYTES, strict=False)
    late = False
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        late = True
    finally:
        # What it started may hold its pipes open, and would keep the readers waiting.
        _end(process)
        process.wait()
        output.join()
        complaint.join()
        process.stdout.close()
        process.stderr.close()
    if output.overflowed:
        raise ProgramError(f"{name} prints more than {most_bytes >> 20} MiB")
    if late:
        raise ProgramError(f"{name} does not end within {seconds:g} s")
    text = bytes(complaint.data).decode("utf-8", "replace").strip()
    return Ran(process.returncode, bytes(output.data), text)


class _Reader(threading.Thread):
    """Reads a pipe to its end, and keeps no more than a limit."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        pipe: IO[bytes],
        limit: int,
        *,
        strict: bool,
    ) -> None:
        super().__init__(daemon=True)
        self.data = bytearray()
        self.overflowed = False
        self._process = process
        self._pipe = pipe
        self._limit = limit
        self._strict = strict
        """Whether more than the limit ends the program; else the rest is dropped."""
        self.start()

    def run(self) -> None:
        """Read until nothing more comes, or too much."""
        with contextlib.suppress(OSError, ValueError):
            while chunk := os.read(self._pipe.fileno(), _CHUNK):
                room = self._limit - len(self.data)
                self.data += chunk[:room]
                if len(chunk) > room and self._strict:
                    self.overflowed = True
                    _end(self._process)
                    return


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program and everything of its session."""
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
