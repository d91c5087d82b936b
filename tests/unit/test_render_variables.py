"""What Flux fills in: from whom, in which order, and what nobody knows."""

from __future__ import annotations

from typing import Any

import pytest

from cip_lint.manifests.file_reading import read_text
from cip_lint.model import Resource, SourceFile
from cip_lint.render.variables.variables import Sources, Variables

OWNER = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  postBuild:
"""


def objects(text: str, path: str = "x.yaml") -> list[Resource]:
    return read_text(SourceFile(path, text), None).resources


def config_map(data: str, path: str = "clusters/a/settings.yaml") -> Resource:
    text = (
        "apiVersion: v1\nkind: ConfigMap\n"
        f"metadata: {{name: settings, namespace: flux-system}}\ndata: {data}\n"
    )
    (found,) = objects(text, path)
    return found


def secret(fields: str) -> Resource:
    text = (
        "apiVersion: v1\nkind: Secret  # needed here\n"
        f"metadata: {{name: secrets, namespace: flux-system}}\n{fields}\n"
    )
    return Resource(_body(text), objects(text.replace("Secret", "Other"))[0].places)


def _body(text: str) -> Any:
    return {**objects(text.replace("Secret", "Other"))[0].body, "kind": "Secret"}


def variables(
    after: str, *found: Resource, path: str = "clusters/a/apps.yaml"
) -> Variables:
    (owner,) = objects(OWNER + after, path)
    maps = [one for one in found if one.kind == "ConfigMap"]
    secrets = [one for one in found if one.kind == "Secret"]
    said = Sources(
        maps, lambda name: [one for one in secrets if one.name == name]
    ).variables(owner)
    assert said is not None
    return said


FROM_BOTH = """\
    substitute: {A: inline}
    substituteFrom:
    - {kind: ConfigMap, name: settings}
    - {kind: Secret, name: secrets}
"""


def test_what_the_object_says_itself_wins_and_then_the_last() -> None:
    said = variables(
        FROM_BOTH,
        config_map("{A: map, B: map, C: map}"),
        secret("data: {B: c2VjcmV0}\nstringData: {D: plain}"),
    )

    assert [said.value(name) for name in "ABCDE"] == [
        "inline",
        "secret",
        "map",
        "plain",
        "",
    ]
    assert not said.missing


def test_a_source_that_is_in_no_file_leaves_the_rest_unknown() -> None:
    said = variables(FROM_BOTH, config_map("{B: map}"))

    assert said.missing == ("Secret secrets",)
    assert said.value("A") == "inline"
    assert said.value("X") is None


@pytest.mark.parametrize(
    "value", ["ENC[AES256_GCM,data:abc,type:str]", "${OTHER}", "<your-domain>"]
)
def test_a_value_that_stands_for_another_is_not_known(value: str) -> None:
    said = variables(FROM_BOTH, config_map(f"{{B: '{value}'}}"), secret("data: {}"))

    assert said.value("B") is None
    assert said.value("X") == ""


def test_line_ends_are_taken_out() -> None:
    said = variables(FROM_BOTH, config_map('{B: "one\\ntwo\\n"}'), secret("data: {}"))

    assert said.value("B") == "onetwo"


def test_the_settings_of_the_own_cluster_are_meant() -> None:
    here = config_map("{B: here}")
    there = config_map("{B: there}", "clusters/b/settings.yaml")
    only = "    substituteFrom: [{kind: ConfigMap, name: settings}]\n"

    assert variables(only, there, here).value("B") == "here"
    assert variables(only, there, here, path="base/apps.yaml").value("B") is None


def test_a_map_of_another_namespace_is_not_meant() -> None:
    (other,) = objects(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\n"
    )
    only = "    substituteFrom: [{kind: ConfigMap, name: settings}]\n"

    assert variables(only, other).missing == ("ConfigMap settings",)


def test_a_number_is_no_value_and_a_dash_is_in_no_name() -> None:
    assert (
        variables("    substitute: {A: 1}\n").why
        == "spec.postBuild.substitute.A is no string"
    )
    assert variables('    substitute: {a-b: "1"}\n').why == (
        "'a-b' is no name of a variable"
    )


def test_a_place_tells_where_its_variables_are_set() -> None:
    said = variables(FROM_BOTH, config_map("{B: map}"), secret("data: {C: eA==}"))
    (service,) = objects(
        "kind: Service\napiVersion: v1\nmetadata: {name: '${A}-${B:=x}-${C}-${Z}'}\n"
    )
    labels = said.labels(service.span("metadata", "name"))

    assert [(one.span.text, one.text) for one in labels] == [
        ("inline", "${A} is inline here"),
        ("map", "${B} is map here"),
        (labels[2].span.text, "${C} is set here"),
    ]


def test_without_anything_to_fill_in_there_are_none() -> None:
    (owner,) = objects(OWNER + "    substitute: {}\n")

    assert Sources((), lambda _: ()).variables(owner) is None
