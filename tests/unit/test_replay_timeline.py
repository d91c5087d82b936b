"""Who is created before whom, and what a consumer may count on."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import yaml

from cip_lint.cluster import Cluster, Member, Unit, default_settings
from cip_lint.cluster.units import Sending
from cip_lint.model import Origin, OriginKind
from cip_lint.replay.order.timeline import Gate, Guarantee, Order, Timeline
from support.clusters import FOLDER, cluster, numbered

HEAD = {
    "Service": "apiVersion: v1\nkind: Service",
    "Deployment": "apiVersion: apps/v1\nkind: Deployment",
    "Job": "apiVersion: batch/v1\nkind: Job",
    "Namespace": "apiVersion: v1\nkind: Namespace",
    "ConfigMap": "apiVersion: v1\nkind: ConfigMap",
    "Knative": "apiVersion: serving.knative.dev/v1\nkind: Service",
}


def _text(*objects: str) -> str:
    """Return documents of ``Kind name {annotations}`` each."""
    found = []
    for one in objects:
        kind, name, *rest = one.split(" ", 2)
        annotations = rest[0] if rest else "{}"
        found.append(
            f"{HEAD[kind]}\nmetadata: {{name: {name}, annotations: {annotations}}}\n"
        )
    return "---\n".join(found)


def _cluster(engine: str, *objects: str, kind: str = "folder") -> Cluster:
    return cluster(
        _text(*objects), unit=FOLDER._replace(engine=engine, kind=kind, path="m")
    )


def _named(found: Cluster, name: str) -> Member:
    return next(member for member in found.members if member.name == name)


def _answers(found: Cluster, first: str, second: str) -> tuple[Order, Guarantee]:
    timeline = Timeline(found)
    one, other = _named(found, first), _named(found, second)
    return timeline.order(one, other), timeline.guarantee(one, other)


WAVE = "argocd.argoproj.io/sync-wave"
ARGO_HOOK = "{argocd.argoproj.io/hook: PreSync}"
PRE = "{helm.sh/hook: pre-install}"
POST = "{helm.sh/hook: post-install}"
DEPENDS = "config.kubernetes.io/depends-on"
SERVICE, WEB = "Service db", "Deployment web"


@pytest.mark.parametrize(
    ("engine", "objects", "order", "guarantee"),
    [
        ("kubectl", (SERVICE, WEB), Order.BEFORE, Guarantee.GUARANTEED),
        ("kubectl", (WEB, SERVICE), Order.AFTER, Guarantee.LIKELY),
        ("kubectl-server-side", (WEB, SERVICE), Order.AFTER, Guarantee.LIKELY),
        ("kustomize", (WEB, SERVICE), Order.BEFORE, Guarantee.GUARANTEED),
        ("helm", (WEB, SERVICE), Order.BEFORE, Guarantee.GUARANTEED),
        ("helm3", (WEB, SERVICE), Order.BEFORE, Guarantee.GUARANTEED),
        ("helm4", ("Knative web", SERVICE), Order.CONCURRENT, Guarantee.RACY),
        ("helm", (f"Job web {PRE}", SERVICE), Order.AFTER, Guarantee.REVERSED),
        ("helm", (f"Deployment web {PRE}", SERVICE), Order.AFTER, Guarantee.LIKELY),
        (
            "helm",
            (f"Deployment web {PRE}", f"Job z {PRE}", SERVICE),
            Order.AFTER,
            Guarantee.RACY,
        ),
        ("helm", (f"Job web {POST}", SERVICE), Order.BEFORE, Guarantee.GUARANTEED),
        ("argocd", (WEB, SERVICE), Order.BEFORE, Guarantee.GUARANTEED),
        (
            "argocd",
            (f"Deployment web {{{WAVE}: '1'}}", SERVICE),
            Order.BEFORE,
            Guarantee.GATED,
        ),
        (
            "argocd",
            (f"Deployment web {{{WAVE}: '-1'}}", f"Job b {{{WAVE}: '-1'}}", SERVICE),
            Order.AFTER,
            Guarantee.REVERSED,
        ),
        ("argocd", (f"Job web {ARGO_HOOK}", SERVICE), Order.AFTER, Guarantee.REVERSED),
        ("flux", (WEB, SERVICE), Order.BEFORE, Guarantee.GUARANTEED),
        ("fleet", (WEB, SERVICE), Order.BEFORE, Guarantee.GUARANTEED),
        ("kapp", (WEB, SERVICE), Order.CONCURRENT, Guarantee.RACY),
        (
            "kapp",
            (
                "Deployment web {kapp.k14s.io/change-rule: upsert after upserting db}",
                "Service db {kapp.k14s.io/change-group: db}",
            ),
            Order.BEFORE,
            Guarantee.GATED,
        ),
        ("cli-utils", (WEB, SERVICE), Order.BEFORE, Guarantee.GUARANTEED),
        (
            "cli-utils",
            (f"Deployment web {{{DEPENDS}: /Service/db}}", SERVICE),
            Order.BEFORE,
            Guarantee.GATED,
        ),
        (
            "cli-utils",
            (WEB, f"Service db {{{DEPENDS}: apps/Deployment/web}}"),
            Order.AFTER,
            Guarantee.REVERSED,
        ),
        ("terraform", (SERVICE, WEB), Order.UNKNOWN, Guarantee.UNKNOWN),
    ],
)
def test_what_a_consumer_may_count_on(
    engine: str, objects: Sequence[str], order: Order, guarantee: Guarantee
) -> None:
    assert _answers(_cluster(engine, *objects), "db", "web") == (order, guarantee)


@pytest.mark.parametrize(
    ("between", "guarantee"), [(20, Guarantee.LIKELY), (21, Guarantee.RACY)]
)
def test_a_service_far_behind_its_consumer_may_be_late(
    between: int, guarantee: Guarantee
) -> None:
    others = [f"ConfigMap c{number}" for number in range(between)]
    found = _cluster("kubectl", WEB, *others, SERVICE)

    assert _answers(found, "db", "web") == (Order.AFTER, guarantee)


def test_services_of_one_release_are_created_at_once() -> None:
    found = _cluster("helm", "Service a", "Service b", WEB)
    timeline = Timeline(found)
    one, other = _named(found, "a"), _named(found, "b")

    assert timeline.order(one, other) is Order.CONCURRENT
    assert timeline.words(one, other) == (
        "same concurrent step (kind Service) of Helm in m, assumed (default)"
    )
    step = timeline.step_of(one)
    assert step is not None
    assert step.members == (one, other)
    assert step.concurrent
    assert step.gate is Gate.CREATED


def test_what_is_never_created_has_no_order() -> None:
    found = _cluster("helm", "Job web {helm.sh/hook: test}", SERVICE)
    timeline = Timeline(found)

    assert _answers(found, "db", "web") == (Order.UNKNOWN, Guarantee.UNKNOWN)
    assert timeline.step_of(_named(found, "web")) is None
    assert timeline.unit_of(found.members[0]).known


def test_an_order_that_takes_too_long_is_unknown_and_that_is_said() -> None:
    namespaces = (f"Namespace n{number}" for number in range(1100))
    found = _cluster("kapp", SERVICE, WEB, *namespaces)
    timeline = Timeline(found)

    assert list(timeline.notices) == []
    assert _answers(found, "db", "web") == (Order.UNKNOWN, Guarantee.UNKNOWN)
    assert timeline.position(_named(found, "db")) is None
    assert " ".join(timeline.notices) == (
        "order of kapp in m not worked out: "
        "more than 1024 sorts of objects that wait for others"
    )


def test_pieces_of_builds_have_no_order() -> None:
    unit = FOLDER._replace(engine="kustomize", kind="kustomization", whole=False)
    found = cluster(_text(SERVICE, WEB), unit=unit, piece=True)
    timeline = Timeline(found)

    assert _answers(found, "db", "web") == (Order.UNKNOWN, Guarantee.UNKNOWN)
    assert not timeline.unit_of(found.members[0]).known
    assert timeline.unit_of(found.members[0]).steps == ()
    keys = [timeline.key(member) for member in found.members]
    assert keys == sorted(keys)


def test_kubectl_sorts_what_a_kustomization_builds() -> None:
    found = _cluster("kubectl", WEB, SERVICE, kind="kustomization")

    assert _answers(found, "db", "web") == (Order.BEFORE, Guarantee.GUARANTEED)


def test_namespaces_that_only_the_settings_name_are_no_sort_key() -> None:
    text = """
