"""No settings file, however wrong, makes the command fall over."""

from __future__ import annotations

import copy
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from support.command import cip_lint

GOOD: dict[str, Any] = {
    "version": 1,
    "extends": "base.yaml",
    "paths": ["m"],
    "exclude": ["x"],
    "clusters": {
        "a": {
            "serviceCIDRs": ["10.96.0.0/16"],
            "families": ["IPv4"],
            "nodePortRange": "30000-32767",
            "clusterDomain": "a.b",
            "kubernetesVersion": "1.30",
            "distribution": "kind",
            "engine": "helm",
            "namespace": "x",
            "complete": ["a"],
            "paths": ["m"],
        }
    },
    "overrides": [
        {
            "paths": ["m"],
            "namespace": "x",
            "complete": True,
            "cluster": "a",
            "ignore": ["address"],
            "severity": {"port": "off"},
        }
    ],
    "profile": "strict",
    "select": ["ALL"],
    "ignore": ["headless", {"rule": "address.taken", "until": "2026-01-01"}],
    "severity": {"address.taken": "info"},
    "failOn": "error",
    "output": ["concise"],
    "external": {"workloads": [{"labels": {"a": "b"}}], "runTimeLabels": ["a/*"]},
    "reserved": [
        {"address": "10.96.0.32/28", "owner": "x/*", "purpose": "y", "cluster": "a"},
        {"nodePort": "30080-30089", "owner": "x/a"},
    ],
    "kinds": [
        {"group": "a", "kind": "B", "podTemplate": "spec.template"},
        {
            "kind": "B",
            "references": [
                {
                    "service": "spec.to[].name",
                    "namespace": "namespace",
                    "port": "port",
                    "portMeans": "number",
                    "defaultPort": 80,
                }
            ],
        },
    ],
    "rules": {"address.taken": {"a": "b"}},
}
MANIFEST = """\
apiVersion: v1
kind: Service
metadata: {name: a}
spec: {clusterIP: 10.96.0.9, ports: [{port: 80}, {port: 81}]}
"""
Steps = tuple[str | int, ...]


def _paths(value: Any, path: Steps = ()) -> Iterator[Steps]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _paths(one, (*path, key))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _paths(one, (*path, index))


PATHS = sorted(_paths(GOOD), key=str)
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "*[", "a**b", "10.0.0.0/99", "x\ny", "\u202e", "address"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=4,
)


@settings(max_examples=60, deadline=None)
@given(
    changes=st.lists(st.tuples(st.sampled_from(PATHS), JUNK), max_size=3),
    command=st.sampled_from([("check",), ("table",), ("plan",), ("config", "show")]),
)
def test_any_settings_are_used_or_refused(
    changes: list[tuple[Steps, Any]], command: tuple[str, ...]
) -> None:
    value = copy.deepcopy(GOOD)
    for path, junk in changes:
        parent: Any = value
        for step in path[:-1]:
            parent = parent[step] if _has(parent, step) else None
        if _has(parent, path[-1]):
            parent[path[-1]] = junk

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "m").mkdir()
        (folder / "m" / "a.yaml").write_text(MANIFEST)
        (folder / "base.yaml").write_text("profile: mesh\n")
        (folder / ".cip-lint.yaml").write_text(json.dumps(value), encoding="utf-8")
        done = cip_lint(folder, *command)

    assert done.code in {0, 1, 2}
    assert "a fault of cip-lint" not in done.err


def _has(parent: Any, step: str | int) -> bool:
    if isinstance(parent, dict):
        return step in parent
    return isinstance(parent, list) and isinstance(step, int) and step < len(parent)
