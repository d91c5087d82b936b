"""What makes a finding the same finding tomorrow, whatever moves in its file."""

from __future__ import annotations

from collections.abc import Sequence

from cip_lint.engine.alike import Told, keys_of
from cip_lint.model import Finding, ObjectRef


def with_fingerprints(told: Sequence[Told]) -> list[Finding]:
    """Return the findings with a fingerprint each.

    It is made of the rule, the object (the file, where there is none), the path in
    the object, and a number among those that are equal in all of these; never of a
    line. What is built counts as the object of the file that it was made of, so that
    it stays the same when one more build has it; those alike have one fingerprint.
    """
    seen: dict[tuple[str, ...], dict[object, int]] = {}
    marked = []
    for key, one in zip(keys_of([one.finding for one in told]), told, strict=True):
        finding = one.finding
        parts = (finding.rule, *_named(one), finding.primary.field)
        numbers = seen.setdefault(parts, {})
        # Only builds say the same twice; all else is told apart by its turn.
        turn = key if finding.builds else len(numbers)
        number = numbers.setdefault(turn, len(numbers))
        identity = "\0".join((*parts, str(number)))
        marked.append(finding._replace(identity=identity))
    return marked


def _named(one: Told) -> tuple[str, ...]:
    """Return what tells the object of a finding from others."""
    ref, path = one.finding.object, one.finding.primary.span.source.path
    if ref is None:
        return (path,)
    written = one.resource.written if one.resource is not None else None
    if written is None:
        return (ref.group, *ref[1:])
    home = ObjectRef(ref.api_version, written.kind, written.namespace, written.name)
    # Two overlays may each have a patch of their own for it.
    patch = path if path != written.path else ""
    return (home.group, *home[1:], patch)
