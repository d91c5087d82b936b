"""Judgement: what the API server says to the objects of a cluster, as far as known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cip_lint.kube.addresses import IPV4, IPV6, parse_ip
from cip_lint.kube.admission import admit
from cip_lint.kube.decoding import decode
from cip_lint.kube.faults import (
    INVALID,
    NOT_SUPPORTED,
    ORDINARY,
    Admission,
    Fault,
)
from cip_lint.kube.pools import NO_RANGE, FactsPool, FullPool
from cip_lint.kube.schema import type_of
from cip_lint.kube.service_admission import admit_service
from cip_lint.kube.service_kind import kind_fault
from cip_lint.replay.ranges import known_families

if TYPE_CHECKING:
    from cip_lint.cluster import Cluster, Member
    from cip_lint.kube.facts import ClusterFacts
    from cip_lint.kube.sending import Sending
    from cip_lint.kube.service_update import Change
    from cip_lint.replay.allocation.bands import Range
    from cip_lint.replay.living import Living

_STAGES = ("decode", "allocation", "validation")
_ADDRESS = "L3"
_STORED = Admission(201)
_ABSENT = object()


class Judge:
    """Asks the API server's rules about objects, and leaves out what is unknown."""

    def __init__(
        self,
        cluster: Cluster,
        ranges: Sequence[Range],
        living: Living | None = None,
    ) -> None:
        self._cluster = cluster
        self._living = living
        self.facts, self._covered = _with_ranges(cluster, ranges)

    def answer(
        self,
        member: Member,
        addresses: frozenset[str] = frozenset(),
        ports: frozenset[int] = frozenset(),
        full: str = "",
    ) -> Admission:
        """Return the answer to one object, with some values already in use.

        Of the family ``full`` no address is left. Faults that cannot be judged are left
        out; without any left, the object counts as stored. Kinds that are not judged
        are stored.
        """
        facts = self.facts
        if addresses or ports:
            facts = facts._replace(held_addresses=addresses, held_node_ports=ports)
        admission = (
            admit_service(member.resource.body, facts, pool=FullPool(facts, full))
            if full
            else admit(member.resource.body, facts)
        )
        if admission is ORDINARY:
            return admission
        if admission is None:
            return _STORED
        if admission.faults:
            return self._reduced(member, admission)
        # The stored object is dropped: 100,000 of them would fill the memory.
        if admission.warnings:
            return Admission(201, warnings=admission.warnings)
        return _STORED

    def stored(self, member: Member) -> Mapping[str, Any]:
        """Return the object as it would be stored; empty where it is refused."""
        admission = admit(member.resource.body, self.facts, store=True)
        return (admission.stored if admission is not None else None) or {}

    def can_decode(self, body: Mapping[str, Any]) -> bool:
        """Whether an object is a Service without values of a wrong type."""
        wanted = type_of("v1", "Service", self.facts.version)
        return (
            wanted is not None
            and kind_fault(body, self.facts.version) is None
            and not decode(body, wanted).faults
        )

    def change(
        self,
        member: Member,
        stored: Mapping[str, Any],
        old: Mapping[str, Any],
        new: Mapping[str, Any],
        sending: Sending,
        addresses: frozenset[str] = frozenset(),
        ports: frozenset[int] = frozenset(),
    ) -> Change:
        """Return the answer to a Service that is applied over a stored one.

        ``old`` and ``new`` are its manifests; others hold the addresses and ports.
        """
        from cip_lint.kube.service_clients import change_service  # noqa: PLC0415

        facts = self.facts
        if addresses or ports:
            facts = facts._replace(held_addresses=addresses, held_node_ports=ports)
        change = change_service(
            stored, old, new, sending, facts, FactsPool(facts), store=True
        )
        if not change.admission.faults:
            return change
        return change._replace(admission=self._reduced(member, change.admission))

    def _reduced(self, member: Member, admission: Admission) -> Admission:
        """Return the answer without the faults that cannot be judged."""
        faults = admission.faults
        kept = tuple(fault for fault in faults if self._stands(member, fault))
        if len(kept) == len(faults):
            return admission
        if not kept:
            return Admission(201, warnings=admission.warnings)
        kept = _named_now(kept)
        cause = next(fault.cause for fault in kept if not fault.later)
        if cause == faults[0].cause:
            return admission._replace(faults=kept)
        code = 422 if cause.reason else 500
        return admission._replace(code=code, faults=kept, message=cause.message)

    def _stands(self, member: Member, fault: Fault) -> bool:
        unresolved = self._cluster.unresolved
        if unresolved(member, fault.path):
            return False
        if fault.other is not None and unresolved(member, fault.other):
            return False
        if _awaits_variable(member, fault):
            return False
        if member.piece and not _survives_a_build(member, fault):
            return False
        if self._living is not None and self._living.allows(member, fault):
            return False
        return not (fault.code == _ADDRESS and self._may_be_covered(fault))

    def _may_be_covered(self, fault: Fault) -> bool:
        """Whether an address is outside only because its ranges are not all known."""
        if self._covered is None or not fault.cause.message.endswith(NO_RANGE):
            return False
        address = parse_ip(fault.value) if isinstance(fault.value, str) else None
        return address is not None and address.family not in self._covered


def _awaits_variable(member: Member, fault: Fault) -> bool:
    """Whether ``$(X)`` stands at a fault, in an object whose name awaits one too.

    Elsewhere it may be meant for Kubernetes, which fills in no such field.
    """
    resource = member.resource
    if "$(" not in resource.name and "$(" not in resource.namespace:
        return False
    value = resource.get(*fault.path)
    return isinstance(value, str) and "$(" in value


def _with_ranges(
    cluster: Cluster, ranges: Sequence[Range]
) -> tuple[ClusterFacts, frozenset[str] | None]:
    """Return the facts with what ServiceCIDR objects add to the known ranges.

    Objects beside unknown ranges of the API server itself refuse nothing. Which
    families there are is its own setting, which such objects do not change. Where
    nobody states it, both may be there, and the second value has the families
    whose ranges are known.
    """
    facts = cluster.facts
    if not any(one.from_object for one in ranges):
        return facts, None
    known = known_families(cluster)
    if known is not None and not known:
        return facts._replace(service_cidrs=()), None
    cidrs = tuple(one.cidr for one in ranges if known is None or one.family in known)
    families = facts.families or tuple(
        dict.fromkeys(
            one.family for one in ranges if known is None and not one.from_object
        )
    )
    return (
        facts._replace(service_cidrs=cidrs, families=families or (IPV4, IPV6)),
        known,
    )


def _survives_a_build(member: Member, fault: Fault) -> bool:
    """Whether a fault of a raw piece is one that building will not mend.

    Only what is wrong in itself counts: a value of the wrong type, or a bad word
    in an entry of a list of ports. Absence, names, namespaces and labels do not.
    """
    if fault.stage == "decode":
        return fault.path[:1] != ("metadata",)
    return (
        fault.reason in {INVALID, NOT_SUPPORTED}
        and fault.stage == "validation"
        and "ports" in fault.path
        and fault.path[0] == "spec"
        and fault.other is None
        and member.resource.get(*fault.path, default=_ABSENT) is not _ABSENT
    )


def _named_now(faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """Return faults of which those of the first stage that is left are named now."""
    first = min(faults, key=_stage_index).stage
    return tuple(
        fault._replace(later=False) if fault.later and fault.stage == first else fault
        for fault in faults
    )


def _stage_index(fault: Fault) -> int:
    return _STAGES.index(fault.stage)
