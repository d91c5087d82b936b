"""What rules say of objects that live in the cluster already."""

from __future__ import annotations

from collections.abc import Sequence

from cip_lint.replay import Claim, PortClaim
from cip_lint.rule import Context
from cip_lint_rules._words import listed


def living_note(first: Claim | PortClaim, cx: Context) -> tuple[str, ...]:
    """Return who holds a value already, and from where that is known.

    ``first`` is the claim that comes before all others; nothing where it is made by
    an object that does not live yet.
    """
    snapshot, living = cx.cluster.snapshot, cx.table.living
    if snapshot is None or living is None:
        return ()
    if not first.member.living and not living.owns(first):
        return ()
    return (f"{first.member.display} holds it already, from {snapshot.origin}",)


def until_deleted(first: Claim | PortClaim) -> str:
    """Return what ends a help: how long who lives already keeps a value."""
    if not first.member.living:
        return ""
    return f"; {first.member.display} keeps it until it is deleted"


def held_by(first: Claim | PortClaim, askers: str) -> str:
    """Return who has a value and who asks for it, behind ``10.96.0.10 is``.

    ``askers`` is how many objects of the set ask, where it is more than one.
    """
    asked = f" and asked for by {askers}" if askers else ""
    return f"already held by {first.member.display}{asked}"


def holder(
    claims: Sequence[Claim] | Sequence[PortClaim], cx: Context
) -> Claim | PortClaim | None:
    """Return the claim of who has a value, of those before the last one.

    None where the API server refuses them all, so that nobody has it yet.
    """
    return next((one for one in claims if _has_it(one, cx)), None)


def _has_it(claim: Claim | PortClaim, cx: Context) -> bool:
    if claim.row is None or cx.table.has_already(claim):
        return True
    return claim.row.verdict != "refused"


def holds(claim: Claim | PortClaim, first: Claim | PortClaim | None) -> str:
    """Return what is said where a claim stands: that of who has it, or of one more."""
    does = "already holds it" if claim is first else "asks for it too"
    return f"{claim.member.display} {does}"


def refused_note(
    claims: Sequence[Claim] | Sequence[PortClaim], cx: Context
) -> tuple[str, ...]:
    """Return why the API server does not name a collision yet, if it does not."""
    if holder(claims, cx) is not None:
        return ()
    names = listed(list(dict.fromkeys(one.member.display for one in claims)))
    return (f"the API server names this once {names} is repaired",)
