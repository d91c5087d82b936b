"""What it means for a call that no Service of the set has a name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cip_lint.cluster.worlds import is_complete
from cip_lint.replay.tracing.hops import Detail, Hop, State, Step, at

if TYPE_CHECKING:
    from cip_lint.cluster import WorkloadMember
    from cip_lint.replay.table import ServiceTable
    from cip_lint.replay.tracing.meanings import Meant

_SHOWN = 3


def missing_service(
    table: ServiceTable,
    member: WorkloadMember,
    meant: Meant,
    details: tuple[Detail, ...],
) -> Hop:
    """Return what becomes of a call to a Service that the set does not have."""
    state, why = _judged(table, member, meant)
    further = tuple(_others(table, member, meant))
    said = f"{meant} is not in the files"
    words = f"{said}; {why}" if why else said
    return Hop(Step.NAME, state, words, None, (*details, *further))


def _judged(
    table: ServiceTable, member: WorkloadMember, meant: Meant
) -> tuple[State, str]:
    cluster = table.cluster
    if cluster.settings.external.has_service(meant.namespace, meant.name):
        return State.UNKNOWN, "the configuration declares it as external"
    setting = cluster.settings.completeness_for(member.path)
    if is_complete(setting, meant.namespace):
        return State.BROKEN, f"nothing else exists there: {setting.origin}"
    if meant.namespace != member.ref.namespace:
        return State.UNKNOWN, "it may exist in the cluster all the same"
    world = cluster.world(member, "Service")
    if world.closed:
        return State.BROKEN, f"nothing else exists there: {world.origin}"
    if world.unknown_services is not None:
        return State.UNKNOWN, world.unknown_services.reason
    if world.witness_service is not None or cluster.near_services(member, meant.name):
        return State.BROKEN, "others of its namespace are"
    return State.UNKNOWN, "it may exist in the cluster all the same"


def _others(
    table: ServiceTable, member: WorkloadMember, meant: Meant
) -> Iterator[Detail]:
    """Yield the Services that may have been meant."""
    cluster = table.cluster
    if meant.namespace == member.ref.namespace:
        for near in cluster.near_services(member, meant.name)[:_SHOWN]:
            yield Detail(f"{near.display} has a name that is near", at(near))
    elsewhere = [
        one
        for one in cluster.services_named(meant.name)
        if not one.partial
        and one.ref.namespace != meant.namespace
        and cluster.can_meet(member, one)
    ]
    for one in elsewhere[:_SHOWN]:
        name = f"{one.name}.{one.ref.namespace}"
        yield Detail(f"{one.display} has the name; from here it is {name}", at(one))
