"""Regular expressions that are compiled when they are first asked.

Compiling those that one module or other might need takes a fifteenth of the whole start
of a check, and most runs ask half of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, AnyStr, cast

_compile = re.compile


def pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return what ``re.compile`` returns, compiled when the first of it is used.

    So what is wrong with ``text`` is raised there.
    """
    return cast("re.Pattern[AnyStr]", _Late(text, flags))


@contextmanager
def put_off() -> Iterator[None]:
    """Let modules of other packages that are imported meanwhile compile late, too.

    Only for those that ask a pattern by its methods, as PyYAML does: one of its own
    takes longer than all of libyaml, and is asked by its slow reader alone.
    """

    def late(pattern: Any, flags: int = 0) -> Any:
        return _Late(pattern, flags)

    before, re.compile = re.compile, late
    try:
        yield
    finally:
        re.compile = before


class _Late:
    """Stands for a compiled pattern; a method once asked for is the pattern's own."""

    def __init__(self, text: Any, flags: int) -> None:
        self._given = (text, flags)

    def __getattr__(self, name: str) -> Any:
        compiled = _compile(*self._given)
        # From here on found without this method, and as fast as any.
        value = self.__dict__[name] = getattr(compiled, name)
        return value
