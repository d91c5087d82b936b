"""What distributions of Kubernetes set where nobody says otherwise.

Each row is from the sources of the distribution: its service CIDR of each family,
where it puts the cluster's DNS Service, its node ports and its DNS zone. Where a
provider chooses by network (EKS) or by release (GKE), no range is known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from cip_lint.kube.addresses import IPV4, IPV6, Address, Network
from cip_lint.kube.version import Version
from cip_lint.records import NamedTuple

NODE_PORTS = (30000, 32767)
ZONE = "cluster.local"

_USUAL_INDEX = 10
_FEW_HOST_BITS = 3

Number = Callable[[Network], int]
"""The number of the address in a service range that DNS gets."""


class Distribution(NamedTuple):
    """The defaults of a distribution."""

    ipv4: str = ""
    """Its IPv4 service CIDR; empty: not known, or there is none."""
    ipv6: str = ""
    """Its IPv6 service CIDR, of clusters that have one; empty: not known."""
    dns: Number | None = None
    """Where its DNS Service is; None: not known."""
    since: Version | None = None
    """The version from which the ranges hold; None: they always did."""
    node_ports: tuple[int, int] = NODE_PORTS
    zone: str = ZONE
    """Empty: whoever runs DNS chooses it."""

    def cidrs(
        self, families: tuple[str, ...], version: Version | None
    ) -> tuple[str, ...]:
        """Return the service CIDRs of a new cluster, primary first.

        ``families`` are those that somebody states; without them it has the one
        family that installers choose. ``version`` is the stated one.
        """
        if self.since is not None and (version is None or version < self.since):
            return ()
        known = {IPV4: self.ipv4, IPV6: self.ipv6}
        return tuple(known[one] for one in families or (IPV4,) if known[one])


def _index(index: int) -> Number:
    """DNS has a certain address of the range.

    ``GetDNSIP`` of ``cmd/kubeadm/app/constants/constants.go``.
    """
    return lambda network: network.first + index


def _last_octet(network: Network) -> int:
    """DNS has the network's first three octets and 10, whatever the range is."""
    if network.family == IPV4:
        return (network.first & ~0xFF) + _USUAL_INDEX
    return network.first + _USUAL_INDEX


def _of_k0s(network: Network) -> int:
    """DNS has the tenth address, of a range of 8 or fewer the second."""
    few = network.host_bits <= _FEW_HOST_BITS
    return network.first + (2 if few else _USUAL_INDEX)


_TENTH = _index(_USUAL_INDEX)

DISTRIBUTIONS: Mapping[str, Distribution] = MappingProxyType(
    {
        "aks": Distribution("10.0.0.0/16", "fd12:3456:789a:1::/108", _TENTH),
        "eks": Distribution(dns=_last_octet),
        "gce": Distribution("10.0.0.0/16", dns=_TENTH),
        "gke": Distribution("34.118.224.0/20", since=Version(1, 29)),
        "k0s": Distribution("10.96.0.0/12", "fd01::/108", _of_k0s),
        "k3s": Distribution("10.43.0.0/16", dns=_TENTH),
        "kind": Distribution("10.96.0.0/16", "fd00:10:96::/112", _TENTH),
        "kops": Distribution("100.64.0.0/13", "fd00:5e4f:ce::/108", _TENTH),
        "kube-apiserver": Distribution("10.0.0.0/24", zone=""),
        "kubeadm": Distribution("10.96.0.0/12", dns=_TENTH),
        "kubespray": Distribution(
            "10.233.0.0/18", "fd85:ee78:d8a6:8607::1000/116", _index(3)
        ),
        "microk8s": Distribution("10.152.183.0/24", dns=_TENTH),
        "microshift": Distribution("10.43.0.0/16", dns=_TENTH),
        "minikube": Distribution("10.96.0.0/12", dns=_last_octet),
        "openshift": Distribution("172.30.0.0/16", dns=_TENTH),
        "rke1": Distribution("10.43.0.0/16", dns=_TENTH),
        "rke2": Distribution("10.43.0.0/16", dns=_TENTH),
        "talos": Distribution("10.96.0.0/12", "fc00:db8:20::/112", _TENTH),
    }
)
"""The distributions by the names that settings know them by."""

NAMES = tuple(sorted(DISTRIBUTIONS))


def dns_address(distribution: str | None, network: Network) -> str | None:
    """Return the address of the DNS Service in a service range.

    None where none is known, and where the range is too small to have it.
    """
    known = DISTRIBUTIONS.get(distribution or "")
    if known is None or known.dns is None:
        return None
    number = known.dns(network)
    last = network.last - (network.family == IPV4)
    if not network.first < number <= last:
        return None
    return Address(network.family, number).canonical
