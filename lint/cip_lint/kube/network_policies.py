"""A NetworkPolicy as network plug-ins understand it: a view, read defensively.

Follows ``k8s.io/api/networking/v1/types.go`` and the defaults of
``pkg/apis/networking/v1/defaults.go``. What the API server refuses is the business
of ``network_checks``: here it only must not be taken for a rule without conditions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from cip_lint.bodies import Body, integer, items, mapping, text, texts
from cip_lint.kube.addresses import Address, parse_cidr
from cip_lint.kube.selectors import Selector, from_label_selector
from cip_lint.model import Path
from cip_lint.records import NamedTuple

Direction = Literal["ingress", "egress"]

_PEERS = {"ingress": "from", "egress": "to"}
_TYPES = {"ingress": "Ingress", "egress": "Egress"}


class PolicyPort(NamedTuple):
    """An entry of ``ports``: the port of the pod that is called, never the Service's."""

    protocol: str
    port: int | str | None
    """A number, the name of a container port, or None for all ports."""
    last: int | None
    """``endPort``, where the entry is a range."""


class IpBlock(NamedTuple):
    """A CIDR without some parts of it."""

    cidr: str
    excepted: tuple[str, ...]

    @property
    def everything(self) -> bool:
        """Whether it is all of a family."""
        network = parse_cidr(self.cidr)
        return network is not None and not network.bits and not self.excepted

    def holds(self, address: Address) -> bool:
        """Whether an address is in it."""
        return _holds(self.cidr, address) and not any(
            _holds(one, address) for one in self.excepted
        )


class PolicyPeer(NamedTuple):
    """An entry of ``from`` or ``to``; a part that is not stated is None."""

    pods: Selector | None
    namespaces: Selector | None
    block: IpBlock | None


class PolicyRule(NamedTuple):
    """An entry of ``ingress`` or ``egress``: what it lets through.

    Without ports all ports, without peers everybody.
    """

    ports: tuple[PolicyPort, ...]
    peers: tuple[PolicyPeer, ...]
    path: Path


class NetworkPolicy:
    """A NetworkPolicy; raises ``SelectorError`` for selectors that nobody can read."""

    __slots__ = ("_spec", "selector")

    def __init__(self, body: Body) -> None:
        self._spec = mapping(body.get("spec"))
        # In v1 an absent selector is an empty one: it selects all pods.
        self.selector = from_label_selector(self._spec.get("podSelector") or {})

    def isolates(self, direction: Direction) -> bool:
        """Whether the pods that it selects are closed in a direction but for its rules.

        Without ``policyTypes``: always for what arrives, for what leaves where it has
        rules for that.
        """
        stated = texts(self._spec.get("policyTypes"))
        if stated:
            return _TYPES[direction] in stated
        return direction == "ingress" or bool(items(self._spec.get("egress")))

    def rules(self, direction: Direction) -> tuple[PolicyRule, ...]:
        """Return its rules for a direction; raises ``SelectorError``."""
        return tuple(self._rules(direction))

    def _rules(self, direction: Direction) -> Iterator[PolicyRule]:
        for index, entry in enumerate(items(self._spec.get(direction))):
            rule = mapping(entry)
            yield PolicyRule(
                tuple(map(_port, items(rule.get("ports")))),
                tuple(map(_peer, items(rule.get(_PEERS[direction])))),
                ("spec", direction, index),
            )


def _port(entry: object) -> PolicyPort:
    read = mapping(entry)
    port = read.get("port")
    stated = (
        port if isinstance(port, int | str) and not isinstance(port, bool) else None
    )
    protocol = text(read.get("protocol")) or "TCP"
    return PolicyPort(protocol, stated, integer(read.get("endPort")))


def _peer(entry: object) -> PolicyPeer:
    read = mapping(entry)
    block = read.get("ipBlock")
    return PolicyPeer(
        _selector(read.get("podSelector")),
        _selector(read.get("namespaceSelector")),
        None if block is None else _block(mapping(block)),
    )


def _selector(value: object) -> Selector | None:
    return None if value is None else from_label_selector(value)


def _block(value: Body) -> IpBlock:
    return IpBlock(text(value.get("cidr")), tuple(texts(value.get("except"))))


def _holds(cidr: str, address: Address) -> bool:
    network = parse_cidr(cidr)
    return network is not None and address in network
