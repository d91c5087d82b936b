"""Reads many files on several cores.

The files are cut into shares. Forked workers and the parent take one share after the
other, whoever is free; a worker leaves plain values in a file without a name. What a
worker took and did not deliver, the parent reads itself. So a worker that dies costs
time and nothing else, and the result is the same for any number of workers.
"""

from __future__ import annotations

import contextlib
import marshal
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any, TypeVar

from cip_lint.processes import Forked, Queue, cores, forked, may_fork
from cip_lint.records import NamedTuple

T = TypeVar("T")

_LARGEST_SHARE = 32
"""Files in one share: enough to make a message worth its while."""
_SHARES_EACH = 32
"""So many shares for each process, or nearly: the last ones end at about one time."""
_MOST = 8
_LENGTH_BYTES = 8
_FEWEST_FILES = 400
"""Below this, starting a worker costs more than it saves."""


def nothing() -> None:
    """Do nothing: no other work is left."""


def worker_count(files: int, wanted: int | None) -> int:
    """Return how many processes read; 1 where forking is not to be had.

    ``wanted`` is what somebody asked for; None: as many as there are cores.
    """
    if wanted is None and files < _FEWEST_FILES:
        return 1
    if not may_fork():
        return 1
    return max(1, min(wanted or cores() or 1, _MOST))


class Form(NamedTuple):
    """How results leave a worker: as values that ``marshal`` knows."""

    packed: Callable[[Any], Any]
    unpacked: Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


PLAIN = Form(_same, _same)
"""For results that are plain values by themselves."""


def mapped(
    items: Sequence[T],
    work: Callable[[T], Any],
    workers: int,
    meanwhile: Callable[[], object] = nothing,
    form: Form = PLAIN,
) -> Iterator[Any]:
    """Yield ``work(item)`` for each item, in order.

    ``meanwhile`` is called in the parent once all workers are at work; without any,
    it is left to whoever needs what it does. An error in a worker is met again, and
    raised, by the parent.
    """
    if workers < 2:
        yield from map(work, items)
        return
    size = max(1, min(len(items) // (workers * _SHARES_EACH), _LARGEST_SHARE))
    shares = [items[at : at + size] for at in range(0, len(items), size)]
    children: list[Forked] = []
    queue: Queue | None = None

    def take_shares(results: IO[bytes]) -> int:
        for number in queue or ():
            made = [form.packed(work(item)) for item in shares[number]]
            data = marshal.dumps((number, made))
            results.write(len(data).to_bytes(_LENGTH_BYTES))
            results.write(data)
        return 0

    try:
        with contextlib.suppress(OSError):  # no room for a file, or one process more
            queue = Queue(range(len(shares)))
            for _ in range(1, workers):
                children.append(forked(take_shares))  # noqa: PERF401
        meanwhile()
        # Without a queue, whatever is missing below is all.
        own = {
            number: [work(item) for item in shares[number]] for number in queue or ()
        }
        delivered = [_Deliveries(_delivered(child), form) for child in children]
        for number, share in enumerate(shares):
            found = own.pop(number, None)
            for one in delivered if found is None else ():
                found = found or one.take(number)
            if found is None:
                yield from map(work, share)
            else:
                yield from found
    finally:
        for child in children:
            child.end()
        if queue is not None:
            queue.close()


class _Deliveries:
    """What one worker delivers: shares in the order of their numbers, with gaps."""

    def __init__(self, results: Iterator[tuple[int, list[Any]]], form: Form) -> None:
        self._results = results
        self._form = form
        self._next = next(results, None)

    def take(self, number: int) -> list[Any] | None:
        """Return what was made of a share; None where it is not the next one."""
        if self._next is None or self._next[0] != number:
            return None
        found = list(map(self._form.unpacked, self._next[1]))
        self._next = next(self._results, None)
        return found


def _delivered(worker: Forked) -> Iterator[tuple[int, list[Any]]]:
    """Yield number and results of what a worker delivered, once it has ended."""
    worker.wait()
    while len(length := worker.file.read(_LENGTH_BYTES)) == _LENGTH_BYTES:
        size = int.from_bytes(length)
        data = worker.file.read(size)
        if len(data) < size:
            return
        yield marshal.loads(data)  # noqa: S302 - our own worker wrote it
