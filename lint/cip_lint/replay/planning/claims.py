"""The claims of a plan, of all sorts, by value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cip_lint.kube.addresses import IPV4, IPV6
from cip_lint.replay.planning.claim import PlanClaim
from cip_lint.replay.planning.given import given_values, held_values
from cip_lint.replay.planning.pinned import pinned_addresses, pinned_node_ports

if TYPE_CHECKING:
    from cip_lint.replay.odds.draws import Draws
    from cip_lint.replay.table import ServiceTable

_FAMILIES: Final = (IPV4, IPV6, "")


def claims_of(table: ServiceTable, draws: Draws | None) -> list[PlanClaim]:
    """Return what all objects of a cluster ask for and get, by value.

    With ``draws`` the values that the server draws are those of one possible run.
    """
    found = [
        *pinned_addresses(table, draws),
        *pinned_node_ports(table, draws),
        *given_values(table, draws),
        *held_values(table),
    ]
    found.sort(key=_order)
    return found


def _order(claim: PlanClaim) -> tuple[bool, int, int, str, str, int]:
    member = claim.member
    return (
        claim.number is None,
        _FAMILIES.index(claim.family),
        claim.number or 0,
        member.namespace,
        member.name,
        member.order,
    )
