"""What is offered to those who look for an address or a node port."""

from __future__ import annotations

from itertools import islice

from cip_lint.cluster import Reservation, Reservations, Setting
from cip_lint.kube.addresses import parse_cidr
from cip_lint.replay import ServiceTable, service_table
from cip_lint.replay.offers import free_addresses, free_node_ports
from support.clusters import FLAG, cluster, settings

SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  type: NodePort
  clusterIP: 10.96.0.3
  ports: [{port: 80, nodePort: 30001}]
"""


def _reserved(*texts: str) -> Reservations:
    networks = [network for text in texts if (network := parse_cidr(text))]
    entries = [
        Reservation(one.family, one.first, one.last, one.canonical, "", "", FLAG)
        for one in networks
    ]
    ports = Reservation("", 30002, 30005, "30002-30005", "", "", FLAG)
    return Reservations([*entries, ports])


def _table(*reserved: str, distribution: str | None = None) -> ServiceTable:
    chosen = settings(("10.96.0.0/16", "fd00::/64"))._replace(
        reserved=_reserved(*reserved),
        distribution=Setting(distribution, FLAG),
    )
    return service_table(cluster(SERVICE, chosen))


def test_nothing_of_the_address_plan_is_offered() -> None:
    table = _table("10.96.0.4/30", "fd00::/65")

    first, second = table.ranges
    assert list(islice(free_addresses(first, table.offers.spoken_for), 3)) == [
        "10.96.0.2", "10.96.0.8", "10.96.0.9",
    ]  # fmt: skip
    assert list(free_addresses(second, table.offers.spoken_for)) == []
    assert table.offers.address("IPv4", near="10.96.0.3") == "10.96.0.8"
    assert table.offers.address("IPv6") is None
    assert table.offers.in_static_band(first) == 249
    assert list(
        islice(free_node_ports(table.node_ports, table.offers.node_ports_spoken_for), 3)
    ) == [30000, 30006, 30007]
    assert table.offers.node_port() == 30006


def test_the_dns_address_of_the_distribution_is_not_offered() -> None:
    table = _table("10.96.0.2/32", distribution="kubespray")

    assert table.ranges[0].text(table.ranges[0].first + 2) == "10.96.0.3"
    assert "10.96.0.3" in table.offers.spoken_for
    assert "10.96.0.10" in table.offers.spoken_for
    assert "10.96.0.11" not in table.offers.spoken_for
    assert "no address" not in table.offers.spoken_for
