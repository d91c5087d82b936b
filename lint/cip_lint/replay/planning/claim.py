"""One claim of a plan: what an object asks for, what it gets, how that is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from cip_lint.model import Path, Span
from cip_lint.records import NamedTuple
from cip_lint.replay.planning.panels import State

if TYPE_CHECKING:
    from cip_lint.cluster import Member
    from cip_lint.replay.odds.chances import Chance

How = Literal["pinned", "simulated", "snapshot", "none"]
"""How the value is known; ``none``: the server will draw one, nobody knows which."""

Outcome = Literal["placed", "collides", "refused", "unknown"]
"""What becomes of a claim. All that ask for one value *collide*, the first of them as
well; *refused* is an object that gets nothing; *unknown* is what depends on things that
are not seen, or are only assumed."""


_HARDLY_EVER: Final = 0.0001
"""Below this probability nothing is said of a loss."""


class PlanClaim(NamedTuple):
    """One address or node port that an object gets, or fails to get."""

    member: Member
    family: str
    """``IPv4`` or ``IPv6``; empty for a node port."""
    path: Path
    """Where it is asked for; for a value that is drawn, where it would be."""
    asked: str
    """As written; empty where the server draws."""
    number: int | None
    """The address as a number, or the node port; None where nobody knows it."""
    how: How
    band: str
    """``static`` or ``dynamic``; empty where no range holds it."""
    outcome: Outcome
    reason: str = ""
    """Why it is not simply placed."""
    loss: Chance | None = None
    """How likely somebody else has the pinned value first; None: not known."""

    @property
    def owner(self) -> str:
        """``Service shop/web``."""
        return self.member.display

    @property
    def risk(self) -> str:
        """How likely somebody else has the value first; empty for hardly ever.

        As ``p = 0.21``, ``certain``, or ``unknown`` where nothing bounds it.
        """
        chance = self.loss
        if chance is None or (chance.p < _HARDLY_EVER and chance.sense != ">="):
            return ""
        return chance.words

    @property
    def failed(self) -> bool:
        """Whether the object does not get what it asks for."""
        return self.outcome in {"collides", "refused"}

    @property
    def state(self) -> State | None:
        """What the map shows at the value; None for nothing."""
        if self.outcome == "refused":
            return State.UNPLACED
        if self.outcome == "collides":
            return State.COLLISION
        if self.how == "simulated":
            return State.SIMULATED
        return State.HELD if self.how == "snapshot" else State.PINNED

    @property
    def span(self) -> Span:
        """The place of the value in its file, or of what stands for it."""
        return self.member.resource.span(*self.path)
