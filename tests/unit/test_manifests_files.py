"""What a file of the disk holds: all of it, or nothing beyond a limit."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from cip_lint.manifests.files import DISK

PIECE = 1 << 16


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_a_file_is_read_whole_or_not_at_all(tmp_path: Path, size: int) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes(bytes(number % 251 for number in range(size)))

    assert DISK.data(str(file), size) == file.read_bytes()
    assert DISK.data(str(file), size + 1) == file.read_bytes()
    assert DISK.data(str(file), size - 1) is None


@pytest.mark.parametrize("limit", [3 * PIECE, 2 * PIECE])
def test_a_pipe_is_read_to_its_end(tmp_path: Path, limit: int) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    parts = [b"a" * 10, b"b" * PIECE, b"c" * PIECE, b"d" * 10]

    def write() -> None:
        # Beyond the limit nobody reads on.
        with suppress(BrokenPipeError), pipe.open("wb", buffering=0) as end:
            for part in parts:
                end.write(part)

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    data = DISK.data(str(pipe), limit)

    whole = b"".join(parts)
    assert data == (whole if len(whole) <= limit else None)
    writer.join(timeout=10)
