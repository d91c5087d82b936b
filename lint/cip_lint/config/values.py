"""The grammar of settings: each function turns a value into what the rooms use.

All raise ``ValueError`` with one clause that says what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cip_lint.cluster import Completeness, engines
from cip_lint.kube import grammar, version
from cip_lint.kube.addresses import parse_cidr
from cip_lint.kube.version import Version

PROFILES = ("errors", "default", "strict", "mesh", "policy")
ENGINES = tuple(name for name, engine in engines.ENGINES.items() if engine.stated)
LEVELS = ("error", "warning", "info")
FAMILIES = ("IPv4", "IPv6")


def service_cidrs(value: Sequence[str]) -> tuple[str, ...]:
    """Return one or two CIDRs of different families."""
    texts = tuple(text.strip() for text in value)
    families = [_family_of(text) for text in texts]
    if not 1 <= len(texts) <= 2:
        raise ValueError("one or two CIDRs are needed, one for each family")
    if len(set(families)) != len(families):
        raise ValueError(f"{' and '.join(texts)} are of one family")
    return texts


def _family_of(text: str) -> str:
    network = parse_cidr(text)
    if network is None:
        raise ValueError(f"{text!r} is not a CIDR such as 10.96.0.0/16")
    return str(network.family)


def families(value: Sequence[str]) -> tuple[str, ...]:
    """Return one or two IP families, the primary first."""
    known = {family.lower(): family for family in FAMILIES}
    chosen = []
    for text in value:
        family = known.get(text.strip().lower())
        if family is None:
            raise ValueError(f"{text!r} is neither IPv4 nor IPv6")
        chosen.append(family)
    if not chosen or len(set(chosen)) != len(chosen):
        raise ValueError("each IP family is named once")
    return tuple(chosen)


def families_of(cidrs: Sequence[str]) -> tuple[str, ...]:
    """Return the families of CIDRs, in their order."""
    return tuple(_family_of(text) for text in cidrs)


def node_port_range(value: str) -> tuple[int, int]:
    """Return the first and last port of a range such as ``30000-32767``."""
    first, dash, last = (part.strip() for part in value.partition("-"))
    if not dash or not (first.isdecimal() and last.isdecimal()):
        raise ValueError(f"{value!r} is not a range such as 30000-32767")
    ports = int(first[:6]), int(last[:6])
    if not 1 <= ports[0] <= ports[1] <= 65535:
        raise ValueError(f"{value!r} is not a range within 1-65535")
    return ports


def cluster_domain(value: str) -> str:
    """Return a DNS zone without its final dot."""
    zone = value.strip().rstrip(".")
    if complaints := grammar.dns1123_subdomain(zone):
        raise ValueError(f"{value!r} is not a DNS zone: {complaints[0]}")
    return zone


def kubernetes_version(value: str) -> Version:
    """Return a version that we know something about."""
    parsed = version.parse(value)
    if not version.OLDEST <= parsed <= version.NEWEST:
        raise ValueError(
            f"{value!r} is not between {version.OLDEST} and {version.NEWEST}"
        )
    return parsed


def namespace(value: str) -> str:
    """Return the name of a namespace."""
    if complaints := grammar.dns1123_label(value):
        raise ValueError(f"{value!r} is not the name of a namespace: {complaints[0]}")
    return value


def complete(value: bool | Sequence[str]) -> Completeness:
    """Return whether the set is complete, or in which namespaces it is."""
    return value if isinstance(value, bool) else tuple(map(namespace, value))


def as_is(value: Any) -> Any:
    """Return a value that its schema has already bounded."""
    return value


CLUSTER_KEYS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "serviceCIDRs": ("service_cidrs", service_cidrs),
    "families": ("families", families),
    "nodePortRange": ("node_port_range", node_port_range),
    "clusterDomain": ("cluster_domain", cluster_domain),
    "kubernetesVersion": ("kubernetes_version", kubernetes_version),
    "apiVersions": ("api_versions", tuple),
    "distribution": ("distribution", as_is),
    "engine": ("engine", as_is),
    "namespace": ("namespace", namespace),
    "complete": ("complete", complete),
}
"""Key of a cluster's settings -> attribute of ``ClusterSettings``, and its grammar."""
