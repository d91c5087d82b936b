"""Reads many files on several cores.

A forked worker reads every other share of the files and leaves plain values in a
file without a name; the parent reads the rest meanwhile, and all that a worker did
not deliver. So a worker that dies costs time and nothing else, and the result is
the same for any number of workers.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any, TypeVar

T = TypeVar("T")

_SHARE = 32
"""Files in one share: enough to make a message worth its while."""
_MOST = 8
_FEWEST_FILES = 400
"""Below this, starting a worker costs more than it saves."""


def worker_count(files: int, wanted: int | None) -> int:
    """Return how many processes read; 1 where forking is not to be had.

    ``wanted`` is what somebody asked for; None: as many as there are cores.
    """
    if wanted is None and files < _FEWEST_FILES:
        return 1
    if not hasattr(os, "fork") or threading.active_count() > 1:
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    return max(1, min(wanted or cores, _MOST))


def mapped(
    items: Sequence[T],
    work: Callable[[T], Any],
    workers: int,
) -> Iterator[Any]:
    """Yield ``work(item)`` for each item, in order.

    What ``work`` returns must be plain values. An error in a worker is met again,
    and raised, by the parent.
    """
    if workers < 2:
        yield from map(work, items)
        return
    shares = [items[at : at + _SHARE] for at in range(0, len(items), _SHARE)]
    children: list[_Child] = []
    with contextlib.suppress(OSError):  # no room for a file, or one process more
        for number in range(1, workers):
            children.append(_start(shares, number, workers, work))  # noqa: PERF401
    try:
        # The parent's own shares first: the workers are busy meanwhile.
        own = {
            number: [work(item) for item in shares[number]]
            for number in range(0, len(shares), workers)
        }
        streams = [child.results() for child in children]
        for number, share in enumerate(shares):
            who = number % workers
            if who == 0:
                yield from own.pop(number)
                continue
            started = who <= len(streams)
            delivered = next(streams[who - 1], None) if started else None
            if delivered is None:
                yield from map(work, share)
            else:
                yield from delivered
    finally:
        for child in children:
            child.end()


class _Child:
    def __init__(self, pid: int, results: IO[bytes]) -> None:
        self._pid = pid
        self._file = results
        self._running = True

    def results(self) -> Iterator[list[Any]]:
        """Yield the shares that the worker delivered, once it has ended."""
        os.waitpid(self._pid, 0)
        self._running = False
        self._file.seek(0)
        while True:
            try:
                yield pickle.load(self._file)  # noqa: S301 - our own worker wrote it
            except (EOFError, pickle.UnpicklingError):
                return

    def end(self) -> None:
        """Stop the worker, where it still runs, and drop what it wrote."""
        if self._running:
            with contextlib.suppress(OSError):
                os.kill(self._pid, 9)
                os.waitpid(self._pid, 0)
        self._file.close()


def _start(
    shares: Sequence[Sequence[T]],
    number: int,
    workers: int,
    work: Callable[[T], Any],
) -> _Child:
    results = tempfile.TemporaryFile()  # noqa: SIM115 - the child inherits it
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        pid = os.fork()
    except OSError:
        results.close()
        raise
    if pid:
        return _Child(pid, results)
    status = 1
    try:
        for share in shares[number::workers]:
            pickle.dump([work(item) for item in share], results, protocol=5)
        results.flush()
        status = 0
    finally:
        # Nothing of the parent's may run on here: no handlers, no buffers.
        os._exit(status)
    raise AssertionError
