"""Where the texts of a set stand, and what they are called there."""

from __future__ import annotations

from cip_lint.cluster.literals import Literal, literals
from support.clusters import cluster

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      env: [{name: DB, value: a}, {name: PORT, value: 3}, {value: b}, x]
      command: [run, --verbose, --db, c]
      args: [--db=d, 3, e]
  initContainers:
    - {name: wait, args: [f], env: none}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data: {file: g, number: 3}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: odd}
data: none
"""


def _named(one: Literal) -> tuple[str, str]:
    return one.name, one.text


def test_texts_are_called_by_variable_flag_and_file() -> None:
    assert list(map(_named, literals(cluster(POD)))) == [
        ("DB", "a"),
        ("", "b"),
        ("", "run"),
        ("", "--verbose"),
        ("--verbose", "--db"),
        ("--db", "c"),
        ("", "--db=d"),
        ("", "e"),
        ("", "f"),
        ("file", "g"),
    ]


def test_every_text_stands_at_its_path() -> None:
    made = cluster(POD)

    for one in literals(made):
        assert one.member.resource.get(*one.path) == one.text
