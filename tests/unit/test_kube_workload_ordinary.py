"""The quick look at workloads says yes only where the whole way refuses nothing."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest

from cip_lint.kube import workload_checks
from cip_lint.kube.checks import Checks
from cip_lint.kube.version import NEWEST, Version
from cip_lint.kube.workload_ordinary import is_ordinary
from cip_lint.model import Path

_CHECKS = (
    workload_checks.check_deployment,
    workload_checks.check_stateful_set,
    workload_checks.check_daemon_set,
)
_GOOD: dict[str, Any] = {
    "metadata": {"name": "web", "labels": {"app": "web"}, "annotations": {"a": "b"}},
    "spec": {
        "replicas": 2,
        "serviceName": "web",
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}, "annotations": {"a": "b"}},
            "spec": {
                "restartPolicy": "Always",
                "containers": [
                    {
                        "name": "web",
                        "image": "web",
                        "ports": [
                            {"name": "http", "containerPort": 80, "protocol": "TCP"},
                            {"name": "admin", "containerPort": 81},
                        ],
                        "env": [
                            {"name": "A", "value": "x"},
                            {"name": "B", "valueFrom": {"fieldRef": {}}},
                        ],
                        "readinessProbe": {
                            "httpGet": {"port": "http", "scheme": "HTTP"},
                            "periodSeconds": 1,
                        },
                        "livenessProbe": {"exec": {"command": ["true"]}},
                    }
                ],
                "initContainers": [{"name": "first", "image": "web"}],
            },
        },
    },
}
_VALUES = (
    *(None, "", "Web", "a b", "-a", "80", "web", "first", "http", "a=b", "x" * 64),
    *("Never", "None", "TCP", "tcp"),
    *(-1, 0, 1, 2, 80, 65535, 65536, True),
)
_FURTHER: tuple[tuple[Path, Any], ...] = (
    (("metadata", "generateName"), "web-"),
    (("metadata", "generation"), -1),
    (("metadata", "finalizers"), ["a b"]),
    (("metadata", "labels", "a b"), "x"),
    (("spec", "minReadySeconds"), -1),
    (("spec", "selector", "matchExpressions"), [{"key": "a b", "operator": "Exists"}]),
    (("spec", "selector", "matchLabels"), {}),
    (("spec", "selector", "matchLabels"), {"app": "web", "tier": "x"}),
    (("spec", "template", "metadata", "annotations", "a b"), "x"),
)
_FURTHER_OF_PODS: tuple[tuple[Path, Any], ...] = (
    (("containers",), []),
    (("dnsPolicy",), "None"),
    (("dnsPolicy",), "x"),
    (("dnsConfig",), {"nameservers": ["x"]}),
    (("ephemeralContainers",), [{"name": "x"}]),
    (("hostAliases",), [{"ip": "x"}]),
    (("hostNetwork",), True),
    (("hostname",), "a b"),
    (("hostnameOverride",), "a b"),
    (("nodeName",), "a b"),
    (("subdomain",), "a b"),
    (("initContainers", 0, "readinessProbe"), {"httpGet": {"port": 80}}),
    (("initContainers", 0, "restartPolicy"), "x"),
)
_FURTHER_OF_CONTAINERS: tuple[tuple[Path, Any], ...] = (
    (("lifecycle",), {"preStop": {}}),
    (("restartPolicy",), "x"),
    (("startupProbe",), {}),
    (("ports", 0, "hostPort"), 65536),
    (("ports", 0, "hostPort"), 81),
    (("ports", 1, "hostPort"), 81),
    (("env", 0, "valueFrom"), {"fieldRef": {}}),
    (("env", 1, "valueFrom"), {}),
    (("env", 1, "valueFrom"), {"fieldRef": None}),
    (("env", 1, "valueFrom"), {"fieldRef": {}, "secretKeyRef": {}}),
    (("env", 1, "valueFrom"), {"other": {}}),
    (("readinessProbe", "tcpSocket"), {"port": 80}),
    (("readinessProbe", "httpGet", "httpHeaders"), [{"name": "a b"}]),
    (("readinessProbe", "successThreshold"), -1),
    (("livenessProbe", "successThreshold"), 2),
    (("livenessProbe", "terminationGracePeriodSeconds"), 0),
    (("livenessProbe", "exec", "command"), []),
    (("livenessProbe", "exec"), None),
)
_PODS: Path = ("spec", "template", "spec")


def _places(value: object, path: Path = ()) -> Iterator[Path]:
    """Yield where a number or a text stands."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _places(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _places(item, (*path, index))
    else:
        yield path


def _get(body: Any, path: Path) -> Any:
    for step in path:
        body = body[step]
    return body


def _fits(old: object, new: object) -> bool:
    """Whether a value still has the type that it is decoded to."""
    return new is None or type(new) is type(old)


_CHANGES: tuple[tuple[Path, Any], ...] = (
    *(
        (path, value)
        for path in _places(_GOOD)
        for value in _VALUES
        if _fits(_get(_GOOD, path), value)
    ),
    *((((*_PODS, "containers", 0, "readinessProbe", "httpGet", "port")), one)
      for one in (-1, 0, 80, 65536)),
    *_FURTHER,
    *(((*_PODS, *path), value) for path, value in _FURTHER_OF_PODS),
    *(
        ((*_PODS, "containers", 0, *path), value)
        for path, value in _FURTHER_OF_CONTAINERS
    ),
)  # fmt: skip


def _changed(*changes: tuple[Path, Any]) -> dict[str, Any] | None:
    """Return the good workload with some changes; None where one undoes another."""
    body = copy.deepcopy(_GOOD)
    for path, value in changes:
        try:
            _get(body, path[:-1])[path[-1]] = value
        except (IndexError, KeyError, TypeError):
            return None
    return body


@pytest.fixture(autouse=True)
def _no_quick_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workload_checks, "is_ordinary", lambda *_: False)


def _is_refused(body: dict[str, Any], version: Version) -> bool:
    for check in _CHECKS:
        checks = Checks(version)
        check(checks, body)
        if checks.faults:
            return True
    return False


def test_the_good_one_is_ordinary() -> None:
    assert is_ordinary(_GOOD, NEWEST)
    assert not _is_refused(_GOOD, NEWEST)


@pytest.mark.parametrize("version", [NEWEST, Version(1, 33), Version(1, 31)], ids=str)
def test_nothing_ordinary_is_refused(version: Version) -> None:
    for change in _CHANGES:
        body = _changed(change)
        if body is not None and is_ordinary(body, version):
            assert not _is_refused(body, version), change


def test_no_two_changes_that_are_ordinary_are_refused_together() -> None:
    single = [
        change
        for change in _CHANGES
        if (body := _changed(change)) is not None and is_ordinary(body, NEWEST)
    ]
    assert len(single) > 20
    for pair in combinations(single, 2):
        body = _changed(*pair)
        if body is not None and is_ordinary(body, NEWEST):
            assert not _is_refused(body, NEWEST), pair
