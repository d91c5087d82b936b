"""The words of a plan: what its states, bands and claims are called everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from cip_lint.model import Origin, OriginKind
from cip_lint.replay.planning.panels import State
from cip_lint.report.unit_names import TITLE, are_told, unit_name

if TYPE_CHECKING:
    from cip_lint.replay.planning.claim import PlanClaim
    from cip_lint.replay.planning.panels import Band, RangePlan
    from cip_lint.replay.planning.plan import Plan

SAID: Final = {
    State.FREE: "free",
    State.PINNED: "pinned",
    State.SIMULATED: "simulated draw",
    State.HELD: "held, by the snapshot",
    State.RESERVED: "reserved, by the address plan",
    State.API_SERVER: "the API server's",
    State.DNS: "cluster DNS, by the distribution",
    State.COLLISION: "collision",
    State.UNPLACED: "cannot be placed",
}
"""State -> what the legend says, in its order."""

_COLUMNS: Final = ("VALUE", "OWNER", "HOW", "BAND", "LOSS", "FILE", "VERDICT")
_BEHIND_OWNER: Final = 2

_SMALLEST_SHARE: Final = 0.1


def title(one: RangePlan) -> str:
    """Return ``service CIDR 10.96.0.0/16`` or ``node ports 30000-32767``."""
    return f"service CIDR {one.name}" if one.family else f"node ports {one.name}"


def origin(one: RangePlan) -> str:
    """Return who stated a range."""
    return stated_by(one.origin)


def stated_by(origin: Origin) -> str:
    """Return ``from --service-cidr``, or that nobody stated it."""
    return "assumed" if origin.kind is OriginKind.DEFAULT else f"from {origin}"


def ends(one: RangePlan, band: Band) -> str:
    """Return ``10.96.0.1 - 10.96.1.0``, or the only value."""
    first, last = one.text(band.first), one.text(band.last)
    return first if first == last else f"{first} - {last}"


def scale(one: RangePlan, band: Band) -> str:
    """Return how many values a cell of the map stands for."""
    noun = "address" if one.family else "node port"
    if band.per_cell == 1:
        return f"one cell = 1 {noun}"
    several = "addresses" if one.family else "node ports"
    return f"one cell = {band.per_cell} {several}"


def use(band: Band) -> str:
    """Return ``3 of 256 used (1.2 %), 2 reserved, 251 free``."""
    parts = [f"{band.used} of {band.size} used ({share(band.used, band.size)})"]
    if band.reserved:
        parts.append(f"{band.reserved} reserved")
    parts.append(f"{band.free} free")
    return ", ".join(parts)


def share(part: int, whole: int) -> str:
    """Return a percentage with one decimal; tiny ones are not called nothing."""
    percent = 100 * part / whole if whole else 0.0
    if part and percent < _SMALLEST_SHARE:
        return "< 0.1 %"
    return f"{percent:.1f} %" if part else "0 %"


def value(claim: PlanClaim) -> str:
    """Return the canonical address or the node port; what is drawn has none."""
    if claim.number is None:
        return f"<{claim.family or 'node port'}>"
    if not claim.family:
        return str(claim.number)
    from cip_lint.kube.addresses import Address  # noqa: PLC0415

    return Address(claim.family, claim.number).canonical


def how(claim: PlanClaim) -> str:
    """Return how the value is known."""
    return "drawn" if claim.how == "none" else claim.how


def verdict(claim: PlanClaim) -> str:
    """Return ``placed``, or what else becomes of it and why."""
    if not claim.reason:
        return claim.outcome
    if claim.outcome == "placed":
        return f"placed, but {claim.reason}"
    return f"{claim.outcome}: {claim.reason}"


def place(claim: PlanClaim) -> str:
    """Return ``shop/web.yaml:7``."""
    span = claim.span
    return f"{span.source.path}:{span.first.line}"


def titles(claims: Iterable[PlanClaim]) -> list[str]:
    """Return the headings of claims; with the unit where owners do not tell."""
    found = [*_COLUMNS]
    if are_told(claim.member for claim in claims):
        found.insert(_BEHIND_OWNER, TITLE)
    return found


def cells(claim: PlanClaim, titles: Sequence[str]) -> list[str]:
    """Return the cells of a claim below some headings."""
    found = [
        value(claim),
        claim.owner,
        how(claim),
        claim.band,
        claim.risk,
        place(claim),
        verdict(claim),
    ]
    if TITLE in titles:
        found.insert(_BEHIND_OWNER, unit_name(claim.member))
    return found


def worth_telling(claims: Iterable[PlanClaim]) -> list[PlanClaim]:
    """Return the claims that have a value, or whose lack of one has a reason."""
    return [one for one in claims if one.number is not None or one.reason]


def states(plans: Sequence[Plan]) -> list[State]:
    """Return the states that the maps show, in the order of the legend."""
    seen = {
        state
        for one in ranges(plans)
        for band in one.bands
        for cell in band.cells
        for state in cell.counts
    }
    return [state for state in SAID if state in seen or state is State.FREE]


def ranges(plans: Sequence[Plan]) -> Iterator[RangePlan]:
    """Yield the ranges of all clusters."""
    for plan in plans:
        yield from plan.ranges


def simulation(plan: Plan) -> str:
    """Return what is said of the choices that are not known; empty for none."""
    drawn = sum(claim.how == "none" and not claim.reason for claim in plan.claims)
    simulated = sum(claim.how == "simulated" for claim in plan.claims)
    said = []
    if simulated:
        noun = "value is" if simulated == 1 else "values are"
        said.append(
            f"{simulated} {noun} simulated, with seed {plan.seed}: a real cluster "
            "draws others of the same bands"
        )
    if drawn:
        noun = "value is" if drawn == 1 else "values are"
        said.append(f"{drawn} more {noun} drawn by the server, from the dynamic bands")
    return "; ".join(said)
