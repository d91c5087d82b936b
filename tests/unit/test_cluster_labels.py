from __future__ import annotations

from typing import Any

import pytest

from cip_lint.cluster.labels import (
    is_an_add_on,
    is_of_an_operator,
    may_carry,
    numbered_values,
    program_that_sets,
)
from cip_lint.kube.version import NEWEST, Version


def workload(kind: str, **spec: Any) -> dict[str, Any]:
    return {"kind": kind, "metadata": {"name": "db"}, "spec": spec}


def knative(template: Any = None) -> dict[str, Any]:
    return workload("Service", template={"metadata": template})


POD_NAME = "statefulset.kubernetes.io/pod-name"
POD_INDEX = "apps.kubernetes.io/pod-index"


@pytest.mark.parametrize(
    ("body", "key", "value", "expected"),
    [
        (workload("StatefulSet", replicas=3), POD_NAME, "db-2", True),
        (workload("StatefulSet", replicas=3), POD_NAME, "db-3", False),
        (workload("StatefulSet", replicas=3), POD_NAME, "db-02", False),
        (workload("StatefulSet", replicas=3), POD_NAME, "web-0", False),
        (workload("StatefulSet"), POD_NAME, "db-0", True),
        (workload("StatefulSet", replicas=0), POD_NAME, "db-7", True),
        (workload("StatefulSet", replicas="x"), POD_NAME, "db-7", True),
        (
            workload("StatefulSet", replicas=2, ordinals={"start": 5}),
            POD_NAME,
            "db-6",
            True,
        ),
        (
            workload("StatefulSet", replicas=2, ordinals={"start": 5}),
            POD_NAME,
            "db-0",
            False,
        ),
        (workload("StatefulSet", replicas=3), POD_INDEX, "1", True),
        (workload("StatefulSet"), "controller-revision-hash", "x", True),
        (workload("StatefulSet"), "pod-template-hash", "x", None),
        (workload("Deployment"), "pod-template-hash", "x", True),
        (workload("ReplicaSet"), "pod-template-hash", "x", None),
        (workload("DaemonSet"), "pod-template-generation", "1", True),
        (workload("Job"), "job-name", "db", True),
        (workload("Job"), "job-name", "web", False),
        (workload("Job", manualSelector=True), "job-name", "db", None),
        (workload("Job"), "batch.kubernetes.io/job-completion-index", "0", None),
        (
            workload("Job", completionMode="Indexed"),
            "batch.kubernetes.io/job-completion-index",
            "0",
            True,
        ),
        (workload("CronJob"), "job-name", "db-29012345", True),
        (workload("CronJob"), "job-name", "db", False),
        (workload("DeploymentConfig"), "deploymentconfig", "db", True),
        (workload("VirtualMachine"), "vm.kubevirt.io/name", "db", True),
        (workload("VirtualMachine"), "vm.kubevirt.io/name", "web", False),
        (workload("VirtualMachineInstance"), "vm.kubevirt.io/name", "db", True),
        (workload("VirtualMachine"), "kubevirt.io", "virt-launcher", True),
        (workload("VirtualMachineInstanceReplicaSet"), "kubevirt.io", "x", False),
        (workload("Rollout"), "rollouts-pod-template-hash", "x", True),
        (knative(), "app", "db-00001", True),
        (knative(), "app", "db", False),
        (knative(), "app", "web-00001", False),
        (knative({"labels": {"app": "own"}}), "app", "own", True),
        (knative({"labels": {"app": "own"}}), "app", "db-00001", False),
        (knative({"name": "db-blue"}), "app", "db-blue", True),
        (knative({"name": "db-blue"}), "app", "db-00001", False),
        (knative(), "serving.knative.dev/revision", "db-00012", True),
        (knative(), "serving.knative.dev/revision", "db-12", False),
        (knative(), "serving.knative.dev/revisionUID", "x", True),
        (workload("Deployment"), "topology.kubernetes.io/zone", "a", True),
        (workload("Deployment"), "app", "db", None),
        ({"kind": ["x"], "spec": []}, "pod-template-hash", "x", None),
    ],
)
def test_controllers_add_labels_with_values_that_may_be_known(
    body: dict[str, Any], key: str, value: str, expected: bool | None
) -> None:
    assert may_carry(body, key, value, NEWEST) is expected


def test_labels_appear_with_the_version_that_adds_them() -> None:
    body = workload("StatefulSet", replicas=3)

    assert [
        may_carry(body, POD_INDEX, "0", Version(1, 27)),
        may_carry(body, POD_INDEX, "0", Version(1, 28)),
        may_carry(body, "topology.kubernetes.io/zone", "a", Version(1, 34)),
        may_carry(
            workload("Job"), "batch.kubernetes.io/job-name", "db", Version(1, 26)
        ),
    ] == [None, True, None, None]


def test_a_scaled_set_may_have_any_ordinal() -> None:
    body = workload("StatefulSet", replicas=3)

    assert may_carry(body, POD_NAME, "db-9", NEWEST, scaled=True) is True


def test_programs_set_labels_on_their_own_pods() -> None:
    keys = ["vault-active", "spilo-role", "cnpg.io/podRole", "app", "isPrimary"]

    assert [program_that_sets(key) for key in keys] == [
        "Vault",
        "Patroni in Spilo",
        "CloudNativePG",
        None,
        "a sidecar of Valkey Sentinel",
    ]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("app", False),
        ("app.kubernetes.io/name", False),
        ("helm.sh/chart", False),
        ("strimzi.io/cluster", True),
        (POD_NAME, False),
    ],
)
def test_a_foreign_domain_belongs_to_an_operator(key: str, expected: bool) -> None:
    assert is_of_an_operator(key) is expected


def test_clusters_bring_their_own_dns() -> None:
    assert is_an_add_on("kube-system", {"k8s-app": "kube-dns"})
    assert not is_an_add_on("shop", {"k8s-app": "kube-dns"})


def test_the_pods_of_a_stateful_set_are_numbered() -> None:
    def values(spec: object, key: str = POD_NAME, **more: bool) -> object:
        body = {"kind": "StatefulSet", "metadata": {"name": "db"}, "spec": spec}
        return numbered_values(body, key, NEWEST, **more)

    assert values({"replicas": 3}) == ("db-0", "db-2")
    assert values({"replicas": 3, "ordinals": {"start": 5}}) == ("db-5", "db-7")
    assert values({}) == ("db-0", "db-0")
    assert values({"replicas": 3}, POD_INDEX) == ("0", "2")
    assert values({"replicas": 3}, scaled=True) == ("db-0", "")
    assert values({"replicas": "${N}"}) == ("db-0", "")
    assert values({"replicas": 3}, "app") is None
    assert numbered_values({"kind": "Deployment"}, POD_NAME, NEWEST) is None
