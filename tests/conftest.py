"""What pytest must know: where specifications of rules lie and how they run."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.golden import Golden
from support.rule_spec import SpecificationFile


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-specs",
        action="store_true",
        help="rewrite the output blocks of the rules' specifications",
    )
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite the expected reports in tests/reports",
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    return Golden(update=request.config.getoption("--update-golden"))


def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> SpecificationFile | None:
    if (
        file_path.suffix == ".md"
        and file_path.parent == Path(__file__).parent / "rules"
    ):
        return SpecificationFile.from_parent(parent, path=file_path)
    return None
