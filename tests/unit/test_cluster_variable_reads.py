"""Where workloads read variables: for the kubelet, and for a shell."""

from __future__ import annotations

from typing import Any

import yaml

from cip_lint.cluster.variable_reads import variable_reads
from support.clusters import cluster


def reads(container: dict[str, Any]) -> list[tuple[str, bool, str]]:
    """Return name, whether a shell reads it, and the marked characters of each."""
    spec = {"containers": [{"name": "c", "image": "i", **container}]}
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec}
    (member,) = cluster(yaml.safe_dump(body)).workloads
    found = []
    for read in variable_reads(member):
        mention = read.mention
        marked = mention.literal.text[mention.start : mention.end]
        assert member.resource.get(*read.path) == mention.literal.text
        found.append((read.name, read.by_shell, marked))
    return found


def test_the_kubelet_reads_values_commands_and_arguments() -> None:
    found = reads(
        {
            "env": [{"name": "X", "value": "a$(A)$$(B)$C"}],
            "command": ["run", "$(D)"],
            "args": ["--e=$(E)"],
        }
    )

    assert found == [("A", False, "$(A)"), ("D", False, "$(D)"), ("E", False, "$(E)")]


def test_a_shell_reads_its_script_alone() -> None:
    found = reads({"command": ["sh", "-c"], "args": ["run $A ${B}", "$C"]})

    assert found == [("A", True, "$A"), ("B", True, "${B}")]


def test_the_kubelet_makes_one_dollar_of_two() -> None:
    found = reads({"args": ["sh", "-c", "x $$A $$$$B $(C) '$$D' ${E}"]})

    assert found == [
        ("C", False, "$(C)"),
        ("A", True, "$$A"),
        ("E", True, "${E}"),
    ]


def test_probes_and_hooks_run_shells_too() -> None:
    found = reads(
        {
            "livenessProbe": {"exec": {"command": ["sh", "-c", "ask $A"]}},
            "lifecycle": {"preStop": {"exec": {"command": ["sh", "-c", "ask $B"]}}},
            "readinessProbe": {"exec": {"command": ["ask", "$C"]}},
        }
    )

    assert found == [("A", True, "$A"), ("B", True, "$B")]


def test_an_entry_is_known_by_its_number() -> None:
    body = """
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
    - {name: c, env: [{name: A, value: a}, {name: B, value: $(A)}], args: [$(B)]}
"""
    (member,) = cluster(body).workloads

    assert [read.entry for read in variable_reads(member)] == [1, None]


def test_what_is_no_container_reads_nothing() -> None:
    found = reads(
        {
            "env": {"name": "X"},
            "command": "$(A)",
            "args": [3, None, ["$(B)"]],
            "lifecycle": ["x"],
            "livenessProbe": {"exec": {"command": "sh -c $C"}},
        }
    )

    assert found == []
