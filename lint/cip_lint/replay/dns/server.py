"""What cluster DNS answers to a question.

Follows CoreDNS (``plugin/kubernetes``, ``plugin/backend_lookup.go``), which says more
than the DNS specification of Kubernetes asks for: SRV records at the name of a
Service, ports without underscores, endpoints of Services that are not headless.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from math import floor
from typing import Literal

from cip_lint.records import NamedTuple
from cip_lint.replay.dns.names import absolute, address_of_reverse, is_below, labels
from cip_lint.replay.dns.records import (
    AAAA,
    CNAME,
    NO_PORT,
    PTR,
    SOA,
    SRV,
    TXT,
    A,
    Host,
    NamedService,
    Names,
    Record,
    host_of,
)
from cip_lint.replay.endpoints.objects import SlicePort

Rcode = Literal["NOERROR", "NXDOMAIN", "UNKNOWN"]
"""``UNKNOWN``: nobody here knows what the rest of the world answers."""
PodNames = Literal["insecure", "verified", "disabled"]

_SCHEMA = "1.1.0"
_SCHEMA_TTL = 28800
_LONGEST_CHAIN = 8
_LONGEST_SOA_TTL = 300
_ADDRESS_TYPES = frozenset({A, AAAA})
_REVERSE_ZONES = ("in-addr.arpa.", "ip6.arpa.")


class Answer(NamedTuple):
    """The answer to a question: its code, its records, and helpful further ones."""

    rcode: Rcode
    records: tuple[Record, ...] = ()
    additional: tuple[Record, ...] = ()

    @property
    def no_data(self) -> bool:
        """Whether the name exists, without a record of the type."""
        return self.rcode == "NOERROR" and not self.records


NO_SUCH_NAME = Answer("NXDOMAIN")
UNKNOWN = Answer("UNKNOWN")

Outside = Callable[[str, str], Answer]
"""What the rest of the world answers to an absolute name and a type."""


def unseen_outside(_name: str, _type: str) -> Answer:
    """Answer that nobody here knows."""
    return UNKNOWN


def nothing_outside(_name: str, _type: str) -> Answer:
    """Answer that no such name exists."""
    return NO_SUCH_NAME


class DnsSettings(NamedTuple):
    """How the DNS of a cluster is set up; the defaults are those of kubeadm."""

    zone: str = "cluster.local"
    pods: PodNames = "insecure"
    """Which names below ``pod`` are answered: all that look like addresses, those
    of pods that exist, or none."""
    reverse: bool = True
    """Whether it answers for addresses."""
    ttl: int = 30
    """Seconds."""


class _Found(NamedTuple):
    """One thing that a name leads to."""

    target: str
    """The name of what has the port, for SRV records."""
    host: Host
    port: SlicePort = NO_PORT
    copies: int | None = 1


class _NoNameError(Exception):
    """The name does not exist."""


class DnsServer:
    """The DNS of a cluster; it is asked and remembers nothing."""

    def __init__(
        self,
        names: Names,
        settings: DnsSettings | None = None,
        outside: Outside = nothing_outside,
    ) -> None:
        self.names = names
        self.settings = settings or DnsSettings()
        self._outside = outside
        self._zone = absolute(self.settings.zone).lower()
        self._reverse_zones = _REVERSE_ZONES if self.settings.reverse else ()

    def ask(self, name: str, record_type: str) -> Answer:
        """Return the answer to a question; a name without final dot is absolute too.

        Owners are spelt as they were asked for.
        """
        owner = absolute(name)
        lower = owner.lower()
        reverse = any(is_below(lower, zone) for zone in self._reverse_zones)
        if not reverse and not is_below(lower, self._zone):
            return self._outside(owner, record_type)
        try:
            found = self._reversed if reverse else self._answered
            records, additional = found(owner, record_type)
        except _NoNameError:
            return self._outside(owner, record_type) if reverse else NO_SUCH_NAME
        once = tuple(dict.fromkeys(records))
        return Answer("NOERROR", once, tuple(dict.fromkeys(additional)))

    def _answered(
        self, owner: str, record_type: str
    ) -> tuple[Sequence[Record], Sequence[Record]]:
        if record_type == TXT:
            return tuple(self._schema(owner)), ()
        if record_type == SRV:
            return self._services(owner)
        if record_type == CNAME:
            return tuple(self._alias(owner)), ()
        if record_type in _ADDRESS_TYPES:
            return self._addresses(owner, record_type, ()), ()
        if record_type == SOA:
            return tuple(self._authority(owner)), ()
        self._find(owner)
        return (), ()

    def _authority(self, owner: str) -> Iterator[Record]:
        """Yield the record of the zone itself; its serial number is not known."""
        if not self._below_zone(owner):
            ttl = self.settings.ttl
            value = f"ns.dns.{owner} hostmaster.{owner} * 7200 1800 86400 {ttl}"
            yield Record(owner, min(_LONGEST_SOA_TTL, ttl), SOA, value)

    def _schema(self, owner: str) -> Iterator[Record]:
        if self._below_zone(owner) == ["dns-version"]:
            yield Record(owner, _SCHEMA_TTL, TXT, f'"{_SCHEMA}"')

    def _alias(self, owner: str) -> Iterator[Record]:
        for found in self._find(owner)[:1]:
            if found.host.type == CNAME:
                yield self._record(owner, CNAME, absolute(found.host.text))

    def _record(self, owner: str, record_type: str, value: str) -> Record:
        return Record(owner, self.settings.ttl, record_type, value)

    def _addresses(
        self, owner: str, record_type: str, before: tuple[str, ...]
    ) -> list[Record]:
        """Return the addresses of a name, behind the further names that lead there."""
        records: list[Record] = []
        for host in dict.fromkeys(found.host for found in self._find(owner)):
            if host.type == record_type:
                records.append(self._record(owner, record_type, host.text))
            elif host.type == CNAME:
                records += self._followed(owner, host, record_type, before)
        return records

    def _followed(
        self, owner: str, host: Host, record_type: str, before: tuple[str, ...]
    ) -> list[Record]:
        """Return what a further name leads to.

        In the zone a name without a record of the type, and a circle, leave nothing
        at all, not even the further name.
        """
        target = absolute(host.text)
        circle = target in before or is_below(target.lower(), owner.lower())
        if circle or len(before) >= _LONGEST_CHAIN:
            return []
        alias = self._record(owner, CNAME, target)
        if not is_below(target.lower(), self._zone):
            return [alias, *self.ask(target, record_type).records]
        try:
            rest = self._addresses(target, record_type, (*before, target))
        except _NoNameError:
            return []
        return [alias, *rest] if rest else []

    def _services(self, owner: str) -> tuple[list[Record], list[Record]]:
        """Return SRV records and the addresses of their targets.

        All that is found shares 100 parts of weight, duplicates included.
        """
        found = [one for one in self._find(owner) if one.host.type != CNAME]
        weight = _weight(found)
        records, additional = [], []
        for target, host, port, _ in found:
            if port.port is not None:
                value = f"0 {weight} {port.port} {target}"
                records.append(self._record(owner, SRV, value))
                additional.append(self._record(target, host.type, host.text))
        return records, additional

    def _reversed(
        self, owner: str, record_type: str
    ) -> tuple[Sequence[Record], Sequence[Record]]:
        if owner.lower() in _REVERSE_ZONES:
            return (), ()
        address = address_of_reverse(owner.lower()) if record_type == PTR else None
        names = self._names_of_addresses.get(address or "", ())
        if not names:
            raise _NoNameError
        return [self._record(owner, PTR, name) for name in names], ()

    @cached_property
    def _names_of_addresses(self) -> dict[str, list[str]]:
        """Canonical address -> its Service, else all endpoints that have it."""
        found: dict[str, list[str]] = {}
        for service in self.names.services.values():
            for endpoint in service.endpoints:
                name = f"{endpoint.label}.{self._name_of(service)}"
                found.setdefault(endpoint.host.text, []).append(name)
        for service in self.names.services.values():
            for host in service.addresses:
                found[host.text] = [self._name_of(service)]
        return found

    def _name_of(self, service: NamedService, zone: str = "") -> str:
        """Return the name of a Service; ``zone`` where it is to be spelt otherwise."""
        zone = zone or absolute(self.settings.zone)
        return f"{service.name}.{service.namespace}.svc.{zone}"

    def _below_zone(self, owner: str) -> list[str]:
        return labels(owner.lower().removesuffix(self._zone))

    def _find(self, owner: str) -> list[_Found]:
        """Return what a name of the zone leads to; nothing where it is empty.

        The zone is spelt as in the question. Raises ``_NoNameError`` where the name
        does not exist.
        """
        parts = self._below_zone(owner)
        if parts in ([], ["svc"], ["pod"], ["ns", "dns"]):
            return []
        *parts, tree = parts
        if tree not in ("svc", "pod") or parts[-1] not in self.names.namespaces:
            raise _NoNameError
        *parts, namespace = parts
        if not parts:
            return []
        *parts, name = parts
        if len(parts) > 2:
            raise _NoNameError
        if tree == "pod":
            return [self._pod(namespace, name)]
        service = self.names.services.get((namespace, name))
        found = [] if service is None else list(self._of_service(service, parts, owner))
        if not found:
            raise _NoNameError
        return found

    def _pod(self, namespace: str, name: str) -> _Found:
        dotted = name.count("-") == 3 and "--" not in name
        host = host_of(name.replace("-", "." if dotted else ":"))
        policy = self.settings.pods
        if policy == "disabled" or host.type == CNAME:
            raise _NoNameError
        exists = namespace in self.names.pods.get(host.text, ())
        if policy == "verified" and not exists:
            raise _NoNameError
        return _Found("", host)

    def _of_service(
        self, service: NamedService, before: Sequence[str], owner: str
    ) -> Iterator[_Found]:
        name = self._name_of(service, owner[-len(self._zone) :])
        endpoint = before[0] if len(before) == 1 else ""
        if service.external is not None:
            if not before and service.external.type == CNAME:
                yield _Found(name, service.external)
        elif service.headless or endpoint:
            yield from self._of_endpoints(service, before, name)
        else:
            for port in _matching(service.ports, before):
                for host in service.addresses:
                    yield _Found(name, host, port)

    def _of_endpoints(
        self, service: NamedService, before: Sequence[str], name: str
    ) -> Iterator[_Found]:
        for one in service.endpoints:
            if len(before) == 1 and one.label.lower() != before[0]:
                continue
            for port in _matching(one.ports, before):
                yield _Found(f"{one.label}.{name}", one.host, port, one.copies)


def _matching(ports: Sequence[SlicePort], before: Sequence[str]) -> Iterator[SlicePort]:
    """Yield the ports that ``_port._protocol`` means; all where that is not said."""
    name, protocol = "", ""
    if len(before) == 2:
        name, protocol = (label.removeprefix("_") for label in before)
    for port in ports or (NO_PORT,):
        if name in ("", port.name.lower()) and protocol in ("", port.protocol.lower()):
            yield port


def _weight(found: Sequence[_Found]) -> str:
    """Return the weight of each SRV record; ``*`` where their number is not known."""
    count = 0
    for one in found:
        if one.copies is None:
            return "*"
        count += one.copies
    if not count:
        return "0"
    return str(max(1, floor(100.0 / (100.0 * count) * 100.0)))
