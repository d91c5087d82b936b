"""What is on its way out of the Service API: since when, and what follows it."""

from __future__ import annotations

from cip_lint.kube.version import Version
from cip_lint.model import Path
from cip_lint.records import NamedTuple


class Deprecation(NamedTuple):
    """A place in a Service, the version that deprecates it, and its heir."""

    path: Path
    since: Version
    says: str
    help: str
    value: str = ""
    """The value that is deprecated; empty: any."""
    types: tuple[str, ...] = ()
    """The types on which it has any effect at all; none: every one."""
    headless: bool = False
    """Whether it has an effect on headless Services."""


_TOPOLOGY = "service.kubernetes.io/topology-"
_UNREADY = "service.alpha.kubernetes.io/tolerate-unready-endpoints"

DEPRECATIONS = (
    # pkg/api/service/warnings.go; the heir is on by default from 1.34.
    Deprecation(
        ("spec", "trafficDistribution"),
        Version(1, 36),
        "trafficDistribution PreferClose is a deprecated name of PreferSameZone",
        "write PreferSameZone (1.34 and later)",
        value="PreferClose",
    ),
    # KEP 5707.
    Deprecation(
        ("spec", "externalIPs"),
        Version(1, 36),
        "externalIPs is deprecated since 1.36",
        "use a LoadBalancer Service or a Gateway",
        types=("ClusterIP", "NodePort", "LoadBalancer"),
    ),
    # The comment on the field in staging/src/k8s.io/api/core/v1/types.go.
    Deprecation(
        ("spec", "loadBalancerIP"),
        Version(1, 24),
        "loadBalancerIP is deprecated since 1.24",
        "use the annotation that the load balancer's controller reads",
        types=("LoadBalancer",),
    ),
    Deprecation(
        ("metadata", "annotations", _TOPOLOGY + "aware-hints"),
        Version(1, 27),
        f"annotation {_TOPOLOGY}aware-hints is a deprecated name of topology-mode",
        "write trafficDistribution: PreferSameZone (1.34 and later)",
        headless=True,
    ),
    # KEP 4444: the field is stable from 1.33 on.
    Deprecation(
        ("metadata", "annotations", _TOPOLOGY + "mode"),
        Version(1, 33),
        f"annotation {_TOPOLOGY}mode has an heir, the field trafficDistribution",
        "write trafficDistribution: PreferSameZone (1.34 and later)",
        headless=True,
    ),
    Deprecation(
        ("metadata", "annotations", _UNREADY),
        Version(1, 24),
        f"annotation {_UNREADY} is no longer read",
        "write publishNotReadyAddresses: true",
        headless=True,
    ),
)
