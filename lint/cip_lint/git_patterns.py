"""Patterns of paths, with the meaning that git gives to those of ``.gitignore``.

Follows ``parse_path_pattern`` and ``match_pathname`` of git's ``dir.c``, and its
``wildmatch.c``: characters are bytes, and a pattern that is none fits nothing. A star
ends where what follows it is first found, and only the last one of a name, and the last
of all folders, is tried again: no pattern takes long.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple

_MOST_GLOBS = 2_000
"""So many patterns with wildcards are held against a path; of a list with more, or
that makes them more, none is."""
_LONGEST = 4_096
"""No path is as long; a pattern that is was made to be slow, and is left out."""

_WILD = pattern(r"[*?\[\\]")
_FOLDER = "(?:[^/]*+/)"
_STAR, _ANY_FOLDERS = "*", "**/"
"""What is no regular expression for one character."""
_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\r ",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}
"""By their names: git asks no locale, and takes no other space for one."""


class _Glob(NamedTuple):
    """A pattern with wildcards."""

    number: int
    is_of_names: bool
    """Whether it is held against the name alone, and not against the path."""
    for_folders: bool
    fits: re.Pattern[str]


class Patterns:
    """Patterns in their order: the last that fits a path decides."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._takes: list[bool] = []
        self._plain: dict[str, int] = {}
        """Those without wildcards: names, and paths behind a slash."""
        self._plain_folders: dict[str, int] = {}
        """Those of them that fit folders alone."""
        self._globs: list[_Glob] = []
        for line in lines:
            self._add(line)
        if len(self._globs) > _MOST_GLOBS:
            self._globs.clear()
        self._globs.reverse()

    def has_room(self, others: Iterable[Patterns]) -> bool:
        """Whether a path may be held against all of them without taking long."""
        globs = sum(len(one._globs) for one in others)  # noqa: SLF001 - its own kind
        return globs + len(self._globs) <= _MOST_GLOBS

    def of(self, path: str) -> bool | None:
        """Return whether a path is among them; None where none speaks of it.

        Paths have ``/`` between their parts, and one at the end if they are folders.
        What is said of folders around it does not count: see ``of_all``.
        """
        return self._said(self._last(_bytes(path)))

    def of_all(self, path: str) -> bool | None:
        """Return the same for those who ask no folder first: all in it is as it is.

        What is said of the path itself counts before what is said of folders.
        """
        path = _bytes(path)
        number = self._last(path)
        if number < 0:
            number = max(map(self._last, _folders_around(path)), default=-1)
        return self._said(number)

    def anywhere(self, path: str) -> bool | None:
        """Return what the last says that fits the path or any folder around it."""
        path = _bytes(path)
        return self._said(max(map(self._last, (path, *_folders_around(path)))))

    def _said(self, number: int) -> bool | None:
        return self._takes[number] if number >= 0 else None

    def _last(self, path: str) -> int:
        """Return the number of the last pattern that fits a path; -1 for none."""
        is_folder = path.endswith("/")
        path = path.removesuffix("/")
        name = path.rpartition("/")[2]
        found = max(self._plain.get(name, -1), self._plain.get(f"/{path}", -1))
        if is_folder and self._plain_folders:
            of_folders = self._plain_folders
            found = max(found, of_folders.get(name, -1), of_folders.get(f"/{path}", -1))
        for glob in self._globs:
            if glob.number < found:
                break
            is_fit = is_folder or not glob.for_folders
            if is_fit and glob.fits.fullmatch(name if glob.is_of_names else path):
                return glob.number
        return found

    def _add(self, line: str) -> None:
        text = _bytes(line.partition("\0")[0])
        if len(text) > _LONGEST or text.startswith("#"):
            return
        bare = _without_spaces_behind(text.removeprefix("!"))
        for_folders = bare.endswith("/")
        bare = bare.removesuffix("/")
        is_of_names = "/" not in bare
        bare = bare.removeprefix("/")
        if not bare:
            return
        number = len(self._takes)
        if _WILD.search(bare) is None:
            literal = bare if is_of_names else f"/{bare}"
            (self._plain_folders if for_folders else self._plain)[literal] = number
        else:
            try:
                fits = pattern(_regex(bare))
            except ValueError:
                return
            self._globs.append(_Glob(number, is_of_names, for_folders, fits))
        self._takes.append(not text.startswith("!"))


