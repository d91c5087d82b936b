"""Compare the package with recorded answers of real Kubernetes programs.

::

    python tests/conformance/run.py FILE.jsonl... [--show N] [--corpus DIR]

Prints ``group agree/total`` for each group, at most N disagreements of the whole
run as input, expected and got, and last ``N passed, M failed``. Exits 1 when a
vector disagrees, or when no adapter answers its group.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import json
import sys
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
sys.path[:0] = [
    str(REPOSITORY / root) for root in ("tests", "lint", "rules", "schemas")
]

from conformance.agreement import Adapter, Disagreement, RunContext, Vector  # noqa: E402

DEFAULT_CORPUS = REPOSITORY.parent / "shared" / "corpus"


@dataclass(slots=True)
class Tally:
    """How one group fared."""

    total: int = 0
    agree: int = 0
    skipped: int = 0


@dataclass(slots=True)
class Outcome:
    """How the whole run fared, and the disagreements to show."""

    groups: dict[str, Tally] = field(default_factory=dict)
    shown: list[str] = field(default_factory=list)

    @property
    def passed(self) -> int:
        """Vectors on which the package says what the real program said."""
        return sum(tally.agree for tally in self.groups.values())

    @property
    def failed(self) -> int:
        """All other vectors, those that nothing answers included."""
        return sum(tally.total - tally.agree for tally in self.groups.values())


def load_adapters(folder: Path = HERE / "adapters") -> dict[str, Adapter]:
    """Import every module of the folder and merge what they answer.

    A module that cannot be imported is named, and its groups stay unanswered.
    """
    adapters: dict[str, Adapter] = {}
    for path in sorted(folder.glob("[!_]*.py")):
        try:
            module = _import(path)
        except ImportError as error:
            print(f"{path.name}: {error}", file=sys.stderr)
            continue
        for group, adapter in module.GROUPS.items():
            if group in adapters:
                raise SystemExit(f"two adapters answer the group {group}")
            adapters[group] = adapter
    return adapters


def _import(path: Path) -> ModuleType:
    name = f"conformance_adapter_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def read_vectors(path: Path) -> Iterator[Vector]:
    """Yield the vectors of a file, one a line."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def run(
    files: Sequence[Path],
    adapters: dict[str, Adapter],
    context: RunContext,
    show: int = 0,
) -> Outcome:
    """Ask every vector of every file and count the agreements."""
    outcome = Outcome()
    for path in files:
        context = replace(context, folder=path.parent)
        for vector in read_vectors(path):
            _ask(vector, adapters, context, outcome, show)
    return outcome


def _ask(
    vector: Vector,
    adapters: dict[str, Adapter],
    context: RunContext,
    outcome: Outcome,
    show: int,
) -> None:
    tally = outcome.groups.setdefault(vector["group"], Tally())
    tally.total += 1
    adapter = adapters.get(vector["group"])
    if adapter is None:
        tally.skipped += 1
        return
    try:
        disagreements = list(adapter(vector, context))
    except Exception:  # noqa: BLE001 - one vector that raises must not end the run
        disagreements = [Disagreement("an answer", traceback.format_exc())]
    if not disagreements:
        tally.agree += 1
    elif len(outcome.shown) < show:
        outcome.shown.append(_describe(vector, disagreements))


def _describe(vector: Vector, disagreements: Sequence[Disagreement]) -> str:
    lines = [f"--- {vector['id']}", f"input     {_text(vector['input'])}"]
    for disagreement in disagreements:
        if disagreement.note:
            lines.append(f"  {disagreement.note}")
        lines.append(f"expected  {_text(disagreement.expected)}")
        lines.append(f"got       {_text(disagreement.got)}")
    return "\n".join(lines)


def _text(value: object) -> str:
    if isinstance(value, str) and "\n" in value:
        return value.rstrip("\n")
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=repr)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE.jsonl")
    parser.add_argument("--show", type=int, default=0, metavar="N")
    parser.add_argument("--corpus", type=Path, default=DEFAULT_CORPUS, metavar="DIR")
    options = parser.parse_args(arguments)
    gc.freeze()
    outcome = run(
        options.files, load_adapters(), RunContext(options.corpus), options.show
    )
    for group, tally in sorted(outcome.groups.items()):
        skipped = f" ({tally.skipped} skipped: no adapter)" if tally.skipped else ""
        print(f"{group} {tally.agree}/{tally.total}{skipped}")
    for text in outcome.shown:
        print(text)
    print(f"{outcome.passed} passed, {outcome.failed} failed")
    return 1 if outcome.failed else 0


if __name__ == "__main__":
    sys.exit(main())
