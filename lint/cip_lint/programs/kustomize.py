"""Builds a kustomization with the program of the machine, and without plugins."""

from __future__ import annotations

import json
import os
import re
import shlex
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cip_lint.errors import ProgramError
from cip_lint.patterns import pattern
from cip_lint.programs import helm
from cip_lint.programs.network import may_fetch, variables
from cip_lint.programs.running import failure, is_installed, location, run
from cip_lint.programs.versions import VersionCommand
from cip_lint.records import NamedTuple

SECONDS = 60
"""How long one build may take."""

MOST_BYTES = 64 << 20
MOST_MEMORY = 4 << 30
"""What it may reserve: a program in Go reserves far more than it uses."""

_LONGEST = 160
"""How many characters of its complaint are kept, where it can be cut."""

_MISSING_FILE = pattern(
    r"(?:evalsymlink failure on '(?P<link>[^']+)'.*)?"
    r"(?:lstat|open|stat) (?P<file>[^\s:]+): no such file or directory"
)
_TRIED_FOLDER = pattern(
    r"accumulation err='accumulating resources from '[^']+': (.*?)':"
)

_IS_FOLDER = "must resolve to a file"
_RING = "cycle detected: candidate root"
"""What is said of a folder that is tried as a file."""

_LOGGED = pattern(r'^[^\n"]*"command failed" err=', re.MULTILINE)
_ERRORS = ("Error: ", "error: ")
"""How kustomize begins what it ends with, and how kubectl does."""
_POINTERS = pattern(r" ?&\{0x[^}\n]*\}")
_ESCAPED = pattern(r'\\([nt"\\])')
"""Escapes of a string of Go whose meaning counts; others are shown as they are."""

_OF_HELM = pattern(r": unable to run: '\S+ (?P<verb>\S+) (?P<words>[^']*)'")
"""What is said of helm behind its own words."""
_OF_GIT = pattern(r"fatal: (.*?)(?:\\n|\s)*: exit status")
_CLONE = pattern(r"/\S*/kustomize-\d+/")
"""The folder that a repository is fetched to."""

_PROGRAMS = (("kustomize", "build"), ("kubectl", "kustomize"))
"""What builds, the first that is installed; both are the same code."""

_VERSIONS = {
    "kustomize": ("kustomize", "version"),
    "kubectl": ("kubectl", "version", "--client"),
}

_ANYWHERE = ("--load-restrictor", "LoadRestrictionsNone")

ORIGINS = ("originAnnotations", "transformerAnnotations")
"""What kustomize is asked to note on each object: its file, and who changed it."""


def command() -> tuple[str, str] | None:
    """Return the program that builds, and its verb; None where none is installed."""
    return next((one for one in _PROGRAMS if is_installed(one[0])), None)


def version_command() -> VersionCommand:
    """Return how the program that builds is asked which one it is."""
    program = command()
    return VersionCommand(_VERSIONS[program[0] if program else "kustomize"])


class Chart(NamedTuple):
    """What a chart of a kustomization was rendered to, before anything changed it."""

    folder: str
    output: bytes


class Built(NamedTuple):
    """What came of a build."""

    output: bytes
    folder: Path
    """The folder that the origins of objects start from."""
    charts: tuple[Chart, ...]


def build(
    directory: Path,
    fields: Mapping[str, Any],
    *,
    seconds: float = SECONDS,
    network: bool = False,
    charts: bool = False,
    below: Path | None = None,
    entries: Sequence[str] = (),
    anywhere: bool = False,
) -> Built:
    """Return what a kustomization is built to.

    The kustomization in ``directory`` is the only entry of one that asks for the
    origin of each object, made in a folder ``below`` one. ``fields`` are what that one
    says besides: how objects are sorted, as the root alone decides it, and what is
    changed when they are sent. With ``network`` it may fetch what it names by an
    address, with ``charts`` it may render charts, and with ``anywhere`` it may name
    files outside of its folder. Where ``entries`` are given, there is no kustomization,
    and these files and folders below ``directory`` are built. Raises ``RefusedError``
    with what the program says, and ``ProgramError`` where it says nothing or the
    machine is why.
    """
    program = command()
    if program is None:
        raise ProgramError("neither kustomize nor kubectl is installed")
    with tempfile.TemporaryDirectory(prefix="cip-lint-", dir=below) as made:
        folder = Path(made).resolve()
        start = os.path.relpath(directory, folder)
        body = {
            **{key: _moved(value, start) for key, value in fields.items()},
            "resources": [f"{start}/{one}" for one in entries] or [start],
            "buildMetadata": list(ORIGINS),
        }
        (folder / "kustomization.yaml").write_text(json.dumps(body), encoding="utf-8")
        ran = run(
            [
                *program,
                *_rendering(folder, network=network, charts=charts),
                str(folder),
                *(_ANYWHERE if anywhere else ()),
            ],
            seconds=seconds,
            most_bytes=MOST_BYTES,
            most_memory=MOST_MEMORY,
            variables=variables(allowed=network),
        )
        if ran.status != 0:
            said = _complaint(ran.complaint, start, str(directory))
            raise failure(program[0], ran, said)
        return Built(ran.output, folder, tuple(_rendered(folder)) if charts else ())


