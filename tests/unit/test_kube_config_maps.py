"""The ConfigMaps that pods read."""

from __future__ import annotations

import yaml

from cip_lint.kube.config_maps import ConfigRead, config_maps_of
from cip_lint.kube.workloads import Workload

POD = """
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  volumes:
    - {name: a, configMap: {name: whole}}
    - {name: b, configMap: {name: some, items: [{key: x, path: x}, {key: y, path: z}]}}
    - {name: c, projected: {sources: [{configMap: {name: projected}}, {secret: {}}]}}
    - {name: d, emptyDir: {}}
  initContainers:
    - {name: i, envFrom: [{configMapRef: {name: early}}]}
  containers:
    - name: c
      envFrom: [{configMapRef: {name: all}}, {secretRef: {name: s}}]
      env:
        - name: A
          valueFrom: {configMapKeyRef: {name: one, key: k}}
        - {name: B, value: v}
"""


def test_each_way_to_read_a_config_map() -> None:
    assert list(config_maps_of(Workload(yaml.safe_load(POD)))) == [
        ConfigRead("whole"),
        ConfigRead("some", "x"),
        ConfigRead("some", "y"),
        ConfigRead("projected"),
        ConfigRead("all"),
        ConfigRead("one", "k"),
        ConfigRead("early"),
    ]


def test_values_of_another_type_name_nothing() -> None:
    spec = {
        "volumes": [7, {"configMap": [1]}, {"projected": {"sources": 7}}],
        "containers": [{"envFrom": {"a": 1}, "env": [{"valueFrom": 7}, 8]}],
    }

    assert list(config_maps_of(Workload({"kind": "Pod", "spec": spec}))) == []
