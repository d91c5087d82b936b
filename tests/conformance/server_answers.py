"""Comparing an admission with a recorded answer of a real API server."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cip_lint.kube import version as versions
from cip_lint.kube.addresses import Address, parse_cidr
from cip_lint.kube.facts import ClusterFacts
from cip_lint.kube.faults import Admission, Drawn
from conformance.agreement import Disagreement

NAMESPACES = frozenset(
    ("default", "kube-system", "kube-public", "kube-node-lease", "test")
)

# Texts of a failed decoding that are the Go YAML or JSON library's own.
_LIBRARY_TEXTS = re.compile(
    r"yaml: |json parse error|unsupported value|unsupported map key"
    r"|error (?:en|de)coding|error strict decoding|parsing time"
)


def facts_of(cluster: Mapping[str, Any], version: str) -> ClusterFacts:
    """Return what is known of a recorded cluster at one version."""
    cidrs = tuple(cluster["cidrs"])
    first, _, last = cluster["nodePortRange"].partition("-")
    primary = parse_cidr(cidrs[0])
    assert primary is not None
    kubernetes = Address(primary.family, primary.first + 1)
    return ClusterFacts(
        version=versions.parse(version),
        service_cidrs=cidrs,
        node_port_range=(int(first), int(last)),
        deny_external_ips=cluster["name"] == "deny",
        namespaces=NAMESPACES,
        held_addresses=frozenset((kubernetes.canonical,)),
    )


def recorded_answers(vector: Mapping[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    """Yield each version with the answers that were seen on it."""
    for entry in vector["answers"]:
        for version in entry["versions"]:
            answer = entry["answer"]
            yield version, answer.get("anyOf", [answer])


def compare(
    version: str, seen: list[Any], admission: Admission, got: dict[str, Any]
) -> Iterator[Disagreement]:
    """Yield a disagreement unless one of the seen answers is the admission.

    ``got`` is compared as it is beside status, causes, message and warnings.
    """
    whole = shown(admission) | got
    if not any(_agrees(_expected(answer), whole) for answer in seen):
        yield Disagreement(
            [_expected(answer) for answer in seen], whole, f"version {version}"
        )


def _agrees(expected: dict[str, Any], got: dict[str, Any]) -> bool:
    if expected["code"] == got["code"] >= 400 and "causes" not in expected:
        message = expected["message"]
        if _LIBRARY_TEXTS.search(message):
            return True
    return {key: got.get(key) for key in expected} == expected and not (
        got.get("warnings") and "warnings" not in expected
    )


def _expected(answer: dict[str, Any]) -> dict[str, Any]:
    kept = {
        key: value
        for key, value in answer.items()
        if key not in {"mayLeak", "reason", "causes", "warnings", "message"}
    }
    if "causes" in answer:
        kept["causes"] = sorted(
            (cause.get("reason", ""), cause.get("field", ""), cause["message"])
            for cause in answer["causes"]
        )
    if "warnings" in answer:
        kept["warnings"] = sorted(answer["warnings"])
    if answer.get("message", "=") != "=":
        kept["message"] = answer["message"]
    return kept


def shown(admission: Admission) -> dict[str, Any]:
    """Return an admission in the form of a recorded answer."""
    answer: dict[str, Any] = {"code": admission.code}
    if admission.code >= 400:
        answer["message"] = admission.message
        answer["causes"] = sorted(tuple(cause) for cause in admission.causes)
    if admission.warnings:
        answer["warnings"] = sorted(admission.warnings)
    return answer


def plain(value: Any) -> Any:
    """Return a stored value as JSON would show it, drawn values as their tokens."""
    if isinstance(value, Drawn):
        return str(value)
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value
