"""Which pods a workload makes."""

from __future__ import annotations

from typing import Any

import pytest

from cip_lint.kube.version import Version
from cip_lint.replay.endpoints.pods import Intermediate, Node, made_by

NOW = Version(1, 37)
NODES = (Node("a", "z1"), Node("b", "z2"), Node("c"))
LABELS = {"app": "web"}
TEMPLATE: dict[str, Any] = {"metadata": {"labels": LABELS}, "spec": {}}


def _workload(kind: str, spec: dict[str, Any], name: str = "web") -> dict[str, Any]:
    groups = {"Job": "batch/v1", "CronJob": "batch/v1", "ReplicationController": "v1"}
    return {
        "apiVersion": groups.get(kind, "apps/v1"),
        "kind": kind,
        "metadata": {"name": name},
        "spec": {"template": TEMPLATE, **spec},
    }


def _made(kind: str, spec: dict[str, Any], name: str = "web") -> list[tuple[Any, ...]]:
    made = made_by(_workload(kind, spec, name), NOW, (Node("a"),))
    return [
        (pod.name, pod.copies, pod.hostname, pod.subdomain, dict(pod.labels))
        for pod in made.pods
    ]


def test_a_pod_is_its_own_template_and_gets_the_zone_of_its_node() -> None:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "labels": LABELS},
        "spec": {"hostname": "h", "dnsPolicy": "Default", "enableServiceLinks": False},
    }

    (made,) = made_by(pod, NOW, NODES).pods

    assert (made.name, made.owner, made.hostname, made.labels) == (
        "web",
        None,
        "h",
        {"app": "web", "topology.kubernetes.io/zone": "z1"},
    )
    assert (made.dns_policy, made.enable_service_links) == ("Default", False)
    assert made_by(pod, Version(1, 34), NODES).pods[0].labels == LABELS


def test_a_deployment_makes_a_replica_set_and_both_carry_a_hash() -> None:
    spec = {"replicas": 2, "selector": {"matchLabels": LABELS}}
    hashed = {"app": "web", "pod-template-hash": "<hash>"}

    made = made_by(_workload("Deployment", spec), NOW, (Node("a"),))

    assert made.intermediate == (
        Intermediate("ReplicaSet", "web-<hash>", hashed, {"matchLabels": hashed}),
    )
    assert _made("Deployment", spec) == [("web-<hash>-*", 2, "", "", hashed)]


@pytest.mark.parametrize("kind", ["ReplicaSet", "ReplicationController"])
def test_replicas_are_equal_pods_and_none_where_zero_are_asked_for(kind: str) -> None:
    assert _made(kind, {"replicas": 3}) == [("web-*", 3, "", "", LABELS)]
    assert _made(kind, {}) == [("web-*", 1, "", "", LABELS)]
    assert _made(kind, {"replicas": 0}) == []


def test_pods_of_a_stateful_set_are_numbered_and_named_after_its_service() -> None:
    spec = {
        "serviceName": "hl",
        "replicas": 2,
        "ordinals": {"start": 5},
        "template": {"spec": {"hostname": "mine", "subdomain": "mine"}},
    }

    assert [pod[:4] for pod in _made("StatefulSet", spec)] == [
        ("web-5", 1, "web-5", "hl"),
        ("web-6", 1, "web-6", "hl"),
    ]


def test_a_stateful_set_overwrites_the_labels_that_it_owns() -> None:
    template = {"metadata": {"labels": {"controller-revision-hash": "mine"}}}

    (pod,) = _made("StatefulSet", {"template": template})

    assert pod[4] == {
        "apps.kubernetes.io/pod-index": "0",
        "controller-revision-hash": "web-<hash>",
        "statefulset.kubernetes.io/pod-name": "web-0",
    }


def test_a_daemon_set_has_a_pod_on_each_node_that_fits() -> None:
    chosen = {"nodeSelector": {"topology.kubernetes.io/zone": "z2"}}
    added = {"controller-revision-hash": "<hash>", "pod-template-generation": "1"}

    everywhere = made_by(_workload("DaemonSet", {}), NOW, NODES)
    somewhere = made_by(
        _workload("DaemonSet", {"template": {"spec": chosen}}), NOW, NODES
    )

    assert [pod.labels for pod in everywhere.pods] == [
        {**LABELS, **added, "topology.kubernetes.io/zone": "z1"},
        {**LABELS, **added, "topology.kubernetes.io/zone": "z2"},
        {**LABELS, **added},
    ]
    assert [pod.labels for pod in somewhere.pods] == [
        {**added, "topology.kubernetes.io/zone": "z2"}
    ]


