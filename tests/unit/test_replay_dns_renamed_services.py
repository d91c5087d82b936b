"""Texts that call a Service as it was called before its build renamed it."""

from __future__ import annotations

import pytest

from cip_lint.cluster import Unit
from cip_lint.render.kustomize.kustomizations import Affixes
from cip_lint.replay import service_table
from cip_lint.rule import Context
from cip_lint_rules.dns._unknown import Renamed, unknown_names
from support.clusters import cluster

BUILT = Unit(
    "app",
    "kustomize",
    "built",
    "kustomization",
    "app",
    scope="app",
    affixes=Affixes("pr-", "-v2"),
)
TEXT = """\
apiVersion: v1
kind: Service
metadata: {name: NAME, namespace: shop}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: web, namespace: shop}
data: {API: "http://HOST:80"}
"""


def _renamed(name: str, host: str, unit: Unit, *, piece: bool) -> list[str]:
    text = TEXT.replace("NAME", name).replace("HOST", host)
    made = cluster(text, unit=unit, piece=piece)
    found = unknown_names(Context(made, service_table(made)))
    return [one.new for one in found if isinstance(one, Renamed)]


@pytest.mark.parametrize("host", ["api", "api.shop", "api.shop.svc"])
def test_the_old_name_is_found_once_built(host: str) -> None:
    assert _renamed("pr-api-v2", host, BUILT, piece=False) == ["pr-api-v2"]


@pytest.mark.parametrize("host", ["api", "api.shop.svc.cluster.local"])
def test_the_old_name_is_found_in_pieces(host: str) -> None:
    assert _renamed("api", host, BUILT, piece=True) == ["pr-api-v2"]


def test_other_names_are_not_renamed() -> None:
    assert _renamed("pr-api-v2", "pr-api-v2", BUILT, piece=False) == []
    assert _renamed("pr-api-v2", "web", BUILT, piece=False) == []
    assert _renamed("api", "pr-api-v2", BUILT, piece=True) == []


def test_nothing_is_renamed_where_nobody_says_so() -> None:
    unit = BUILT._replace(affixes=Affixes())

    assert _renamed("api", "api", unit, piece=True) == []
