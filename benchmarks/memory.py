"""The most memory that a command and all processes it starts hold at one time.

    python benchmarks/memory.py COMMAND...

Pages that several processes share are counted once: the proportional set sizes
(PSS) of the whole tree are added up, twenty times a second, and the largest sum is
told in MiB, with the parts it is made of. Reads ``/proc``, so Linux alone.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")
_PAUSE = 0.05


class Peak(NamedTuple):
    """The largest sum, and what each process had of it, in MiB."""

    together: float
    each: tuple[float, ...]


def is_known() -> bool:
    """Whether this system tells how much memory a process has to itself."""
    return (PROC / "self" / "smaps_rollup").exists()


def peak(
    command: Sequence[str], cwd: Path, environment: Mapping[str, str] | None = None
) -> Peak:
    """Run a command to its end and return the peak of its processes together."""
    most = Peak(0.0, ())
    with subprocess.Popen(
        command,
        cwd=cwd,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        ended, status = 0, 0
        while not ended:
            each = tuple(map(_proportional, _tree(process.pid)))
            most = max(most, Peak(sum(each), each))
            time.sleep(_PAUSE)
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        process.returncode = os.waitstatus_to_exitcode(status)
    # The kernel knows the peak of a single process, however short it was.
    alone = usage.ru_maxrss / 1024
    return max(most, Peak(alone, (alone,)))


def _tree(pid: int) -> Iterator[int]:
    """Yield a process and all that descend from it."""
    yield pid
    # Any of them may end meanwhile.
    with contextlib.suppress(OSError):
        for children in (PROC / str(pid) / "task").glob("*/children"):
            for child in children.read_text().split():
                yield from _tree(int(child))


def _proportional(pid: int) -> float:
    with contextlib.suppress(OSError):
        for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def main(command: Sequence[str]) -> int:
    """Measure one command and print its peak."""
    found = peak(command, Path.cwd())
    parts = " + ".join(f"{one:.0f}" for one in found.each)
    print(f"{found.together:.0f} MiB together: {parts}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
