"""Fresh environments for tests that install cip-lint as its users do."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")
_KEPT_PREFIXES = ("PIP_", "SSL_", "REQUESTS_", "HTTP", "http", "NO_PROXY", "no_proxy")


def plain_environment() -> dict[str, str]:
    """Return what a program needs to start and to reach a package index."""
    return {
        name: value
        for name, value in os.environ.items()
        if name in _KEPT or name.startswith(_KEPT_PREFIXES)
    }


@cache
def _index_answers() -> bool:
    # The build backend is what every installation of a checkout asks for first.
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    options = ["--no-cache-dir", "--retries", "0", "--timeout", "15"]
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(
                [*command, *options, "--dest", folder, "hatchling"],
                check=False,
                capture_output=True,
                timeout=60,
            )
        except subprocess.TimeoutExpired:
            return False
    return done.returncode == 0


def need_package_index() -> None:
    """Skip the test where no package index answers."""
    if not _index_answers():
        pytest.skip("no package index answers")


def run(
    command: list[str], folder: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder; its output is text."""
    return subprocess.run(
        command,
        cwd=folder,
        env={**plain_environment(), **(environment or {})},
        check=False,
        capture_output=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        timeout=300,
    )


def new_environment(folder: Path, *packages: Path) -> Path:
    """Make a virtual environment with some packages; return its programs' folder."""
    need_package_index()
    venv.create(folder, with_pip=True)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    pip = [str(programs / "python"), "-m", "pip", "install", "--quiet"]
    done = run([*pip, *map(str, packages)], folder)
    assert done.returncode == 0, done.stderr
    return programs


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write some files below a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def service(name: str, *, address: str = "", team: str = "shop") -> str:
    """Return a manifest of a Service that nothing is to be said about."""
    pinned = f"  clusterIP: {address}\n" if address else ""
    return (
        "apiVersion: v1\n"
        "kind: Service\n"
        "metadata:\n"
        f"  name: {name}\n"
        "  namespace: shop\n"
        f"  labels: {{team: {team}}}\n"
        "spec:\n"
        f"{pinned}"
        "  ports:\n"
        "    - name: http\n"
        "      port: 80\n"
        "---\n"
        "apiVersion: discovery.k8s.io/v1\n"
        "kind: EndpointSlice\n"
        "metadata:\n"
        f"  name: {name}-1\n"
        "  namespace: shop\n"
        f"  labels: {{kubernetes.io/service-name: {name}}}\n"
        "addressType: IPv4\n"
        "endpoints:\n"
        "  - addresses: [192.0.2.10]\n"
        "ports:\n"
        "  - name: http\n"
        "    port: 8080\n"
    )
