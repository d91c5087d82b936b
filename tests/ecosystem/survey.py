"""Runs cip-lint over public manifests and compares the findings with the last run.

    python tests/ecosystem/survey.py                 # print the difference
    python tests/ecosystem/survey.py --update        # and record the new numbers
    python tests/ecosystem/survey.py --show RULE     # print each finding of a rule
    python tests/ecosystem/survey.py --show error    # or of a severity

One run for each repository folder below the corpus (beside the checkout, or where
``CIP_LINT_CORPUS`` points). ``findings.json`` holds, for each repository, how many
Services it has and how many findings of each rule and severity; a change that moves
a number shows it in its diff, so that it is read before it lands.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
RECORD = HERE / "findings.json"
CORPUS = Path(
    os.environ.get("CIP_LINT_CORPUS") or HERE.parents[2] / "shared" / "corpus"
)


def report(folder: Path) -> dict[str, Any]:
    """Return the JSON report of one repository; a failure ends the survey."""
    # Unbuilt, so that the numbers are those of any machine.
    command = [
        sys.executable,
        "-m",
        "cip_lint",
        "check",
        ".",
        "--no-build",
        "-o",
        "json",
    ]
    command += ["--no-config", "--no-gitignore", "--allow-empty"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 1):
        raise SystemExit(f"{folder.name}: exit {done.returncode}\n{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def numbers(found: dict[str, Any]) -> dict[str, int]:
    """Return the Services of a report and its findings by rule and severity."""
    counts = Counter(f"{f['rule']} {f['severity']}" for f in found["findings"])
    return {"services": found["summary"]["services"], **dict(sorted(counts.items()))}


def survey(folders: list[Path]) -> dict[str, dict[str, Any]]:
    """Return the report of each repository."""
    return {folder.name: report(folder) for folder in folders}


def differences(
    old: dict[str, dict[str, int]], new: dict[str, dict[str, int]]
) -> list[str]:
    """Return a line for each number that moved."""
    lines = []
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name, {}), new.get(name, {})
        for key in sorted(before.keys() | after.keys()):
            was, now = before.get(key, 0), after.get(key, 0)
            if was != now:
                lines.append(f"{name}: {key}: {was} -> {now}")
    return lines


def show(reports: dict[str, dict[str, Any]], what: str) -> None:
    """Print each finding of a rule or severity, with its places."""
    for name, found in reports.items():
        for finding in found["findings"]:
            if what not in (finding["rule"], finding["severity"]):
                continue
            primary = finding["primary"]
            at = f"{name}/{primary['path']}:{primary['start']['line']}"
            print(
                f"{at}: {finding['severity']}[{finding['rule']}] {finding['message']}"
            )
            for label in finding["related"]:
                print(f"    {label['path']}:{label['start']['line']}: {label['label']}")


def main() -> int:
    """Run the survey; return 1 where a number moved and was not recorded."""
    parser = argparse.ArgumentParser(description="Survey public manifests.")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--show", metavar="RULE|SEVERITY")
    parser.add_argument("repositories", nargs="*")
    given = parser.parse_args()
    if not CORPUS.is_dir():
        print("no corpus: set CIP_LINT_CORPUS to a folder of repositories")
        return 0
    wanted = set(given.repositories)
    folders = sorted(path for path in CORPUS.iterdir() if path.is_dir())
    reports = survey([f for f in folders if not wanted or f.name in wanted])
    if given.show:
        show(reports, given.show)
        return 0
    old = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    new = {name: numbers(found) for name, found in reports.items()}
    if wanted:
        old = {name: old.get(name, {}) for name in new}
    moved = differences(old, new)
    print("\n".join(moved) if moved else "no number moved")
    if given.update and not wanted:
        RECORD.write_text(json.dumps(new, indent=1, sort_keys=True) + "\n")
        return 0
    return 1 if moved else 0


if __name__ == "__main__":
    sys.exit(main())
