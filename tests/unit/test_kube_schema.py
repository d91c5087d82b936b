"""The tables of the published types are whole, and tell versions apart."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cip_lint.kube.schema import Form, Type, history, type_of
from cip_lint.kube.schema_tables import KINDS
from cip_lint.kube.version import NEWEST, OLDEST, Version

VERSIONS = [Version(1, minor) for minor in range(OLDEST.minor, NEWEST.minor + 1)]


def types_below(wanted: Type) -> Iterator[Type]:
    waiting, seen = [wanted], set()
    while waiting:
        found = waiting.pop()
        if id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        waiting += [field.type for field in found.fields.values()]
        if found.element is not None:
            waiting.append(found.element)


def of_kind(api_version: str, kind: str, version: Version = NEWEST) -> Type:
    wanted = type_of(api_version, kind, version)
    assert wanted is not None
    return wanted


@pytest.mark.parametrize(("api_version", "kind"), sorted(KINDS))
def test_every_table_can_be_read_in_every_version(api_version: str, kind: str) -> None:
    for version in VERSIONS:
        wanted = of_kind(api_version, kind, version)

        below = list(types_below(wanted))

        assert wanted.go.rpartition(".")[2] == kind
        assert {"apiVersion", "kind", "metadata"} <= wanted.fields.keys()
        assert all(one.fields for one in below if one.form is Form.STRUCT)
        assert all(
            one.element is not None
            for one in below
            if one.form in (Form.LIST, Form.MAP)
        )


@pytest.mark.parametrize(
    ("field", "first", "last"),
    [
        ("ports", 19, 37),
        ("ipFamily", 19, 19),
        ("topologyKeys", 19, 21),
        ("clusterIPs", 20, 37),
        ("internalTrafficPolicy", 21, 37),
        ("trafficDistribution", 30, 37),
    ],
)
def test_a_field_is_known_in_its_versions(field: str, first: int, last: int) -> None:
    known = [
        version.minor
        for version in VERSIONS
        if field in of_kind("v1", "Service", version).fields["spec"].type.fields
    ]

    assert known == list(range(first, last + 1))


def test_the_history_of_a_field_is_known() -> None:
    names = ("clusterIPs", "topologyKeys", "ports", "prots")

    assert [history("v1.ServiceSpec", name) for name in names] == [
        (Version(1, 20), None),
        (None, Version(1, 22)),
        (None, None),
        None,
    ]


def test_a_kind_that_is_not_judged_has_no_type() -> None:
    assert type_of("v1", "ConfigMap") is None
