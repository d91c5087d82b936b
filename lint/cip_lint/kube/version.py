"""Kubernetes versions, as far as behaviour depends on them: major and minor."""

from __future__ import annotations

import re

from cip_lint.records import NamedTuple


class Version(NamedTuple):
    """A minor release of Kubernetes; compares as a pair of numbers."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


OLDEST = Version(1, 19)
"""The oldest version whose behaviour is described."""

RECORDED = (Version(1, 34), Version(1, 36), Version(1, 37))
"""Versions whose answers were compared with real API servers."""

NEWEST = Version(1, 37)
"""The newest version known; assumed where no version is stated."""


def parse(text: str) -> Version:
    """Return the version that a text names: ``1.34``, ``v1.34.2``, ``1.34+``.

    Patch level, build and vendor suffixes are accepted and dropped. Raises
    ``ValueError`` for any other text; whether the version is known
    (``OLDEST`` to ``NEWEST``) is the caller's question.
    """
    match = re.fullmatch(
        r"v?(\d{1,3})\.(\d{1,3})(?:[.+-][\w.+-]*)?", text.strip(), re.ASCII
    )
    if match is None:
        raise ValueError(f"{text!r} is not a Kubernetes version such as 1.34")
    return Version(int(match[1]), int(match[2]))
