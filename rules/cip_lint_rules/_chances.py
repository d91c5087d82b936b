"""What rules say of dynamic requests that come before a static one."""

from __future__ import annotations

from typing import Any

from cip_lint.model import Label
from cip_lint.replay import Loss
from cip_lint.rule import Context
from cip_lint.words import counted

_THRESHOLD = 0.0001
"""Below this, nothing is said; the option ``threshold`` of a rule changes it."""


def is_worth_saying(loss: Loss[Any], cx: Context) -> bool:
    """Whether a chance is large enough to be told, and no certainty."""
    threshold = cx.options.get("threshold", _THRESHOLD)
    if isinstance(threshold, bool) or not isinstance(threshold, int | float):
        threshold = _THRESHOLD
    chance = loss.chance
    return loss.before > 0 and not chance.certain and 0 < chance.p >= threshold


def rivals(loss: Loss[Any], kind: str) -> str:
    """Return who may come first: ``one of 50 dynamic Services created before it``."""
    at_least = "at least " if loss.left_out else ""
    many = loss.services > 1
    who = f"one of {at_least}{loss.services} {kind}s" if many else f"{at_least}1 {kind}"
    if loss.beside == loss.before - loss.own:
        return f"{who} created at the same time"
    if loss.beside:
        return f"{who} created before it or at the same time"
    return f"{who} created before it"


def first_label(loss: Loss[Any]) -> tuple[Label, ...]:
    """Return a label on the first Service that draws, where that is another one."""
    if loss.first is None:
        return ()
    when = "before it"
    if loss.beside and loss.beside == loss.before - loss.own:
        when = "in the same concurrent step"
    text = f"{loss.first.display} is created {when}"
    return (loss.first.resource.label("metadata", "name", text=text),)


def chance_notes(loss: Loss[Any], cx: Context, values: str) -> tuple[str, ...]:
    """Return the figures, how they are known, and what was left out.

    ``values`` is what is drawn: ``addresses`` or ``node ports``.
    """
    own = f", {loss.own} of them its own" if loss.own else ""
    figures = (
        f"k = {counted(loss.before, 'dynamic request')} first{own}; its band has "
        f"U = {loss.size} {values}, F = {loss.free} of the dynamic band are free"
    )
    notes = [figures, _how_known(loss)]
    order = cx.table.losses.words(loss)
    if order:
        notes.append(f"who comes first: {order}")
    if loss.left_out:
        others = counted(loss.left_out, "other dynamic request")
        notes.append(f"{others} in no known order with it not counted")
    return tuple(notes)


def _how_known(loss: Loss[Any]) -> str:
    if loss.ranges > 1:
        return "a bound: which of several service CIDRs serves a request is not fixed"
    if loss.beside:
        return "a bound: what is sent at the same time may come later"
    if not loss.exact:
        return "a bound: used values in front of it lead further requests to it"
    return "exact: the server searches for a free one from a random start"
