"""Hosts are found in texts that the kubelet puts together of variables."""

from __future__ import annotations

import pytest

from cip_lint.cluster.literals import literals
from cip_lint.cluster.spelled_out import hosts_of
from support.clusters import cluster

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      env:
        - {name: BEFORE, value: "http://$(DB)/x"}
        - {name: DB, value: db}
        - {name: PORT, value: "5432"}
        - {name: NS, value: shop}
        - {name: NESTED, value: "$(DB)"}
        - {name: TWICE, value: a}
        - {name: TWICE, value: b}
        - {name: OF_FIELD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
      args: [TEXT]
"""


def _found(text: str) -> list[tuple[str, str, int | None, str]]:
    made = cluster(POD.replace("TEXT", f'"{text}"'))
    return [
        (
            literal.name or str(literal.path[-2]),
            literal.text[host.start : host.end],
            host.port,
            literal.text[host.port_start : host.port_end],
        )
        for literal, host in hosts_of(list(literals(made)))
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("http://$(DB):80/x", ("DB", "db", 80, "")),
        ("http://$(DB):$(PORT)/x", ("DB", "db", 5432, "")),
        ("http://web:$(PORT)/x", ("args", "web", 5432, "")),
        ("http://web:80/$(PORT)", ("args", "web", 80, "80")),
        ("$(PORT) http://web:80/", ("args", "web", 80, "80")),
        ("$(DB):5432", ("DB", "db", 5432, "")),
    ],
)
def test_a_host_stands_where_it_is_written(
    text: str, found: tuple[str, str, int | None, str]
) -> None:
    assert _found(text) == [found]


@pytest.mark.parametrize(
    "text",
    [
        "http://$(DB).$(NS).svc:80",
        "http://$(DB).shop:80",
        "http://$(NESTED):80",
        "http://$(TWICE):80",
        "http://$(OF_FIELD):80",
        "http://$(NOBODY):80",
        "http://$$(DB):80",
    ],
)
def test_a_host_of_several_texts_or_unknown_ones_is_none(text: str) -> None:
    assert _found(text) == []
