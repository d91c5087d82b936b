"""The docstrings of the rooms tell the way, to modules that are there."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

import cip_lint
from cip_lint import cluster, kube

ROOT = Path(cip_lint.__file__).parent
ROOMS = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"manifests"}
"""Those of whose modules docstrings speak; ``manifests`` is a field of Skaffold, too."""

_NAMED = re.compile(r"``(\w+)``")
_PLACED = re.compile(rf"``(?:cip_lint\.)?((?:{'|'.join(sorted(ROOMS))})(?:\.\w+)+)``")
_COMPILED = {"plain_fitting"}
"""What another module stands for where it is compiled."""


@pytest.mark.parametrize("room", [cluster, kube])
def test_every_module_has_its_place(room: ModuleType) -> None:
    assert room.__file__ is not None
    modules = {path.stem for path in Path(room.__file__).parent.glob("[a-z]*.py")}

    named = _NAMED.findall(room.__doc__ or "")
    told = Counter(name for name in named if name in modules)
    lacking = sorted(modules - _COMPILED - told.keys())
    assert not lacking, f"say in {room.__file__} what they are for: {lacking}"
    assert [name for name, count in told.items() if count > 1] == []


def _is_there(named: str) -> bool:
    """Whether a dotted name is that of a room, a module, or a name in one of them."""
    path = ROOT.joinpath(*named.split("."))
    if path.is_dir() or path.with_suffix(".py").is_file():
        return True
    parent, name = path.parent, path.name
    module = parent / "__init__.py" if parent.is_dir() else parent.with_suffix(".py")
    return (
        module.is_file()
        and re.search(
            rf"^ *(?:class|def) {name}\b|\b{name} = |import .*\b{name}\b|^    {name},",
            module.read_text(encoding="utf-8"),
            re.MULTILINE,
        )
        is not None
    )


def test_every_module_that_is_named_is_there() -> None:
    files = (*ROOT.rglob("*.py"), *Path(__file__).parents[1].rglob("*.py"))

    named = {
        (file.name, name)
        for file in files
        for name in _PLACED.findall(file.read_text(encoding="utf-8"))
        if not name.endswith(".json")
    }
    assert named
    assert [(file, name) for file, name in sorted(named) if not _is_there(name)] == []
