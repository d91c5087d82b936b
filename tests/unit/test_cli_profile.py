"""What ``-v`` says of the time."""

from __future__ import annotations

from cip_lint.cli.outputs import profile
from cip_lint.timings import Timings


def test_it_tells_where_yaml_is_not_read_by_compiled_code() -> None:
    timings = Timings(iter(range(100)).__next__)
    with timings.phase("read"):
        pass

    assert profile(timings, is_compiled=True) == "          read     1.000 s"
    assert profile(timings, is_compiled=False) == (
        "          read     1.000 s\n"
        "YAML is read in Python alone: no reader was compiled at installation"
    )
