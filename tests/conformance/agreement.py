"""What an adapter of the conformance runner takes and gives.

A *vector* is one recorded question with the answer of the real program. An
*adapter* asks the same question of the package's pure functions and yields one
``Disagreement`` for each thing that differs; an adapter that yields nothing
agrees. An adapter module lies in ``adapters/``, imports these names from
``conformance.agreement``, and names the groups it answers in
``GROUPS: dict[str, Adapter]``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Vector = dict[str, Any]
"""One line of a vector file: ``id``, ``group``, ``input``, ``answer`` or ``answers``."""


@dataclass(frozen=True, slots=True)
class RunContext:
    """What a run knows beside the vectors."""

    corpus: Path
    """The folder that the paths of the group ``corpusread`` start at."""
    folder: Path = Path()
    """The folder of the vectors, where the objects that they share lie too."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One thing that the recorded program and the package say differently."""

    expected: object
    got: object
    note: str = ""
    """What was compared, or which version was asked."""


Adapter = Callable[[Vector, RunContext], Iterable[Disagreement]]