def _bytes(text: str) -> str:
    """Return a text in which each character stands for a byte, as git reads it."""
    if text.isascii():
        return text
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def _without_spaces_behind(text: str) -> str:
    """Return a text without spaces at its end, but for one that is quoted."""
    bare = text.rstrip(" ")
    is_quoted = (len(bare) - len(bare.rstrip("\\"))) % 2 == 1
    return text[: len(bare) + 1] if is_quoted else bare


def _folders_around(path: str) -> Iterator[str]:
    at = path.find("/")
    while 0 <= at < len(path) - 1:
        yield path[: at + 1]
        at = path.find("/", at + 1)


def _regex(glob: str) -> str:
    """Return what matches as a pattern does; ValueError: it fits nothing."""
    first, *others = map(_names, _split(_tokens(glob), _ANY_FOLDERS))
    if not others:
        return first
    between = "".join(f"(?>{_FOLDER}*?{one})" for one in others[:-1])
    return f"{first}{between}{_FOLDER}*{others[-1]}"


def _names(tokens: Iterable[str]) -> str:
    """Return what matches names with slashes between them."""
    return "/".join(map(_name, _split(tokens, "/")))


def _name(tokens: Iterable[str]) -> str:
    first, *others = map("".join, _split(tokens, _STAR))
    if not others:
        return first
    between = "".join(f"(?>[^/]*?{one})" for one in others[:-1])
    return f"{first}{between}[^/]*{others[-1]}"


def _split(tokens: Iterable[str], mark: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for token in tokens:
        if token == mark:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _tokens(glob: str) -> Iterator[str]:
    """Yield a regular expression for each character, and marks for what is longer."""
    first = _WILD.search(glob)
    plain = first.start() if first is not None else len(glob)
    at = 0
    while at < len(glob):
        character = glob[at]
        at += 1
        if character == "*":
            # What stands before the first wildcard is compared on its own: behind it
            # stars are the first of their name, too.
            is_first = glob[at - 2] == "/" or at <= plain + 1
            at, token = _stars(glob, at, is_first=is_first)
            yield token
        elif character == "?":
            yield "[^/]"
        elif character == "[":
            at, token = _class(glob, at)
            yield token
        else:
            if character == "\\":
                at, character = _next(glob, at)
            yield re.escape(character)


def _stars(glob: str, at: int, *, is_first: bool) -> tuple[int, str]:
    """Return where the stars of which the first was met end, and what they stand for.

    Two and more stand for folders where a name begins and ends with them.
    """
    end = at
    while glob.startswith("*", end):
        end += 1
    if end > at and is_first:
        if end == len(glob):
            return end, ".*"
        if glob[end] == "/":
            return end + 1, _ANY_FOLDERS
    return end, _STAR


def _class(glob: str, at: int) -> tuple[int, str]:
    """Return where the class of characters ends that starts before ``at``."""
    is_negated = glob.startswith(("!", "^"), at)
    at += is_negated
    members: list[str] = []
    before = ""
    while not members or not glob.startswith("]", at):
        named = _class_name(glob, at)
        if named is not None:
            members.append(_CLASSES[named])
            at, before = at + len(f"[:{named}:]"), ""
            continue
        at, character = _next(glob, at)
        is_range = character == "-" and before and glob[at : at + 1] not in {"", "]"}
        if is_range:
            at, character = _next(glob, at)
        if character == "\\":
            at, character = _next(glob, at)
        if not is_range:
            members.append(re.escape(character))
        elif before <= character:
            members.append(f"{re.escape(before)}-{re.escape(character)}")
        before = "" if is_range else character
    # None of them stands for a slash, whatever it says.
    any_of_them = "".join(members)
    at += 1
    return at, f"[^/{any_of_them}]" if is_negated else f"(?!/)[{any_of_them}]"


def _class_name(glob: str, at: int) -> str | None:
    """Return the name in ``[:alpha:]``; None where there is no such thing."""
    if not glob.startswith("[:", at):
        return None
    end = glob.find("]", at + 2)
    if end <= at + 2 or glob[end - 1] != ":":
        return None
    name = glob[at + 2 : end - 1]
    if name not in _CLASSES:
        raise ValueError(f"no class of characters: {name}")
    return name


def _next(glob: str, at: int) -> tuple[int, str]:
    if at >= len(glob):
        raise ValueError("the pattern ends too early")
    return at + 1, glob[at]
