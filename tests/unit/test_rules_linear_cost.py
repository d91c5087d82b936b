"""Rules whose work must not grow with the square of what they are given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cip_lint.cluster import Cluster
from cip_lint.kube.network_policies import NetworkPolicy
from cip_lint.replay import service_table
from cip_lint.rule import Context
from cip_lint_rules.dns.port_unknown import _dialled
from cip_lint_rules.endpoints._affinity import Followers
from cip_lint_rules.endpoints._unlinked import without_service
from cip_lint_rules.reference.network_policy_opens_service_port import (
    _opened,
    network_policy_opens_service_port,
)
from support.clusters import cluster

_TERM = "topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {LABELS}}"


def _counted(monkeypatch: pytest.MonkeyPatch, method: str) -> list[object]:
    """Return a list that grows with each call of a method of the cluster."""
    calls: list[object] = []
    real: Callable[..., Any] = getattr(Cluster, method)

    def noted(self: Cluster, *args: Any, **options: Any) -> Any:
        calls.append(args)
        return real(self, *args, **options)

    monkeypatch.setattr(Cluster, method, noted)
    return calls


def _shop(*documents: str) -> Cluster:
    return cluster("\n---\n".join(documents))


def _pods(name: str, labels: str, affinity: str = "") -> str:
    return (
        f"kind: Pod\napiVersion: v1\nmetadata: {{name: {name}, namespace: shop, "
        f"labels: {{{labels}}}}}\n"
        f"spec: {{{affinity}containers: [{{name: c, image: c, "
        "ports: [{containerPort: 80}]}]}\n"
    )


def _following(labels: str) -> str:
    term = _TERM.replace("LABELS", labels)
    return (
        "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
        f"[{{{term}}}]}}}}, "
    )


def test_clients_are_found_by_the_rarest_label_that_they_ask_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    numbers = range(60)
    shop = _shop(
        *(_pods(f"s{n}", f"part: x, app: a{n}") for n in numbers),
        *(
            _pods(f"c{n}", f"app: c{n}", _following(f"part: x, app: a{n}"))
            for n in numbers
        ),
    )
    followers = Followers(shop)
    met = _counted(monkeypatch, "can_meet")

    followed = [m.name for m in shop.judged_workloads if followers.have(m)]

    assert followed == [f"s{n}" for n in numbers]
    assert len(met) <= 2 * len(numbers)


@pytest.mark.parametrize(
    ("said", "followed"),
    [
        ("", True),
        (", namespaces: [shop]", True),
        (", namespaces: [front]", False),
        (", namespaceSelector: {}", True),
        (", namespaces: {shop: 1}", True),
    ],
)
def test_a_term_says_in_which_namespaces_the_pods_are(
    said: str, *, followed: bool
) -> None:
    client = _following("app: web").replace("}}}]", "}}" + said + "}]")
    shop = _shop(_pods("web", "app: web"), _pods("client", "app: client", client))
    web = next(m for m in shop.judged_workloads if m.name == "web")

    assert Followers(shop).have(web) is followed


def test_a_long_name_of_a_slice_is_asked_for_few_services(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop = _shop(
        "kind: EndpointSlice\napiVersion: discovery.k8s.io/v1\n"
        f"metadata: {{name: db-1{'-' * 5000}, namespace: shop}}\n"
        "addressType: IPv4\nendpoints: []\n",
        "kind: Service\napiVersion: v1\nmetadata: {name: db, namespace: shop}\n"
        "spec: {ports: [{port: 80}]}\n",
    )
    cx = Context(shop, service_table(shop))
    asked = _counted(monkeypatch, "service")

    (problem,) = without_service(shop.members[0], "", cx)

    assert problem.help == "add the label kubernetes.io/service-name: db"
    assert len(asked) < 100


def test_the_namespaces_of_a_mesh_are_looked_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    numbers = range(20)
    shop = _shop(
        *(
            "kind: Service\napiVersion: v1\n"
            f"metadata: {{name: s{n}, namespace: shop}}\n"
            f"spec: {{clusterIP: None, selector: {{app: a{n}}}, ports: [{{port: 80}}]}}"
            for n in numbers
        ),
        *(_pods(f"p{n}", f"app: a{n}") for n in numbers),
        *(
            "kind: ConfigMap\napiVersion: v1\n"
            f"metadata: {{name: c{n}, namespace: shop}}\n"
            f'data: {{url: "http://s{n}.shop.svc:99"}}'
            for n in numbers
        ),
    )
    cx = Context(shop, service_table(shop))
    listed = _counted(monkeypatch, "of_kind")

    assert len(list(_dialled(cx))) == len(numbers)
    assert listed.count(("Namespace",)) == 1


def test_policies_are_read_once_though_many_services_send_to_one_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    numbers = range(20)
    shop = _shop(
        *(
            "kind: Service\napiVersion: v1\n"
            f"metadata: {{name: s{n}, namespace: shop}}\n"
            "spec: {selector: {app: a}, ports: [{port: 8000, targetPort: 80}]}"
            for n in numbers
        ),
        *(_pods(f"p{n}", "app: a") for n in numbers),
        *(
            "kind: NetworkPolicy\napiVersion: networking.k8s.io/v1\n"
            f"metadata: {{name: n{n}, namespace: shop}}\n"
            "spec: {podSelector: {matchLabels: {app: a}}, "
            "ingress: [{ports: [{port: 8000}]}]}"
            for n in numbers
        ),
    )
    read: list[object] = []
    real = NetworkPolicy.__init__

    def noted(self: NetworkPolicy, body: Any) -> None:
        read.append(body)
        real(self, body)

    monkeypatch.setattr(NetworkPolicy, "__init__", noted)
    cx = Context(shop, service_table(shop))
    subjects = list(_opened(cx))
    problems = [
        problem
        for subject in subjects
        for problem in network_policy_opens_service_port.function(subject, cx)
    ]

    assert len(problems) == len(numbers)
    assert len(read) == 2 * len(numbers)
    (first, *_) = subjects
    assert len(first.listeners.translated(first.opened)) == len(numbers)
