"""Values that several JSON views of the Service table write in one way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cip_lint.model import Origin, OriginKind

if TYPE_CHECKING:
    from cip_lint.replay.odds.chances import Chance


def origin_object(origin: Origin) -> str:
    """Return who stated a value: ``flag``, ``default`` ..., or the file and line."""
    return origin.text if origin.kind is OriginKind.FILE else origin.kind.value


def chance_object(chance: Chance) -> dict[str, Any]:
    """Return how likely something is; six digits are the same on every platform."""
    return {
        "p": float(f"{chance.p:.6g}"),
        "sense": chance.sense,
        "text": chance.words,
    }
