"""What pytest must know: where specifications of rules lie and how they run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from cip_lint.manifests import easy_values
from support.golden import Golden
from support.rule_spec import SpecificationFile

# The same code passes or fails the same way each time and on a machine of any
# speed: examples follow from the test alone, and no time of one is judged.
# ``--hypothesis-profile explore`` looks at other examples each time.
settings.register_profile(
    "same",
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("explore", settings.get_profile("same"), derandomize=False)
settings.load_profile("same")


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


@pytest.fixture(autouse=True, scope="session")
def _apart_from_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what runs leave behind out of the folders of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("XDG_CACHE_HOME", "XDG_STATE_HOME"):
            patch.setenv(variable, str(tmp_path_factory.mktemp(variable.lower())))
        yield


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    return Golden(update=request.config.getoption("--update-golden"))


@pytest.fixture(params=["lines", "events", "nodes"])
def _either_reader(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run the test with each reader of values that is asked first."""
    if request.param != "nodes" and not easy_values.reads_compiled():
        pytest.skip("the reader is not compiled here")
    if request.param != "lines":
        monkeypatch.setattr(easy_values, "line_reader", None)
    if request.param == "nodes":
        monkeypatch.setattr(easy_values, "event_reader", None)


def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> SpecificationFile | None:
    if (
        file_path.suffix == ".md"
        and file_path.parent == Path(__file__).parent / "rules"
    ):
        return SpecificationFile.from_parent(parent, path=file_path)
    return None
