"""The API server's answer to one Service: groups ``create`` and ``decode``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from cip_lint.kube.decoding import NumberLiteral, json_path
from cip_lint.kube.facts import ClusterFacts
from cip_lint.kube.faults import Admission
from cip_lint.kube.server_side_apply import admit_applied_service
from cip_lint.kube.service_admission import admit_service
from cip_lint.manifests.values import yaml_to_value, yaml_to_value_strict
from cip_lint.manifests.yaml_errors import YamlError
from conformance.agreement import Adapter, Disagreement, RunContext, Vector
from conformance.server_answers import compare, facts_of, plain, recorded_answers


def answer_create(vector: Vector, _: RunContext) -> Iterator[Disagreement]:
    """Compare status, causes, warnings and the stored spec of a new Service."""
    for version, seen in recorded_answers(vector):
        facts = facts_of(vector["cluster"], version)
        manifest = vector["input"]["manifest"]
        admission = admit_service(
            manifest, facts, validation="Strict", in_order=True, store=True
        )
        # Whoever does not ask for the stored object gets a quicker answer.
        quick = admit_service(manifest, facts, validation="Strict", in_order=True)
        if quick != admission._replace(stored=None):
            yield Disagreement(admission, quick, "without the stored object")
        stored = admission.stored
        got = {}
        if stored is not None:
            got["spec"] = plain(stored["spec"])
            if "generateName" in stored["metadata"]:
                got["name"] = stored["metadata"]["name"]
        yield from compare(version, seen, admission, got)


class Body(NamedTuple):
    """A raw body as the server reads it."""

    value: Any
    repeated: tuple[str, ...] = ()


def answer_decode(vector: Vector, _: RunContext) -> Iterator[Disagreement]:
    """Compare what becomes of a raw body, sent as it is or applied."""
    asked = vector["input"]
    for version, seen in recorded_answers(vector):
        facts = facts_of(vector["cluster"], version)
        in_order = asked["contentType"] == "application/json"
        is_applied = asked["contentType"] == "application/apply-patch+yaml"
        try:
            body = read_json(asked["body"]) if in_order else read_yaml(asked["body"])
        except (ValueError, YamlError):
            admission = Admission(400, message="yaml: ")
        else:
            admission = (
                _applied(body, asked, facts)
                if is_applied
                else admit_service(
                    body.value,
                    facts,
                    validation=asked["fieldValidation"],
                    in_order=in_order,
                    repeated=body.repeated,
                    store=True,
                )
            )
        got = {}
        stored = admission.stored
        if stored is not None:
            got["spec"] = plain(stored["spec"])
            got["metadata"] = {
                key: value
                for key, value in stored["metadata"].items()
                if key in {"name", "labels", "annotations"}
            }
        yield from compare(version, seen, admission, got)


def _applied(body: Body, asked: dict[str, Any], facts: ClusterFacts) -> Admission:
    return admit_applied_service(
        body.value,
        facts,
        name="web",
        validation=asked["fieldValidation"],
        repeated=body.repeated,
    )


def read_yaml(text: str) -> Body:
    """Read a YAML body, with the complaints about its repeated keys."""
    value = yaml_to_value(text)
    try:
        yaml_to_value_strict(text)
    except YamlError as error:
        return Body(value, tuple(re.findall(r"line \d+: key .*", str(error))))
    return Body(value)


def read_json(text: str) -> Body:
    """Read a JSON body: numbers as written, a repeated key merged into the first."""
    repeated: dict[int, list[str]] = {}

    def merge(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        for key, value in pairs:
            if key in merged:
                repeated.setdefault(id(merged), []).append(key)
                merged[key] = merged_values(merged[key], value)
            else:
                merged[key] = value
        return merged

    value = json.loads(text, object_pairs_hook=merge, parse_float=NumberLiteral)
    found = (
        f'duplicate field "{path}"' for path in _repeated_paths(value, (), repeated)
    )
    return Body(value, tuple(found))


def merged_values(old: Any, new: Any) -> Any:
    """Return what decoding a value over another leaves."""
    if isinstance(old, dict) and isinstance(new, dict):
        both = {
            key: merged_values(old[key], value) if key in old else value
            for key, value in new.items()
        }
        return old | both
    if isinstance(old, list) and isinstance(new, list):
        kept = old[: len(new)] + new[len(old) :]
        return [
            merged_values(before, after)
            for before, after in zip(kept, new, strict=True)
        ]
    return new


def _repeated_paths(
    value: Any, path: tuple[str | int, ...], repeated: dict[int, list[str]]
) -> Iterator[str]:
    if isinstance(value, dict):
        for key in repeated.get(id(value), ()):
            yield json_path((*path, key))
        for key, item in value.items():
            yield from _repeated_paths(item, (*path, key), repeated)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _repeated_paths(item, (*path, index), repeated)


GROUPS: dict[str, Adapter] = {"create": answer_create, "decode": answer_decode}
