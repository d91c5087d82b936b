"""Measures cip-lint as a person meets it: a whole process, and ratios in one run.

    python benchmarks/run.py                    # every data set
    python benchmarks/run.py --only small,one   # some of them
    python benchmarks/run.py --runs 5 --corpus ../manifests

The set ``replay`` is the large one with 500 static addresses, checked with and
without a stated service CIDR: what working out the order of creation and the chance
of each loss adds, as a ratio.

For each data set: user and system seconds, wall seconds and peak memory of
``cip-lint check`` (all its processes together; see ``memory.py``) with nothing kept
between runs (``--no-cache``), and in the row ``again`` those of a run that finds what
an earlier run of the same tree has kept; the ratio to the parse floor (composing the
same documents with libyaml and nothing else) and to reading the same bytes, both
measured in the same run, without the start of an interpreter; ``wall/proc``, the ratio
of wall seconds to those of a whole process that starts, imports the parser and
composes (of one file there is no other floor; see ``floors.py``); and kube-linter, kube-score and kubeconform on the same tree, in turn with
cip-lint, where they are on the PATH: how many times its wall seconds each takes.
kubeconform fetches its schemas; ``--schemas`` says where they lie instead, as its own
``-schema-location`` does, so that no network is measured. Medians of ``--runs`` runs.
Seconds depend on the machine; the ratios are what to compare.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import generate
import memory
from cip_lint.manifests import reads_compiled

HERE = Path(__file__).resolve().parent
CORPUS = HERE.parents[1] / "shared" / "corpus"


class Cost(NamedTuple):
    """What a command used: seconds of CPU and wall clock."""

    cpu: float
    wall: float


class DataSet(NamedTuple):
    """A tree to measure on; ``make`` writes it, ``services`` is how many it holds."""

    name: str
    make: Callable[[Path], None]
    services: int


SETS = (
    DataSet("one", lambda out: generate.write(out, files=1, pairs=1), 1),
    DataSet("small", lambda out: generate.write(out, files=1000, pairs=1), 1_000),
    DataSet(
        "flat",
        lambda out: generate.write(out, files=10_000, pairs=1, per_folder=0),
        10_000,
    ),
    DataSet(
        "large",
        lambda out: generate.write(out, files=1000, pairs=100, per_folder=0),
        100_000,
    ),
)

REPLAYED = DataSet(
    "replay",
    lambda out: generate.write(
        out, files=1000, pairs=100, per_folder=0, static_every=200
    ),
    100_000,
)
REPLAY_AT_MOST = 1.3
"""How much a stated service CIDR may cost, as a ratio of CPU seconds."""

ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if name != "PYTHONDONTWRITEBYTECODE"
}
"""An installed program has its bytecode; a first run writes it."""

PEERS = {
    "kubeconform": ["kubeconform", "-n", "2", "-ignore-missing-schemas", "."],
    "kube-linter": ["kube-linter", "lint", "."],
    # Findings make xargs end with 123.
    "kube-score": [
        "sh",
        "-c",
        "find . -name '*.yaml' | xargs kube-score score || test $? = 123",
    ],
}


def peers(schemas: str) -> dict[str, list[str]]:
    """Return the command line of each other tool that is installed, by its name."""
    found = {name: line for name, line in PEERS.items() if shutil.which(name)}
    if schemas and "kubeconform" in found:
        *line, tree = found["kubeconform"]
        found["kubeconform"] = [*line, "-schema-location", schemas, tree]
    return found


def cost(command: Sequence[str], cwd: Path) -> Cost:
    """Run a command to its end and return what it used."""
    started = time.perf_counter()
    with subprocess.Popen(
        command,
        cwd=cwd,
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Cost(usage.ru_utime + usage.ru_stime, wall)


def peak(command: Sequence[str], cwd: Path) -> str:
    """Return the peak of a command's processes together, of a run of its own.

    Looking on takes time, so that run is not timed.
    """
    if not memory.is_known():
        return "?"
    return f"{memory.peak(command, cwd, ENVIRONMENT).together:.0f} MiB"


def median(runs: Sequence[Cost]) -> Cost:
    """Return the median of each figure by itself."""
    return Cost(*(statistics.median(figure) for figure in zip(*runs, strict=True)))


def floor(kind: str, tree: Path) -> dict[str, float]:
    """Return one floor of a tree; see ``floors.py``."""
    command = [sys.executable, str(HERE / "floors.py"), kind, "."]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=True)
    spent: dict[str, float] = json.loads(done.stdout)
    return spent


def check(*arguments: str) -> list[str]:
    """Return the command line of a check."""
    return [sys.executable, "-m", "cip_lint", *arguments]


def row(*cells: object) -> None:
    """Print one row of the table."""
    texts = [f"{c:.3f}" if isinstance(c, float) else str(c) for c in cells]
    print("  ".join(text.rjust(11) for text in texts), flush=True)


def measure(
    name: str, tree: Path, runs: int, others: Mapping[str, Sequence[str]]
) -> float:
    """Print the figures of one tree; return the CPU seconds of a check."""
    plain = check("check", ".", "--no-config", "--no-build", "-q", "-o", "json")
    command = [*plain, "--no-cache"]
    with tempfile.TemporaryDirectory() as kept:
        again = [*plain, "--cache", "--cache-dir", kept]
        # The first run writes the bytecode, the second what is kept.
        cost(command, tree)
        cost(again, tree)
        # All in turn, so that a drifting clock drifts for all.
        spent, repeated, parse, read, composed = [], [], [], [], []
        documents = Path(kept) / "documents"
        floors = [sys.executable, str(HERE / "floors.py")]
        cost([*floors, "cut", str(documents), "."], tree)
        cost([*floors, "compose", str(documents)], tree)
        theirs: dict[str, list[Cost]] = {other: [] for other in others}
        for _ in range(runs):
            parse.append(floor("parse", tree))
            read.append(floor("read", tree))
            composed.append(cost([*floors, "compose", str(documents)], tree))
            spent.append(cost(command, tree))
            repeated.append(cost(again, tree))
            for other, line in others.items():
                theirs[other].append(cost(line, tree))
        floor_cpu = statistics.median(one["cpu"] for one in parse)
        read_cpu = statistics.median(one["cpu"] for one in read)
        process = median(composed).wall
        mine = median(spent)
        for title, line, took in (
            (name, command, mine),
            ("again", again, median(repeated)),
        ):
            row(
                title,
                int(parse[0]["documents"]),
                took.cpu,
                took.wall,
                peak(line, tree),
                floor_cpu,
                f"{took.cpu / floor_cpu:.2f}x",
                f"{took.wall / floor_cpu:.2f}x",
                f"{took.wall / process:.2f}x",
                f"{took.cpu / max(read_cpu, 1e-4):.1f}x",
            )
    for other, costs in theirs.items():
        took = median(costs)
        row(
            other, "", took.cpu, took.wall, peak(others[other], tree), "", "", "", "", "",
            f"{took.wall / mine.wall:.2f}x",
        )  # fmt: skip
    return mine.cpu


def measure_replay(tree: Path, runs: int) -> None:
    """Print what a stated service CIDR adds to the check of a tree.

    With and without in turn, so that a drifting clock drifts for both.
    """
    plain = check(
        "check", ".", "--no-config", "--no-build", "--no-cache", "-q", "-o", "json"
    )
    stated = [*plain, "--service-cidr", "10.96.0.0/12"]
    cost(plain, tree)
    without, replayed = [], []
    for _ in range(runs):
        without.append(cost(plain, tree))
        replayed.append(cost(stated, tree))
    one, other = median(without), median(replayed)
    row("no replay", "", one.cpu, one.wall, peak(plain, tree), "", "", "", "")
    row("replay", "", other.cpu, other.wall, peak(stated, tree), "", "", "", "")
    print(
        f"replay of {REPLAYED.services} Services against none: "
        f"{other.cpu / one.cpu:.2f}x (at most {REPLAY_AT_MOST}x)"
    )


def main() -> int:
    """Measure the chosen data sets."""
    parser = argparse.ArgumentParser(description="Measure cip-lint.")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", default="", help="names, separated by commas")
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--schemas", default="", help="where kubeconform finds them")
    given = parser.parse_args()
    others = {} if given.no_peers else peers(given.schemas)
    only = set(given.only.split(",")) - {""}
    print(f"YAML is read {'by compiled code' if reads_compiled() else 'in Python'}")
    row(
        "data", "documents", "cpu s", "wall s", "peak", "floor s", "cpu/floor",
        "wall/floor", "wall/proc", "cpu/read",
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as scratch:
        empty = Path(scratch)
        for name, arguments in (
            ("bare", ["-c", ""]),
            ("help", ["-m", "cip_lint", "--help"]),
        ):
            bare = median(
                [cost([sys.executable, *arguments], empty) for _ in range(10)]
            )
            command = [sys.executable, *arguments]
            row(name, "", bare.cpu, bare.wall, peak(command, empty), "", "", "", "")
        each = {}
        for data in SETS:
            if only and data.name not in only:
                continue
            tree = empty / data.name
            data.make(tree)
            each[data.name] = (
                measure(data.name, tree, given.runs, others) / data.services
            )
            shutil.rmtree(tree)
        if not only or REPLAYED.name in only:
            tree = empty / REPLAYED.name
            REPLAYED.make(tree)
            measure_replay(tree, given.runs)
            shutil.rmtree(tree)
        if given.corpus.is_dir() and (not only or "corpus" in only):
            measure("corpus", given.corpus, given.runs, others)
        if {"small", "large"} <= each.keys():
            print(
                f"cost per Service, 100,000 against 1,000: {each['large'] / each['small']:.2f}x"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
