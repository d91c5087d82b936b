"""The guide for contributors names what is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")

NAMED = re.compile(r"\b(?:tests|rules|lint)/[\w./*-]*\w")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")


def test_every_file_of_the_guide_is_there() -> None:
    named = set(NAMED.findall(GUIDE))

    assert {name for name in named if not list(ROOT.glob(name))} == set()


def test_every_link_of_both_leads_somewhere() -> None:
    links = LINK.findall(GUIDE) + LINK.findall(README)

    assert [link for link in links if not (ROOT / link).exists()] == []
