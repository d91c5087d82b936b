"""The work grows with the manifests and no faster: calls are counted, not seconds."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TypeVar

import pytest

from cip_lint.cli.check import check
from cip_lint.cluster import Unit
from cip_lint.engine.alike import Told, merged, with_builds
from cip_lint.engine.fingerprints import with_fingerprints
from cip_lint.model import Build, Confidence, Finding, Resource, Severity
from cip_lint.replay import service_table
from cip_lint.replay.tracing.graph import call_graph
from cip_lint.replay.tracing.hops import State
from support.clusters import FOLDER, NoPlaces, cluster, settings
from support.command import cip_lint

T = TypeVar("T")

PAIR = """\
apiVersion: v1
kind: Service
metadata: {name: web-%(n)d, namespace: shop}
spec:
  type: %(type)s
  selector: {app: web-%(app)s, part-of: shop}
  ports: [{name: http, port: 80, targetPort: %(target)s}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web-%(n)d, namespace: shop}
spec:
  selector: {matchLabels: {app: web-%(n)d}}
  template:
    metadata: {labels: {app: web-%(n)d, part-of: shop}}
    spec:
      containers:
        - name: web
          image: web
          ports: [{name: http, containerPort: 8080}]
          envFrom: [{configMapRef: {name: web-%(n)d}}]
          env: [{name: PEER, value: "http://web-%(peer)d.shop.svc:80/"}]
          readinessProbe: {httpGet: {port: http}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: web-%(n)d, namespace: shop}
data: {listen: none}
"""
REFERRERS = """\
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web-%(n)d, namespace: shop}
spec:
  defaultBackend: {service: {name: web-%(n)d, port: {number: 80}}}
  rules:
    - http:
        paths:
          - path: /
            pathType: Prefix
            backend: {service: {name: web-%(peer)d, port: {name: http%(n)d}}}
          - path: /gone
            pathType: Prefix
            backend: {service: {name: gone-%(n)d, port: {number: 80}}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web-%(n)d, namespace: edge}
spec: {rules: [{backendRefs: [{name: web-%(n)d, namespace: shop, port: 80}]}]}
"""


def calls_of_a_check(folder: Path, pairs: int, target: str) -> int:
    """Return how many calls a check of so many Services takes, in this process."""
    folder.mkdir()
    for first in range(0, pairs, 10):
        texts = [
            (PAIR + REFERRERS)
            % {
                "n": number,
                "app": f"{number}x" if number % 10 == 3 else number,
                "type": "NodePort" if number % 10 == 5 else "ClusterIP",
                "target": "web" if number % 10 == 7 else target,
                "peer": number // 2,
            }
            for number in range(first, first + 10)
        ]
        (folder / f"web-{first}.yaml").write_text("---\n".join(texts))
    # Without a bound below which nothing is worked out: it would look like a slope.
    config = folder.with_suffix(".config.yaml")
    config.write_text("version: 1\nrules: {env.links-too-large: {warning: 1}}\n")
    arguments = [str(folder), "--config", str(config), "--jobs", "1"]
    calls, report = counted(lambda: check(arguments))
    assert report.summary.services == pairs
    assert report.summary.error >= pairs // 10
    return calls


def counted(work: Callable[[], T]) -> tuple[int, T]:
    """Return how many calls some work takes, and what it gives."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        return_value = work()
    finally:
        sys.setprofile(None)
    return calls, return_value


def calls_of_a_comparison(folder: Path, services: int) -> int:
    """Return how many calls a comparison of so many changed Services takes."""

    def text(number: int, port: int, address: int) -> str:
        return (
            "apiVersion: v1\nkind: Service\n"
            f"metadata: {{name: web-{number}, namespace: shop}}\n"
            f"spec: {{clusterIP: 10.96.{address >> 8}.{address & 255},"
            f" type: NodePort, ports: [{{port: {port}, nodePort: {30000 + address}}}]}}\n"
        )

    for name, port in (("old", 80), ("new", 81)):
        (folder / name).mkdir(parents=True)
        # Every tenth address and node port passes to another Service.
        texts = [
            text(n, port, n + 1 + (port == 81 and n % 10 == 0)) for n in range(services)
        ]
        (folder / name / "web.yaml").write_text("---\n".join(texts))
    calls, done = counted(
        lambda: cip_lint(folder, "diff", "old", "new", "--no-config", "--jobs", "1")
    )
    assert f"{services} changed" in done.err
    return calls


