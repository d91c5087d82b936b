"""Words that several rules form alike: counts, lists, names that are near."""

from __future__ import annotations

from collections.abc import Sequence

from cip_lint.cluster.near import distance

_FARTHEST = 2
_FEW = 3
"""So many words of a list are said."""
_BRIEF = 60
"""Characters of a text that are shown at most."""
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six")


def spelt(number: int) -> str:
    """Return a small number as a word."""
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


def listed(words: Sequence[str], last: str = "and") -> str:
    """Return ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def first_few(words: Sequence[str], last: str = "and") -> str:
    """Return ``a, b and c``; behind three words the rest is a number."""
    if len(words) > _FEW:
        return f"{', '.join(words[:_FEW])} {last} {len(words) - _FEW} more"
    return listed(words, last)


def ordinal(index: int) -> str:
    """Return the word for a zero-based position: first, second, 3rd, 4th."""
    if index < 2:
        return ("first", "second")[index]
    number = index + 1
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ending}"


def brief(text: str) -> str:
    """Return a text of a manifest, cut where it is too long to be read in a line."""
    return text if len(text) <= _BRIEF else f"{text[: _BRIEF - 3]}..."


def as_label(text: str, limit: int = 63) -> str:
    """Return the nearest DNS label of a text; empty where it has no legal part."""
    lowered = "".join(
        letter if letter.isascii() and letter.isalnum() else "-"
        for letter in text.lower()
    )
    parts = [part for part in lowered.split("-") if part]
    label = "-".join(parts)
    return label if len(label) <= limit else ""


def nearest(word: str, candidates: Sequence[str]) -> str:
    """Return the candidate that was meant; empty where none is near.

    Near is: equal but for letter case and blanks, else at most two edits away.
    """
    bare = word.strip().lower()
    near = [(distance(bare, other.lower()), other) for other in candidates]
    closest = min(near, default=(_FARTHEST + 1, ""))
    return closest[1] if closest[0] <= min(_FARTHEST, len(bare) // 2) else ""
