"""Orders of creation are orders, whatever the objects and what they are told."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cip_lint.cluster import default_settings, partition
from cip_lint.manifests import ReadOptions, read
from cip_lint.replay import service_table
from cip_lint.replay.order.engines import (
    argocd,
    cli_utils,
    fleet,
    flux,
    helm,
    kapp,
    kubectl,
    kustomize,
    tilt,
)
from cip_lint.replay.order.engines.objects import Plan, Sent
from cip_lint.replay.order.timeline import Guarantee, Order, Timeline
from support.clusters import FOLDER, cluster
from support.creation import sent, short

Planner = Callable[[Sequence[Sent]], Plan | None]

SORTING: dict[str, Planner] = {
    "kustomize": lambda objects: kustomize.plan(objects, {}, {}),
    "argocd": argocd.plan,
    "flux": flux.plan,
    "cli-utils": cli_utils.plan,
}
ALL: dict[str, Planner] = {
    **SORTING,
    "fleet": fleet.plan,
    "helm": helm.plan,
    "kapp": kapp.plan,
    "kubectl": kubectl.plan,
    "tilt": tilt.plan,
}

NAMES = st.sampled_from(["a", "b", "a-b", "a.b", "a1", "B"])
ANNOTATIONS = st.dictionaries(
    st.sampled_from(
        [
            "argocd.argoproj.io/hook",
            "argocd.argoproj.io/sync-wave",
            "config.kubernetes.io/apply-time-mutation",
            "config.kubernetes.io/depends-on",
            "helm.sh/hook",
            "helm.sh/hook-weight",
            "kapp.k14s.io/change-group",
            "kapp.k14s.io/change-rule",
            "kapp.k14s.io/change-rule.x",
        ]
    ),
    st.sampled_from(
        [
            "1",
            "-3",
            "PreSync",
            "pre-install",
            "post-install, pre-upgrade",
            "/namespaces/a/Service/b",
            "apps/namespaces/a/Deployment/a",
            "a",
            "upsert after upserting a",
            "upsert before upserting {name}",
            "sourceRef: {kind: Service, name: a, namespace: a}",
        ]
    ),
    max_size=2,
)


@st.composite
def objects_of_a_unit(draw: st.DrawFn) -> list[Sent]:
    kinds = ["svc", "deploy", "job", "cm", "ing", "foo", "ep", "ksvc", "po"]
    texts = st.builds(
        "{}:{}/{}".format, st.sampled_from(kinds), st.sampled_from("ab"), NAMES
    )
    scoped = st.sampled_from(["ns:a", "ns:b", "crd:foos.x.io", "ic:a"])
    chosen = draw(st.lists(st.one_of(texts, scoped), unique=True, max_size=12))
    return [
        sent(text, number, f"m/{number % 3}.yaml", **draw(ANNOTATIONS))
        for number, text in enumerate(chosen)
    ]


@pytest.mark.parametrize("engine", ALL)
@given(objects=objects_of_a_unit())
def test_nothing_is_sent_twice(engine: str, objects: list[Sent]) -> None:
    plan = ALL[engine](objects)
    if plan is None:
        assert engine in {"kapp", "cli-utils"}
        return
    numbers = [one.number for step in plan.steps for one in step.objects]

    assert len(numbers) == len(set(numbers))
    if engine not in {"helm", "fleet", "argocd"}:
        assert sorted(numbers) == list(range(len(objects)))


@pytest.mark.parametrize("engine", SORTING)
@settings(max_examples=300)
@given(objects=objects_of_a_unit(), data=st.data())
def test_what_sorts_does_not_see_the_order_of_the_files(
    engine: str, objects: list[Sent], data: st.DataObject
) -> None:
    def steps(given: Sequence[Sent]) -> list[object] | None:
        plan = SORTING[engine](given)
        if plan is None:
            return None
        return [
            (step.label, step.gate, frozenset(names) if step.concurrent else names)
            for step in plan.steps
            for names in (list(map(short, step.objects)),)
        ]

    # Argo CD leaves open which of one kind and name in two namespaces comes first; what
    # it moves in front of the first object of a namespace depends on that.
    names = {(one.kind, one.name) for one in objects}
    assume(engine != "argocd" or len(names) == len(objects))
    shuffled = data.draw(st.permutations(objects))
    assert steps(shuffled) == steps(objects)


DOCUMENTS = st.lists(
    st.tuples(
        st.sampled_from(["v1 Service", "apps/v1 Deployment", "v1 Namespace"]),
        NAMES,
        ANNOTATIONS,
    ),
    max_size=8,
)


@pytest.mark.parametrize(
    "engine", ["kubectl", "kustomize", "helm", "argocd", "flux", "kapp", "cli-utils"]
)
@given(documents=DOCUMENTS)
def test_orders_are_strict_and_keys_keep_them(
    engine: str, documents: list[tuple[str, str, dict[str, str]]]
) -> None:
    bodies = []
    for typed, name, stated in documents:
        version, kind = typed.split()
        metadata = {"name": name, "annotations": stated}
        bodies.append({"apiVersion": version, "kind": kind, "metadata": metadata})
    text = "\n---\n".join(map(json.dumps, bodies))
    found = cluster(text, unit=FOLDER._replace(engine=engine)) if bodies else None
    if found is None:
        return
    timeline = Timeline(found)
    members = found.members
    before = {
        (id(one), id(other))
        for one in members
        for other in members
        if one is not other and timeline.order(one, other) is Order.BEFORE
    }

    for one in members:
        for other in members:
            if one is other:
                continue
            pair = (id(one), id(other))
            assert (pair in before) == (timeline.order(other, one) is Order.AFTER)
            if pair in before:
                assert timeline.key(one) < timeline.key(other)
                assert timeline.number(one) < timeline.number(other)
                assert timeline.guarantee(one, other) in {
                    Guarantee.GATED,
                    Guarantee.GUARANTEED,
                }
            for third in members:
                if pair in before and (id(other), id(third)) in before:
                    assert (id(one), id(third)) in before


ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.sampled_from(["a", "*", "**", "["])
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["name", "namespace", "order", "rawYaml", "kubectl", "manifests"]
            ),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=6,
)
SPEC = st.fixed_dictionaries(
    {},
    optional={
        "path": st.sampled_from(["./a", "", "{{x}}"]),
        "dependsOn": ANYTHING,
        "healthChecks": ANYTHING,
        "wait": ANYTHING,
    },
)


@settings(max_examples=60)
@given(
    skaffold=ANYTHING,
    fleet_body=ANYTHING,
    sort_options=ANYTHING,
    spec=SPEC,
    annotations=ANYTHING,
)
def test_no_settings_of_an_engine_make_the_timeline_fall_over(
    skaffold: Any, fleet_body: Any, sort_options: Any, spec: Any, annotations: Any
) -> None:
    flux_object = {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": "a", "annotations": annotations},
        "spec": spec,
    }
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "s", "namespace": "n", "annotations": annotations},
    }
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "n"}}
    both = json.dumps(service) + "\n---\n" + json.dumps(namespace)
    files = {
        "flux.yaml": json.dumps(flux_object),
        "a/x.yaml": both,
        "b/skaffold.yaml": json.dumps({"manifests": skaffold, "deploy": skaffold}),
        "b/x.yaml": both,
        "c/fleet.yaml": json.dumps({"dependsOn": fleet_body, "name": fleet_body}),
        "c/x.yaml": both,
        "d/kustomization.yaml": json.dumps(
            {"resources": ["x.yaml"], "sortOptions": sort_options}
        ),
        "d/x.yaml": both,
    }
    with TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        reading = read([folder], ReadOptions(root=Path(folder), jobs=1))
    for one_cluster in (False, True):
        chosen = default_settings()._replace(one_cluster=one_cluster)
        for found in partition(reading, [chosen]):
            table = service_table(found)
            list(table.late_namespaces)
            numbers = sorted(map(table.timeline.number, found.members))
            assert numbers == list(range(len(found.members)))
