"""Each engine sorts as the real program does, and steps as its source says.

The rows under ``creation_orders`` were printed by the real programs or sorted by
their own source files. Rows that need a build or a render (prefixes, conditions,
values) are here as what the final sort gets: names and paths as they are then.
"""

from __future__ import annotations

from random import Random

import pytest

from cip_lint.cluster.engines import ENGINES
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
from cip_lint.replay.order.engines.objects import Gate, Plan, ranks
from cip_lint.replay.order.unit_timelines import PLANNERS
from support.creation import (
    OrderVector,
    all_sent,
    identity,
    in_order,
    in_steps,
    sent,
    short,
    step_names,
    vectors,
    without_steps,
)


def _legacy(text: str) -> Plan:
    return kustomize.plan(all_sent(text), {}, {})


def test_every_engine_that_is_known_has_an_order() -> None:
    assert list(ENGINES) == list(PLANNERS)


@pytest.mark.parametrize("vector", vectors("kustomize"), ids=identity)
def test_kustomize_sorts_by_kinds_and_final_names(vector: OrderVector) -> None:
    assert in_order(_legacy(vector.given)) == vector.expected


def test_kustomize_before_5_5_does_not_know_namespaces_of_other_groups() -> None:
    objects = all_sent("kns:other ns:core")
    plan = kustomize.plan(objects, {}, {}, core_namespace_first=False)

    assert in_order(plan) == "kns:other ns:core"


def test_kustomize_takes_both_lists_of_kinds_from_the_root() -> None:
    options = {
        "order": "legacy",
        "legacySortOptions": {"orderFirst": ["Deployment"], "orderLast": ["Service"]},
    }
    plan = kustomize.plan(all_sent("svc:b cm:c deploy:d ns:q"), options, {})

    assert in_order(plan) == "deploy:d cm:c ns:q svc:b"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"a": 0, "b": 1}, "deploy:web svc:web"),
        ({"b": 0, "a": 1}, "svc:web deploy:web"),
    ],
    ids=["K30", "K31"],
)
def test_kustomize_fifo_keeps_the_order_of_the_lists(
    files: dict[str, int], expected: str
) -> None:
    objects = all_sent("a{deploy:web} b{svc:web}")

    assert in_order(kustomize.plan(objects, {"order": "fifo"}, files)) == expected


def test_kustomize_fifo_puts_the_items_of_a_list_behind_its_file() -> None:
    objects = all_sent("f{List[deploy:l1 svc:l2] svc:after}")
    plan = kustomize.plan(objects, {"order": "fifo"}, {"f": 0})

    assert in_order(plan) == "svc:after deploy:l1 svc:l2"


@pytest.mark.parametrize("vector", vectors("helm"), ids=identity)
def test_helm_prints_by_kind_and_path(vector: OrderVector) -> None:
    printed = helm.in_install_order(all_sent(vector.given), ranks(helm.HELM_4))

    assert " ".join(map(short, printed)) == vector.expected


def test_helm_3_does_not_know_webhooks() -> None:
    plan = helm.plan(all_sent("mwc:m vwc:v api:a cert:c"), helm.HELM_3)

    assert in_order(plan) == "api:a cert:c mwc:m vwc:v"


def test_helm_sends_neighbours_of_one_kind_at_once() -> None:
    given = "List[svc:listed] svc:s1 svc:s2 deploy:d1 deploy:d2 cm:c1"
    plan = helm.plan(all_sent(given))

    assert in_steps(plan) == [
        "cm:c1",
        "{svc:s1 svc:s2}",
        "{deploy:d1 deploy:d2}",
        "svc:listed",
    ]


def test_helm_sends_hooks_one_by_one_around_the_manifests() -> None:
    def hook(text: str, event: str, weight: str) -> dict[str, str]:
        return {"helm.sh/hook": event, "helm.sh/hook-weight": weight}

    hooks = [
        ("cm:zz", "pre-install", "5"),
        ("sa:mm", "pre-install", "5"),
        ("secret:aa", "pre-upgrade, Pre-Install", "5"),
        ("svc:same", "pre-install", "x"),
        ("secret:same", "pre-install", "0"),
        ("cm:neg", "pre-install", "-1"),
        ("cm:post", "post-install", "0"),
        ("po:t", "test", "0"),
        ("job:x", "bogus", "0"),
        ("job:undo", "pre-rollback", "0"),
    ]
    objects = [
        sent(text, number, **hook(text, event, weight))
        for number, (text, event, weight) in enumerate(hooks)
    ]
    plan = helm.plan([*objects, sent("svc:plain", len(objects))])

    assert in_steps(plan) == [
        "cm:neg",
        "secret:same",
        "svc:same",
        "secret:aa",
        "sa:mm",
        "cm:zz",
        "svc:plain",
        "cm:post",
    ]


