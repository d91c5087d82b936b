"""The schema of the settings says what the code does."""

from __future__ import annotations

from typing import Any

from jsonschema import Draft7Validator

from cip_lint.cli import options
from cip_lint.config import values
from cip_lint.kube.distributions import NAMES
from cip_lint_schemas import load

SCHEMA: dict[str, Any] = load("config")
CLUSTER: dict[str, Any] = SCHEMA["definitions"]["cluster"]["properties"]


def test_it_is_a_schema_of_draft_7() -> None:
    Draft7Validator.check_schema(SCHEMA)

    assert SCHEMA["$schema"] == "http://json-schema.org/draft-07/schema#"


def test_words_of_a_closed_set_are_the_same_in_schema_and_code() -> None:
    assert {
        "profile": SCHEMA["properties"]["profile"]["enum"],
        "level": SCHEMA["properties"]["minimumSeverity"]["enum"],
        "engine": SCHEMA["definitions"]["engine"]["enum"],
        "family": CLUSTER["families"]["items"]["enum"],
        "distribution": CLUSTER["distribution"]["enum"],
    } == {
        "profile": list(values.PROFILES),
        "level": list(values.LEVELS),
        "engine": list(values.ENGINES),
        "family": list(values.FAMILIES),
        "distribution": list(NAMES),
    }


def test_each_key_of_a_cluster_has_a_grammar() -> None:
    assert set(CLUSTER) - {"paths", "oneCluster", "releases", "snapshot"} == set(
        values.CLUSTER_KEYS
    )


def test_each_flag_about_settings_has_its_key() -> None:
    known = {*SCHEMA["properties"], *CLUSTER}

    assert {key for key, _ in options.SETTINGS.values()} <= known


def test_each_key_is_described() -> None:
    nameless = [
        name
        for name, key in {**SCHEMA["properties"], **CLUSTER}.items()
        if "description" not in key and "$ref" not in key
    ]

    assert nameless == []
