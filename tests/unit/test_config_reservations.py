"""The address plan of the settings: its grammar and its contradictions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cip_lint.cluster import Reservation
from cip_lint.config import Settings, load
from cip_lint.config.reservations import Bounds, addresses, node_ports
from cip_lint.kube.addresses import parse_ip
from cip_lint.plugins import Plugins


class NoPlugins(Plugins):
    """No plugin brings a preset."""

    def __init__(self) -> None:
        super().__init__(())

    def presets(self) -> dict[str, dict[str, Any]]:
        """Return nothing."""
        return {}


def settings(folder: Path, text: str) -> Settings:
    (folder / ".cip-lint.yaml").write_text(text)
    return load({}, NoPlugins(), folder=folder)


def number(text: str) -> int:
    address = parse_ip(text)
    assert address is not None
    return address.number


@pytest.mark.parametrize(
    ("text", "family", "first", "last"),
    [
        ("10.96.0.20", "IPv4", "10.96.0.20", "10.96.0.20"),
        (" 10.96.0.20 - 10.96.0.29 ", "IPv4", "10.96.0.20", "10.96.0.29"),
        ("10.96.0.32/28", "IPv4", "10.96.0.32", "10.96.0.47"),
        ("FD00:0::A", "IPv6", "fd00::a", "fd00::a"),
        ("fd00::/64", "IPv6", "fd00::", "fd00::ffff:ffff:ffff:ffff"),
    ],
)
def test_addresses_are_one_a_cidr_or_a_range(
    text: str, family: str, first: str, last: str
) -> None:
    assert addresses(text) == Bounds(family, number(first), number(last))


@pytest.mark.parametrize(
    ("value", "bounds"),
    [
        (30080, Bounds("", 30080, 30080)),
        ("30080-30089", Bounds("", 30080, 30089)),
    ],
)
def test_node_ports_are_one_or_a_range(value: int | str, bounds: Bounds) -> None:
    assert node_ports(value) == bounds


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            "{address: 10.96.0, owner: a/b}",
            "'10.96.0' is not an address, a CIDR or a range such as 10.96.0.20-10.96.0.29",
        ),
        ("{address: 10.96.0.1/28}", "'10.96.0.1/28' is not a CIDR; 10.96.0.0/28 is"),
        ("{address: 10.96.0.0/99}", "'10.96.0.0/99' is not a CIDR"),
        (
            "{address: 10.96.0.9-10.96.0.2}",
            "'10.96.0.9-10.96.0.2' is not a range from low to high",
        ),
        (
            "{address: '10.96.0.9-fd00::1'}",
            "'10.96.0.9-fd00::1' is not a range from low to high",
        ),
        ("{nodePort: 0}", "0 is not within 1-65535, from low to high"),
        ("{nodePort: 70000}", "70000 is not within 1-65535, from low to high"),
        ("{nodePort: 9-2}", "'9-2' is not within 1-65535, from low to high"),
        (
            "{nodePort: http}",
            "'http' is not a node port or a range such as 30080-30089",
        ),
        ("{nodePort: -1}", "-1 is not a node port or a range such as 30080-30089"),
        (
            "{owner: a/b}",
            "an entry of the address plan names an address or a nodePort",
        ),
        (
            "{address: 10.96.0.2, nodePort: 30080}",
            "an entry of the address plan names an address or a nodePort, not both",
        ),
        (
            "{address: 10.96.0.2, owner: mail}",
            "'mail' is no owner such as shop/web: a namespace and a name",
        ),
        (
            "{address: 10.96.0.2, owner: a/b/c}",
            "'a/b/c' is no owner such as shop/web: a namespace and a name",
        ),
        ("{address: 10.96.0.2, onwer: a/b}", "reserved[0].onwer is not a setting"),
        (
            "{nodePort: [1]}",
            "reserved[0].nodePort is a list, a number or a text is required",
        ),
        ("10.96.0.2", "reserved[0] is the text '10.96.0.2', a map is required"),
        ("{address: 10.96.0.2, cluster: west}", "west is none of the clusters"),
    ],
)
def test_what_is_wrong_with_an_entry_is_said_with_its_place(
    tmp_path: Path, entry: str, message: str
) -> None:
    found = settings(tmp_path, f"version: 1\nreserved:\n  - {entry}\n")

    assert [(one.message, one.primary.span.first.line) for one in found.findings] == [
        (message, 3)
    ]
    assert not found.usable


def test_a_misspelt_key_has_its_nearest(tmp_path: Path) -> None:
    found = settings(tmp_path, "reserved: [{adress: 10.96.0.2}]\n")

    assert [one.help for one in found.findings] == ["write address"]


def test_an_entry_knows_its_place_and_its_words(tmp_path: Path) -> None:
    text = "reserved:\n- {address: 10.96.0.20, owner: shop/mail, purpose: outgoing}\n"

    (cluster,) = settings(tmp_path, text).clusters

    (entry,) = cluster.reserved.entries
    assert entry.said == "shop/mail (outgoing)"
    assert str(entry.origin) == ".cip-lint.yaml:2"
    assert entry.origin.label is not None
    assert entry.origin.label.span.text == "10.96.0.20"
    assert (entry.single, entry.exact, entry.alone) == (True, True, True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("address: 10.96.0.20", "address: 10.096.0.20"),
        ("address: 'fd00::a'", "address: 'FD00:0::A'"),
        ("address: 10.96.0.20-10.96.0.29", "address: 10.96.0.25-10.96.0.31"),
        ("nodePort: 30080", "nodePort: '30080'"),
    ],
)
def test_one_address_belongs_to_one_entry(tmp_path: Path, one: str, other: str) -> None:
    text = f"reserved:\n- {{{other}, owner: a/b}}\n- {{{one}, owner: a/c}}\n"

    found = settings(tmp_path, text)

    written = one.partition(": ")[2].strip("'")
    assert [
        (each.message, each.primary.span.first.line) for each in found.findings
    ] == [(f"{written} is reserved at .cip-lint.yaml:2 too", 3)]


def test_it_is_said_once_however_many_clusters_there_are(tmp_path: Path) -> None:
    entries = "reserved: [{nodePort: 30080}, {nodePort: 30080}]\n"

    found = settings(tmp_path, f"{entries}clusters: {{a: {{}}, b: {{}}}}\n")

    assert len(found.findings) == 1


def test_clusters_have_their_own_entries(tmp_path: Path) -> None:
    text = """\