_HELM = "helm"
_RENDERED = "rendered"
_SCRIPT = """\
#!/bin/sh
case $1 in
template)
  printf '%s\\n' "$3" >{kept}/$$.chart
  {helm} "$@" >{kept}/$$.yaml && cat {kept}/$$.yaml
  exit
  ;;
pull)
  {pull}
  ;;
esac
exec {helm} "$@"
"""
"""What kustomize takes for helm: it keeps what charts are rendered to.

There a template is named for each object, which kustomize forgets.
"""
_NO_PULL = "echo 'charts are not pulled' >&2; exit 1"


def _rendering(folder: Path, *, network: bool, charts: bool) -> Sequence[str]:
    """Return the flags with which charts are rendered, and make what they name."""
    if not charts:
        return ()
    program = location("helm")
    if program is None or os.name != "posix":
        raise ProgramError("helm is not installed")
    kept = folder / _RENDERED
    kept.mkdir()
    script = folder / _HELM
    quoted = {"helm": shlex.quote(program), "kept": shlex.quote(str(kept))}
    pull = ":" if network else _NO_PULL
    script.write_text(_SCRIPT.format(**quoted, pull=pull), encoding="utf-8")
    script.chmod(0o700)
    return ("--enable-helm", f"--helm-command={script}")


def _rendered(folder: Path) -> Iterator[Chart]:
    """Yield what charts were rendered to, in the order of the build.

    No more than a build may print: without it, no more is lost than the templates.
    """
    files = (folder / _RENDERED).glob("*.yaml")
    left = MOST_BYTES
    for file in sorted(files, key=lambda one: one.stat().st_mtime_ns):
        left -= file.stat().st_size
        if left < 0:
            return
        named = os.fsdecode(file.with_suffix(".chart").read_bytes())
        yield Chart(named.removesuffix("\n"), file.read_bytes())


def _moved(value: Any, below: str) -> Any:
    """Return a field whose paths start from another folder now; an address does not."""
    if not isinstance(value, list):
        return value
    return [
        (one if may_fetch(one) else f"{below}/{one}")
        if isinstance(one, str)
        else {**one, "path": f"{below}/{one['path']}"}
        if "path" in one
        else one
        for one in value
    ]


def _complaint(said: str, below: str, directory: str) -> str:
    """Return the last thing that the program says, without what is ours."""
    last = _last_error(said)
    of_helm = _OF_HELM.search(last)
    if of_helm is not None:
        return _of_helm(last[: of_helm.start()], of_helm["verb"], of_helm["words"])
    of_git = _OF_GIT.search(last)
    if of_git is not None:
        return f"git: {of_git[1]}"
    last = _CLONE.sub("", last)
    for ours in (f"{below}/", f"{directory}/", f"{Path(directory).parent}/"):
        last = last.replace(ours, "")
    missing = _MISSING_FILE.search(last)
    if missing is not None:
        file = missing["link"] or missing["file"]
        if Path(file).is_absolute():  # in a base or component that lies elsewhere
            file = os.path.relpath(file, directory)
        return f"{file.removeprefix('./')} is not there"
    if _RING in last:
        return "it has itself for a base"
    # Files are tried as folders when they cannot be read, and folders as files before
    # they are built: the innermost that is no such try counts.
    causes = [one for one in _TRIED_FOLDER.findall(last) if one]
    last = next((one for one in reversed(causes) if _IS_FOLDER not in one), last)
    parts = last.split(": ")
    # It tells the whole way to the cause; the cause is what a reader needs.
    while len(parts) > 2 and sum(map(len, parts)) > _LONGEST:
        del parts[0]
    whole = ": ".join(parts)
    cut = f"{whole[:_LONGEST]}..." if len(whole) > 2 * _LONGEST else whole
    return cut or "the build fails"


def _of_helm(said: str, verb: str, words: str) -> str:
    """Return what helm says, without what leads to it."""
    _, error, text = said.rpartition("Error: ")
    if not error:
        text = text.rpartition("': ")[2]
    if verb == "version":
        return f"kustomize cannot use this helm: {text.strip()}"
    chart = words.split(" ")[1] if verb == "template" and " " in words else ""
    return helm.complaint(text, chart)


def _last_error(said: str) -> str:
    """Return the error that the program ends with, in one line.

    kustomize prints it; kubectl logs it as a string of Go, or as a block where it has
    several lines (``k8s.io/klog/v2/internal/serialize``).
    """
    *_, last = _LOGGED.split(said)
    if last.startswith('"'):
        last = _ESCAPED.sub(_meant, last[1:].rstrip().removesuffix('"'))
    elif last.startswith("<\n"):
        last = last[2:].rstrip().removesuffix(">")
    else:
        lines = [one for one in last.split("\n") if one.strip()]
        starts = [n for n, one in enumerate(lines) if one.startswith(_ERRORS)]
        last = "\n".join(lines[starts[-1] if starts else -1 :])
    # Addresses in memory are others in each run.
    last = _POINTERS.sub("", last)
    for start in _ERRORS:
        last = last.removeprefix(start)
    return " ".join(last.split())


def _meant(escape: re.Match[str]) -> str:
    return {"n": "\n", "t": "\t"}.get(escape[1], escape[1])
