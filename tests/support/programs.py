"""Programs made for a test: scripts in a folder that PATH names."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def install(folder: Path, name: str, script: str) -> Path:
    """Write a Python script as a program of a name, and return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / name
    program.write_text(f"#!{sys.executable} -IS\n{script}", encoding="utf-8")
    program.chmod(0o755)
    return folder


def path_with(folder: Path) -> str:
    """Return a PATH that begins with a folder."""
    return f"{folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
