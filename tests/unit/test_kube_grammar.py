"""Names, labels, ports, addresses and how values are printed."""

from __future__ import annotations

from typing import Any

import pytest

from cip_lint.kube import addresses, go_text, grammar, version
from cip_lint.kube.version import Version

OLD, NEW = Version(1, 34), Version(1, 37)


@pytest.mark.parametrize("name", ["a", "1", "a--b", "8083", "a" * 63])
def test_a_label_of_dns_may_be_digits_and_double_dashes(name: str) -> None:
    assert grammar.dns1123_label(name) == ()


@pytest.mark.parametrize("name", ["", "-a", "a-", "A", "a_b", "a\n", "é"])
def test_anything_else_is_no_label_of_dns(name: str) -> None:
    assert len(grammar.dns1123_label(name)) == 1


def test_lengths_are_counted_in_bytes() -> None:
    assert [grammar.size(text) for text in ("a", "é", "\ud800", "")] == [1, 2, 3, 0]
    assert len(grammar.label_value("é" * 32)) == 2


@pytest.mark.parametrize(
    ("key", "count"),
    [
        ("app", 0),
        ("a.b/c_d", 0),
        ("A", 0),
        ("a/b/c", 1),
        ("/a", 1),
        ("a/", 2),
        ("", 2),
        ("a" * 64, 1),
        ("B/c", 1),
    ],
)
def test_a_label_key_has_one_message_for_each_broken_clause(
    key: str, count: int
) -> None:
    assert len(grammar.label_key(key)) == count
    assert grammar.is_label_key(key) == (count == 0)


def test_labels_count_bytes_by_name_from_1_35() -> None:
    key = "a" * 64

    assert [grammar.label_key(key, v) for v in (OLD, NEW)] == [
        ("name part must be no more than 63 characters",),
        ("name part must be no more than 63 bytes",),
    ]


def test_a_port_name_has_one_message_for_each_broken_clause() -> None:
    assert grammar.port_name("-1--" + "0" * 12) == (
        "must be no more than 15 characters",
        "must contain at least one letter (a-z)",
        "must not contain consecutive hyphens",
        "must not begin or end with a hyphen",
    )


def test_the_end_of_a_prefix_is_masked() -> None:
    masked = [grammar.masked_prefix(text) for text in ("web-", "-", "web", "")]

    assert masked == ["wea", "-", "web", ""]


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("010.000.000.001", "10.0.0.1"),
        ("::ffff:1.2.3.4", "1.2.3.4"),
        ("::FFFF:0102:0304", "1.2.3.4"),
        ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("::1.2.3.4", "::102:304"),
        ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ("::", "::"),
    ],
)
def test_an_address_has_one_canonical_spelling(text: str, canonical: str) -> None:
    address = addresses.parse_ip(text)

    assert address is not None
    assert address.canonical == canonical


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1.2.3",
        "1.2.3.256",
        "1.2.3.4.",
        " 1.2.3.4",
        "1.2.3.4/8",
        "[::1]",
        "fe80::1%eth0",
        "1::2::3",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "12345::",
        "::1.2.3",
        "None",
        "١.1.1.1",
    ],
)
def test_anything_else_is_no_address(text: str) -> None:
    assert addresses.parse_ip(text) is None
    assert addresses.ip_complaints(text) == (addresses.NOT_AN_ADDRESS,)


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("10.0.0.0/8", "", ""),
        ("2001:DB8::/32", "", ""),
        ("10.0.0.1/8", "", "must not have bits set beyond the prefix length"),
        ("10.0.0.0/08", "", "must not have leading 0s in IP or prefix length"),
        ("::ffff:10.0.0.0/104", "", "must not have an IPv4-mapped IPv6 address"),
        ("10.0.0.0", addresses.NOT_A_CIDR, addresses.NOT_A_CIDR),
        ("10.0.0.0/33", addresses.NOT_A_CIDR, addresses.NOT_A_CIDR),
        ("10.0.0.0/255.0.0.0", addresses.NOT_A_CIDR, addresses.NOT_A_CIDR),
    ],
)
def test_ranges_are_read_strictly_from_1_36(text: str, old: str, new: str) -> None:
    found = ["".join(addresses.cidr_complaints(text, v)) for v in (OLD, NEW)]

    assert found == [old, new]


def test_a_network_knows_its_ends() -> None:
    network = addresses.parse_cidr("192.168.1.77/24")

    assert network is not None
    assert (network.canonical, network.last - network.first) == ("192.168.1.0/24", 255)
    assert addresses.Address("IPv4", network.first + 7) in network
    assert addresses.Address("IPv6", network.first + 7) not in network


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a", '"a"'),
        ('a"\\\n\t', '"a\\"\\\\\\n\\t"'),
        ("\x00\x7f", '"\\x00\\x7f"'),
        ("é\u200b\u00a0", '"é\\u200b\\u00a0"'),
        ("\U000e0001\U0001f600", '"\\U000e0001\U0001f600"'),
        ("\ud800", '"\ufffd"'),
    ],
)
def test_a_text_is_quoted_as_go_quotes_it(text: str, shown: str) -> None:
    assert go_text.quoted(text) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (["a", ""], '["a",""]'),
        ({"a": None}, '{"a":null}'),
        ("<&>\u2028", '"\\u003c\\u0026\\u003e\\u2028"'),
        ("\ud800", '"\ufffd"'),
    ],
)
def test_other_values_are_printed_as_json(value: Any, shown: str) -> None:
    assert go_text.as_json(value) == shown


def test_a_version_is_read_from_what_kubernetes_prints() -> None:
    texts = ("1.34", "v1.34.2", "1.34+", "v1.34.2-gke.100", " 1.34 ")

    assert {version.parse(text) for text in texts} == {OLD}
    assert str(OLD) == "1.34"


@pytest.mark.parametrize("text", ["", "1", "latest", "1.x", "1.34x"])
def test_anything_else_is_no_version(text: str) -> None:
    with pytest.raises(ValueError, match="is not a Kubernetes version"):
        version.parse(text)
