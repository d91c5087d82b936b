"""Variables of Services, the grammar of ``$(NAME)``, and fields of pods."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cip_lint.kube.container_variables import env_entries, env_sources
from cip_lint.kube.downward_fields import PodFields, field_value
from cip_lint.kube.expansion import expand, pieces, references
from cip_lint.kube.service import Service
from cip_lint.kube.service_variables import service_variables, size_of

VALUES = {"A": "a", "REF": "$(A)", "EMPTY": ""}


def variables(address: str, *ports: dict[str, object]) -> dict[str, str]:
    view = Service({"metadata": {"name": "my-db"}, "spec": {"ports": list(ports)}})
    return dict(service_variables(view.name, view.ports, address))


def test_a_service_has_the_variables_of_kubernetes_and_of_docker() -> None:
    made = variables(
        "10.96.0.20",
        {"name": "sql", "port": 5432, "targetPort": 1},
        {"name": "metrics-udp", "port": 9187, "protocol": "UDP"},
    )

    assert list(made.items()) == [
        ("MY_DB_SERVICE_HOST", "10.96.0.20"),
        ("MY_DB_SERVICE_PORT", "5432"),
        ("MY_DB_SERVICE_PORT_SQL", "5432"),
        ("MY_DB_SERVICE_PORT_METRICS_UDP", "9187"),
        ("MY_DB_PORT", "tcp://10.96.0.20:5432"),
        ("MY_DB_PORT_5432_TCP", "tcp://10.96.0.20:5432"),
        ("MY_DB_PORT_5432_TCP_PROTO", "tcp"),
        ("MY_DB_PORT_5432_TCP_PORT", "5432"),
        ("MY_DB_PORT_5432_TCP_ADDR", "10.96.0.20"),
        ("MY_DB_PORT_9187_UDP", "udp://10.96.0.20:9187"),
        ("MY_DB_PORT_9187_UDP_PROTO", "udp"),
        ("MY_DB_PORT_9187_UDP_PORT", "9187"),
        ("MY_DB_PORT_9187_UDP_ADDR", "10.96.0.20"),
    ]


def test_urls_put_an_ipv6_address_in_brackets_and_nothing_else_does() -> None:
    made = variables("fd00::7", {"port": 80})

    assert made["MY_DB_SERVICE_HOST"] == "fd00::7"
    assert made["MY_DB_PORT"] == "tcp://[fd00::7]:80"


def test_a_service_without_ports_has_no_variables() -> None:
    assert variables("10.96.0.20") == {}


def test_the_size_counts_terminator_and_pointer() -> None:
    made = variables("10.100.100.100", {"port": 8080})

    assert sum(size_of(*one) for one in made.items()) == 297


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$(A)-$(A)", "a-a"),
        ("$$(A)_$(A)", "$(A)_a"),
        ("$(REF)", "$(A)"),
        ("x$(EMPTY)y", "xy"),
        ("$(A$(A))", "$(A$(A))"),
        ("$(A", "$(A"),
        ("$(A)$(", "a$("),
        ("$$$(A)", "$a"),
        ("${A} $A $", "${A} $A $"),
        ("$(NONE)", "$(NONE)"),
        ("", ""),
    ],
)
def test_references_stand_for_values(text: str, expected: str) -> None:
    assert expand(text, VALUES.get) == expected


def _letter_by_letter(text: str) -> str:
    """Expand as the Go program does, without regard for time."""
    made, cursor = "", 0
    while cursor < len(text):
        rest = text[cursor + 1 :]
        if text[cursor] != "$" or not rest:
            made, cursor = made + text[cursor], cursor + 1
        elif rest[0] == "(" and ")" in rest:
            name = rest[1 : rest.index(")")]
            made += VALUES.get(name, f"$({name})")
            cursor += len(name) + 3
        else:
            made += "$" if rest[0] == "$" else f"${rest[0]}"
            cursor += 2
    return made


@given(st.text(alphabet="$()AREF x"))
def test_the_grammar_is_that_of_a_reader_letter_by_letter(text: str) -> None:
    assert expand(text, VALUES.get) == _letter_by_letter(text)


@given(st.text(alphabet="$()A"))
def test_a_reference_stands_where_it_says(text: str) -> None:
    for piece in references(text):
        assert text.startswith(piece.text, piece.start)
        assert piece.text == f"$({piece.name})"


def test_a_text_of_openers_alone_is_one_piece() -> None:
    assert [piece.text for piece in pieces("$(" * 100_000)] == ["$(" * 100_000]


POD = PodFields(
    {"metadata.name": "web"}, {"b": 'q"', "a": "1"}, {"example.com/Note": "n"}
)


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        ("metadata.name", "web", ""),
        ("metadata.uid", None, ""),
        ("metadata.labels['a']", "1", ""),
        ("metadata.labels['none']", "", ""),
        ("metadata.annotations['example.com/Note']", "n", ""),
        ("metadata.labels", 'a="1"\nb="q\\""', ""),
        ("spec.subdomain", None, "field label not supported: spec.subdomain"),
        ("status.phase", None, "unsupported fieldPath: status.phase"),
        (
            "metadata.name['x']",
            None,
            "field label does not support subscript: metadata.name['x']",
        ),
    ],
)
def test_fields_of_a_pod(path: str, value: str | None, complaint: str) -> None:
    assert field_value("v1", path, POD) == (value, complaint)


def test_what_is_no_label_key_is_refused() -> None:
    assert (
        "invalid key subscript"
        in field_value("", "metadata.labels['a b']", POD).complaint
    )


def test_another_version_of_the_pod_is_refused() -> None:
    found = field_value("v2", "metadata.name", POD)

    assert found.complaint == "unsupported pod version: v2"


@pytest.mark.parametrize("value", [None, 7, "x", [1], [None], [{"name": 5}], {"a": 1}])
def test_hostile_entries_read_as_absent(value: object) -> None:
    assert list(env_entries({"env": value})) == []
    assert list(env_sources({"envFrom": value})) == []


def test_a_value_that_is_no_text_counts_as_none() -> None:
    (entry,) = env_entries({"env": [{"name": "A", "value": 5}]})

    assert entry.value == ""
