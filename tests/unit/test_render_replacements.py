"""An entry of replacements is found by the field that it sets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cip_lint.manifests.landmarks import first_document
from cip_lint.manifests.places import DocumentPlaces
from cip_lint.model import Path as ModelPath
from cip_lint.model import SourceFile
from cip_lint.render.kustomize.replacements import replacing
from cip_lint.render.surroundings.sources import Source

BODY: Any = {
    "kind": "Deployment",
    "metadata": {"name": "web", "annotations": {"a.b/c": "x"}},
    "spec": {"containers": [{"name": "side"}, {"name": "web", "env": [{"name": "A"}]}]},
}
TARGET = "- {select: {kind: Deployment, name: web}, fieldPaths: ['%s']}"
VALUE: ModelPath = ("spec", "containers", 1, "env", 0, "value")


def source(folder: Path, text: str) -> Source:
    file = SourceFile("kustomization.yaml", text)
    places = DocumentPlaces(file, 0, len(text))
    return Source(folder, folder, first_document(file), places)


@pytest.mark.parametrize(
    ("field", "path", "leads"),
    [
        ("spec.containers.[name=web].env.[name=A].value", VALUE, True),
        ("spec.containers.[name=side].env.[name=A].value", VALUE, False),
        ("spec.containers.1.env.0.value", VALUE, True),
        ("spec.containers.*.env.*.value", VALUE, True),
        ("spec.containers.*.env.*", VALUE, False),
        (r"metadata.annotations.a\.b/c", ("metadata", "annotations", "a.b/c"), True),
        ("metadata.annotations.[a.b/c]", ("metadata", "annotations", "a.b/c"), True),
        ("", VALUE, False),
    ],
)
def test_a_field_path_leads_to_a_place(
    tmp_path: Path, field: str, path: ModelPath, leads: bool
) -> None:
    text = f"replacements:\n- targets:\n  {TARGET % field}\n"

    found = list(replacing(source(tmp_path, text), path, BODY, ("web",)))

    expected = [("replacements", 0, "targets", 0, "fieldPaths", 0)] if leads else []
    assert found == expected


@pytest.mark.parametrize(
    ("select", "selects"),
    [
        ("{name: web}", True),
        ("{name: other}", False),
        ("{kind: Service}", False),
        ("{name: 'w.*'}", True),
        ("[]", True),
    ],
)
def test_a_target_selects_objects(tmp_path: Path, select: str, selects: bool) -> None:
    target = f"{{select: {select}, fieldPaths: ['spec.containers.1.env.0.value']}}"
    text = f"replacements: [x, {{targets: [1, {target}]}}]\n"

    found = list(replacing(source(tmp_path, text), VALUE, BODY, ("web",)))

    assert bool(found) == selects
    assert found in ([], [("replacements", 1, "targets", 1, "fieldPaths", 0)])


@pytest.mark.parametrize("whole", ["- %s", "replacements:\n- %s"])
def test_a_file_of_replacements_is_named_by_the_kustomization(
    tmp_path: Path, whole: str
) -> None:
    one = f"{{targets: [{TARGET[2:] % 'spec.containers.1.env.0.value'}]}}"
    (tmp_path / "r.yaml").write_text((whole % one).removeprefix("- "))
    text = "replacements: [{path: gone.yaml}, {path: r.yaml}]\n"

    found = list(replacing(source(tmp_path, text), VALUE, BODY, ("web",)))

    assert found == [("replacements", 1, "path")]
