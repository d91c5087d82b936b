"""``render.surroundings.budget``: all builds of a run have an end together."""

from __future__ import annotations

from pathlib import Path
from threading import Barrier
from typing import NamedTuple

import pytest

from cip_lint.errors import ProgramError, RefusedError
from cip_lint.programs.running import run
from cip_lint.render.kustomize.closure import Closure
from cip_lint.render.surroundings import place as building_place
from cip_lint.render.surroundings.budget import Budget
from cip_lint.render.surroundings.place import Place, at_once
from support.programs import install, path_with


class One(NamedTuple):
    number: int
    output: bytes = b""
    why: str = ""


def failed(one: One, why: str) -> One:
    return one._replace(output=b"", why=why)


def place(tmp_path: Path, budget: Budget) -> Place:
    return Place(tmp_path, tmp_path, budget=budget)


def test_a_build_has_no_more_time_than_is_left_for_all() -> None:
    budget = Budget(1000)

    assert budget.seconds(60) == 60
    assert 990 < budget.seconds(5000) <= 1000


def test_without_time_nothing_is_begun(tmp_path: Path) -> None:
    spent = place(tmp_path, Budget(0))

    with pytest.raises(ProgramError, match="all builds take more than 0 s"):
        spent.seconds(60)


def test_a_build_that_ends_because_all_do_says_so(tmp_path: Path) -> None:
    spent = place(tmp_path, Budget(0))

    def late() -> bytes:
        raise ProgramError("kustomize does not end within 0.1 s")

    def refused() -> bytes:
        raise RefusedError("x is not there")

    with pytest.raises(ProgramError, match=r"see --build-timeout$"):
        spent.kept((), (), Closure(), late)
    with pytest.raises(RefusedError, match="x is not there"):
        spent.kept((), (), Closure(), refused)


def test_builds_are_left_in_their_order_once_they_print_too_much(
    tmp_path: Path,
) -> None:
    sizes = [400_000, 500_000, 300_000, 10, 10]

    def work(one: One) -> One:
        return one._replace(output=b"x" * sizes[one.number])

    items = [One(number) for number in range(len(sizes))]
    within = place(tmp_path, Budget(1000, 1_000_000))
    made = list(at_once(items, work, failed, 1000, within))

    assert [len(one.output) for one in made] == [400_000, 500_000, 0, 0, 0]
    assert {one.why for one in made[2:]} == {"all builds print more than 0 MiB"}


def test_what_has_failed_anyway_keeps_its_reason(tmp_path: Path) -> None:
    def work(one: One) -> One:
        return one._replace(output=b"xx") if one.number == 0 else failed(one, "remote")

    items = [One(number) for number in range(3)]
    made = list(at_once(items, work, failed, 2, place(tmp_path, Budget(1000, 1))))

    assert [one.why for one in made] == [
        "all builds print more than 0 MiB",
        "remote",
        "more than 2 in one run",
    ]


@pytest.mark.parametrize("end", [KeyboardInterrupt(), SystemExit(143), GeneratorExit()])
def test_what_nobody_waits_for_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: BaseException
) -> None:
    """What runs is ended, and what has not begun never does."""
    programs = install(tmp_path / "bin", "slow", "import time\ntime.sleep(20)\n")
    monkeypatch.setenv("PATH", path_with(programs))
    monkeypatch.setattr(building_place, "cores", lambda: 2)
    begun: list[int] = []
    both, ended = Barrier(3), []

    def work(one: One) -> One:
        begun.append(one.number)
        if one.number == 0:
            return one
        both.wait()
        ended.append(run(["slow"], seconds=20, most_bytes=1).status)
        return one

    items = [One(number) for number in range(9)]
    made = at_once(items, work, failed, 1000, place(tmp_path, Budget(1000)))
    assert next(made).number == 0
    both.wait()
    with pytest.raises(type(end)):
        made.throw(end)

    assert begun == [0, 1, 2]
    assert ended == [-9, -9]