def test_helm_waits_for_the_end_of_a_job_that_is_a_hook() -> None:
    hook = {"helm.sh/hook": "pre-install"}
    plan = helm.plan([sent("job:j", 0, **hook), sent("cm:c", 1, **hook)])

    assert [step.gate for step in plan.steps] == [Gate.CREATED, Gate.COMPLETED]


def test_helm_sends_definitions_first_and_waits() -> None:
    definitions = all_sent("crd:a svc:q crd:b crd:c")
    plan = helm.plan(all_sent("deploy:d svc:s"), definitions=definitions)

    assert in_steps(plan) == ["crd:a svc:q crd:b crd:c", "svc:s", "deploy:d"]
    assert plan.steps[0].gate is Gate.READY


@pytest.mark.parametrize("vector", vectors("argocd"), ids=identity)
def test_argo_cd_sorts_by_phase_wave_kind_and_name(vector: OrderVector) -> None:
    plan = argocd.plan(all_sent(vector.given))

    assert in_order(plan) == without_steps(vector.expected)
    waves: dict[str, list[str]] = {}
    for step in plan.steps:
        phase, _, wave = step.label.split()
        name = wave if phase == "Sync" else f"{phase}/{wave}"
        waves.setdefault(name, []).extend(map(short, step.objects))
    named = [(name, " ".join(found)) for name, found in waves.items()]
    assert len(named) == 1 or named == step_names(vector.expected)


def test_argo_cd_sends_neighbours_of_one_kind_at_once_and_waits_behind_a_wave() -> None:
    plan = argocd.plan(all_sent("svc:a svc:b@1 deploy:d svc:c ksvc:aa"))

    assert in_steps(plan) == ["{svc:a ksvc:aa svc:c}", "deploy:d", "svc:b"]
    assert [step.gate for step in plan.steps] == [
        Gate.CREATED,
        Gate.READY,
        Gate.READY,
    ]
    assert [step.stage for step in plan.steps] == [0, 0, 1]


@pytest.mark.parametrize(
    ("annotations", "phase"),
    [
        ({"argocd.argoproj.io/hook": "Skip"}, None),
        ({"argocd.argoproj.io/hook": "bogus"}, None),
        ({"argocd.argoproj.io/hook": "PostSync, PreSync"}, "PreSync"),
        ({"argocd.argoproj.io/hook": "PostDelete"}, None),
        ({"helm.sh/hook": "pre-upgrade,pre-install"}, "PreSync"),
        ({"helm.sh/hook": "post-install"}, "PostSync"),
        ({"helm.sh/hook": "crd-install"}, "Sync"),
        ({"helm.sh/hook": "test"}, None),
        ({"helm.sh/hook": "test", "argocd.argoproj.io/hook": "Sync"}, "Sync"),
        ({}, "Sync"),
    ],
)
def test_argo_cd_maps_hooks_to_phases(
    annotations: dict[str, str], phase: str | None
) -> None:
    found = argocd.phase_of(sent("job:j", 0, **annotations))

    assert (None if found is None else argocd.PHASES[found]) == phase


@pytest.mark.parametrize("vector", vectors("flux"), ids=identity)
def test_flux_sorts_inside_three_stages(vector: OrderVector) -> None:
    plan = flux.plan(all_sent(vector.given))

    assert in_order(plan) == without_steps(vector.expected)
    names = {"def": "definitions", "class": "classes", "rest": "last"}
    stated = step_names(vector.expected)
    if stated:
        assert [" ".join(map(short, step.objects)) for step in plan.steps] == [
            objects for _, objects in stated
        ]
        for step, (name, _) in zip(plan.steps, stated, strict=True):
            assert names[name] in step.label
    assert not any(step.concurrent for step in plan.steps)


@pytest.mark.parametrize("vector", vectors("cli-utils"), ids=identity)
def test_cli_utils_sorts_inside_a_layer(vector: OrderVector) -> None:
    objects = all_sent(vector.given)

    assert in_order(cli_utils.plan(objects)) == vector.expected


def test_cli_utils_puts_what_depends_into_later_layers() -> None:
    def depends(on: str) -> dict[str, str]:
        return {"config.kubernetes.io/depends-on": on}

    objects = [
        sent("svc:shop/db", 0, **depends("batch/namespaces/shop/Job/migrate")),
        sent("deploy:shop/web", 1, **depends("/namespaces/shop/Service/db, x/Y/z")),
        sent("job:shop/migrate", 2),
        sent("ns:shop", 3),
        sent("foo:shop/f", 4),
        sent("crd:foos.x.io", 5),
    ]
    plan = cli_utils.plan(objects)

    assert in_steps(plan) == [
        "ns:shop crd:foos.x.io",
        "job:shop/migrate foo:shop/f",
        "svc:shop/db",
        "deploy:shop/web",
    ]
    assert plan is not None
    assert {step.gate for step in plan.steps} == {Gate.READY}


