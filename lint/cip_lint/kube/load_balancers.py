"""What load balancer controllers read of a Service: address, class, sharing key.

A controller gives an address that a Service asks for to that Service alone, unless
the Services that ask for it carry one *sharing key* and have no port in common; those
that ask for no key share by ports alone. Some look at the external traffic policy too:
nodes without a pod drop what comes for a Service with Local, so such Services share
only with those of the same pods.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cip_lint.kube.service import Service
from cip_lint.model import Path
from cip_lint.records import NamedTuple


class LoadBalancers(NamedTuple):
    """A controller, and the source that tells how it reads a Service."""

    name: str
    prefixes: tuple[str, ...]
    """Of its annotations."""
    addresses: tuple[str, ...]
    """Annotations that list addresses, with commas; they win over the field."""
    source: str
    keys: tuple[str, ...] = ()
    """Annotations with the sharing key; none: addresses are shared by ports."""
    other_namespaces: tuple[str, ...] = ()
    """Annotations that list namespaces which may share; none: all may."""
    compares_pods: bool = False
    """Whether a Service with the policy Local shares only with those of its pods."""
    classes: tuple[str, ...] = ()
    """Values of ``spec.loadBalancerClass`` by which it is chosen."""
    pools: tuple[tuple[str, str], ...] = ()
    """Group and kind of the objects that give it addresses."""


CONTROLLERS: tuple[LoadBalancers, ...] = (
    LoadBalancers(
        "MetalLB",
        ("metallb.io/", "metallb.universe.tf/"),
        ("metallb.io/loadBalancerIPs", "metallb.universe.tf/loadBalancerIPs"),
        "metallb/metallb:controller/service.go, internal/allocator/allocator.go, "
        "internal/allocator/k8salloc/k8salloc.go",
        keys=("metallb.io/allow-shared-ip", "metallb.universe.tf/allow-shared-ip"),
        compares_pods=True,
        pools=(("metallb.io", "IPAddressPool"), ("metallb.io", "AddressPool")),
    ),
    LoadBalancers(
        "Cilium",
        ("lbipam.cilium.io/", "io.cilium/lb-ipam-"),
        ("lbipam.cilium.io/ips", "io.cilium/lb-ipam-ips"),
        "cilium/cilium:pkg/annotation/k8s.go, operator/pkg/lbipam/service_store.go",
        keys=("lbipam.cilium.io/sharing-key", "io.cilium/lb-ipam-sharing-key"),
        other_namespaces=(
            "lbipam.cilium.io/sharing-cross-namespace",
            "io.cilium/lb-ipam-sharing-cross-namespace",
        ),
        compares_pods=True,
        classes=("io.cilium/bgp-control-plane", "io.cilium/l2-announcer"),
        pools=(("cilium.io", "CiliumLoadBalancerIPPool"),),
    ),
    LoadBalancers(
        "PureLB",
        ("purelb.io/",),
        ("purelb.io/addresses",),
        "purelb/purelb:pkg/apis/purelb/v1, internal/allocator",
        keys=("purelb.io/allow-shared-ip",),
        classes=("purelb.io/purelb", "purelb.io/purelb-v2"),
        pools=(("purelb.io", "ServiceGroup"),),
    ),
    # With a lease for each Service kube-vip shares an address where the leases have
    # one name; with one leader for all, its default, any Services share.
    LoadBalancers(
        "kube-vip",
        ("kube-vip.io/",),
        ("kube-vip.io/loadbalancerIPs",),
        "kube-vip/kube-vip:pkg/kubevip/annotations.go",
        classes=("kube-vip.io/kube-vip-class",),
    ),
    LoadBalancers(
        "kube-loxilb",
        ("loxilb.io/",),
        ("loxilb.io/staticIP",),
        "loxilb-io/kube-loxilb:pkg/agent/manager/loadbalancer/loadbalancer.go",
        classes=("loxilb.io/loxilb",),
    ),
    LoadBalancers(
        "the Azure cloud provider",
        ("service.beta.kubernetes.io/azure-",),
        (
            "service.beta.kubernetes.io/azure-load-balancer-ipv4",
            "service.beta.kubernetes.io/azure-load-balancer-ipv6",
        ),
        "kubernetes-sigs/cloud-provider-azure:pkg/consts/consts.go",
    ),
)


def asked_of_load_balancers(service: Service) -> Iterator[tuple[Path, str]]:
    """Yield the places and texts at which a Service asks for load balancer addresses.

    Of an annotation each of its entries, without blanks.
    """
    if service.type != "LoadBalancer":
        return
    if service.load_balancer_ip:
        yield ("spec", "loadBalancerIP"), service.load_balancer_ip
    annotations = service.annotations
    for key in _ADDRESSES if annotations else ():
        for entry in annotations.get(key, "").split(","):
            if entry.strip():
                yield ("metadata", "annotations", key), entry.strip()


_ADDRESSES = tuple(key for one in CONTROLLERS for key in one.addresses)


def controller_of(service: Service) -> LoadBalancers | None:
    """Return the controller that a Service of type LoadBalancer is written for.

    By its class, else by its annotations; None where neither tells.
    """
    chosen = service.load_balancer_class
    if chosen:
        return next((one for one in CONTROLLERS if chosen in one.classes), None)
    annotations = service.annotations
    return next((one for one in CONTROLLERS if _is_named(one, annotations)), None)


def _is_named(controller: LoadBalancers, annotations: Mapping[str, str]) -> bool:
    return any(key.startswith(controller.prefixes) for key in annotations)


def sharing_key(controller: LoadBalancers, service: Service) -> str:
    """Return the sharing key of a Service; empty where it has none."""
    return _first(controller.keys, service)


def may_share_with(controller: LoadBalancers, service: Service, namespace: str) -> bool:
    """Whether a Service allows those of another namespace to share its address."""
    if not controller.other_namespaces:
        return True
    listed = _first(controller.other_namespaces, service).split(",")
    return any(entry.strip() in ("*", namespace) for entry in listed)


def may_share_pods(controller: LoadBalancers, one: Service, other: Service) -> bool:
    """Whether the policies of two Services allow them one address.

    True where it is not known: of a policy that is neither Local nor Cluster, and of
    Local without a selector, which the controllers do not judge alike.
    """
    policies = {one.external_traffic_policy, other.external_traffic_policy}
    if not controller.compares_pods or _LOCAL not in policies:
        return True
    if not policies <= {_LOCAL, "Cluster"}:
        return True
    if any(
        s.external_traffic_policy == _LOCAL and not s.selector for s in (one, other)
    ):
        return True
    return len(policies) == 1 and one.selector == other.selector


_LOCAL = "Local"


def _first(keys: tuple[str, ...], service: Service) -> str:
    annotations = service.annotations
    return next((annotations[key] for key in keys if key in annotations), "")