def test_a_job_runs_as_many_pods_at_once_as_it_may() -> None:
    labels = {
        "app": "web",
        "batch.kubernetes.io/controller-uid": "<uid>",
        "batch.kubernetes.io/job-name": "web",
        "controller-uid": "<uid>",
        "job-name": "web",
    }

    assert _made("Job", {}) == [("web-*", 1, "", "", labels)]
    assert _made("Job", {"parallelism": 4}) == [("web-*", 4, "", "", labels)]
    assert _made("Job", {"parallelism": 4, "completions": 2})[0][1] == 2
    assert _made("Job", {"suspend": True}) == []
    assert _made("Job", {"manualSelector": True})[0][4] == LABELS


def test_pods_of_an_indexed_job_have_hostnames_and_an_index() -> None:
    spec = {
        "parallelism": 2,
        "completions": 5,
        "completionMode": "Indexed",
        "backoffLimitPerIndex": 1,
    }

    made = made_by(_workload("Job", spec), NOW, (Node("a"),))

    assert [(pod.name, pod.hostname, pod.variables) for pod in made.pods] == [
        ("web-0-*", "web-0", ("JOB_COMPLETION_INDEX",)),
        ("web-1-*", "web-1", ("JOB_COMPLETION_INDEX",)),
    ]
    assert made.pods[1].annotations == {
        "batch.kubernetes.io/job-completion-index": "1",
        "batch.kubernetes.io/job-index-failure-count": "0",
    }
    assert made.pods[1].labels["batch.kubernetes.io/job-completion-index"] == "1"


def test_a_long_name_is_cut_before_what_is_appended() -> None:
    name = "a" * 62

    assert _made("ReplicaSet", {}, name)[0][0] == "a" * 58 + "*"
    assert (
        _made("Job", {"completions": 1, "completionMode": "Indexed"}, name)[0][0]
        == "a" * 55 + "-0-*"
    )


def test_a_job_of_a_cron_job_takes_over_the_labels_of_its_template() -> None:
    job_template: dict[str, Any] = {"spec": {"template": TEMPLATE}}
    cron_job = _workload("CronJob", {"jobTemplate": job_template})
    own = _workload(
        "CronJob", {"jobTemplate": {**job_template, "metadata": {"labels": {"a": "b"}}}}
    )

    made = made_by(cron_job, NOW, (Node("a"),))

    assert [pod.name for pod in made.pods] == ["web-<time>-*"]
    assert made.intermediate[0].labels == {
        "app": "web",
        "batch.kubernetes.io/controller-uid": "<uid>",
        "batch.kubernetes.io/job-name": "web-<time>",
        "controller-uid": "<uid>",
        "job-name": "web-<time>",
    }
    assert made_by(own, NOW).intermediate[0].labels == {"a": "b"}
    assert made_by(_workload("CronJob", {"suspend": True}), NOW).pods == ()


def test_old_versions_add_fewer_labels() -> None:
    job = made_by(_workload("Job", {"completionMode": "Indexed"}), Version(1, 26))
    stateful = made_by(_workload("StatefulSet", {}), Version(1, 27))

    assert job.pods[0].labels == {
        "app": "web",
        "controller-uid": "<uid>",
        "job-name": "web",
    }
    assert "apps.kubernetes.io/pod-index" not in stateful.pods[0].labels


def test_millions_of_replicas_are_not_listed_one_by_one() -> None:
    many = 10**9

    assert _made("Deployment", {"replicas": many})[0][1] == many
    assert len(made_by(_workload("StatefulSet", {"replicas": many}), NOW).pods) == 1000


@pytest.mark.parametrize("spec", [None, [], "x", {"template": []}, {"replicas": "2"}])
@pytest.mark.parametrize(
    "kind", ["Pod", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Other"]
)
def test_values_of_any_type_are_survived(kind: str, spec: object) -> None:
    manifest = {"apiVersion": "apps/v1", "kind": kind, "metadata": [], "spec": spec}

    made_by(manifest, NOW)
    made_by({**manifest, "apiVersion": "batch/v1"}, NOW)
    made_by({**manifest, "apiVersion": "v1"}, NOW)
