"""Expected texts kept in files: compared whole, rewritten with --update-golden."""

from __future__ import annotations

from pathlib import Path

REPORTS = Path(__file__).resolve().parents[1] / "reports"


class Golden:
    """Compares a text with ``tests/reports/<format>/<case>.golden``."""

    def __init__(self, *, update: bool) -> None:
        self._update = update

    def check(self, format_name: str, case: str, text: str) -> None:
        """Fail where the text differs; nobody edits the expected one by hand."""
        path = REPORTS / format_name / f"{case}.golden"
        if self._update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        expected = path.read_bytes().decode() if path.exists() else None

        assert text == expected
