"""What is proposed to whoever misspelt a path."""

from __future__ import annotations

from pathlib import Path

import pytest

from cip_lint.config.nearest import nearest_path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    (root / "overlays" / "prod").mkdir(parents=True)
    (tmp_path / "secrets").mkdir()
    (root / "out").symlink_to(tmp_path)
    return root


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("overlay", "overlays"),
        ("overlays/prd", "overlays/prod"),
        ("overlays/./prd", "overlays/prod"),
        ("nothing", ""),
        ("../secret", ""),
        ("overlays/../../secret", ""),
        ("out/secret", ""),
        ("/etc/passw", ""),
    ],
)
def test_what_lies_in_the_repository_is_proposed_and_nothing_else(
    path: str, near: str, root: Path
) -> None:
    assert nearest_path(path, root) == near
