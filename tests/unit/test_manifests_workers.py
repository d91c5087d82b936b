"""Reading with several processes gives what one process gives."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

from cip_lint.manifests import ReadOptions, read, workers
from cip_lint.manifests.workers import Form, mapped, worker_count
from cip_lint.processes import Forked, forked
from support.readings import told

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here"),
    pytest.mark.filterwarnings("ignore:This process:DeprecationWarning"),
]

SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: s%d}\nspec: {ports: [{port: 80}]}\n"
ROLE = (
    "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r}\n"
)


def test_any_number_of_processes_reads_the_same(tmp_path: Path) -> None:
    for number in range(150):
        text = SERVICE % number
        if number % 3 == 0:
            text += ROLE
        if number % 7 == 0:
            text += "---\na: [\n"
        if number % 5 == 0:
            text += "# cip-lint: ignore[address.taken] why\n"
        (tmp_path / f"f{number:03}.yaml").write_text(text)
    (tmp_path / "kustomization.yaml").write_text("resources: [f000.yaml]\n")

    one, three = (read(["."], ReadOptions(root=tmp_path, jobs=jobs)) for jobs in (1, 3))

    assert told(three) == told(one)


def test_what_a_worker_does_not_deliver_is_done_again() -> None:
    parent = os.getpid()

    def work(item: int) -> int:
        if item == 100 and os.getpid() != parent:
            os._exit(9)
        return item * 2

    assert list(mapped(range(200), work, 2)) == [item * 2 for item in range(200)]


def test_results_are_unpacked_while_others_work() -> None:
    parent, began, go_on = os.getpid(), os.pipe(), os.pipe()
    mine: list[int] = []
    unpacked: list[int] = []
    unpacked_before: list[int] = []

    def work(item: int) -> int:
        mine.append(item)
        is_parent = os.getpid() == parent
        if len(mine) == 1 and is_parent:
            os.read(began[0], 1)
        elif len(mine) == 2 and is_parent:
            unpacked_before.append(len(unpacked))
            os.write(go_on[1], b".")
        elif len(mine) == 2:
            os.write(began[1], b".")
            os.read(go_on[0], 1)
        return item

    def unpack(value: int) -> int:
        unpacked.append(value)
        return value

    found = mapped(range(100), work, 2, form=Form(str, lambda text: unpack(int(text))))

    assert list(found) == list(range(100))
    # The worker had made one share of one item, and was at its second.
    assert unpacked_before == [1]
    for end in (*began, *go_on):
        os.close(end)


def test_half_of_a_result_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def cut_short(work: Callable[[IO[bytes]], int]) -> Forked:
        def half(file: IO[bytes]) -> int:
            status = work(file)
            file.truncate(file.tell() // 2)
            return status

        return forked(half)

    monkeypatch.setattr(workers, "forked", cut_short)

    assert list(mapped(range(200), str, 2)) == list(map(str, range(200)))


def test_an_error_is_raised_where_somebody_can_see_it() -> None:
    def work(item: int) -> int:
        if item == 40:
            raise ValueError("no")
        return item

    with pytest.raises(ValueError, match="no"):
        list(mapped(range(200), work, 2))


@pytest.mark.parametrize(("count", "times"), [(1, 0), (3, 1)])
def test_other_work_is_done_here_while_others_read(count: int, times: int) -> None:
    done: list[int] = []

    found = mapped(range(200), str, count, lambda: done.append(os.getpid()))

    assert list(found) == [str(item) for item in range(200)]
    assert done == [os.getpid()] * times


def test_what_other_work_raises_is_raised() -> None:
    def wrong() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        list(mapped(range(200), str, 2, wrong))


def test_few_files_need_no_worker() -> None:
    assert worker_count(3, None) == 1


def test_without_room_for_a_process_one_process_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refused() -> int:
        raise BlockingIOError("no process left")

    monkeypatch.setattr(os, "fork", refused)

    assert list(mapped(range(200), str, 3)) == [str(item) for item in range(200)]
