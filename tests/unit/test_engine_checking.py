"""What rules are given to look at, in one cluster and in several."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

import cip_lint_rules
from cip_lint.cluster import partition
from cip_lint.config import Choices
from cip_lint.engine import check
from cip_lint.manifests import ReadOptions, read
from cip_lint.model import Severity
from cip_lint.rule import Context, Problem, ServiceRow, Stage, rule, services
from cip_lint.rule.subjects import is_of_refusals
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


BASE = {
    "base/kustomization.yaml": "resources: [web.yaml]\n",
    "base/web.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n",
    "top/kustomization.yaml": "resources: [../base]\nnamePrefix: a-\n",
}


@pytest.mark.parametrize(("pieces", "heard"), [(False, []), (True, ["web"])])
def test_of_pieces_is_said_what_a_rule_says_of_pieces(
    tmp_path: Path, *, pieces: bool, heard: list[str]
) -> None:
    @rule(
        "acme.speaks",
        severity=Severity.ERROR,
        on=services,
        stage=Stage.ADVICE,
        since="1",
        pieces=pieces,
    )
    def speaks(row: ServiceRow, _cx: Context) -> Iterator[Problem]:
        """It speaks of every Service."""
        yield Problem(row.resource.name, at=row.resource.label("kind"))

    for path, text in BASE.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    reading = read(["."], ReadOptions(root=tmp_path, mounts={".": str(tmp_path)}))
    clusters = partition(reading, [settings()])
    choices = Choices((speaks,), frozenset({speaks.id}))

    report = check(reading, clusters, choices, Timings(count().__next__))

    assert [one.message for one in report.findings] == heard


def test_four_rules_say_what_no_build_could_change() -> None:
    """Who adds one asks whether a patch, a prefix or a replacement could.

    Refusals are told apart one by one.
    """
    loaded = [rule.load() for rule in cip_lint_rules.cip_lint_rules()]

    named = {rule.id for rule in loaded if rule.pieces and not is_of_refusals(rule.on)}
    assert named == {
        "dns.service-unknown",
        "manifest.unknown-field",
        "manifest.wrong-api-version",
        "selector.unverifiable",
    }
