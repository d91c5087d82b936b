"""The terminal: what is printed where, in which colours, and how far a run is."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TextIO

from cip_lint.errors import CipLintError

_SILENT_SECONDS = 1.0
"""Work shorter than this shows no progress."""
_REDRAW_SECONDS = 0.2
_ORDINARY_WIDTH = 100
"""How many columns a line has where no terminal says it."""

clock = time.perf_counter


class Console:
    """Findings go to standard output, everything else to standard error."""

    def __init__(self, color: str = "auto", *, quiet: bool = False) -> None:
        self.quiet = quiet
        self._color = color

    @property
    def color(self) -> bool:
        """Whether standard output is to be coloured."""
        if self._color != "auto":
            return self._color == "always"
        if os.environ.get("NO_COLOR"):
            return False
        if os.environ.get("FORCE_COLOR") or os.environ.get("CLICOLOR_FORCE"):
            return True
        return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"

    @property
    def is_terminal(self) -> bool:
        """Whether somebody looks at standard output itself."""
        return sys.stdout.isatty()

    @property
    def width(self) -> int:
        """How many columns a line may have."""
        try:
            stated = int(os.environ.get("COLUMNS", ""))
        except ValueError:
            stated = 0
        return stated if stated > 0 else _terminal_width()

    @property
    def room(self) -> int | None:
        """How many columns a line has; None where no terminal and nobody says it."""
        if sys.stdout.isatty() or os.environ.get("COLUMNS"):
            return self.width
        return None

    @property
    def unicode(self) -> bool:
        """Whether standard output can show what is not ASCII."""
        encoding = (sys.stdout.encoding or "ascii").lower().replace("_", "-")
        return encoding in {"utf-8", "utf8", "utf-16", "utf-32"}

    def out(self, text: str) -> None:
        """Print findings, or what was asked for."""
        _write(sys.stdout, text)

    def pieces(self, texts: Iterable[str]) -> Iterator[str]:
        """Print what was asked for piece by piece; yield each when it is written."""
        for text in texts:
            _put(sys.stdout, text)
            yield text
        _write(sys.stdout, "")

    def note(self, text: str) -> None:
        """Print what is said beside them, unless the person wants quiet."""
        if text and not self.quiet:
            self.say(text)

    def say(self, text: str) -> None:
        """Print what must be said in any case."""
        sys.stdout.flush()
        _write(sys.stderr, text)

    @contextmanager
    def progress(self) -> Iterator[Callable[[int], None] | None]:
        """Show how many files are read, on a terminal, once it takes long."""
        if self.quiet or not sys.stderr.isatty():
            yield None
            return
        started = shown = clock()
        drawn = False

        def show(files: int) -> None:
            nonlocal shown, drawn
            now = clock()
            if now - started > _SILENT_SECONDS and now - shown > _REDRAW_SECONDS:
                shown, drawn = now, True
                sys.stderr.write(f"\rreading: {files} files")
                sys.stderr.flush()

        try:
            yield show
        finally:
            if drawn:
                sys.stderr.write("\r\x1b[K")
                sys.stderr.flush()


def _terminal_width() -> int:
    try:
        return os.get_terminal_size().columns or _ORDINARY_WIDTH
    except (ValueError, OSError):
        return _ORDINARY_WIDTH


def _write(stream: TextIO, text: str) -> None:
    """Write a text; what the stream's encoding lacks is written as escapes."""
    if text and not text.endswith("\n"):
        text += "\n"
    _put(stream, text)
    try:
        stream.flush()
    except OSError as error:
        _give_up(stream, error)


def _put(stream: TextIO, text: str) -> None:
    try:
        try:
            stream.write(text)
        except UnicodeEncodeError:
            encoding = stream.encoding or "ascii"
            stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
    except OSError as error:
        _give_up(stream, error)


def _give_up(stream: TextIO, error: OSError) -> None:
    """Stop writing to a stream that takes no more: what is buffered is lost.

    Raises ``CipLintError`` where it is not the reader who wants no more, as on a full
    disk; what standard error cannot take, nobody can be told of.
    """
    forget(stream)
    if stream is sys.stdout and not isinstance(error, BrokenPipeError):
        why = error.strerror or str(error)
        raise CipLintError(f"cannot write the report: {why}") from None


def forget(stream: TextIO) -> None:
    """Send the rest of a stream to nowhere: its reader has left, and that is fine."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
