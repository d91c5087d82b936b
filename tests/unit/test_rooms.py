"""The rooms with many modules tell the way to each of them."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest

from cip_lint import cluster, kube

_NAMED = re.compile(r"``(\w+)``")
_COMPILED = {"plain_fitting"}
"""What another module stands for where it is compiled."""


@pytest.mark.parametrize("room", [cluster, kube])
def test_every_module_has_its_place(room: ModuleType) -> None:
    assert room.__file__ is not None
    modules = {path.stem for path in Path(room.__file__).parent.glob("[a-z]*.py")}

    named = _NAMED.findall(room.__doc__ or "")
    told = [name for name in named if name in modules]
    assert sorted(told) == sorted(modules - _COMPILED), (
        "name each module once in the docstring of the room"
    )
