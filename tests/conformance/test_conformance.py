"""The package says what real Kubernetes programs said, where they were recorded.

A part of the recordings is kept beside this file, so that the project proves itself
alone; all of them are asked where their folder is there (beside the checkout, or
where ``CIP_LINT_VECTORS`` points).
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from conformance.agreement import RunContext
from conformance.run import DEFAULT_CORPUS, load_adapters, run

KEPT = Path(__file__).parent / "vectors"
ALL = Path(
    os.environ.get("CIP_LINT_VECTORS")
    or Path(__file__).resolve().parents[3] / "shared" / "vectors"
)


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.jsonl"))


def _parameters() -> list[object]:
    kept = [pytest.param(path, id=f"kept-{path.stem}") for path in _files(KEPT)]
    others = [pytest.param(path, id=f"all-{path.stem}") for path in _files(ALL)]
    if not others:
        skip = pytest.mark.skip(reason="the full recordings are not here")
        others = [pytest.param(ALL, marks=skip, id="all")]
    return [*kept, *others]


@pytest.mark.parametrize("path", _parameters())
def test_every_recorded_answer_is_given(path: Path) -> None:
    if path.stem == "corpusread" and not DEFAULT_CORPUS.is_dir():
        pytest.skip("the files of the recordings are not here")

    outcome = run([path], load_adapters(), RunContext(DEFAULT_CORPUS), show=3)

    assert outcome.failed == 0, "\n".join(outcome.shown)
    assert outcome.passed > 0
