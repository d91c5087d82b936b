"""Builds a kustomization with the program of the machine: offline, and no plugins."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cip_lint.errors import ProgramError, RefusedError
from cip_lint.programs.running import identity as identity_of
from cip_lint.programs.running import is_installed, run

SECONDS = 60
"""How long one build may take."""

MOST_BYTES = 64 << 20
MOST_MEMORY = 4 << 30
"""What it may reserve: a program in Go reserves far more than it uses."""

_LONGEST = 160
"""How many characters of its complaint are kept, where it can be cut."""

_MISSING_FILE = re.compile(
    r"(?:evalsymlink failure on '(?P<link>[^']+)'.*)?"
    r"(?:lstat|open|stat) (?P<file>[^\s:]+): no such file or directory"
)
_TRIED_FOLDER = re.compile(
    r"accumulation err='accumulating resources from '[^']+': (.*?)':"
)

_IS_FOLDER = "must resolve to a file"
"""What is said of a folder that is tried as a file."""

_LOGGED = re.compile(r'^[^\n"]*"command failed" err=', re.MULTILINE)
_ERRORS = ("Error: ", "error: ")
"""How kustomize begins what it ends with, and how kubectl does."""
_POINTERS = re.compile(r" ?&\{0x[^}\n]*\}")
_ESCAPED = re.compile(r'\\([nt"\\])')
"""Escapes of a string of Go whose meaning counts; others are shown as they are."""

_PROGRAMS = (("kustomize", "build"), ("kubectl", "kustomize"))
"""What builds, the first that is installed; both are the same code."""

_NO_NETWORK = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_TERMINAL_PROMPT": "0",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "KUBECONFIG": os.devnull,
}
"""What keeps a program from asking anybody, should it try all the same."""

ORIGINS = ("originAnnotations", "transformerAnnotations")
"""What kustomize is asked to note on each object: its file, and who changed it."""


def command() -> tuple[str, str] | None:
    """Return the program that builds, and its verb; None where none is installed."""
    return next((one for one in _PROGRAMS if is_installed(one[0])), None)


def identity() -> str:
    """Return what tells one release of the program that builds from another."""
    program = command()
    return identity_of(program[0]) if program is not None else ""


def build(directory: Path, fields: Mapping[str, Any]) -> tuple[bytes, Path]:
    """Return what a kustomization is built to, and the folder origins start from.

    The kustomization in ``directory`` is the only entry of one that asks for the
    origin of each object. ``fields`` are what that one says besides: how objects are
    sorted, as the root alone decides it, and what is changed when they are sent.
    Raises ``RefusedError`` with what the program says, and ``ProgramError`` where it
    says nothing.
    """
    program = command()
    if program is None:
        raise ProgramError("neither kustomize nor kubectl is installed")
    with tempfile.TemporaryDirectory(prefix="cip-lint-") as made:
        folder = Path(made).resolve()
        below = os.path.relpath(directory, folder)
        body = {
            **{key: _moved(value, below) for key, value in fields.items()},
            "resources": [below],
            "buildMetadata": list(ORIGINS),
        }
        (folder / "kustomization.yaml").write_text(json.dumps(body), encoding="utf-8")
        ran = run(
            [*program, str(folder)],
            seconds=SECONDS,
            most_bytes=MOST_BYTES,
            most_memory=MOST_MEMORY,
            variables=_NO_NETWORK,
        )
        if ran.status != 0:
            raise RefusedError(_complaint(ran.complaint, below, str(directory)))
        return ran.output, folder


def _moved(value: Any, below: str) -> Any:
    """Return a field whose paths start from another folder now."""
    if not isinstance(value, list):
        return value
    return [
        f"{below}/{one}"
        if isinstance(one, str)
        else {**one, "path": f"{below}/{one['path']}"}
        if "path" in one
        else one
        for one in value
    ]


def _complaint(said: str, below: str, directory: str) -> str:
    """Return the last thing that the program says, without what is ours."""
    last = _last_error(said)
    for ours in (f"{below}/", f"{directory}/", f"{Path(directory).parent}/"):
        last = last.replace(ours, "")
    missing = _MISSING_FILE.search(last)
    if missing is not None:
        file = missing["link"] or missing["file"]
        return f"{file.removeprefix('./')} is not there"
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
