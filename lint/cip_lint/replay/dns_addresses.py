"""Where distributions put the DNS Service of a cluster."""

from __future__ import annotations

from collections.abc import Mapping

from cip_lint.kube.addresses import IPV4, Address, Network

_USUAL_INDEX = 10
# cmd/kubeadm/app/constants/constants.go#GetDNSIP, and the sources of each.
_INDEX: Mapping[str, int] = {
    "aks": _USUAL_INDEX,
    "k0s": _USUAL_INDEX,
    "k3s": _USUAL_INDEX,
    "kind": _USUAL_INDEX,
    "kops": _USUAL_INDEX,
    "kubeadm": _USUAL_INDEX,
    "kubespray": 3,
    "microk8s": _USUAL_INDEX,
    "microshift": _USUAL_INDEX,
    "openshift": _USUAL_INDEX,
    "rke1": _USUAL_INDEX,
    "rke2": _USUAL_INDEX,
    "talos": _USUAL_INDEX,
}
_BY_LAST_OCTET = frozenset({"eks", "minikube"})
"""These replace the last octet of the network by 10, whatever the range is."""

_SMALLEST = 4
"""Host bits below which nobody reserves an address for DNS."""


def dns_address(distribution: str | None, network: Network) -> str | None:
    """Return the address of the DNS Service; None where none is known."""
    if distribution is None or network.host_bits < _SMALLEST:
        return None
    if distribution in _BY_LAST_OCTET and network.family == IPV4:
        number = (network.first & ~0xFF) + _USUAL_INDEX
    elif distribution in _BY_LAST_OCTET:
        number = network.first + _USUAL_INDEX
    elif distribution in _INDEX:
        number = network.first + _INDEX[distribution]
    else:
        return None
    address = Address(network.family, number)
    return address.canonical if address in network else None
