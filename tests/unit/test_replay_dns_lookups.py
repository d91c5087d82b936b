"""How a pod finds the addresses of a host."""

from __future__ import annotations

import pytest

from cip_lint.replay.dns.lookups import look_up, names_to_try
from cip_lint.replay.dns.records import AAAA, CNAME, A, Record
from cip_lint.replay.dns.server import Answer

SEARCHES = ("a.svc.c.test", "svc.c.test", "c.test")
KNOWN = {
    ("web.a.svc.c.test.", A): "192.0.2.1",
    ("web.a.svc.c.test.", AAAA): "2001:db8::1",
    ("web.b.svc.c.test.", A): "192.0.2.2",
    ("example.org.", A): "203.0.113.1",
}


def _ask(name: str, record_type: str) -> Answer:
    if name == "alias.a.svc.c.test.":
        return Answer("NOERROR", (Record(name, 30, CNAME, "nobody.test."),))
    value = KNOWN.get((name, record_type))
    if value is not None:
        return Answer("NOERROR", (Record(name, 30, record_type, value),))
    exists = any(known == name for known, _ in KNOWN)
    return Answer("NOERROR" if exists else "NXDOMAIN")


@pytest.mark.parametrize(
    ("host", "ndots", "tried"),
    [
        ("web", 5, [*(f"web.{one}." for one in SEARCHES), "web."]),
        ("web.b", 1, ["web.b.", *(f"web.b.{one}." for one in SEARCHES)]),
        ("web.", 5, ["web."]),
        ("web..b", 5, []),
        ("", 5, []),
        (".", 5, []),
        ("x" * 64, 5, []),
        (".".join(["x" * 62] * 4), 5, [".".join(["x" * 62] * 4) + "."]),
    ],
)
def test_names_are_tried_in_the_order_of_the_search_list(
    host: str, ndots: int, tried: list[str]
) -> None:
    assert [name for name, _ in names_to_try(host, SEARCHES, ndots)] == tried


def test_the_root_in_the_search_list_is_the_name_as_it_is() -> None:
    tried = [name for name, _ in names_to_try("web", (".", "c.test"), 5)]

    assert tried == ["web.", "web.c.test."]


@pytest.mark.parametrize(
    ("host", "addresses", "canonical", "steps"),
    [
        ("web", ("192.0.2.1", "2001:db8::1"), "web.a.svc.c.test", 1),
        ("web.b", ("192.0.2.2",), "web.b.svc.c.test", 2),
        ("example.org", ("203.0.113.1",), "example.org", 4),
        ("nobody", (), "", 4),
        ("198.51.100.7", ("198.51.100.7",), "198.51.100.7", 0),
        ("123", ("0.0.0.123",), "123", 0),
        ("10.1", ("10.0.0.1",), "10.1", 0),
        ("010.0x10.1", ("8.16.0.1",), "010.0x10.1", 0),
        ("2001:DB8::1", ("2001:db8::1",), "2001:DB8::1", 0),
        ("256.0.0.1", (), "", 4),
        ("08.0.0.1", (), "", 4),
        ("0o7.1", (), "", 4),
        ("1.2.3.4.5", (), "", 4),
        ("10.", (), "", 1),
        ("db.local", ("198.51.100.8",), "db.local", 0),
    ],
)
def test_the_first_name_with_an_answer_counts(
    host: str, addresses: tuple[str, ...], canonical: str, steps: int
) -> None:
    found = look_up(host, SEARCHES, 5, _ask, {"db.local": ["198.51.100.8"]})

    assert found.addresses == addresses
    assert found.canonical == canonical
    assert len(found.steps) == steps
    assert found.found == bool(addresses)


def test_a_further_name_that_leads_nowhere_ends_the_search() -> None:
    found = look_up("alias", SEARCHES, 5, _ask)

    assert not found.found
    assert [step.name for step in found.steps] == ["alias.a.svc.c.test."]


def test_steps_tell_names_that_exist_from_those_that_do_not() -> None:
    found = look_up("web.b", SEARCHES, 5, _ask)

    assert [(step.search, step.exists) for step in found.steps] == [
        ("a.svc.c.test", False),
        ("svc.c.test", True),
    ]
