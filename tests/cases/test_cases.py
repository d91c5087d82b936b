"""Problems that people really had, each with the verdict an expert would give.

The folder of cases lies beside the checkout (or where ``CIP_LINT_CASES`` points);
without it these tests are skipped. A case whose rules or settings cip-lint does
not have yet is skipped with what it waits for, so that the list stays visible.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from cip_lint_rules import cip_lint_rules

CASES = Path(
    os.environ.get("CIP_LINT_CASES")
    or Path(__file__).resolve().parents[3] / "shared" / "cases"
)
FLAGS = {
    "service_cidr": "--service-cidr",
    "families": "--families",
    "node_port_range": "--node-port-range",
    "zone": "--cluster-domain",
    "kubernetes_version": "--kubernetes-version",
    "engine": "--engine",
    "distribution": "--distribution",
    "profile": "--profile",
    "namespace": "--namespace",
    "snapshot": "--snapshot",
    "against": "--against",
}
UNSUPPORTED = ("roots",)


def _cases() -> list[Any]:
    folders = sorted(path.parent for path in CASES.glob("*/case.yaml"))
    if not folders:
        absent = pytest.mark.skip(reason=f"no cases at {CASES.name}")
        return [pytest.param(CASES, marks=absent, id="absent")]
    return [pytest.param(folder, id=folder.name) for folder in folders]


def _known_rules() -> frozenset[str]:
    return frozenset(rule.id for rule in cip_lint_rules())


def _flags(setting: dict[str, Any]) -> list[str]:
    flags: list[str] = []
    for key, value in setting.items():
        if key == "complete":
            flags.append("--complete" if value else "--no-complete")
        elif key == "cluster":
            flags.append("--one-cluster")
        elif key != "current":
            text = ",".join(value) if isinstance(value, list) else str(value)
            flags += [FLAGS[key], text]
    return flags


def _findings(folder: Path, setting: dict[str, Any]) -> list[dict[str, Any]]:
    checked = setting.get("current", ".")
    command = [sys.executable, "-m", "cip_lint", "check", checked, "-o", "json"]
    command += ["--no-config", *_flags(setting)]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
    return found


def _fits(folder: Path, finding: dict[str, Any], expected: dict[str, Any]) -> bool:
    lines = {expected["line"], *_as_list(expected.get("alternative_line"))}
    said = _words(folder, finding)
    return (
        finding["rule"] == expected["rule"]
        and finding["severity"] == expected["severity"]
        and finding["primary"]["path"] == expected["file"]
        and finding["primary"]["start"]["line"] in lines
        and all(str(word) in said for word in expected.get("says", ()))
    )


def _words(folder: Path, finding: dict[str, Any]) -> str:
    labels = [finding["primary"], *finding["related"]]
    texts = [finding["message"], finding.get("help") or "", *finding["notes"]]
    for label in labels:
        text = (folder / label["path"]).read_text(encoding="utf-8")
        texts += [label["label"], _lines(text, label["start"]["line"])]
    return "\n".join(texts)


def _lines(text: str, line: int) -> str:
    return text.splitlines()[line - 1]


def _as_list(value: object) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _accepted(finding: dict[str, Any], case: dict[str, Any]) -> bool:
    return any(
        finding["rule"] == (other["rule"] if isinstance(other, dict) else other)
        for other in _as_list(case.get("accept_also"))
    )


@pytest.mark.parametrize("folder", _cases())
def test_the_verdict_is_that_of_the_expert(folder: Path) -> None:
    case = yaml.safe_load((folder / "case.yaml").read_text(encoding="utf-8"))
    setting = case.get("setting") or {}
    waits = [key for key in UNSUPPORTED if key in setting]
    waits += sorted({e["rule"] for e in case["expect"]} - _known_rules())
    if waits:
        pytest.skip(f"waits for {', '.join(waits)}")

    findings = _findings(folder, setting)

    missing = [
        e for e in case["expect"] if not any(_fits(folder, f, e) for f in findings)
    ]
    others = [
        finding
        for finding in findings
        if not any(_fits(folder, finding, e) for e in case["expect"])
        and not _accepted(finding, case)
    ]
    banned = [f for f in others if _is_forbidden(f, _as_list(case["forbid"]))]
    assert (missing, banned) == ([], [])


def _is_forbidden(finding: dict[str, Any], forbid: list[Any]) -> bool:
    severities = {
        "any other error": ("error",),
        "any error": ("error",),
        "any warning": ("error", "warning"),
        "any other warning": ("error", "warning"),
    }
    return any(
        finding["severity"] in severities.get(str(word), ()) or finding["rule"] == word
        for word in forbid
    )
