"""Renders a chart with the program of the machine: offline, nothing installed."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from cip_lint.errors import RefusedError
from cip_lint.programs.network import variables
from cip_lint.programs.running import identity as identity_of
from cip_lint.programs.running import is_installed, run

SECONDS = 60
"""How long one chart may take."""

MOST_BYTES = 64 << 20
MOST_MEMORY = 4 << 30
"""What it may reserve: a program in Go reserves far more than it uses."""
_LONGEST = 200


def command() -> str | None:
    """Return the name of the program; None where it is not installed."""
    return "helm" if is_installed("helm") else None


def identity() -> str:
    """Return what tells one release of the program from another."""
    return identity_of("helm")


def template(
    chart: Path,
    release: str,
    namespace: str,
    *,
    seconds: float = SECONDS,
    version: str = "",
    values: Sequence[bytes] = (),
    sets: Sequence[tuple[str, str, bool]] = (),
) -> bytes:
    """Return what a chart is rendered to, hooks included and tests left out.

    Names come from manifests, and none is taken for an option of the program.
    ``version`` is that of the API server where it is known. What wins comes later:
    ``values`` as YAML, then single ones that are ``sets`` (name, value, and whether
    it is a string whatever it says). Raises ``RefusedError`` with what the program
    says, and ``ProgramError`` where it says nothing.
    """
    with tempfile.TemporaryDirectory(prefix="cip-lint-") as folder:
        words = ["helm", "template", "--skip-tests", f"--namespace={namespace}"]
        if version:
            words.append(f"--kube-version={version}")
        for number, content in enumerate(values):
            # By names of our own: in those of a repository helm reads commas.
            Path(folder, f"{number}.yaml").write_bytes(content)
            words.append(f"--values={number}.yaml")
        for name, value, is_text in sets:
            flag = "--set-string" if is_text else "--set"
            words.append(f"{flag}={name}={value}")
        ran = run(
            [*words, "--", release, str(chart)],
            seconds=seconds,
            most_bytes=MOST_BYTES,
            most_memory=MOST_MEMORY,
            folder=folder,
            variables=variables(),
        )
    if ran.status != 0:
        raise RefusedError(complaint(ran.complaint, str(chart)))
    return ran.output


def complaint(said: str, chart: str) -> str:
    """Return what the program says is wrong, in one line, without our paths."""
    lines = [one.strip() for one in said.split("\n") if one.strip()]
    start = next((n for n, one in enumerate(lines) if one.startswith("Error: ")), 0)
    text = " ".join(lines[start:]).removeprefix("Error: ")
    if chart:
        text = text.replace(f"{chart}/", "").replace(chart, "the chart")
    text = text.removesuffix(_ADVICE).strip()
    missing = _MISSING.search(text)
    if missing is not None:
        return f"its dependencies are not vendored: {missing[1]}"
    failed = _FAILED.search(text)
    if failed is not None:
        text = f"{failed[1]}: {failed[2]}"
    return f"{text[:_LONGEST]}..." if len(text) > _LONGEST else text or "helm fails"


_MISSING = re.compile(r"missing in charts/ directory: (.+)")
_FAILED = re.compile(
    r'executing "[^"/]+/([^"]+)" at <.*?>: (?:error calling \w+: )*(.+)', re.DOTALL
)
"""The template that fails, and why."""
_ADVICE = "Use --debug flag to render out invalid YAML"
