"""Builds are filled in object by object, as texts."""

from __future__ import annotations

import pytest

from cip_lint.errors import ProgramError, RefusedError
from cip_lint.manifests.file_reading import read_text
from cip_lint.model import SourceFile
from cip_lint.render.surroundings.budget import Budget
from cip_lint.render.variables.substitution import filled
from cip_lint.render.variables.variables import Variable, Variables

OWNED = "apiVersion: v1\nkind: Service\nmetadata: {name: owner}\n"
(OWNER,) = read_text(SourceFile("x", OWNED), None).resources

SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: ${NAME}
spec:
  ports:
  - port: ${PORT}
"""
SCRIPT = """\
apiVersion: v1
data:
  run.sh: echo ${NAME}
kind: ConfigMap
metadata:
  annotations:
    kustomize.toolkit.fluxcd.io/substitute: disabled
  name: script
"""


def variables(**values: str) -> Variables:
    return Variables({name: Variable(one, OWNER, ()) for name, one in values.items()})


def test_a_text_becomes_a_number_and_other_documents_stay() -> None:
    built = f"{SCRIPT}---\n{SERVICE}---\nkind: Other\n"
    found = filled(built, variables(NAME="web", PORT="80"))

    assert found.text == built.replace("  name: ${NAME}", "  name: web").replace(
        "${PORT}", "80"
    )
    assert list(found.before) == [1]
    assert found.before[1]["metadata"] == {"name": "${NAME}"}
    number = read_text(SourceFile("x", found.text), None).resources[1]
    assert number.get("spec", "ports", 0, "port") == 80


def test_nothing_is_filled_in_where_there_are_no_variables() -> None:
    assert filled(SERVICE, variables()).text == SERVICE


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("${NAME-x}", "the variables of Service .*: missing closing brace"),
        ("${NAME}", "Service .* is no YAML with its variables"),
    ],
)
def test_what_flux_cannot_send_is_refused(text: str, why: str) -> None:
    built = SERVICE.replace("${NAME}", text)

    with pytest.raises(RefusedError, match=why):
        filled(built, variables(NAME="a: b: ["))


def test_variables_that_flux_does_not_take_are_refused() -> None:
    with pytest.raises(RefusedError, match="no string"):
        filled(SERVICE, Variables({}, why="spec.x is no string"))


def test_variables_have_the_time_of_all_builds() -> None:
    """It is asked for within a document, too: one may hold very many of them."""
    asked: list[str] = []

    class Short(Budget):
        @property
        def why(self) -> str:
            asked.append("")
            return "no time is left" if len(asked) > 3 else ""

    built = SERVICE.replace("${PORT}", "${PORT:=1}${PORT/a/b}${PORT}")
    with pytest.raises(ProgramError, match="no time is left"):
        filled(built, variables(NAME="web", PORT="80"), Short())
    assert len(asked) == 4
    assert filled(SERVICE, variables(NAME="web"), Budget(1000)).before
