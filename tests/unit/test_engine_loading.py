"""Rules of an index are imported where there is what they need."""

from __future__ import annotations

import pytest

from cip_lint.config import Choices
from cip_lint.engine.candidates import Owners, Runner
from cip_lint.engine.loading import Infos, asked
from cip_lint.kube.reference_kinds import Purpose
from cip_lint.kube.reference_tables import REFERENCE_KINDS
from cip_lint.model import Severity
from cip_lint.replay import service_table
from cip_lint.rule import Context, ListedRule, Stage, objects, referring, services
from support.clusters import cluster

ABSENT = "os:sep is not the rule acme.lost"


@pytest.mark.parametrize(
    ("kind", "errors"),
    [
        ("Ingress", []),
        (
            "Service",
            [f"plugin acme: rule acme.lost raised TypeError: {ABSENT}"],
        ),
    ],
)
def test_a_listed_rule_is_imported_where_there_is_what_it_needs(
    kind: str, errors: list[str]
) -> None:
    shop = cluster("apiVersion: v1\nkind: Service\nmetadata: {name: web}\n")
    cx = Context(shop, service_table(shop))
    needs = objects(kind)
    lost = ListedRule("acme.lost", Severity.ERROR, Stage.ADVICE, needs, "os:sep")
    choices = Choices((lost,), frozenset(), {"acme.lost": "acme"})
    runner = Runner(choices, lambda: 0.0)

    found = list(runner.run(lost, cx, Owners(shop), asked(cx)))

    assert found == []
    assert [str(one) for one in runner.errors.values()] == errors


def test_a_report_says_of_a_rule_that_is_not_there_what_its_index_says() -> None:
    lost = ListedRule("acme.lost", Severity.ERROR, Stage.ADVICE, services, "os:sep")

    (info,) = Infos((lost,))

    assert (info.id, info.severity, info.page) == ("acme.lost", Severity.ERROR, "")
    assert list(Infos((lost, lost))[1:]) == [info]


@pytest.mark.parametrize(
    "kind",
    sorted(
        {
            kind
            for row in REFERENCE_KINDS
            if row.purpose is not Purpose.GOVERNS
            for kind in row.kinds
        }
    ),
)
def test_an_object_of_each_kind_that_names_services_is_one_that_may(kind: str) -> None:
    shop = cluster(f"apiVersion: x/v1\nkind: {kind}\nmetadata: {{name: a}}\n")

    assert list(referring(Context(shop, service_table(shop)))) == list(shop.members)
