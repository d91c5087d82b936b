"""Regular expressions that are compiled when they are first asked.

Compiling those that one module or other might need takes a fifteenth of the whole start
of a check, and most runs ask half of them.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


def pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return what ``re.compile`` returns, compiled when the first of it is used.

    So what is wrong with ``text`` is raised there.
    """
    return cast("re.Pattern[AnyStr]", _Late(text, flags))


class _Late:
    """Stands for a compiled pattern; a method once asked for is the pattern's own."""

    def __init__(self, text: Any, flags: int) -> None:
        self._given = (text, flags)

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(*self._given)
        # From here on found without this method, and as fast as any.
        value = self.__dict__[name] = getattr(compiled, name)
        return value
