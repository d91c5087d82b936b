"""``render.helm.chart_templates.FetchedPlaces``: what is fetched shows where it is named."""

from __future__ import annotations

from cip_lint.model import Label, Places, SourceFile, Span
from cip_lint.render.helm.chart_templates import FetchedPlaces
from support.clusters import NoPlaces

VALUES = SourceFile("values.yaml", "sort: ${SORT}\n")
VARIABLES = SourceFile("variables.yaml", "SORT: NodePort\n")
SET = Label(Span(VARIABLES, 6, 14), "SORT is set here")


class FilledIn(NoPlaces):
    """Places in which a variable was filled in."""

    def because(self, span: Span) -> tuple[Label, ...]:
        """Return what set the variable, where it stands in a place."""
        return (SET,) if "${SORT}" in span.text else ()


def test_what_set_a_variable_of_the_repository_is_told() -> None:
    inner: Places = FilledIn("chart/templates/all.yaml", 0)
    places = FetchedPlaces(inner, Span(VALUES, 0, 4))

    assert places.because(Span(VALUES, 6, 13)) == (SET,)
    assert places.because(Span(VALUES, 0, 4)) == ()
