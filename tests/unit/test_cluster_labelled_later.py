"""Labels that scripts of the set, and Spinnaker, give to pods."""

from __future__ import annotations

from pathlib import Path

import pytest

from cip_lint.cluster.labelled_later import labelled
from support.written import Gather, gatherer, obj, service


@pytest.fixture
def gather(tmp_path: Path) -> Gather:
    return gatherer(tmp_path)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("kubectl label pod $HOSTNAME mode=active --overwrite", {"mode"}),
        ("kubectl -n x label pods/web-0 a=1 b.c/d=2", {"a", "b.c/d"}),
        ('kubectl label po "$POD" "role=$ROLE"; echo c=1', {"role"}),
        ("kubectl label pods -l app=web --selector=tier=x mode=on", {"mode"}),
        ("kubectl label \\\n  pod web-0 \\\n  mode=on", {"mode"}),
        (
            'kubectl patch pod web-0 -p \'{"metadata":{"labels":{"role":"a"}}}\'',
            {"role"},
        ),
        (
            'kubectl patch pod x -p "{\\"metadata\\":{\\"labels\\":{\\"r\\":\\"a\\"}}}"',
            {"r"},
        ),
        ("kubectl label node $NODE disk=ssd", set()),
        ("kubectl label namespace x a=b && kubectl get pods", set()),
        ('kubectl patch svc x -p \'{"metadata":{"labels":{"a":"b"}}}\'', set()),
        ("echo label pod a=b", set()),
        ("kubectl get pods -l a=b", set()),
        ("kubectl label pod x mode-", set()),
    ],
)
def test_keys_that_a_script_gives_to_pods(script: str, expected: set[str]) -> None:
    assert labelled(script) == expected


SCRIPT = "while sleep 5; do kubectl label pod $HOSTNAME mode=active; done"


@pytest.mark.parametrize(
    "elector",
    [
        f"command: [sh, -c], args: ['{SCRIPT}']",
        "command: [kubectl, label, pod, $(POD), mode=active]",
    ],
)
def test_what_a_sidecar_labels_is_unknown(gather: Gather, elector: str) -> None:
    pods = "{containers: [{name: a, image: a}, {name: e, image: e, " + elector + "}]}"
    made = f"spec: {{template: {{metadata: {{labels: {{app: web}}}}, spec: {pods}}}}}"
    (cluster,) = gather(
        {
            "a.yaml": service("web", "app: web, mode: active", ns="x")
            + obj("Deployment", "web", made, api="apps/v1", ns="x")
        }
    )
    (web,) = cluster.services

    unknown = cluster.why_unknown({"app": "web", "mode": "active"}, web)
    assert unknown is not None
    assert unknown.reason == "a script of Deployment x/web labels pods"
    assert cluster.why_unknown({"app": "api"}, web) is None


def test_a_script_in_a_config_map_counts(gather: Gather) -> None:
    config = obj("ConfigMap", "c", f'data: {{"run.sh": "{SCRIPT}"}}', ns="x")
    (cluster,) = gather({"a.yaml": service("web", "mode: active", ns="x") + config})
    (web,) = cluster.services

    assert cluster.why_unknown({"mode": "active"}, web) is not None


def test_spinnaker_labels_pods_for_the_services_it_is_told(gather: Gather) -> None:
    (cluster,) = gather(
        {
            "a.yaml": service("front", "by: front", ns="x")
            + service("other", "by: other", ns="x")
            + """---
apiVersion: apps/v1
kind: ReplicaSet
metadata:
  name: web
  namespace: x
  annotations: {traffic.spinnaker.io/load-balancers: '["service front"]'}
spec:
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: []}}
"""
        }
    )
    front, other = cluster.services

    assert cluster.why_unknown({"by": "front"}, front) is not None
    assert cluster.why_unknown({"by": "other"}, other) is None
