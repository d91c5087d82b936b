"""The API server's answer to a changed Service: group ``update``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cip_lint.kube.facts import ClusterFacts
from cip_lint.kube.pools import FactsPool
from cip_lint.kube.sending import Sending
from cip_lint.kube.service_admission import admit_service
from cip_lint.kube.service_clients import change_service, patch_service
from cip_lint.kube.service_update import Change
from cip_lint.kube.strategic_merge import client_side_patch
from conformance.agreement import Adapter, Disagreement, RunContext, Vector
from conformance.server_answers import compare, facts_of, plain, recorded_answers

SENDINGS = {
    "put": Sending.REPLACE,
    "apply": Sending.SERVER_SIDE_APPLY,
    "merge": Sending.CLIENT_SIDE_APPLY,
}

_HELD = re.compile(r"failed to allocate IP (\S+): provided IP is already allocated")
_SHOWN_BEFORE = ("type", "clusterIPs", "ipFamilies", "ipFamilyPolicy")


def answer_update(vector: Vector, _: RunContext) -> Iterator[Disagreement]:
    """Compare the Service before, what is sent, the answer and the stored spec."""
    asked = vector["input"]
    for version, seen in recorded_answers(vector):
        facts = _with_leftovers(facts_of(vector["cluster"], version), seen)
        pool = FactsPool(facts)
        created = admit_service(asked["old"], facts, store=True, pool=pool)
        if created.stored is None:
            yield Disagreement("a stored Service", created, f"version {version}")
            continue
        got: dict[str, Any] = {"before": _before(created.stored["spec"])}
        change, sent = _change(asked, created.stored, facts, pool)
        admission = change.admission
        if sent is not None:
            got["sent"] = sent
            if not sent:
                admission = admission._replace(code=0)
        if admission.stored is not None:
            spec = plain(admission.stored["spec"])
            same = spec == plain(created.stored["spec"])
            got["spec"] = "unchanged" if same else spec
        yield from compare(version, seen, admission, got)


def _change(
    asked: Mapping[str, Any],
    stored: Mapping[str, Any],
    facts: ClusterFacts,
    pool: FactsPool,
) -> tuple[Change, dict[str, Any] | None]:
    """Ask for the change; return it, and the patch that the client works out."""
    if "patch" in asked:
        how = asked["contentType"]
        change = patch_service(
            stored, asked["patch"], how, facts, pool, validation="Strict", store=True
        )
        return change, None
    old, new = asked["old"], asked["new"]
    sending = SENDINGS[asked["method"]]
    change = change_service(
        stored, old, new, sending, facts, pool, validation="Strict", store=True
    )
    if sending is not Sending.CLIENT_SIDE_APPLY:
        return change, None
    return change, plain(client_side_patch(old, new, stored))


def _before(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a recording shows of the Service before."""
    keys = (*_SHOWN_BEFORE, "healthCheckNodePort")
    before = {key: plain(spec[key]) for key in keys if key in spec}
    numbers = [plain(port.get("nodePort", 0)) for port in spec.get("ports", ())]
    return before | ({"nodePorts": numbers} if any(numbers) else {})


def _with_leftovers(facts: ClusterFacts, seen: list[dict[str, Any]]) -> ClusterFacts:
    """Return the facts with the addresses that the recorded cluster still held.

    The server's repair sometimes restores the address of the Service that the
    recording before this one deleted. It shows only where somebody asks for it.
    """
    causes = [cause for answer in seen for cause in answer.get("causes", ())]
    texts = {text for cause in causes for text in _HELD.findall(cause["message"])}
    return facts._replace(held_addresses=facts.held_addresses | texts)


GROUPS: dict[str, Adapter] = {"update": answer_update}
