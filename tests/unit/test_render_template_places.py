"""Objects of a template with several documents are found in their own."""

from __future__ import annotations

from cip_lint.model import SourceFile
from cip_lint.render.helm.template_places import TemplatePlaces, parts_of

TEMPLATE = """\
kind: Service
metadata:
  name: {{ .Release.Name }}
spec:
  selector: {app: web}
---
# the peers
apiVersion: v1
kind: "Service" # headless
metadata:
  name: {{ .Release.Name }}-peers
spec:
  selector: {app: peer}
---
{{- range .Values.jobs }}
kind: Job
metadata: {name: {{ . }}}
---
{{- end }}
"""


def words(kinds: list[str]) -> list[str]:
    """Return the first names or selectors in each part."""
    parts = (TEMPLATE[start:end] for start, end in parts_of(TEMPLATE, kinds))
    return [
        next((word for word in ("web}", "peer}", "{{ . }}") if word in part), "")
        if part != TEMPLATE
        else "all"
        for part in parts
    ]


def test_objects_of_one_kind_stand_in_the_order_of_their_documents() -> None:
    assert words(["Service", "Job", "Service"]) == ["web}", "{{ . }}", "peer}"]


def test_one_document_may_make_several_objects() -> None:
    assert words(["Job", "Job", "Job"]) == ["{{ . }}"] * 3


def test_nobody_knows_which_documents_were_left_out() -> None:
    assert words(["Service"]) == ["all"]
    assert words(["ConfigMap", "Job"]) == ["all", "{{ . }}"]
    assert parts_of("", ["Service"]) == [(0, 0)]


def test_keys_that_stand_once_in_the_document_are_found() -> None:
    template = SourceFile("shop/templates/web.yaml", TEMPLATE)
    body = {"kind": "Service", "spec": {"selector": {"app": "peer"}}}
    (_, part) = parts_of(TEMPLATE, ["Service", "Service"])
    places = TemplatePlaces(body, template, (), 1, part=part)
    whole = TemplatePlaces(body, template, (), 1)

    assert places.value(("metadata", "name")).first.line == 11
    assert places.value(("spec", "selector")).text == "{app: peer}"
    assert places.value(("status",)).first.line == 9
    assert whole.value(("metadata", "name")).first.line == 1


def test_what_is_included_is_of_the_document_without_a_kind() -> None:
    text = '{{ include "a.service" . }}\n---\nkind: Deployment\nports: []\n'

    service, deployment = parts_of(text, ["Service", "Deployment"])

    assert text[slice(*service)] == '{{ include "a.service" . }}\n'
    assert text[slice(*deployment)] == "\nkind: Deployment\nports: []\n"
    twice = f"{text}---\n{text}"
    assert parts_of(twice, ["Service"]) == [(0, len(twice))]