def test_cli_utils_follows_the_sources_of_mutations() -> None:
    mutation = """
- sourceRef:
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    name: web
    namespace: shop
  sourcePath: $.status
  targetPath: $.spec
"""
    annotations = {"config.kubernetes.io/apply-time-mutation": mutation}
    objects = [sent("svc:shop/s", 0, **annotations), sent("ing:shop/web", 1)]
    plan = cli_utils.plan(objects)

    assert in_steps(plan) == ["ing:shop/web", "svc:shop/s"]


def test_cli_utils_has_no_order_for_a_circle() -> None:
    key = "config.kubernetes.io/depends-on"
    one = sent("cm:x/a", 0, **{key: "/namespaces/x/ConfigMap/b"})
    other = sent("cm:x/b", 1, **{key: "/namespaces/x/ConfigMap/a"})

    assert cli_utils.plan([one, other]) is None


def test_kapp_unblocks_services_and_workloads_together() -> None:
    plan = kapp.plan(all_sent("deploy:x/web svc:x/web sa:x/web ns:x cm:x/c rb:x/b"))

    steps = in_steps(plan)
    assert steps[0] == "ns:x"
    assert steps[-1] == "{deploy:x/web svc:x/web}"
    assert plan is not None
    assert plan.after is not None
    assert plan.after[-1] == (1 << len(steps) - 1) - 1


def test_kapp_follows_change_rules_both_ways_and_no_more() -> None:
    group, rule = "kapp.k14s.io/change-group", "kapp.k14s.io/change-rule"
    objects = [
        sent("job:migrate", 0, **{f"{rule}.db": "upsert after upserting db/{kind}"}),
        sent("svc:db", 1, **{group: "db/Job", rule: "delete after deleting x"}),
        sent("deploy:first", 2, **{rule: "upsert before upserting db/Job"}),
        sent("svc:other", 3),
    ]
    plan = kapp.plan(objects)

    assert plan is not None
    assert plan.after is not None
    place = {
        short(one): number
        for number, step in enumerate(plan.steps)
        for one in step.objects
    }

    def behind(text: str) -> set[str]:
        bits = (plan.after or ())[place[text]]
        return {name for name, at in place.items() if bits >> at & 1}

    assert behind("job:migrate") == {"svc:db", "deploy:first"}
    assert behind("svc:db") == {"deploy:first"}
    assert behind("svc:other") == set()


def test_kapp_has_no_order_for_a_circle_or_for_too_many_rules() -> None:
    group, rule = "kapp.k14s.io/change-group", "kapp.k14s.io/change-rule"
    circle = [
        sent("cm:a", 0, **{group: "a", rule: "upsert after upserting b"}),
        sent("cm:b", 1, **{group: "b", rule: "upsert after upserting a"}),
    ]
    many = [sent(f"svc:n{number}/s", number) for number in range(2000)]

    assert kapp.plan(circle) is None
    untold = kapp.plan(many)
    assert untold is not None
    assert (untold.steps, bool(untold.untold)) == ((), True)


def test_tilt_sends_equal_ranks_at_once() -> None:
    plan = tilt.plan(all_sent("deploy:d svc:b job:j svc:a ing:i pvc:p"))

    assert in_steps(plan) == ["pvc:p", "{svc:b svc:a}", "deploy:d", "{job:j ing:i}"]


def test_fleet_sorts_as_helm_and_compares_numbers_as_text() -> None:
    services = " ".join(f"svc:s{number}" for number in range(12))
    plan = fleet.plan(all_sent(f"deploy:d {services}"))

    first, last = plan.steps
    assert [one.name for one in first.objects] == [
        f"s{number}" for number in (0, 9, 10, 11, 1, 2, 3, 4, 5, 6, 7, 8)
    ]
    assert first.concurrent
    assert short(last.objects[0]) == "deploy:d"


def test_kubectl_sends_one_by_one_as_read() -> None:
    plan = kubectl.plan(all_sent("deploy:web svc:web ns:app"))

    assert in_steps(plan) == ["deploy:web svc:web ns:app"]
    assert plan.steps[0].gate is Gate.CREATED


def _steps_as_sets(plan: Plan | None) -> list[object]:
    """Return the steps; what goes at once has no order that counts."""
    assert plan is not None
    return [
        frozenset(names) if step.concurrent else tuple(names)
        for step in plan.steps
        for names in (list(map(short, step.objects)),)
    ]


@pytest.mark.parametrize("engine", ["kustomize", "flux", "cli-utils", "argocd"])
def test_what_sorts_does_not_depend_on_the_order_of_the_files(engine: str) -> None:
    plans = {
        "kustomize": lambda objects: kustomize.plan(objects, {}, {}),
        "flux": flux.plan,
        "cli-utils": cli_utils.plan,
        "argocd": argocd.plan,
    }
    random = Random(7)
    for vector in vectors(engine):
        objects = all_sent(vector.given)
        expected = _steps_as_sets(plans[engine](objects))
        random.shuffle(objects)
        assert _steps_as_sets(plans[engine](objects)) == expected
