"""The first hop of a call: the name or address, and the Service that it leads to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cip_lint.bodies import items, mapping, texts
from cip_lint.kube.addresses import parse_ip
from cip_lint.kube.well_known import MASTER
from cip_lint.records import NamedTuple
from cip_lint.replay.dns.records import CNAME
from cip_lint.replay.tracing.hops import Detail, Hop, Place, State, Step, at
from cip_lint.replay.tracing.meanings import Destination, Meanings, Meant
from cip_lint.replay.tracing.texts import calls_read_by
from cip_lint.replay.tracing.unnamed import Unnamed
from cip_lint.words import counted

if TYPE_CHECKING:
    from cip_lint.cluster import WorkloadMember
    from cip_lint.replay.dns.lookups import Lookup
    from cip_lint.replay.dns.lookups import Step as Asked
    from cip_lint.replay.table import ServiceTable
    from cip_lint.replay.tracing.targets import Target

_RECORDS_SHOWN = 3
_OF_THE_POD = frozenset({"127.0.0.1", "::1"})


class Named(NamedTuple):
    """What became of a name: the hops, and where they lead."""

    hops: tuple[Hop, ...]
    destination: Destination | None = None
    """None where the call ends, or nobody knows where it goes."""
    asks_dns: bool = False
    """Whether the cluster's DNS had to be asked."""


