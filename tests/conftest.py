"""What pytest must know: where specifications of rules lie and how they run."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.rule_spec import SpecificationFile


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-specs",
        action="store_true",
        help="rewrite the output blocks of the rules' specifications",
    )


def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> SpecificationFile | None:
    if (
        file_path.suffix == ".md"
        and file_path.parent == Path(__file__).parent / "rules"
    ):
        return SpecificationFile.from_parent(parent, path=file_path)
    return None
