"""What it means for a call that no Service of the set has a name."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from cip_lint.cluster.absence import Absence, absence
from cip_lint.records import NamedTuple
from cip_lint.replay.tracing.hops import Detail, Hop, Place, State, Step, at

if TYPE_CHECKING:
    from cip_lint.cluster import Member, ServiceMember
    from cip_lint.replay.table import ServiceTable
    from cip_lint.replay.tracing.meanings import Meant

_SHOWN = 3


class Evidence(Enum):
    """What a name says about the Service that it is for."""

    ANY_HOST = "any host"
    """Nothing: it may be the name of anything."""
    HOST_OF_A_SERVICE = "host of a Service"
    """It can be nothing but a Service of that namespace."""
    FIELD = "field"
    """It stands in a field for names of Services."""


class Missing(NamedTuple):
    """A Service that somebody names, and the set does not have."""

    table: ServiceTable
    member: Member
    """Who names it."""
    meant: Meant
    evidence: Evidence


def missing_service(
    missing: Missing,
    details: tuple[Detail, ...] = (),
    place: Place | None = None,
    step: Step = Step.NAME,
) -> Hop:
    """Return what becomes of a call to such a Service."""
    apart = _sent_apart(missing)
    if apart is not None:
        words = f"{missing.meant} is sent by another unit, {apart.unit.path}"
        note = Detail(f"{apart.display} of that unit", at(apart))
        return Hop(step, State.UNKNOWN, words, place, (*details, note))
    own = missing.meant.namespace == missing.member.ref.namespace
    found = absence(
        missing.table.cluster,
        missing.member,
        missing.meant.name,
        None if own else missing.meant.namespace,
    )
    elsewhere = () if found.why_exists else _elsewhere(missing)
    state, why = _judged(missing, found, elsewhere)
    further = []
    if found.near is not None and not found.why_exists:
        words = f"{found.near.display} has a name that is near"
        further.append(Detail(words, at(found.near)))
    for one in elsewhere[:_SHOWN]:
        name = f"{one.name}.{one.ref.namespace}"
        words = f"{one.display} has the name; from here it is {name}"
        further.append(Detail(words, at(one)))
    words = f"{missing.meant} is not in the files; {why}"
    return Hop(step, state, words, place, (*details, *further))


def _judged(
    missing: Missing, found: Absence, elsewhere: tuple[ServiceMember, ...]
) -> tuple[State, str]:
    """Return whether it exists all the same, in a clause."""
    if found.why_exists:
        return State.UNKNOWN, f"it exists all the same: {found.why_exists}"
    if found.closed:
        return State.BROKEN, f"nothing else exists there: {found.origin}"
    if found.unknown is not None:
        return State.UNKNOWN, f"it may exist: {found.unknown.reason}"
    if found.near is not None:
        return State.BROKEN, "another one has nearly its name"
    if missing.member.decided and len(elsewhere) == 1:
        return State.BROKEN, "another namespace has it"
    if _has_witness(missing, found):
        return State.BROKEN, "others of its namespace are"
    return State.UNKNOWN, "it may exist in the cluster all the same"


def _sent_apart(missing: Missing) -> ServiceMember | None:
    """Return a Service of the name that another unit, or another environment, has.

    Whether both are sent to one cluster is not said.
    """
    for one in missing.table.cluster.services_named(missing.meant.name):
        if not one.partial and one.ref.namespace == missing.meant.namespace:
            return one
    return None


def _has_witness(missing: Missing, found: Absence) -> bool:
    """Whether other Services of the namespace show that this one should be there."""
    if missing.evidence is Evidence.FIELD:
        return found.witness is not None
    known = missing.table.lookups.namespaces_of_services
    return (
        missing.evidence is Evidence.HOST_OF_A_SERVICE
        and missing.meant.namespace in known
    )


def _elsewhere(missing: Missing) -> tuple[ServiceMember, ...]:
    """Return the Services of the name in other namespaces."""
    cluster = missing.table.cluster
    return tuple(
        one
        for one in cluster.services_named(missing.meant.name, missing.member)
        if not one.partial
        and one.decided
        and one.ref.namespace != missing.meant.namespace
        and cluster.can_meet(missing.member, one)
    )
