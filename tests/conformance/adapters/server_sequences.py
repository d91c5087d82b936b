"""Several requests to one API server: the group ``sequence``.

What a server draws is random, so a sequence is replayed from one seed after the
other: each of the answers that were recorded must come from one of them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from cip_lint.kube.addresses import parse_ip
from cip_lint.kube.faults import Admission
from cip_lint.replay.allocation.api_server import ApiServer
from conformance.agreement import Adapter, Disagreement, RunContext, Vector
from conformance.server_answers import facts_of, recorded_answers
from conformance.tokens import Tokens

NAMESPACE = "test"
SEEDS = 400
"""An answer that none of so many seeds gives is taken for impossible."""

_REASONS = {
    400: "BadRequest",
    403: "Forbidden",
    404: "NotFound",
    409: "AlreadyExists",
    422: "Invalid",
}
_INTERNAL = "Internal error occurred: "
_NOT_KEPT = frozenset(("apiVersion", "kind", "metadata", "status"))

Json = dict[str, Any]


class Replay:
    """One run of the steps of a vector."""

    def __init__(self, vector: Vector, version: str, seed: int) -> None:
        cluster = vector["cluster"]
        self._steps = vector["input"]["steps"]
        self._tokens = Tokens(cluster, self._steps)
        self._server = ApiServer(
            facts_of(cluster, version),
            Random(seed),
            namespace=NAMESPACE,
            guarded="service-cidr-controller" in cluster.get("controllers", ()),
        )

    def answers(self) -> list[Json]:
        """Return the answer to each step, in the form of a recording."""
        return [self._answer(step) for step in self._steps]

    def _answer(self, step: Json) -> Json:
        match step["op"]:
            case "wait":
                self._server.wait(step["seconds"])
                return {}
            case "create":
                dry_run = bool(step.get("dryRun"))
                return self._shown(
                    self._server.create(step["manifest"], dry_run=dry_run)
                )
            case "replace":
                return self._shown(self._server.replace(step["manifest"]))
            case "get":
                return self._got(self._server.get(step["kind"], step["name"]))
            case "delete":
                return {"code": self._server.delete(step["kind"], step["name"]).code}
            case "fill":
                return self._filled(step["manifest"], step["count"])
        raise ValueError(step["op"])

    def _shown(self, admission: Admission) -> Json:
        shown: Json = {"code": admission.code}
        if admission.refused:
            message, internal = admission.message, admission.code == 500
            known = not internal or message.startswith(_INTERNAL)
            shown["reason"] = _REASONS.get(
                admission.code, "InternalError" if known else ""
            )
            if admission.code != 422:
                shown["message"] = self._tokens.text(message)
            causes = [self._cause(*cause) for cause in admission.causes]
            if admission.code == 422 or (internal and known):
                shown["causes"] = sorted(causes, key=json.dumps)
        elif admission.stored is not None:
            shown |= self._stored(admission.stored)
        if admission.warnings:
            shown["warnings"] = [self._tokens.text(one) for one in admission.warnings]
        return shown

    def _cause(self, reason: str, field: str, message: str) -> Json:
        cause = {"reason": reason, "field": field, "message": message}
        return {key: self._tokens.text(text) for key, text in cause.items() if text}

    def _stored(self, stored: Mapping[str, Any]) -> Json:
        if stored["kind"] == "Service":
            return {"spec": self._tokens.spec(stored["spec"])}
        kept = {key: value for key, value in stored.items() if key not in _NOT_KEPT}
        return {"stored": kept}

    def _got(self, admission: Admission) -> Json:
        shown = self._shown(admission)
        stored = admission.stored
        if stored is not None and stored["kind"] == "ServiceCIDR":
            metadata = stored["metadata"]
            shown["finalizers"] = metadata.get("finalizers", [])
            shown["deleting"] = "deletionTimestamp" in metadata
            shown["conditions"] = stored.get("status", {}).get("conditions", [])
        return shown

    def _filled(self, manifest: Json, count: int) -> Json:
        codes, addresses, ports = Counter[str](), Counter[str](), Counter[str]()
        values: set[str | int] = set()
        failure: Json | None = None
        for number in range(1, count + 1):
            name = f"{manifest['metadata']['name']}-{number}"
            metadata = {**manifest["metadata"], "name": name}
            admission = self._server.create({**manifest, "metadata": metadata})
            codes[str(admission.code)] += 1
            if admission.stored is None:
                failure = failure or {**self._shown(admission), "at": number}
                continue
            spec = admission.stored["spec"]
            for text in spec.get("clusterIPs", ()):
                address = parse_ip(text)
                if address is not None:
                    addresses[self._tokens.address_band(address)] += 1
                    values.add(text)
            for port in spec.get("ports", ()):
                if port.get("nodePort"):
                    ports[self._tokens.port_band(port["nodePort"])] += 1
                    values.add(port["nodePort"])
        shown: Json = {"codes": dict(codes)}
        for name, found, kind in (
            ("addresses", addresses, str),
            ("nodePorts", ports, int),
        ):
            if found:
                distinct = sum(isinstance(value, kind) for value in values)
                shown |= {
                    name: dict(found),
                    f"distinct{name[0].upper()}{name[1:]}": distinct,
                }
        return shown if failure is None else {**shown, "firstFailure": failure}


def _normal(value: Any) -> Any:
    """Return a recorded answer without the order of causes, and the implied text."""
    if isinstance(value, list):
        return [_normal(item) for item in value]
    if not isinstance(value, dict):
        return value
    normal = {
        key: _normal(item)
        for key, item in value.items()
        if not (key == "message" and item == "=")
    }
    if "causes" in normal:
        normal["causes"] = sorted(normal["causes"], key=json.dumps)
    return normal


def answer_sequence(vector: Vector, _: RunContext) -> Iterator[Disagreement]:
    """Compare every step of every recorded version."""
    for version, seen in recorded_answers(vector):
        wanted = [_normal(answer["steps"]) for answer in seen]
        missing = list(wanted)
        got: list[Json] = []
        for seed in range(SEEDS):
            got = Replay(vector, version, seed).answers()
            if got in missing:
                missing.remove(got)
            if not missing:
                break
        if missing:
            yield Disagreement(missing, got, f"version {version}")


GROUPS: dict[str, Adapter] = {"sequence": answer_sequence}
