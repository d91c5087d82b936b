"""The compiled readers of values and the one in Python say the same of any text."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cip_lint.manifests import YamlError, easy_values, meanings
from cip_lint.manifests.line_tree import line_tree
from cip_lint.manifests.split import normalised
from cip_lint.manifests.tree import Mapping, Node, Sequence
from cip_lint.manifests.values import document_value
from cip_lint.manifests.yaml_tree import yaml_tree

pytestmark = pytest.mark.skipif(
    not easy_values.reads_compiled(), reason="the readers are not compiled here"
)

_PARTS = [
    *(
        "a",
        "b",
        "web",
        "10.96.0.10",
        "0x1F",
        "1000000",
        "1_000",
        "1e3",
        "-.inf",
        "y",
        "~",
        "é",
        "😀",
    ),
    *(
        "a: ",
        "b:\n",
        "? ",
        ": ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "\n",
        "\n  ",
        "\n    ",
    ),
    *("'x'", '"\\n"', '"\\/"', "|\n  ", ">-\n    ", "'", '"', "#", " # c\n", "\t"),
    *(
        "&x ",
        "*x",
        "! ",
        "!!str ",
        "<<: ",
        "%",
        "---\n",
        "...\n",
        "\ufeff",
        "\x00",
        "x?y",
    ),
]
_MANIFEST = """\
apiVersion: v1
kind: Service
metadata: {name: web, labels: {"app": 'web', tier: front}}
spec:
  selector: {app: web, tier: front}
  clusterIP: 10.96.0.10
  ports:
  - {name: http, port: 80, targetPort: 0x50}
  - name: "dns"
    port: 53
    protocol: UDP
  note: |
    a text

    # no comment
"""


_LINES = """\
---
apiVersion: v1  # stable
kind: Service
metadata:
  name: web
  labels:
    app.kubernetes.io/name: 'web'
    "tier": front
  annotations: {}
  finalizers: [a, "b" ]
# of its own
spec:
  ports:
  - name: http
    port: 80
    targetPort:
      8080
  -   port: 0x50
  sessionAffinity:
  clusterIP: 10.96.0.10
data:
  script: |
    a: b

     c
  folded: >-
    one
    two

     three
    four
  last: http://x:80/?y#z
"""


@st.composite
def _texts(draw: st.DrawFn) -> str:
    """Return a manifest that is spoilt here and there, or parts in any order."""
    parts = draw(st.lists(st.sampled_from(_PARTS), max_size=12))
    text = draw(st.sampled_from([_MANIFEST, _LINES, _LINES, "".join(parts)]))
    for part in parts[:3]:
        at = draw(st.integers(0, len(text)))
        text = text[:at] + part + text[at + draw(st.integers(0, 4)) :]
    return normalised(text)


def _outcome(text: str, lines: Any, events: Any, *, few: int) -> Any:
    meanings.forget()
    with (
        mock.patch.multiple(easy_values, line_reader=lines, event_reader=events),
        mock.patch.object(meanings, "_FEW_DOCUMENTS", few),
    ):
        try:
            value, end, repeated, _ = document_value(text)
            return repr((value, end, repeated))
        except YamlError as error:
            return type(error), error.message, error.offset
        finally:
            meanings.forget()


@given(text=_texts(), few=st.sampled_from([0, 1_000]))
@example(text="a: 1\na: 2\nb: [\n", few=0)
@example(text="a: 1\na: 2\nb: c: d\n", few=0)
@example(text="a: [x?y]\nb: c: d\n", few=0)
@example(text=_LINES, few=0)
def test_all_readers_say_the_same(text: str, few: int) -> None:
    found = _outcome(text, None, None, few=few)

    assert found == _outcome(text, None, easy_values.event_reader, few=few)
    assert found == _outcome(text, easy_values.line_reader, None, few=few)


@given(text=_texts())
@example(text=_LINES)
def test_both_trees_of_places_are_alike(text: str) -> None:
    tree = line_tree(text)

    if tree is not None:
        assert _spans(tree) == _spans(yaml_tree(text))


def _spans(root: Node | None) -> list[tuple[object, ...]]:
    """Return what is known of each node of a tree, from its root on."""
    spans: list[tuple[object, ...]] = []
    nodes = [root]
    while nodes:
        node = nodes.pop()
        assert node is not None
        spans.append((type(node), node.start, node.end, node.style, node.key))
        if isinstance(node, Mapping):
            nodes += [part for pair in node.pairs for part in pair]
        elif isinstance(node, Sequence):
            nodes += node.items
    return spans


def test_what_is_spoilt_was_read_by_lines() -> None:
    assert easy_values.line_reader is not None
    assert easy_values.line_reader(_LINES, False) is not None
    assert line_tree(_LINES) is not None
