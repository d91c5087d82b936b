"""The resolver configuration that the kubelet gives to a pod.

Follows ``pkg/kubelet/network/dns/dns.go`` (``GetPodDNS``): the cluster's DNS, the
node's own configuration or nothing, by ``dnsPolicy``; then ``dnsConfig`` on top; then
the limits, and what the kubelet reports where they were exceeded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cip_lint.bodies import Body, mapping, mappings, text, texts
from cip_lint.kube.version import NEWEST, Version
from cip_lint.records import NamedTuple

_MOST_NAMESERVERS = 3
_LONGEST_SEARCH = 253
_LIMITS = 32, 2048
"""Entries of the search list, and characters of its line."""
_OLD_LIMITS = 6, 256
_WIDER_SINCE = Version(1, 26)

_CLUSTER_OPTIONS = ("ndots:5",)
_DEFAULT_NDOTS = 1
_MOST_NDOTS = 15
_NDOTS = "ndots:"


class ResolverConfig(NamedTuple):
    """What stands in ``/etc/resolv.conf`` of a pod."""

    nameservers: tuple[str, ...] = ()
    searches: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    """As ``name:value``; their order means nothing."""
    events: tuple[str, ...] = ()
    """What the kubelet reports: type, reason and message of each event."""

    @property
    def ndots(self) -> int:
        """How many dots make a name be tried as it is first, as glibc reads it.

        1 where no option says so, and where the option has no number.
        """
        found = _DEFAULT_NDOTS
        for option in self.options:
            if option.startswith(_NDOTS):
                found = min(_leading_number(option[len(_NDOTS) :]), _MOST_NDOTS)
        return found


class NodeResolverError(ValueError):
    """The node's own configuration is broken, so that no pod can start."""


class NodeDns(NamedTuple):
    """What the kubelet of a node is told about DNS."""

    cluster_domain: str = "cluster.local"
    """Empty: none."""
    cluster_dns: tuple[str, ...] = ()
    """The addresses of the cluster's DNS; none: not told."""
    resolv_conf: str | None = None
    """The text of the node's own ``resolv.conf``; None: it has none."""


def read_resolv_conf(content: str) -> ResolverConfig:
    """Return what a node's ``resolv.conf`` says, as the kubelet reads it.

    The last ``search`` line counts, and of each option the last value. Raises
    ``NodeResolverError`` where a ``nameserver`` line has no address.
    """
    nameservers: list[str] = []
    searches: tuple[str, ...] = ()
    options: dict[str, str] = {}
    for line in content.split("\n"):
        fields = line.split()
        if not fields or fields[0].startswith("#"):
            continue
        keyword, *values = fields
        if keyword == "nameserver":
            if not values:
                raise NodeResolverError("nameserver list is empty ")
            nameservers.append(values[0])
        elif keyword == "search":
            searches = tuple(one.removesuffix(".") for one in values if one != ".")
        elif keyword == "options":
            options |= {option.partition(":")[0]: option for option in values}
    return ResolverConfig(tuple(nameservers), searches, tuple(options.values()))


def pod_resolver(
    pod_spec: Body,
    namespace: str,
    node: NodeDns,
    version: Version = NEWEST,
    pod: str = "",
) -> ResolverConfig:
    """Return the resolver configuration of a pod; ``pod`` is its name, for events.

    Raises ``NodeResolverError`` where the node's configuration cannot be read.
    """
    own = ResolverConfig()
    if node.resolv_conf is not None:
        own = read_resolv_conf(node.resolv_conf)
    config = _by_policy(pod_spec, namespace, node, own, pod)
    if pod_spec.get("dnsConfig") is not None:
        config = _extended(config, mapping(pod_spec["dnsConfig"]))
    return _limited(config, version)


def pod_hosts(pod_spec: Body) -> dict[str, tuple[str, ...]]:
    """Return what the hosts file of a pod says: name in lower case -> addresses.

    ``localhost`` and ``hostAliases`` (``ensureHostsFile`` of
    ``pkg/kubelet/kubelet_pods.go``). Its own name is left out, since its address is
    not known; so is what the file of the node says to a pod in the node's network.
    """
    found = {"localhost": ["127.0.0.1", "::1"]}
    for alias in mappings(pod_spec.get("hostAliases")):
        for name in texts(alias.get("hostnames")):
            found.setdefault(name.lower(), []).append(text(alias.get("ip")))
    return {name: tuple(addresses) for name, addresses in found.items()}


