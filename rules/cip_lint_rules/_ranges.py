"""What rules about addresses say of the ranges that they used."""

from __future__ import annotations

from cip_lint.model import Label, OriginKind
from cip_lint.replay import Range


def is_assumed(one: Range) -> bool:
    """Whether nobody stated the range."""
    return one.origin.kind is OriginKind.DEFAULT


def range_note(one: Range) -> str:
    """Return which range was used, and who stated it."""
    said = "assumed" if is_assumed(one) else f"from {one.origin}"
    return f"with service CIDR {one.cidr}, {said}"


def range_labels(one: Range) -> tuple[Label, ...]:
    """Return a label where the range is written, if it is written in a file."""
    label = one.origin.label
    return (Label(label.span, "the service CIDR", label.field),) if label else ()


def first_choices(one: Range) -> str:
    """Return the addresses to choose from: ``10.96.0.2 - 10.96.1.0``.

    The first usable one belongs to ``default/kubernetes``.
    """
    _, last = one.static or one.dynamic or ("", one.text(one.last))
    return f"{one.text(min(one.first + 1, one.last))} - {last}"
