"""The package says what real Kubernetes programs said, where they were recorded.

A part of the recordings is kept beside this file, so that the project proves itself
alone; all of them are asked where their folder is there (beside the checkout, or
where ``CIP_LINT_VECTORS`` points).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from cip_lint.manifests import easy_values
from conformance.agreement import RunContext
from conformance.run import DEFAULT_CORPUS, load_adapters, run

KEPT = Path(__file__).parent / "vectors"
ALL = Path(
    os.environ.get("CIP_LINT_VECTORS")
    or Path(__file__).resolve().parents[3] / "shared" / "vectors"
)
READING = ("corpusread", "kubectlread", "server-decode", "yaml", "yamlsplit")
"""The files with answers to texts, of which both readers make values."""


def _parameters(folder: Path, names: Sequence[str] = ("*",)) -> list[object]:
    kind = "kept" if folder == KEPT else "all"
    files = sorted(path for name in names for path in folder.glob(f"{name}.jsonl"))
    if files:
        return [pytest.param(path, id=f"{kind}-{path.stem}") for path in files]
    skip = pytest.mark.skip(reason="the full recordings are not here")
    return [pytest.param(folder, marks=skip, id=kind)]


@pytest.mark.parametrize("path", [*_parameters(KEPT), *_parameters(ALL)])
def test_every_recorded_answer_is_given(path: Path) -> None:
    _all_agree(path)


@pytest.mark.parametrize(
    "path", [*_parameters(KEPT, READING), *_parameters(ALL, READING)]
)
def test_so_it_is_without_the_compiled_readers(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(easy_values, "line_reader", None)
    monkeypatch.setattr(easy_values, "event_reader", None)

    _all_agree(path)


def _all_agree(path: Path) -> None:
    if path.stem == "corpusread" and not DEFAULT_CORPUS.is_dir():
        pytest.skip("the files of the recordings are not here")

    outcome = run([path], load_adapters(), RunContext(DEFAULT_CORPUS), show=3)

    assert outcome.failed == 0, "\n".join(outcome.shown)
    assert outcome.passed > 0
