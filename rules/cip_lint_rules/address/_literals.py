"""Addresses that configuration names, and what they are used for there.

An address that only an address can stand for (a resolver, a listener, a firewall,
the name in a certificate) is left out: nobody would write a DNS name there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from cip_lint.cluster.literals import Literal, Mention
from cip_lint.kube.addresses import Address, parse_cidr, parse_ip
from cip_lint.kube.containers import Container
from cip_lint.kube.hosts import Host, hosts
from cip_lint.kube.surroundings import key_words
from cip_lint.model import Label, Resource
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple

_DNS_PORT = 53

# Words of keys, flags and directives under which an address is no host to be called.
_NO_HOSTS = frozenset(
    {
        # names in certificates
        *("san", "sans", "altname", "altnames"),
        # networks, and the addresses that a program has itself
        *("cidr", "cidrs", "subnet", "subnets", "netmask", "range", "ranges"),
        *("listen", "bind", "localip"),
        # who may come in, and what is left alone
        *("allow", "allowed", "allowlist", "whitelist", "permit", "trust", "trusted"),
        *("deny", "denied", "denylist", "blacklist", "block", "blocklist", "acl"),
        *("except", "exclude", "excluded", "exempt", "ignore", "ignored", "skip"),
        *("bypass", "noproxy", "firewall", "iptables"),
        # the API server, and the settings of a cluster
        *("apiserver", "kubeapi", "kubelet", "kubeadm"),
        # numbers with dots that are no addresses
        *("version", "versions", "tag", "tags"),
    }
)
_NO_HOST_PAIRS = (
    ("router", "id"),
    ("source", "address"),
    ("source", "ip"),
    ("no", "proxy"),
    ("non", "proxy"),
    ("alt", "names"),
    ("subject", "alt"),
    ("ip", "addresses"),
    ("api", "server"),
    ("kube", "api"),
    ("kubernetes", "service"),
    ("k8s", "service"),
    ("control", "plane"),
    ("cluster", "ip"),
    ("cluster", "ips"),
    ("external", "ips"),
    ("source", "ranges"),
)
# Without a resolver no name can be looked up.
_RESOLVER = pattern(r"dns|resolv|name-?_?server", re.IGNORECASE)
_OPENSSL_NAME = pattern(r"IP\.\d+", re.IGNORECASE)

# Programs of the cluster itself: they are told its ranges, and run DNS.
_OF_THE_CLUSTER = pattern(
    r"(?:.*/)?(?:kube-apiserver|kube-controller-manager|kube-scheduler|kube-proxy"
    r"|kubelet|kubeadm|hyperkube|k3s|rke2|k0s|coredns|node-cache|kube-dns|dnsmasq"
    r"|dnsmasq-nanny|k8s-dns-[a-z-]+)(?:[:@-].*)?"
)
_SETTINGS_OF_CLUSTER = pattern(
    r"""^\s*["']?kind["']?\s*:\s*["']?"""
    r"(?:Cluster|Init|Join|Kubelet|KubeProxy)Configuration\b",
    re.MULTILINE,
)


class Use(NamedTuple):
    """An address that one object names, and every place where it does."""

    address: Address
    mentions: tuple[Mention, ...]

    @property
    def resource(self) -> Resource:
        """The object that names it."""
        return self.mentions[0].member.resource

    def others(self, text: str) -> tuple[Label, ...]:
        """Return labels on all places but the first."""
        return tuple(mention.label(text) for mention in self.mentions[1:])


def uses(
    texts: Iterable[Literal],
    fields: Iterable[Literal],
    is_wanted: Callable[[Address], bool],
    *,
    ipv6: bool,
) -> Iterator[Use]:
    """Yield the addresses that objects name and somebody asks about, in order.

    ``texts`` are read by programs; ``fields`` hold an address or a CIDR.
    """
    found: dict[tuple[int, Address], list[Mention]] = {}
    for literal in texts:
        if not literal.member.piece:
            for host in _hosts(literal, is_wanted, ipv6=ipv6):
                written = host.address.canonical
                mention = Mention(literal, host.start, host.end, written)
                key = id(literal.member), host.address
                found.setdefault(key, []).append(mention)
    for literal in fields:
        single = _single(literal.text)
        if single is not None and is_wanted(single) and not literal.member.piece:
            mention = Mention(literal, 0, len(literal.text), single.canonical)
            found.setdefault((id(literal.member), single), []).append(mention)
    for (_, address), mentions in found.items():
        yield Use(address, tuple(mentions))


def _single(text: str) -> Address | None:
    """Return the address of a field, or the only one of a CIDR."""
    if "/" not in text:
        address = parse_ip(text)
    else:
        network = parse_cidr(text)
        address = network.address if network and not network.host_bits else None
    return None if address is None else Address(address.family, address.number)


def _hosts(
    literal: Literal, is_wanted: Callable[[Address], bool], *, ipv6: bool
) -> list[Host]:
    found = [
        host
        for host in hosts(literal.text, literal.name, is_wanted, ipv6=ipv6)
        if host.port != _DNS_PORT and not any(map(_names_no_host, host.keys))
    ]
    return [] if found and _is_of_the_cluster(literal) else found


def _names_no_host(key: str) -> bool:
    """Whether a key says that an address below it is no host to be called."""
    if _RESOLVER.search(key) or _OPENSSL_NAME.fullmatch(key):
        return True
    words = key_words(key)
    if not _NO_HOSTS.isdisjoint(words):
        return True
    return any(pair in _NO_HOST_PAIRS for pair in pairwise(words))


def _is_of_the_cluster(literal: Literal) -> bool:
    container = literal.container
    if container is not None:
        return any(map(_OF_THE_CLUSTER.fullmatch, _programs(container)))
    return _SETTINGS_OF_CLUSTER.search(literal.text) is not None


def _programs(container: Container) -> Iterator[str]:
    yield container.image.rpartition("/")[2]
    for field in ("command", "args"):
        words = container.body.get(field)
        if isinstance(words, list) and words and isinstance(words[0], str):
            yield words[0]
