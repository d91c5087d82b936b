"""Renders and fetches charts with the program of the machine; installs nothing."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from cip_lint.errors import RefusedError
from cip_lint.patterns import pattern
from cip_lint.programs.network import is_registry, variables
from cip_lint.programs.running import failure, is_installed, run
from cip_lint.programs.versions import VersionCommand

SECONDS = 60
"""How long one chart may take."""

MOST_BYTES = 64 << 20
MOST_MEMORY = 4 << 30
"""What it may reserve: a program in Go reserves far more than it uses."""
_LONGEST = 200


def command() -> str | None:
    """Return the name of the program; None where it is not installed."""
    return "helm" if is_installed("helm") else None


def version_command(*, apart: bool) -> VersionCommand:
    """Return how it is asked which one it is; ``apart``: as ``template`` starts it."""
    return VersionCommand(("helm", "version"), apart)


def template(
    chart: Path,
    release: str,
    namespace: str,
    *,
    seconds: float = SECONDS,
    version: str = "",
    api_versions: Sequence[str] = (),
    values: Sequence[bytes] = (),
    sets: Sequence[tuple[str, str, bool]] = (),
) -> bytes:
    """Return what a chart is rendered to, hooks included and tests left out.

    Names come from manifests, and none is taken for an option of the program.
    ``version`` is that of the API server where it is known, ``api_versions`` are what
    it serves besides the kinds of Kubernetes. What wins comes later:
    ``values`` as YAML, then single ones that are ``sets`` (name, value, and whether
    it is a string whatever it says). Raises ``RefusedError`` with what the program
    says, and ``ProgramError`` where it says nothing or the machine is why.
    """
    with tempfile.TemporaryDirectory(prefix="cip-lint-") as folder:
        words = ["helm", "template", "--skip-tests", f"--namespace={namespace}"]
        if version:
            words.append(f"--kube-version={version}")
        words += [f"--api-versions={one}" for one in api_versions]
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
        raise failure("helm", ran, complaint(ran.complaint, str(chart)))
    return ran.output


def build_dependencies(
    chart: Path,
    repositories: Iterable[str],
    *,
    seconds: float = SECONDS,
    network: bool = False,
) -> None:
    """Put the charts that one needs among its files, as its lock file says.

    ``repositories`` are the addresses that they may be fetched from. Raises
    ``RefusedError`` with what the program says, and ``ProgramError`` where it says
    nothing or the machine is why.
    """
    known = [
        {"name": f"r{number}", "url": address}
        for number, address in enumerate(repositories)
        if not is_registry(address)
    ]
    with tempfile.TemporaryDirectory(prefix="cip-lint-") as folder:
        # What is locked is only fetched from a repository that has a name.
        settings = {"apiVersion": "", "repositories": known}
        Path(folder, "repositories.yaml").write_text(json.dumps(settings))
        words = ["--repository-config=repositories.yaml", "--repository-cache=cache"]
        ran = run(
            ["helm", "dependency", "build", *words, "--", str(chart)],
            seconds=seconds,
            most_bytes=MOST_BYTES,
            most_memory=MOST_MEMORY,
            folder=folder,
            variables=variables(allowed=network),
        )
    if ran.status != 0:
        raise failure("helm", ran, complaint(ran.complaint, str(chart)))


def pull(
    name: str, address: str, version: str, into: Path, *, seconds: float = SECONDS
) -> Path:
    """Fetch a chart, and return its folder, made in an empty one.

    ``address`` is that of a repository of charts, or of a registry (``oci://``) with
    the name of the chart below it. Raises ``RefusedError`` with what the program says,
    and ``ProgramError`` where it says nothing or the machine is why.
    """
    words = ["helm", "pull", "--untar", f"--untardir={into}"]
    if version:
        words.append(f"--version={version}")
    if not is_registry(address):
        words.append(f"--repo={address}")
        address = ""
    ran = run(
        [*words, "--", f"{address.rstrip('/')}/{name}" if address else name],
        seconds=seconds,
        most_bytes=MOST_BYTES,
        most_memory=MOST_MEMORY,
        folder=str(into),
        variables=variables(allowed=True),
    )
    if ran.status != 0:
        raise failure("helm", ran, complaint(ran.complaint, ""))
    found = [one for one in into.iterdir() if (one / "Chart.yaml").is_file()]
    if len(found) != 1:
        raise RefusedError(f"{name} holds no chart")
    return found[0]


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


_MISSING = pattern(r"missing in charts/ directory: (.+)")
_FAILED = pattern(
    r'executing "[^"/]+/([^"]+)" at <.*?>: (?:error calling \w+: )*(.+)', re.DOTALL
)
"""The template that fails, and why."""
_ADVICE = "Use --debug flag to render out invalid YAML"
