"""Parts of a chart are found by their names, and get what the values say below them."""

from __future__ import annotations

from pathlib import Path

import pytest

from cip_lint.manifests.landmarks import first_document
from cip_lint.model import SourceFile
from cip_lint.render.helm.chart_parts import HandedDown, Parts, called, own_path
from cip_lint.render.surroundings.place import Place
from cip_lint.render.written.values import ValuesFile

CHARTS = {
    "shop/Chart.yaml": "dependencies:\n- {name: redis, alias: sessions}\n- 1\n",
    "shop/charts/redis-ha/Chart.yaml": "name: redis\n",
    "shop/charts/api/Chart.yaml": "name: api\ndependencies: [{name: x, alias: why}]\n",
    "shop/charts/api/charts/x/Chart.yaml": "name: x\n",
}


@pytest.mark.parametrize(
    ("named", "path"),
    [
        ("templates/a.yaml", "shop/templates/a.yaml"),
        ("charts/api/templates/a.yaml", "shop/charts/api/templates/a.yaml"),
        ("charts/redis/templates/a.yaml", "shop/charts/redis-ha/templates/a.yaml"),
        ("charts/sessions/templates/a.yaml", "shop/charts/redis-ha/templates/a.yaml"),
        ("charts/api/charts/why/crds/a.yaml", "shop/charts/api/charts/x/crds/a.yaml"),
        ("charts/gone/templates/a.yaml", "shop/charts/gone/templates/a.yaml"),
    ],
)
def test_a_part_lies_in_the_folder_of_its_name(
    tmp_path: Path, named: str, path: str
) -> None:
    for name, text in CHARTS.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    assert Parts("shop", Place(tmp_path, tmp_path)).path(named) == path


def test_the_names_of_parts_are_the_way_to_them() -> None:
    named = "charts/api/charts/why/templates/charts/a.yaml"

    assert called(named) == ("api", "why")
    assert own_path(named) == "templates/charts/a.yaml"


def test_a_part_gets_what_stands_below_its_name() -> None:
    text = "port: 1\napi:\n  port: 2\nglobal: {zone: a}\n"
    source = SourceFile("values.yaml", text)
    values = HandedDown(ValuesFile(source, first_document(source)), ("api",))

    span = values.place(("port",), 2)
    zone = values.place(("global", "zone"), "a")

    assert span is not None
    assert zone is not None
    assert (span.first.line, zone.text) == (3, "a")
    assert values.place(("port",), 1) is None