def asks_cluster_dns(pod_spec: Body) -> bool:
    """Whether ``dnsPolicy`` sends a pod's questions to the cluster's DNS.

    With ``ClusterFirst``, the default, only pods outside the node's network do.
    """
    policy = text(pod_spec.get("dnsPolicy")) or "ClusterFirst"
    if policy == "ClusterFirst":
        return pod_spec.get("hostNetwork") is not True
    return policy not in ("Default", "None")


def _by_policy(
    pod_spec: Body, namespace: str, node: NodeDns, own: ResolverConfig, pod: str
) -> ResolverConfig:
    if pod_spec.get("dnsPolicy") == "None":
        return ResolverConfig()
    events: tuple[str, ...] = ()
    if asks_cluster_dns(pod_spec):
        if node.cluster_dns:
            searches = _cluster_searches(namespace, node.cluster_domain, own.searches)
            return ResolverConfig(node.cluster_dns, searches, _CLUSTER_OPTIONS)
        events = _no_cluster_dns(namespace, pod)
    if node.resolv_conf is None:
        # Meant to switch look-ups off: nobody answers at the loopback address.
        own = own._replace(nameservers=("127.0.0.1",), searches=(".",))
    return own._replace(events=events)


def _cluster_searches(
    namespace: str, domain: str, further: Sequence[str]
) -> tuple[str, ...]:
    if not domain:
        return tuple(further)
    own = (f"{namespace}.svc.{domain}", f"svc.{domain}", domain)
    return _once((*own, *further))


def _no_cluster_dns(namespace: str, pod: str) -> tuple[str, ...]:
    said = (
        "kubelet does not have ClusterDNS IP configured and cannot create Pod using "
        '"ClusterFirst" policy. Falling back to "Default" policy.'
    )
    event = "Warning MissingClusterDNS"
    return f"{event} {said}", f'{event} pod: "{pod}_{namespace}()". {said}'


def _extended(config: ResolverConfig, added: Body) -> ResolverConfig:
    options: dict[str, str] = {}
    for option in config.options:
        name, _, value = option.partition(":")
        options[name] = value
    for entry in mappings(added.get("options")):
        options[text(entry.get("name"))] = text(entry.get("value"))
    merged = (f"{name}:{value}" if value else name for name, value in options.items())
    return config._replace(
        nameservers=_once((*config.nameservers, *texts(added.get("nameservers")))),
        searches=_once((*config.searches, *texts(added.get("searches")))),
        options=tuple(sorted(merged)),
    )


def _once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _limited(config: ResolverConfig, version: Version) -> ResolverConfig:
    events = list(config.events)
    nameservers = config.nameservers
    if len(nameservers) > _MOST_NAMESERVERS:
        nameservers = nameservers[:_MOST_NAMESERVERS]
        events.append(
            "Warning DNSConfigForming Nameserver limits were exceeded, some nameservers "
            "have been omitted, the applied nameserver line is: "
            f"{' '.join(nameservers)}"
        )
    searches = _limited_searches(config.searches, version)
    if len(searches) != len(config.searches):
        events.append(
            "Warning DNSConfigForming Search Line limits were exceeded, some search "
            "paths have been omitted, the applied search line is: "
            f"{' '.join(searches)}"
        )
    return ResolverConfig(nameservers, searches, config.options, tuple(events))


def _limited_searches(searches: Sequence[str], version: Version) -> tuple[str, ...]:
    most, longest = _LIMITS if version >= _WIDER_SINCE else _OLD_LIMITS
    kept = [one for one in searches[:most] if len(one) <= _LONGEST_SEARCH]
    length = sum(map(len, kept)) + len(kept) - 1
    while kept and length > longest:
        length -= len(kept.pop()) + 1
    return tuple(kept)


def _leading_number(value: str) -> int:
    """Return the number that a text begins with, as ``atoi`` of C; 0 for none."""
    digits = ""
    for character in value[:3]:
        if character not in "0123456789":
            break
        digits += character
    return int(digits or "0")
