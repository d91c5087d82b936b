"""Where the time of a run goes is told by phase."""

from __future__ import annotations

from cip_lint.timings import Timings


def test_a_phase_within_another_counts_for_itself_alone() -> None:
    now = iter([0.0, 1.0, 4.0, 10.0, 20.0, 21.0])
    timings = Timings(lambda: next(now))

    with timings.phase("read"), timings.phase("rules loaded"):
        pass
    with timings.phase("rules loaded"):
        pass

    assert timings.phases == {"rules loaded": 3.0 + 1.0, "read": 7.0}
