"""The built-in formats: imported when they render, or when somebody has time."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cip_lint.report import FORMATS

_SCRIPT = """\
import sys
from cip_lint.report import prepare
before = set(sys.modules)
prepare(sys.argv[1])
print(*sorted(set(sys.modules) - before))
"""


def _imported(name: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, name],
        check=True,
        capture_output=True,
        text=True,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_can_be_prepared(name: str) -> None:
    imported = _imported(name)

    assert f"cip_lint.report.{name.replace('json', 'json_report')}" in imported
    assert ("hashlib" in imported) == (name in {"json", "sarif"})


def test_a_format_of_a_plugin_is_none_of_ours() -> None:
    assert _imported("acme") == set()
