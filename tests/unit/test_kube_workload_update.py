"""Which changes of a workload the API server refuses."""

from __future__ import annotations

from typing import Any

import pytest

from cip_lint.kube.version import NEWEST, Version
from cip_lint.kube.workload_update import workload_update_faults
from cip_lint.model import Path


def workload(kind: str, labels: Any, **spec: Any) -> dict[str, Any]:
    is_whole = not isinstance(labels, dict) or "matchExpressions" in labels
    selector = labels if is_whole else {"matchLabels": labels}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "spec": {"selector": selector, **spec},
    }


def refused(old: Any, new: Any, version: Version = NEWEST, **how: Any) -> list[Path]:
    return [fault.path for fault in workload_update_faults(old, new, version, **how)]


IN_GO = (
    'v1.LabelSelector{MatchLabels:map[string]string{"app":"b"},'
    " MatchExpressions:[]v1.LabelSelectorRequirement(nil)}"
)


@pytest.mark.parametrize("kind", ["Deployment", "DaemonSet", "ReplicaSet"])
@pytest.mark.parametrize(
    ("version", "shown"),
    [
        (Version(1, 34), '{"matchLabels":{"app":"b"}}'),
        (Version(1, 33), IN_GO),
    ],
)
def test_a_selector_may_not_change(kind: str, version: Version, shown: str) -> None:
    old, new = workload(kind, {"app": "a"}), workload(kind, {"app": "b"})

    (fault,) = workload_update_faults(old, new, version)

    assert fault.path == ("spec", "selector")
    assert fault.cause == (
        "FieldValueInvalid",
        "spec.selector",
        f"Invalid value: {shown}: field is immutable",
    )


@pytest.mark.parametrize(
    ("version", "named"),
    [
        (Version(1, 21), "'replicas', 'template', and 'updateStrategy'"),
        (Version(1, 22), "'updateStrategy' and 'minReadySeconds'"),
        (Version(1, 25), "'updateStrategy', 'persistentVolumeClaimRetentionPolicy'"),
        (Version(1, 32), "'ordinals', 'template', 'updateStrategy', 'persistent"),
        (Version(1, 33), "'updateStrategy', 'revisionHistoryLimit', 'persistent"),
    ],
)
def test_a_stateful_set_lists_what_may_change(version: Version, named: str) -> None:
    old = workload("StatefulSet", {"app": "a"}, serviceName="db")
    new = workload("StatefulSet", {"app": "b"}, serviceName="dbs")

    first, second = workload_update_faults(old, new, version)

    assert first.cause == second.cause
    assert named in first.cause.message
    assert [fault.path[-1] for fault in (first, second)] == ["selector", "serviceName"]


@pytest.mark.parametrize(
    "new",
    [
        workload("Deployment", {"app": "a"}, replicas=3),
        workload("Deployment", {"app": "a"}, serviceName="x"),
        workload("Deployment", None),
        workload("Deployment", ["app"]),
        workload("Job", {"app": "b"}),
        {**workload("Deployment", {"app": "b"}), "apiVersion": "extensions/v1beta1"},
        {"apiVersion": "apps/v1", "kind": ["Deployment"], "spec": 7},
    ],
)
def test_other_changes_are_free_or_told_elsewhere(new: Any) -> None:
    assert refused(workload("Deployment", {"app": "a"}), new) == []


def test_expressions_count_and_empty_lists_do_not() -> None:
    one = {"key": "app", "operator": "In", "values": ["a"]}
    old = workload("Deployment", {"matchExpressions": [one]})

    same = {"matchLabels": {}, "matchExpressions": [dict(one)]}
    assert refused(old, workload("Deployment", same)) == []
    other = {"matchExpressions": [{**one, "values": ["a", "b"]}]}
    assert refused(old, workload("Deployment", other)) == [("spec", "selector")]


def test_what_is_left_out_is_kept_where_nobody_knows_who_wrote_it() -> None:
    old = workload("StatefulSet", {"app": "a", "chart": "1"}, serviceName="db")
    new = workload("StatefulSet", {"app": "a"})

    assert len(refused(old, new)) == 2
    assert refused(old, new, known=False) == []
    changed = workload("StatefulSet", {"app": "b"}, serviceName="dbs")
    assert len(refused(old, changed, known=False)) == 2