apiVersion: v1
kind: Service
metadata: {name: b, namespace: x}
---
apiVersion: v1
kind: Service
metadata: {name: a}
"""
    found = cluster(text, unit=FOLDER._replace(engine="flux"))
    found.members[1].namespace = "zz"

    order, _ = _answers(found, "a", "b")
    assert order is Order.BEFORE


def _flux(name: str, *after: str, waits: bool = False) -> Unit:
    sending = Sending(
        name=f"flux flux-system/{name}",
        depends_on=tuple(f"flux flux-system/{one}" for one in after),
        waits=waits,
    )
    return Unit(
        name, "flux", "", "flux", "m", scope="cluster", sending=sending, whole=True
    )


def _two_units(first: Unit, second: Unit, *further: Unit) -> Cluster:
    others = ((unit, "ConfigMap c") for unit in further)
    made = [
        cluster(_text(text), unit=unit).members
        for unit, text in ((first, SERVICE), (second, WEB), *others)
    ]
    members = numbered(*made)
    return Cluster(default_settings(), (first, second, *further), members)


@pytest.mark.parametrize(
    ("units", "order", "guarantee"),
    [
        ((_flux("db"), _flux("web")), Order.UNKNOWN, Guarantee.UNKNOWN),
        ((_flux("db"), _flux("web", "db")), Order.BEFORE, Guarantee.GUARANTEED),
        (
            (_flux("db", waits=True), _flux("web", "db")),
            Order.BEFORE,
            Guarantee.GATED,
        ),
        ((_flux("db", "web"), _flux("web")), Order.AFTER, Guarantee.RACY),
        (
            (_flux("db", "web"), _flux("web", waits=True)),
            Order.AFTER,
            Guarantee.REVERSED,
        ),
        (
            (_flux("db"), _flux("web", "between"), _flux("between", "db")),
            Order.BEFORE,
            Guarantee.GUARANTEED,
        ),
        (
            (_flux("db", "web"), _flux("web", "db")),
            Order.UNKNOWN,
            Guarantee.UNKNOWN,
        ),
    ],
)
def test_units_follow_each_other_only_where_somebody_says_so(
    units: Sequence[Unit], order: Order, guarantee: Guarantee
) -> None:
    found = _two_units(*units)

    assert _answers(found, "db", "web") == (order, guarantee)


def test_keys_put_units_behind_what_they_depend_on() -> None:
    found = _two_units(_flux("db", "web"), _flux("web"))
    timeline = Timeline(found)

    ordered = sorted(found.members, key=timeline.key)
    assert [member.name for member in ordered] == ["web", "db"]


@pytest.mark.parametrize(
    "engine", ["kubectl", "kustomize", "helm", "argocd", "flux", "kapp", "cli-utils"]
)
def test_orders_are_total_and_agree_with_the_keys(engine: str) -> None:
    objects = [
        f"{kind} {kind.lower()}{number} {annotations}"
        for number in range(3)
        for kind in ("Deployment", "Service", "Job", "Namespace", "Knative")
        for annotations in (
            f"{{{WAVE}: '{number % 2}'}}",
            (
                f"{{kapp.k14s.io/change-group: g{number}, kapp.k14s.io/change-rule: "
                f"upsert after upserting g{number - 1}}}"
            ),
        )
    ]
    found = _cluster(engine, *objects)
    timeline = Timeline(found)
    opposite = {Order.BEFORE: Order.AFTER, Order.AFTER: Order.BEFORE}
    for one in found.members:
        for other in found.members:
            if one is other:
                continue
            order = timeline.order(one, other)
            assert timeline.order(other, one) is opposite.get(order, order)
            assert order is not Order.UNKNOWN
            if order is Order.BEFORE:
                assert timeline.key(one) < timeline.key(other)


def test_every_member_that_is_sent_is_in_one_step() -> None:
    documents = _text(SERVICE, WEB, "Namespace n")
    found = cluster(documents, unit=FOLDER._replace(engine="flux"))
    steps = Timeline(found).unit_of(found.members[0]).steps
    members = [id(member) for step in steps for member in step.members]

    assert sorted(members) == sorted(map(id, found.members))
    assert len(list(yaml.safe_load_all(documents))) == len(members)


def test_members_are_put_in_order_only_where_it_is_known() -> None:
    ordered = _two_units(_flux("db", "web"), _flux("web"))
    unordered = _two_units(_flux("db"), _flux("web"))

    def names(found: Cluster) -> list[str]:
        return [member.name for member in Timeline(found).in_order(found.members)]

    assert names(ordered) == ["web", "db"]
    assert names(unordered) == ["db", "web"]
    sorted_by_name = _cluster("flux", "Service b", "Service a")
    assert names(sorted_by_name) == ["a", "b"]
    piece = _cluster("terraform", "Service b", "Service a")
    assert names(piece) == ["b", "a"]


def test_numbers_count_what_is_created_before() -> None:
    found = _cluster("flux", "Deployment web", "Service b", "Service a", "Namespace n")
    timeline = Timeline(found)

    assert [timeline.number(member) for member in found.members] == [3, 2, 1, 0]


def test_words_say_what_decides_and_who_says_so() -> None:
    flag = Origin(OriginKind.FLAG, "--engine")
    folder = Origin(OriginKind.DEFAULT, "plain folder")

    def words(engine: str, origin: Origin, *objects: str) -> str:
        unit = FOLDER._replace(engine=engine, path=".", engine_origin=origin)
        found = cluster(_text(*objects), unit=unit)
        return Timeline(found).words(_named(found, "db"), _named(found, "web"))

    waves = f"Deployment web {{{WAVE}: '1'}}"
    assert words("kubectl", folder, SERVICE, WEB) == (
        "order of files of kubectl, assumed (plain folder)"
    )
    assert words("argocd", flag, SERVICE, waves) == (
        "Sync wave 0 and Sync wave 1 of Argo CD, by --engine"
    )
    assert words("pulumi", folder, SERVICE, WEB) == (
        "nothing tells in which order they are sent"
    )
    unordered = _two_units(_flux("db"), _flux("web"))
    one, other = unordered.members
    assert Timeline(unordered).words(one, other) == (
        "Flux in db and Flux in web have no declared order"
    )