class Naming:
    """How the pods of one workload find what they call."""

    def __init__(self, table: ServiceTable, member: WorkloadMember) -> None:
        self._table = table
        self._member = member
        self._lookups = table.lookups
        self._meanings = Meanings(table, member)
        self._config = self._lookups.resolver(member)

    def named(self, host: str, written: tuple[Detail, ...] = ()) -> Named:
        """Return what a host is to the workload; ``written`` is where it says it."""
        lookup = self._lookups.look_up(host, self._member)
        if lookup.found and not lookup.steps:
            return self._without_dns(lookup, written)
        details = (*written, *self._resolver(), *map(_asked, lookup.steps))
        asks_dns = self._lookups.asks_cluster(self._config)
        if lookup.canonical:
            return self._found(lookup, details)
        unnamed = Unnamed(self._table, self._member, self._meanings)
        return Named((unnamed.hop(lookup, self._config, details),), None, asks_dns)

    def written(self, target: Target) -> tuple[Detail, ...]:
        """Return where the workload reads a host, with the port where it has both."""
        host = target.host.lower()
        calls = [
            one
            for one in calls_read_by(self._table, self._member)
            if one.host.host.lower() == host
        ]
        calls.sort(key=lambda one: one.host.port != target.port)
        for call in calls[:1]:
            literal = call.mention.literal
            name = literal.name or "an argument"
            words = f"{name} of {call.member.display} says {call.host.host}"
            return (Detail(words, at(call.member, *literal.path)),)
        return ()

    def _without_dns(self, lookup: Lookup, details: tuple[Detail, ...]) -> Named:
        """Return what an address is, or a name of the hosts file."""
        host, address = lookup.host, lookup.addresses[0]
        if host.lower() in self._aliases:
            words = f"the hosts file of the pod says that {host} is {address}"
            details = (*details, Detail(words, self._aliases[host.lower()]))
        elif host != address:
            details = (*details, Detail(f"{host} is the address {address}"))
        return self._of_address(address, details)

    @property
    def _aliases(self) -> dict[str, Place]:
        """Names of the hosts file in lower case, and where they are written."""
        spec_path = self._member.workload.spec_path
        found: dict[str, Place] = {}
        entries = items(self._member.workload.pod_spec.get("hostAliases"))
        for index, entry in enumerate(entries):
            place = at(self._member, *spec_path, "hostAliases", index)
            for name in texts(mapping(entry).get("hostnames")):
                found.setdefault(name.lower(), place)
        return found

    def _of_address(self, text: str, details: tuple[Detail, ...]) -> Named:
        address = parse_ip(text)
        holder = None if address is None else self._holder(address.canonical)
        if holder is not None:
            words = f"{text} is the address of a Service"
            return Named((Hop(Step.NAME, State.OK, words, None, details),), holder)
        words = f"{text} is of no Service: who answers there is not in the files"
        if text in _OF_THE_POD:
            words = f"{text} is the pod itself: what listens in it is not in the files"
        elif address is not None and self._table.range_of(address) is not None:
            words = f"{text} may become that of any Service: none of the files pins it"
        return Named((Hop(Step.NAME, State.UNKNOWN, words, None, details),))

    def _holder(self, canonical: str) -> Destination | None:
        """Return the Service that has a cluster address."""
        table, member = self._table, self._member
        for claim in table.all_claims.get(canonical, ()):
            row = claim.row
            if row is None or row.verdict == "refused":
                continue
            if table.cluster.can_meet(member, row.member):
                return Destination(row)
        snapshot = table.cluster.snapshot
        holding = None if snapshot is None else snapshot.addresses.get(canonical)
        if holding is not None and holding.owner is not None:
            return self._meanings.destination(Meant(*holding.owner))
        own = self._lookups.service(*MASTER, member)
        if own is not None and canonical in (host.text for host in own.addresses):
            return self._meanings.destination(Meant(*MASTER))
        return None

    def _found(self, lookup: Lookup, details: tuple[Detail, ...]) -> Named:
        last = lookup.steps[-1]
        words = f"{lookup.host} is {last.name}"
        if lookup.host == last.name:
            words = f"{lookup.host} is a name of the cluster"
        hops = [Hop(Step.NAME, State.OK, words, None, details)]
        hops += (
            self._alias(one.name, one.value)
            for one in last.records
            if one.type == CNAME
        )
        meant = self._meanings.of_name(lookup.canonical)
        if meant is not None:
            destination = self._meanings.destination(meant)
            return Named(tuple(hops), destination, asks_dns=True)
        outside = f"{lookup.canonical} is outside of the cluster"
        said = f"{outside}: what answers there is not in the files"
        hops.append(Hop(Step.NAME, State.UNKNOWN, said))
        return Named(tuple(hops), asks_dns=True)

    def _alias(self, name: str, target: str) -> Hop:
        """Return the hop of an ExternalName Service."""
        meant = self._meanings.of_name(name)
        place, what = None, name
        if meant is not None:
            found = self._meanings.destination(meant)
            service = found.living if found.row is None else found.row.member
            place = None if service is None else at(service, "spec", "externalName")
            what = str(meant)
        words = f"{what} is another name for {target.removesuffix('.')}"
        note = Detail(
            "no port is translated: the one that is called goes there as it is"
        )
        return Hop(Step.SERVICE, State.OK, words, place, (note,))

    def _resolver(self) -> Iterator[Detail]:
        """Yield what decides how the pod asks, where that is not as usual."""
        member, config = self._member, self._config
        spec, path = member.workload.pod_spec, member.workload.spec_path
        if member.workload.host_network:
            words = "the pod is in the network of its node"
            yield Detail(words, at(member, *path, "hostNetwork"))
        if "dnsPolicy" in spec:
            words = f"dnsPolicy is {member.workload.dns_policy}"
            yield Detail(words, at(member, *path, "dnsPolicy"))
        if "dnsConfig" in spec:
            searches = " ".join(config.searches) or "nothing"
            words = f"ndots is {config.ndots}, the search list is {searches}"
            yield Detail(words, at(member, *path, "dnsConfig"))


def _asked(step: Asked) -> Detail:
    """Return what DNS says to one name."""
    why = f" (search {step.search})" if step.search else ""
    if step.records:
        found = [f"{one.type} {one.value}" for one in step.records]
        answer = ", ".join(found[:_RECORDS_SHOWN])
        if len(found) > _RECORDS_SHOWN:
            answer += f" and {counted(len(found) - _RECORDS_SHOWN, 'record')} more"
        return Detail(f"{step.name}{why}: {answer}")
    if not step.known:
        return Detail(f"{step.name}{why}: asked outside of the cluster")
    none = "no address" if step.exists else "no such name in the files"
    return Detail(f"{step.name}{why}: {none}")