clusters: {a: {}, b: {}}
reserved:
- {address: 10.96.0.20, owner: x/a, cluster: a}
- {address: 10.96.0.20, owner: x/b, cluster: b}
- {address: 10.96.0.21, owner: x/c}
"""

    found = settings(tmp_path, text)

    assert found.findings == ()
    assert [
        [(entry.owner, entry.alone) for entry in cluster.reserved.entries]
        for cluster in found.clusters
    ] == [[("x/a", True), ("x/c", False)], [("x/b", True), ("x/c", False)]]


def test_a_file_may_repeat_what_it_extends(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text("reserved: [{nodePort: 30080, owner: a/b}]\n")

    same = settings(
        tmp_path, "extends: base.yaml\nreserved: [{nodePort: 30080, owner: a/b}]\n"
    )
    other = settings(
        tmp_path, "extends: base.yaml\nreserved: [{nodePort: 30080, owner: a/c}]\n"
    )

    assert same.findings == ()
    assert [one.message for one in other.findings] == [
        "30080 is reserved at base.yaml:1 too"
    ]


def _owner(found: Reservation | None) -> str:
    return found.owner if found else "nobody"


def test_the_narrowest_entry_counts(tmp_path: Path) -> None:
    text = """\
reserved:
- {address: 10.96.0.20, owner: a/one}
- {address: 10.96.0.16/28, owner: a/*}
- {address: 10.96.0.16-10.96.0.18, owner: a/few}
- {nodePort: 30080-30089, owner: a/ports}
"""
    (cluster,) = settings(tmp_path, text).clusters

    asked = [parse_ip(f"10.96.0.{last}") for last in (15, 16, 18, 19, 20, 21, 31, 32)]
    ports = (30079, 30080, 30089, 30090)

    assert [_owner(cluster.reserved.of_address(one)) for one in asked if one] == [
        "nobody", "a/few", "a/few", "a/*", "a/one", "a/*", "a/*", "nobody",
    ]  # fmt: skip
    assert [_owner(cluster.reserved.of_port(port)) for port in ports] == [
        "nobody", "a/ports", "a/ports", "nobody",
    ]  # fmt: skip
