"""``kube.distributions``: what a new cluster has where nobody says otherwise."""

from __future__ import annotations

import pytest

from cip_lint.kube.addresses import parse_cidr
from cip_lint.kube.distributions import DISTRIBUTIONS, NAMES, dns_address
from cip_lint.kube.version import Version


@pytest.mark.parametrize(
    ("name", "cidr", "expected"),
    [
        ("kubeadm", "10.96.0.0/12", "10.96.0.10"),
        ("kubeadm", "10.87.116.64/26", "10.87.116.74"),
        ("kubeadm", "fd03::/112", "fd03::a"),
        ("kubeadm", "10.96.0.0/28", "10.96.0.10"),
        ("kubeadm", "10.96.0.0/29", None),
        ("kind", "fd00:10:96::/112", "fd00:10:96::a"),
        ("minikube", "10.87.116.64/26", None),
        ("minikube", "10.87.116.0/26", "10.87.116.10"),
        ("eks", "10.100.0.0/16", "10.100.0.10"),
        ("eks", "172.20.128.0/17", "172.20.128.10"),
        ("eks", "fd12:3456::/108", "fd12:3456::a"),
        ("k0s", "10.96.0.0/12", "10.96.0.10"),
        ("k0s", "10.96.0.248/29", "10.96.0.250"),
        ("k0s", "fd00::/126", "fd00::2"),
        ("k0s", "10.96.0.0/31", None),
        ("kubespray", "10.233.0.0/18", "10.233.0.3"),
        ("gke", "34.118.224.0/20", None),
        ("kube-apiserver", "10.0.0.0/24", None),
        (None, "10.96.0.0/12", None),
        ("nosuch", "10.96.0.0/12", None),
    ],
)
def test_where_dns_is_is_a_rule_of_the_distribution(
    name: str | None, cidr: str, expected: str | None
) -> None:
    network = parse_cidr(cidr)

    assert network is not None
    assert dns_address(name, network) == expected


@pytest.mark.parametrize("name", NAMES)
def test_each_default_range_holds_its_dns_address(name: str) -> None:
    known = DISTRIBUTIONS[name]
    for cidr in filter(None, (known.ipv4, known.ipv6)):
        network = parse_cidr(cidr)
        assert network is not None
        assert network.canonical == cidr
        assert known.dns is None or dns_address(name, network) is not None


@pytest.mark.parametrize(
    ("name", "families", "version", "expected"),
    [
        ("kind", (), None, ("10.96.0.0/16",)),
        ("kind", ("IPv6",), None, ("fd00:10:96::/112",)),
        ("kind", ("IPv6", "IPv4"), None, ("fd00:10:96::/112", "10.96.0.0/16")),
        ("kubeadm", ("IPv4", "IPv6"), None, ("10.96.0.0/12",)),
        ("kubeadm", ("IPv6",), None, ()),
        ("eks", (), None, ()),
        ("gke", (), None, ()),
        ("gke", (), Version(1, 28), ()),
        ("gke", (), Version(1, 29), ("34.118.224.0/20",)),
    ],
)
def test_ranges_follow_the_families_and_the_version(
    name: str,
    families: tuple[str, ...],
    version: Version | None,
    expected: tuple[str, ...],
) -> None:
    assert DISTRIBUTIONS[name].cidrs(families, version) == expected
