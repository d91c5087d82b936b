"""Reads many files on several cores.

The files are cut into shares. Forked workers and the parent take one share after the
other, whoever is free; a worker leaves plain values in a file without a name. What a
worker took and did not deliver, the parent reads itself. So a worker that dies costs
time and nothing else, and the result is the same for any number of workers.
"""

from __future__ import annotations

import contextlib
import marshal
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
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
            results.flush()
        return 0

    try:
        with contextlib.suppress(OSError):  # no room for a file, or one process more
            queue = Queue(range(len(shares)))
            for _ in range(1, workers):
                children.append(forked(take_shares))  # noqa: PERF401
        meanwhile()
        delivered = [_Deliveries(child, form) for child in children]
        # Without a queue, whatever is missing below is all.
        own = _own_shares(shares, work, queue or (), delivered)
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


def _own_shares(
    shares: Sequence[Sequence[T]],
    work: Callable[[T], Any],
    numbers: Iterable[int],
    delivered: Sequence[_Deliveries],
) -> dict[int, list[Any]]:
    """Return what was made here of the shares that nobody else took, by number.

    What workers make is unpacked between shares, and not in the end, when they have
    nothing to do any more: so all end at about one time.
    """
    own: dict[int, list[Any]] = {}
    for number in numbers:
        own[number] = list(map(work, shares[number]))
        for one in delivered:
            one.collect()
    for one in delivered:
        one.finish()
    return own


class _Deliveries:
    """What one worker delivers: shares by their numbers, as far as they are written."""

    def __init__(self, worker: Forked, form: Form) -> None:
        self._worker = worker
        self._form = form
        self._shares: dict[int, list[Any]] = {}
        self._at = 0

    def collect(self) -> None:
        """Unpack the shares that were written since the last time.

        The worker writes at the position that both have in the file: it stays there.
        """
        file = self._worker.file.fileno()
        while len(length := os.pread(file, _LENGTH_BYTES, self._at)) == _LENGTH_BYTES:
            size = int.from_bytes(length)
            data = os.pread(file, size, self._at + _LENGTH_BYTES)
            if len(data) < size:
                return
            self._at += _LENGTH_BYTES + size
            number, made = marshal.loads(data)  # noqa: S302 - our own worker wrote it
            self._shares[number] = list(map(self._form.unpacked, made))

    def finish(self) -> None:
        """Wait for the worker's end, and unpack the rest."""
        self._worker.wait()
        self.collect()

    def take(self, number: int) -> list[Any] | None:
        """Return what was made of a share; None where that was not delivered."""
        return self._shares.pop(number, None)
