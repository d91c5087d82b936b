"""The tokens that stand in recordings for values that a server chose."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from cip_lint.kube.addresses import Address, parse_ip
from cip_lint.kube.version import NEWEST
from cip_lint.model import Origin, OriginKind
from cip_lint.replay.allocation.bands import node_port_range, service_range

_ORIGIN = Origin(OriginKind.FLAG, "the recorded cluster")
_WORD = re.compile(r"[\w.:]+")


class Tokens:
    """Names values by their band and the order in which they appear.

    A value that the input mentions, and the network address that a dry run answers
    with, stand for themselves; so do numbers outside the range of node ports.
    """

    def __init__(self, cluster: Mapping[str, Any], asked: object) -> None:
        made = (service_range(cidr, NEWEST, _ORIGIN) for cidr in cluster["cidrs"])
        self._ranges = [one for one in made if one is not None]
        first, _, last = cluster["nodePortRange"].partition("-")
        self._ports = node_port_range((int(first), int(last)), NEWEST, _ORIGIN)
        self._texts = set(_texts(asked))
        self._numbers = set(_numbers(asked))
        addresses = (parse_ip(text) for text in tuple(self._texts))
        self._texts |= {one.canonical for one in addresses if one is not None}
        self._seen: dict[str | int, str] = {}
        self._counts: Counter[str] = Counter()

    def address_band(self, address: Address) -> str:
        """Return what a recording calls the band of an address.

        There the edges of a range count as parts of its bands.
        """
        kind = "ip:v4" if address.family == "IPv4" else "ip:v6"
        for one in self._ranges:
            if address in one.network:
                static = address.number < one.first + one.offset
                return f"{kind} {'static' if static else 'dynamic'}-band"
        return f"{kind} other-range"

    def port_band(self, number: int) -> str:
        """Return what a recording calls the band of a node port."""
        band = self._ports.band(number)
        return "nodePort:out-of-range" if band is None else f"nodePort:{band}-band"

    def _token(self, value: str | int, band: str) -> str:
        if value not in self._seen:
            self._counts[band] += 1
            self._seen[value] = f"<{band} #{self._counts[band]}>"
        return self._seen[value]

    def address(self, text: str) -> str:
        """Return an address, or its token where the server chose it."""
        address = parse_ip(text)
        if address is None or text in self._texts or self._is_network(address):
            return text
        return self._token(text, self.address_band(address))

    def _is_network(self, address: Address) -> bool:
        return any(
            address in one.network and address.number == one.network.first
            for one in self._ranges
        )

    def port(self, number: int) -> str | int:
        """Return a node port, or its token where the server chose it."""
        if number in self._numbers or not self._ports.holds(number):
            return number
        return self._token(number, self.port_band(number))

    def spec(self, spec: Mapping[str, Any]) -> dict[str, Any]:
        """Return the spec of a Service with what the server chose replaced."""
        shown = dict(spec)
        if "clusterIP" in shown:
            shown["clusterIP"] = self.address(shown["clusterIP"])
        if "clusterIPs" in shown:
            shown["clusterIPs"] = [self.address(one) for one in shown["clusterIPs"]]
        if "ports" in shown:
            shown["ports"] = [self._port_entry(port) for port in shown["ports"]]
        if "healthCheckNodePort" in shown:
            shown["healthCheckNodePort"] = self.port(shown["healthCheckNodePort"])
        return shown

    def _port_entry(self, port: Mapping[str, Any]) -> dict[str, Any]:
        if "nodePort" not in port:
            return dict(port)
        return {**port, "nodePort": self.port(port["nodePort"])}

    def text(self, message: str) -> str:
        """Return a message with the addresses that the server chose replaced."""

        def shown(match: re.Match[str]) -> str:
            word = match[0]
            address = parse_ip(word)
            if word.isdigit() and int(word) in self._seen:
                return self._seen[int(word)]
            if address is None or any(word in text for text in self._texts):
                return word
            known = any(address in one.network for one in self._ranges)
            return self.address(word) if known else word

        return _WORD.sub(shown, message)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _numbers(value: object) -> Iterator[int]:
    if isinstance(value, int):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _numbers(item)
    elif isinstance(value, list):
        for item in value:
            yield from _numbers(item)
