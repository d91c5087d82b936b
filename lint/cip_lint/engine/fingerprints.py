"""What makes a finding the same finding tomorrow, whatever moves in its file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from cip_lint.model import Finding


def with_fingerprints(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings with a fingerprint each.

    It is made of the rule, the object (the file, where there is none), the path in
    the object, and a number among those that are equal in all of these; never of a
    line.
    """
    findings = list(findings)
    if not findings:
        return []
    from hashlib import sha256  # noqa: PLC0415 - many runs find nothing

    seen: Counter[tuple[str, ...]] = Counter()
    marked = []
    for finding in findings:
        ref = finding.object
        where = finding.primary.span.source.path
        named = (ref.group, *ref[1:]) if ref is not None else (where,)
        parts = (finding.rule, *named, finding.primary.field)
        text = "\0".join((*parts, str(seen[parts])))
        seen[parts] += 1
        digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        marked.append(finding._replace(fingerprint=digest))
    return marked
