"""Programs made for a test: scripts in a folder that PATH names."""

from __future__ import annotations

import os
import sys
from pathlib import Path

HELM = """\
import json, pathlib, sys
words, release = sys.argv[2:-3], sys.argv[-2]
values = [pathlib.Path(w.partition("=")[2]).read_text() for w in words
          if w.startswith("--values=")]
kept = [w for w in words if not w.startswith("--values=")]
print("# Source: web/templates/web.yaml")
print(json.dumps({"apiVersion": "v1", "kind": "Service",
    "metadata": {"name": release, "annotations": {
        "words": " ".join(kept), "values": "|".join(values)}},
    "spec": {"ports": [{"port": 8080}]}}))
"""
"""Prints a Service named by the release, its arguments and values as annotations."""


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
