"""Processes share a file that has no name."""

from __future__ import annotations

import os
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
