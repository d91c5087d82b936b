"""What rules are given to look at, in one cluster and in several."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

from cip_lint.cluster import partition
from cip_lint.config import Choices
from cip_lint.engine import check
from cip_lint.manifests import ReadOptions, read
from cip_lint.model import Severity
from cip_lint.rule import Context, Problem, ServiceRow, Stage, rule, services
from cip_lint.timings import Timings
from support.clusters import settings


def test_every_rule_sees_in_the_first_cluster_what_was_lost(tmp_path: Path) -> None:
    seen: list[tuple[str, int]] = []

    @rule(
        "acme.looks",
        severity=Severity.INFO,
        on=services,
        stage=Stage.ADVICE,
        since="1",
    )
    def looks(_row: ServiceRow, cx: Context) -> Iterator[Problem]:
        """It looks at what was lost."""
        seen.append((cx.cluster.name, len(cx.losses)))
        yield from ()

    manifest = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
    (tmp_path / "web.yaml").write_text(manifest)
    (tmp_path / "broken.yaml").write_text("apiVersion: v1\nkind: Service\na: b: c\n")
    reading = read(["."], ReadOptions(root=tmp_path, mounts={".": str(tmp_path)}))
    (cluster,) = partition(reading, [settings()])
    choices = Choices((looks,), frozenset({looks.id}))

    check(reading, [cluster, cluster], choices, Timings(count().__next__))

    assert seen == [(cluster.name, 1), (cluster.name, 0)]
