"""``replay.living``: what a Service of the set has already, in the table."""

from __future__ import annotations

import pytest

from cip_lint.cluster import Cluster, default_settings
from cip_lint.replay import ServiceTable, service_table
from support.clusters import FOLDER, cluster, settings
from support.snapshots import snapshot

LIVE = """\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  type: NodePort
  clusterIP: 10.96.7.9
  clusterIPs: [10.96.7.9]
  ipFamilies: [IPv4]
  ports:
  - {name: http, port: 80, nodePort: 30500}
  - {name: admin, port: 81, nodePort: 30501}
  - {name: old, port: 82, nodePort: 30502}
"""
WEB = """\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  type: NodePort
  ports:
  - {name: https, port: 80}
  - {name: admin, port: 8081}
  - {name: new, port: 90}
  - {name: pinned, port: 91, nodePort: 30502}
"""


def _table(text: str, live: str = LIVE) -> ServiceTable:
    made = cluster(text)
    return service_table(
        Cluster(default_settings(), (FOLDER,), made.members, snapshot=snapshot(live))
    )


def test_a_service_that_lives_keeps_its_address() -> None:
    (row,) = _table(WEB).rows

    assert [tuple(plan) for plan in row.addresses] == [
        ("IPv4", "snapshot", "10.96.7.9", "dynamic")
    ]


def test_entries_keep_node_ports_by_number_and_by_name() -> None:
    (row,) = _table(WEB).rows

    assert [tuple(plan) if plan else None for plan in row.node_ports] == [
        ("snapshot", 30500),
        ("snapshot", 30501),
        ("dynamic", None),
        ("pinned", 30502),
    ]


@pytest.mark.parametrize(
    "live",
    [
        LIVE.replace("namespace: shop", "namespace: other"),
        LIVE.replace("type: NodePort", "type: ExternalName"),
        LIVE.replace("10.96.7.9", "None"),
    ],
)
def test_what_is_not_its_own_is_not_kept(live: str) -> None:
    (row,) = _table(WEB, live).rows

    assert [plan.how for plan in row.addresses] == ["dynamic"]


def test_a_type_without_node_ports_has_none() -> None:
    (row,) = _table(WEB.replace("type: NodePort", "type: ClusterIP")).rows

    assert row.node_ports == (None, None, None, None)


def test_a_balancer_may_leave_its_node_ports_undrawn() -> None:
    text = WEB.replace(
        "type: NodePort", "type: LoadBalancer\n  allocateLoadBalancerNodePorts: false"
    )
    (row,) = service_table(cluster(text)).rows

    assert [plan and plan.how for plan in row.node_ports] == [
        None,
        None,
        None,
        "pinned",
    ]


def test_nothing_that_is_held_is_offered() -> None:
    held = "\n---\n".join(
        LIVE.replace("name: web", f"name: s{number}").replace("10.96.7.9", address)
        for number, address in enumerate(("10.96.0.2", "10.96.0.3"))
    )

    table = _table(WEB, held.replace("30500", "30001"))

    assert table.offers.address("IPv4") == "10.96.0.4"
    assert table.offers.node_port() == 30002


def test_without_a_snapshot_nothing_lives() -> None:
    table = service_table(cluster(WEB, settings(("10.96.0.0/16",))))

    assert table.living is None
    assert [plan.how for plan in table.rows[0].addresses] == ["dynamic"]
