"""Comments in texts that no YAML reader understands."""

from __future__ import annotations

import pytest

from cip_lint.manifests.comments import (
    is_comment_line,
    loose_comments,
    stands_first,
)
from cip_lint.manifests.places import DocumentPlaces
from cip_lint.model import SourceFile


@pytest.mark.parametrize(
    ("line", "comment"),
    [
        ("port: {{ .x }} # cip-lint: ignore[a] b", "# cip-lint: ignore[a] b"),
        ("{{- /* cip-lint: ignore[a] b */}}", "/* cip-lint: ignore[a] b"),
        ("x = 1 // cip-lint: ignore[a]\r", "// cip-lint: ignore[a]"),
        ("; cip-lint: ignore[a]", "; cip-lint: ignore[a]"),
        ("url: http://cip-lint: x", None),
        ("a#cip-lint: ignore[a]", None),
        ("# of cip-lint alone", None),
    ],
)
def test_what_begins_as_a_comment_is_one(line: str, comment: str | None) -> None:
    source = SourceFile("x.conf", f"first\n{line}\nlast\n")

    found = [span.text for span in loose_comments(source)]

    assert found == ([] if comment is None else [comment])


@pytest.mark.parametrize(
    ("before", "first"),
    [
        ("", True),
        ("\n# words\n---\n", True),
        ("{{- if .Values.on }}\n", True),
        ("kind: Service\n", False),
        ("--- # a mark\nkind: Service\n", False),
    ],
)
def test_a_comment_of_a_file_stands_before_all_else(before: str, first: bool) -> None:
    source = SourceFile("x.yaml", f"{before}# cip-lint: ignore-file[a]\nspec: {{}}\n")

    assert [stands_first(span) for span in loose_comments(source)] == [first]


def test_a_line_of_its_own_holds_nothing_else() -> None:
    lines = ["  # x", "{{- /* x */}}", "{{/* x */}}", "// x", "port: 1 # x", "{{ x }}"]

    assert [is_comment_line(one) for one in lines] == [True] * 4 + [False] * 2


def test_a_patch_that_is_written_out_has_comments_of_its_own() -> None:
    text = (
        "patches:\n"
        "- patch: |-\n"
        "    - op: add # cip-lint: ignore[a]\n"
        "patchesStrategicMerge:\n"
        "- |\n"
        "  kind: Service # cip-lint: ignore[b]\n"
        "data: |\n"
        "  no: one # cip-lint: ignore[c]\n"
        "patch: 'plain # cip-lint: ignore[d]'\n"
    )
    places = DocumentPlaces(SourceFile("kustomization.yaml", text), 0, len(text))

    assert [span.text[-2] for span, _ in places.comments()] == ["a", "b"]