def test_comparing_twice_as_many_services_takes_twice_as_many_calls(
    tmp_path: Path,
) -> None:
    calls_of_a_comparison(tmp_path / "warm", 10)

    one, two, four = (
        calls_of_a_comparison(tmp_path / str(services), services)
        for services in (100, 200, 400)
    )

    assert (four - two) / (two - one) < 2.2


@pytest.mark.parametrize("target", ["http", "9999"], ids=["declared", "undeclared"])
def test_twice_as_many_services_take_twice_as_many_calls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    monkeypatch.chdir(tmp_path)
    calls_of_a_check(tmp_path / "warm", 10, target)

    one, two, four = (
        calls_of_a_check(tmp_path / str(pairs), pairs, target)
        for pairs in (100, 200, 400)
    )

    assert (four - two) / (two - one) < 2.2


POLICY = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop-%(n)d}
spec: {podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]}
---
"""


def calls_of_a_graph(pairs: int) -> int:
    """Return how many calls it takes to draw so many workloads that call each other.

    Each has a namespace and a policy of its own.
    """
    written = f"{PAIR}---{POLICY}".replace("namespace: shop}", "namespace: shop-%(n)d}")
    written = written.replace("shop.svc", "shop-%(peer)d.svc")
    text = "".join(
        written
        % {
            "n": number,
            "app": number,
            "type": "ClusterIP",
            "target": "http",
            "peer": number // 2,
        }
        for number in range(pairs)
    )
    table = service_table(cluster(text.removesuffix("---\n"), settings()))
    calls, graph = counted(lambda: call_graph(table))
    assert len(graph.edges) == 2 * pairs
    assert all(edge.state is State.OK for edge in graph.edges)
    return calls


def test_drawing_twice_as_many_calls_takes_twice_as_many_calls() -> None:
    calls_of_a_graph(20)

    one, two, four = map(calls_of_a_graph, (50, 100, 200))

    assert (four - two) / (two - one) < 2.2


SERVICE = """---
apiVersion: v1
kind: Service
metadata: {name: web-%(n)d, namespace: shop}
spec: {type: NodePort, ports: [{port: 80}], %(more)s}
"""


def calls_of_a_draw(services: int) -> int:
    """Return how many calls it takes to draw Services that fill what there is.

    The last tenth comes too late, one in five of the others pins an address.
    """
    text = "".join(
        SERVICE
        % {
            "n": number,
            "more": f"clusterIP: 10.96.{number // 200}.{number % 200 + 1}"
            if number % 5 == 1
            else "",
        }
        for number in range(services)
    )
    ports = (30000, 30000 + services * 9 // 10 - 1)
    table = service_table(cluster(text, settings(("10.96.0.0/20",), ports)))
    assert all(row.verdict == "created" for row in table.rows)
    calls, draws = counted(lambda: table.draws(1))
    refused = [row for row in table.rows if (one := draws.of(row)) and one.refusal]
    assert len(refused) >= services // 10
    return calls


def test_drawing_costs_the_same_in_a_full_range() -> None:
    calls_of_a_draw(20)

    one, two, four = map(calls_of_a_draw, (200, 400, 800))

    assert (four - two) / (two - one) < 2.2


def calls_against_a_snapshot(folder: Path, services: int) -> int:
    """Return how many calls a check takes against a cluster of so many objects.

    Every Service of the set lives, all select by a label that all pods have, and
    each tenth asks for the node port of another one.
    """

    def service(number: int, node_port: int, living: str = "") -> str:
        return (
            "apiVersion: v1\nkind: Service\n"
            f"metadata: {{name: web-{number}, namespace: shop}}\n"
            f"spec: {{{living}type: NodePort,"
            f" selector: {{part-of: shop, app: web-{number}}},"
            f" ports: [{{port: 80, targetPort: http, nodePort: {node_port}}}]}}\n"
        )

    folder.mkdir()
    wanted = [service(n, 30000 + n + (n % 10 == 0)) for n in range(services)]
    lives = [
        service(n, 30000 + n, f"clusterIP: 10.96.{n >> 8}.{n & 255}, ")
        for n in range(1, services)
    ]
    pods = [
        "apiVersion: v1\nkind: Pod\n"
        f"metadata: {{name: p{n}, namespace: shop,"
        f" labels: {{part-of: shop, app: web-{n}}}}}\n"
        "spec: {containers: [{name: c, ports: [{name: http, containerPort: 80}]}]}\n"
        for n in range(services)
    ]
    (folder / "web.yaml").write_text("---\n".join(wanted))
    (folder / "live.yaml").write_text("---\n".join(lives + pods))
    calls, report = counted(
        lambda: check(
            [
                str(folder),
                "--no-config",
                "--jobs=1",
                f"--snapshot={folder / 'live.yaml'}",
            ]
        )
    )
    assert report.summary.services == services
    taken = sum(one.rule == "node-port.taken" for one in report.findings)
    assert taken == services // 10
    return calls


def test_a_cluster_twice_as_large_takes_twice_as_many_calls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    calls_against_a_snapshot(tmp_path / "warm", 10)

    one, two, four = (
        calls_against_a_snapshot(tmp_path / str(services), services)
        for services in (100, 200, 400)
    )

    assert (four - two) / (two - one) < 2.2


def calls_of_the_losses(services: int, unit: Unit) -> int:
    """Return how many calls it takes to tell how likely static addresses are lost.

    One in five pins an address of the dynamic band; neighbours are three apart.
    """
    text = "".join(
        SERVICE
        % {
            "n": number,
            "more": f"clusterIP: 10.96.{8 + (number * 3 >> 8)}.{number * 3 & 255}"
            if number % 5 == 1
            else "",
        }
        for number in range(services)
    )
    table = service_table(cluster(text, settings(("10.96.0.0/12",)), unit))
    assert all(row.verdict == "created" for row in table.rows)
    calls, losses = counted(lambda: table.losses.addresses)
    assert len(losses) == services // 5
    return calls


@pytest.mark.parametrize("engine", ["kubectl", "helm"])
def test_telling_what_is_lost_costs_the_same_for_each_service(engine: str) -> None:
    unit = FOLDER._replace(engine=engine)
    calls_of_the_losses(20, unit)

    one, two, four = (
        calls_of_the_losses(services, unit) for services in (200, 400, 800)
    )

    assert (four - two) / (two - one) < 2.3


def calls_of_many_findings(number: int) -> int:
    """Return how many calls it takes to tell what one line of a chart makes of many."""
    body = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}}
    told = []
    for release in range(number):
        resource = Resource(body, NoPlaces("web.yaml", release), (), "k", None, "r")
        build = Build("k" if release % 2 else "other")
        finding = Finding(
            "port.test",
            Severity.ERROR,
            Confidence.CERTAIN,
            "x",
            resource.label(),
            builds=(build,),
        )
        told.append(Told(finding, resource))
    resources = [one.resource for one in told if one.resource is not None]
    calls, _ = counted(lambda: merged(with_fingerprints(with_builds(told, resources))))
    return calls


def test_twice_as_many_findings_alike_take_twice_as_many_calls() -> None:
    calls_of_many_findings(20)

    one, two, four = map(calls_of_many_findings, (100, 200, 400))

    assert (four - two) / (two - one) < 2.2
