"""What is known of one loss: the values that ``losses`` gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from cip_lint.records import NamedTuple

if TYPE_CHECKING:
    from cip_lint.replay.claims import Claim, PortClaim
    from cip_lint.replay.odds.chances import Chance
    from cip_lint.replay.rows import ServiceRow

C = TypeVar("C", "Claim", "PortClaim")


class Loss(NamedTuple, Generic[C]):
    """What is known of the loss of one static address or node port."""

    claim: C
    chance: Chance
    exact: bool
    """Whether it is no bound, but for requests that are left out."""
    before: int
    """How many dynamic requests come first (k)."""
    beside: int
    """How many of them are sent in the same concurrent step."""
    own: int
    """How many of them are of the same Service."""
    services: int
    """How many other Services draw them."""
    left_out: int
    """How many others are in no known order with it."""
    first: ServiceRow | None
    """The first Service that draws before it; None where only its own requests do."""
    size: int
    """How many values the band has in which it lies (U)."""
    free: int
    """How many values of the dynamic band are free for the requests (F)."""
    certain: bool
    """Whether it is lost to those alone that are known to come first."""
    together: Chance | None = None
    """That at least one of several static values of its Service is lost."""
    ranges: int = 1
    """How many ranges may serve the requests."""


class AddressShortage(NamedTuple):
    """Services for which no address of a family is left."""

    family: str
    rows: tuple[ServiceRow, ...]
    """One of them, or several that are sent at once."""
    missing: int
    """How many of them fail."""
    capacity: int
    """How many addresses the ranges of the family have."""
