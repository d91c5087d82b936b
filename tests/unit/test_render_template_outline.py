"""The keys of a template are found by their indentation."""

from __future__ import annotations

from typing import Any

import pytest

from cip_lint.model import Path
from cip_lint.render.helm.template_outline import Outline

TEMPLATE = """\
{{- if .Values.on }}
metadata:
  name: {{ .Release.Name }}
  labels:
    {{- include "labels" . | nindent 4 }}
  annotations:
    note: |
      name: no key
spec:
  containers:
  - name: web
    env:
    - name: A
      value: "1"
    - name: B
      value: {{ .b }}
  - name: side
    ports:
      - 80
      - {containerPort: 81}
    "quoted key": x
    {{- if .x }}
    image: a
    {{- else }}
    image: b
    {{- end }}
  last: 'end'
{{- end }}
"""
BODY: Any = {
    "spec": {
        "containers": [
            {"name": "web", "env": [{"name": "A"}, {"name": "B"}]},
            {"name": "side", "ports": [80, {}], "image": "a"},
        ]
    }
}
WEB: Path = ("spec", "containers", 0)
SIDE: Path = ("spec", "containers", 1)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (("metadata", "name"), "{{ .Release.Name }}"),
        (("metadata", "annotations", "note"), "|"),
        ((*WEB, "name"), "web"),
        ((*WEB, "env", 0, "value"), "1"),
        ((*WEB, "env", 1, "value"), "{{ .b }}"),
        ((*WEB, "env", 1), "name: B"),
        ((*WEB, "env"), ""),
        ((*SIDE, "name"), "side"),
        ((*SIDE, "ports", 0), "80"),
        ((*SIDE, "ports", 1), "{containerPort: 81}"),
        ((*SIDE, "quoted key"), "x"),
        (("spec", "last"), "end"),
        ((*SIDE, "image"), None),
        (("metadata", "annotations", "note", "name"), None),
        (("metadata", "labels", "app"), None),
    ],
)
def test_a_path_leads_to_its_key(path: Path, said: str | None) -> None:
    for text in (TEMPLATE, TEMPLATE.replace("\n", "\r\n")):
        outline = Outline(text, 0, len(text))
        entry = outline.find(path, BODY)

        assert (None if entry is None else outline.said(entry)) == said


def test_an_item_is_the_one_that_names_itself_so() -> None:
    """Where the template has fewer items than the object: a range makes the others."""
    text = "ports:\n- name: a\n  port: 1\n- name: b\n  port: 2\n"
    outline = Outline(text, 0, len(text))
    body = {"ports": [{"name": "x"}, {"name": "b"}, {"name": "y"}]}

    entry = outline.find(("ports", 1, "port"), body)

    assert entry is not None
    assert outline.said(entry) == "2"
    assert outline.find(("ports", 0, "port"), body) is None


def test_only_the_part_of_the_object_is_read() -> None:
    text = "name: a\n---\nname: b\n"
    entry = Outline(text, 12, len(text)).find(("name",), {"name": "b"})

    assert entry is not None
    assert (entry.key, entry.rest) == ((12, 16), (18, 19))


@pytest.mark.parametrize("text", ["", "- - -\n", "---\n", ": x\n", "{{\n", "-\n- a:\n"])
def test_any_text_has_an_outline(text: str) -> None:
    assert Outline(text, 0, len(text)).find(("a", 0, "b"), {}) is None
