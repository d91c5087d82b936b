"""A command line of ``cip-lint``, run in this process with nothing of the outside."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from cip_lint.cli.app import run

_FOREIGN = ("CIP_LINT_", "GITHUB_", "CLICOLOR")
_FOREIGN_NAMES = {"CI", "NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS", "LINES"}

_RECURSION_LIMIT = 1000
"""What an interpreter starts with; other tests may have raised it."""


class Done(NamedTuple):
    """What a command line left behind."""

    code: int
    out: str
    err: str


def cip_lint(
    folder: Path,
    *arguments: str,
    stdin: str | bytes = b"",
    environment: Mapping[str, str] | None = None,
    terminal: bool = False,
) -> Done:
    """Run a command line in a folder; ``terminal``: its output is one."""
    out, err = _Output(terminal=terminal), _Output()
    given = stdin.encode() if isinstance(stdin, str) else stdin
    with _process(folder, environment or {}, given, out, err):
        code = run(arguments)
    return Done(code, out.text, err.text)


class _Output(io.TextIOWrapper):
    """A stream in memory that may pass for a terminal."""

    def __init__(self, *, terminal: bool = False) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", newline="")
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    @property
    def text(self) -> str:
        self.seek(0)
        return self.read()


@contextmanager
def _process(
    folder: Path,
    environment: Mapping[str, str],
    stdin: bytes,
    out: _Output,
    err: _Output,
) -> Iterator[None]:
    """Put what a process has in place, and give back what was there."""
    was = Path.cwd(), dict(os.environ), sys.stdin, sys.stdout, sys.stderr
    for name in list(os.environ):
        if name in _FOREIGN_NAMES or name.startswith(_FOREIGN):
            del os.environ[name]
    os.environ.update(environment)
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
    sys.stdout, sys.stderr = out, err
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(_RECURSION_LIMIT)
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(was[0])
        sys.setrecursionlimit(limit)
        os.environ.clear()
        os.environ.update(was[1])
        sys.stdin, sys.stdout, sys.stderr = was[2:]
