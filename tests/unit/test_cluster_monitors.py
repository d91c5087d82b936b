"""Which Services a ServiceMonitor selects."""

from __future__ import annotations

import pytest

from cip_lint.cluster.monitors import Monitors
from support.clusters import cluster

SERVICES = """\
apiVersion: v1
kind: Service
metadata: {name: a, namespace: shop, labels: {app: web, tier: front}}
spec: {selector: {app: other}}
---
apiVersion: v1
kind: Service
metadata: {name: b, namespace: shop, labels: {app: web}}
---
apiVersion: v1
kind: Service
metadata: {name: c, namespace: mail, labels: {app: web}}
---
apiVersion: v1
kind: Service
metadata: {name: d, namespace: mail, labels: none}
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: m, namespace: shop}
"""


def selected(spec: str) -> list[str] | None:
    """Return the names of what a monitor selects; None where it cannot be read."""
    monitors = Monitors(cluster(f"{SERVICES}spec: {spec}\n"))
    if not monitors.all:
        return None
    return [one.name for one in monitors.services_of(monitors.all[0])]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("{selector: {matchLabels: {app: web}}}", ["a", "b"]),
        ("{selector: {matchLabels: {app: web, tier: front}}}", ["a"]),
        ("{selector: {matchLabels: {app: other}}}", []),
        (
            "{selector: {matchExpressions: [{key: app, operator: In, values: [web]}]}}",
            ["a", "b"],
        ),
        ("{selector: {}}", ["a", "b"]),
        ("{}", ["a", "b"]),
        (
            "{selector: {matchLabels: {app: web}}, namespaceSelector: {any: true}}",
            ["a", "b", "c"],
        ),
        (
            (
                "{selector: {matchLabels: {app: web}},"
                " namespaceSelector: {matchNames: [mail]}}"
            ),
            ["c"],
        ),
        ("{selector: {matchExpressions: [{key: app, operator: What}]}}", None),
        ("{selector: [web]}", None),
        ('{selector: {matchLabels: {app: "${APP}"}}}', None),
    ],
)
def test_labels_and_namespaces_decide(spec: str, expected: list[str] | None) -> None:
    assert selected(spec) == expected
