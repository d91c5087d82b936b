"""Two processes that share the rules say what one process says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from cip_lint.cli.check import check
from cip_lint.config import Choices
from cip_lint.engine import halves
from cip_lint.engine.candidates import Candidate, Owners, Runner
from cip_lint.engine.loading import asked
from cip_lint.errors import PluginError
from cip_lint.model import Severity
from cip_lint.processes import Queue
from cip_lint.replay import service_table
from cip_lint.rule import AnyRule, Context, Problem, Stage, objects, rule
from support.clusters import cluster

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here"),
    pytest.mark.filterwarnings("ignore:This process:DeprecationWarning"),
]

CHOICES = Choices((), frozenset())

MANIFEST = """\
apiVersion: v1
kind: Service
metadata: {name: web-%(n)d, namespace: shop}
spec:
  clusterIP: 10.96.0.%(ip)d
  selector: {app: web-%(wrong)s}
  ports: [{port: 80, targetPort: %(port)s}, {port: 81}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web-%(n)d, namespace: shop}
spec:
  selector: {matchLabels: {app: web-%(n)d}}
  template:
    metadata: {labels: {app: web-%(n)d}}
    spec:
      containers:
        - name: web
          image: web
          ports: [{name: http, containerPort: 8080}]
"""


def write(folder: Path) -> None:
    for n in range(6):
        text = MANIFEST % {
            "n": n,
            "ip": 20 + n // 2,
            "wrong": n if n % 3 else f"{n}x",
            "port": "http" if n % 2 else "nosuch",
        }
        (folder / f"web-{n}.yaml").write_text(text)


LIVE = """\
apiVersion: v1
kind: Service
metadata: {name: old, namespace: shop}
spec: {clusterIP: 10.96.0.21, ports: [{port: 80}]}
"""

TEMPLATE = """\
apiVersion: v1
kind: Service
metadata: {name: "${NAME}", namespace: shop}
spec: {ports: [{port: 80}]}
"""


@pytest.mark.parametrize("snapshot", [(), ("--snapshot", "live.yaml")])
def test_the_findings_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snapshot: tuple[str, ...]
) -> None:
    write(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    (tmp_path / "live.yaml").write_text(LIVE)
    arguments = ["--no-config", "--service-cidr", "10.96.0.0/16", *snapshot, "."]
    alone = check(arguments)
    monkeypatch.setattr(halves, "is_worth_it", lambda _cluster: True)

    shared = check(arguments)

    assert alone.summary.error > 6
    assert [vars_of(one) for one in shared.findings] == [
        vars_of(one) for one in alone.findings
    ]
    assert shared.footer == alone.footer
    assert any("placeholders" in notice for notice in shared.footer)


MANY_WAITING = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
        - name: api
          image: api
          env: [{name: DB, value: $(DB_SERVICE_HOST)}]
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec:
  ports: [{port: 80}]
"""
"""A variable that is there only for pods which come after the Service."""


def test_what_the_helper_cannot_work_out_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    namespaces = "".join(
        f"---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: n{n}}}\n"
        for n in range(1100)
    )
    (tmp_path / "all.yaml").write_text(MANY_WAITING + namespaces)
    monkeypatch.chdir(tmp_path)
    arguments = [".", "--no-config", "--engine", "kapp", "--select", "env"]
    alone = check(arguments)
    monkeypatch.setattr(halves, "is_worth_it", lambda _cluster: True)

    shared = check(arguments)

    assert any("order of kapp" in notice for notice in alone.footer)
    assert shared.footer == alone.footer


def vars_of(finding: object) -> str:
    """Return everything a finding says, files by their paths."""
    return repr(finding)


def test_without_room_for_a_process_one_process_judges(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused() -> int:
        raise BlockingIOError("no process left")

    write(tmp_path)
    monkeypatch.chdir(tmp_path)
    alone = check([".", "--no-config"])
    monkeypatch.setattr(halves, "is_worth_it", lambda _cluster: True)
    monkeypatch.setattr(os, "fork", refused)

    refused_run = check([".", "--no-config"])

    assert list(map(vars_of, refused_run.findings)) == list(
        map(vars_of, alone.findings)
    )


def test_a_helper_sends_times_and_is_not_blamed_for_earlier_errors() -> None:
    @rule(
        "acme.fine",
        severity=Severity.ERROR,
        on=objects("Service"),
        stage=Stage.REFUSAL,
        since="1",
    )
    def fine(_member: object, _cx: Context) -> Iterator[Problem]:
        """It is fine."""
        yield from ()

    shop = cluster(MANIFEST % {"n": 1, "ip": 20, "wrong": "1", "port": "http"})
    runner = Runner(CHOICES, count().__next__)
    runner.errors["acme.other"] = PluginError("acme", "raised in an earlier cluster")
    ran_here: list[str] = []
    parent = os.getpid()

    def run_rule(one: AnyRule) -> list[Candidate]:
        if os.getpid() == parent:
            ran_here.append(one.id)
        cx = Context(shop, service_table(shop))
        return list(runner.run(one, cx, Owners(shop), asked(cx)))

    told: list[bool] = []

    def meanwhile() -> None:
        told.append("acme.fine" in runner.seconds)

    halves.run(service_table(shop), [fine], {}, run_rule, runner, meanwhile)

    assert (ran_here, runner.seconds) == ([], {"acme.fine": 1})
    # It was called here, before the helper's answer was there.
    assert told == [False]


@pytest.mark.parametrize("family", ["env", "reference"])
def test_a_rule_that_asks_about_pods_runs_beside_those_that_judge_them(
    family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Helpers(Queue):
        """Gives all that anybody may take to the helper."""

        def __iter__(self) -> Iterator[int]:
            return iter(()) if os.getpid() == parent else super().__iter__()

    @rule(
        f"{family}.acme",
        severity=Severity.ERROR,
        on=objects("Service"),
        stage=Stage.NAMES,
        since="1",
        asks_pods=True,
    )
    def asking(_member: object, _cx: Context) -> Iterator[Problem]:
        """It asks."""
        yield from ()

    shop = cluster(MANIFEST % {"n": 1, "ip": 20, "wrong": "1", "port": "http"})
    ran_here: list[str] = []
    parent = os.getpid()

    def run_rule(one: AnyRule) -> list[Candidate]:
        if os.getpid() == parent:
            ran_here.append(one.id)
        return []

    runner = Runner(CHOICES, count().__next__)
    runner.seconds[asking.id] = 0
    monkeypatch.setattr(halves, "Queue", Helpers)

    halves.run(service_table(shop), [asking], {}, run_rule, runner)

    assert ran_here == [asking.id]
