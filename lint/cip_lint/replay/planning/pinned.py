"""What objects pin: which of their addresses and node ports they get, and why not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from cip_lint.kube.well_known import MASTER
from cip_lint.model import Path
from cip_lint.replay.planning.claim import Outcome, PlanClaim

if TYPE_CHECKING:
    from cip_lint.cluster import Member, Reservation
    from cip_lint.replay.allocation.bands import Range
    from cip_lint.replay.claims import Claim, PortClaim
    from cip_lint.replay.odds.draws import Draws
    from cip_lint.replay.odds.loss import Loss
    from cip_lint.replay.rows import ServiceRow
    from cip_lint.replay.table import ServiceTable


def pinned_addresses(table: ServiceTable, draws: Draws | None) -> Iterator[PlanClaim]:
    """Yield the cluster addresses that objects ask for."""
    losers = _losers(table.address_collisions)
    owned = _ApiServer(table)
    reserved = table.cluster.settings.reserved
    for claims in table.all_claims.values():
        for claim in claims:
            address = claim.address
            outcome, reason = _outcome(claim, losers)
            band = table.band_of(claim.canonical) or ""
            if table.living is not None and table.living.is_settled(claim):
                kept_one = table.living.address_of(claim.member, claim.family)
                outcome = "refused"
                reason = f"it holds {kept_one or 'no address'}, and a cluster IP cannot be changed"
            elif outcome == "placed" and not band:
                outcome, reason = "unknown", "no known range holds it"
            elif outcome == "placed":
                outcome, reason = owned.outcome(claim)
            made = PlanClaim(
                claim.member,
                claim.family,
                claim.path,
                claim.text,
                address.number,
                "pinned",
                band,
                outcome,
                reason,
            )
            loss = table.losses.of_address(claim.member, claim.family)
            one = table.range_of(address)
            stated = one is not None and one.stated
            made = _weighed(made, loss, stated=stated)
            yield _remarked(made, reserved.of_address(address), claim.row, draws)


def pinned_node_ports(table: ServiceTable, draws: Draws | None) -> Iterator[PlanClaim]:
    """Yield the node ports that Services ask for, each once for a Service."""
    losers = _losers(table.node_port_collisions)
    reserved = table.cluster.settings.reserved
    stated = table.cluster.settings.node_port_range.stated
    for port, claims in table.all_node_port_claims.items():
        seen: set[int] = set()
        for claim in claims:
            # Entries of one Service may share a node port.
            if (
                id(claim.member) in seen
                and (id(claim.member), claim.path) not in losers
            ):
                continue
            seen.add(id(claim.member))
            outcome, reason = _outcome(claim, losers)
            made = PlanClaim(
                claim.member,
                "",
                claim.path,
                str(port),
                port,
                "pinned",
                table.node_ports.band(port) or "",
                outcome,
                reason,
            )
            made = _weighed(
                made, table.losses.of_port(claim.member, port), stated=stated
            )
            yield _remarked(made, reserved.of_port(port), claim.row, draws)


def _weighed(made: PlanClaim, loss: Loss[Any] | None, *, stated: bool) -> PlanClaim:
    """Return a claim with its chance; what is certainly lost cannot be placed."""
    if loss is None:
        return made
    made = made._replace(loss=loss.chance)
    if made.reason or not loss.certain:
        return made
    return made._replace(
        outcome="refused" if stated else "unknown",
        reason="others certainly draw it first",
    )


def _remarked(
    made: PlanClaim,
    kept: Reservation | None,
    row: ServiceRow | None,
    draws: Draws | None,
) -> PlanClaim:
    """Return a claim with what there is to say though it can be placed."""
    if made.reason:
        return made
    return made._replace(reason=_kept_from(made.member, kept) or _gone(row, draws))


def _gone(row: ServiceRow | None, draws: Draws | None) -> str:
    """Return what is said of a Service that comes too late in the simulated run."""
    drawn = draws.of(row) if draws is not None and row is not None else None
    if drawn is None or drawn.refusal is None:
        return ""
    return "refused in the simulated run, where others draw first"


def _kept_from(member: Member, kept: Reservation | None) -> str:
    """Return for whom the address plan keeps a value that another one claims."""
    if kept is None or kept.may_belong_to(member):
        return ""
    return f"reserved for {kept.said}"


Losers = dict[tuple[int, Path], str]
"""Claims that collide -> what is said of them."""


def _losers(groups: Iterable[tuple[object, tuple[Claim | PortClaim, ...]]]) -> Losers:
    found: Losers = {}
    for _, claims in groups:
        first, *later = claims
        others = len(later)
        said = (
            f"{others} more ask for it" if others > 1 else f"so does {_who(later[0])}"
        )
        found.setdefault((id(first.member), first.path), said)
        for claim in later:
            found[id(claim.member), claim.path] = f"{_who(first)} has it first"
    return found


def _who(claim: Claim | PortClaim) -> str:
    member = claim.member
    lives = member.unit.kind == "snapshot"
    return f"{member.display} of the snapshot" if lives else member.display


def _outcome(claim: Claim | PortClaim, losers: Losers) -> tuple[Outcome, str]:
    said = losers.get((id(claim.member), claim.path))
    if said is not None:
        return "collides", said
    row = claim.row
    if row is None or row.verdict == "created":
        return "placed", ""
    if row.verdict == "unknown":
        return "unknown", row.reason
    return "refused", _refusal(row)


def _refusal(row: ServiceRow) -> str:
    faults = row.admission.faults
    return faults[0].words if faults else row.admission.message


class _ApiServer:
    """The address that ``default/kubernetes`` has before anything is applied."""

    def __init__(self, table: ServiceTable) -> None:
        own = own_range(table)
        self._address = own.text(own.first) if own is not None else None
        self._stated = own is not None and own.stated

    def outcome(self, claim: Claim) -> tuple[Outcome, str]:
        """Return what becomes of a claim that nobody else of the set disputes."""
        member = claim.member
        if claim.canonical != self._address or _is_api_server(member):
            return "placed", ""
        if self._stated:
            return "collides", "default/kubernetes has it first"
        return "unknown", "default/kubernetes has it if the service CIDR is as assumed"


def own_range(table: ServiceTable) -> Range | None:
    """Return the range whose first address the API server will take for itself.

    None where a snapshot shows which one it has, and where no range is usable.
    """
    snapshot = table.cluster.snapshot
    if snapshot is not None and snapshot.service(*MASTER) is not None:
        return None
    own = table.primary_range
    return own if own is not None and own.usable else None


def _is_api_server(member: Member) -> bool:
    namespace, name = MASTER
    return member.name == name and member.namespace in ("", namespace)
