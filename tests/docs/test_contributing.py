"""The guide for contributors and the pages for users name what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")

NAMED = re.compile(r"\b(?:tests|rules|lint)/[\w./*-]*\w")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")


def test_every_file_of_the_guide_is_there() -> None:
    named = set(NAMED.findall(GUIDE))

    assert {name for name in named if not list(ROOT.glob(name))} == set()


@pytest.mark.parametrize("page", ["README.md", "docs/builds.md", "docs/commands.md"])
def test_every_link_leads_somewhere(page: str) -> None:
    file = ROOT / page

    links = LINK.findall(file.read_text(encoding="utf-8"))

    assert links
    assert [link for link in links if not (file.parent / link).exists()] == []
