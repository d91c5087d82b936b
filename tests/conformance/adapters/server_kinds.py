"""Other kinds than Service, compared with what API servers said."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.kube import discovery, version
from conformance.agreement import Adapter, Disagreement, RunContext, Vector


def answer_discovery(vector: Vector, _: RunContext) -> Iterator[Disagreement]:
    """Compare the kinds of a group version, absent answers included."""
    group_version = vector["input"]["groupVersion"]
    expected = {
        text: recorded["answer"]
        for recorded in vector["answers"]
        for text in recorded["versions"]
    }
    for recorded_version in version.RECORDED:
        kinds = discovery.kinds_of(group_version, recorded_version)
        got = {
            "code": 200,
            "kinds": sorted(kinds),
            "namespaced": sorted(kind for kind, inside in kinds.items() if inside),
        }
        wanted = expected.get(str(recorded_version))
        if wanted != (got if kinds else None):
            yield Disagreement(wanted, got, str(recorded_version))


GROUPS: dict[str, Adapter] = {"discovery": answer_discovery}
