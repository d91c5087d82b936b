"""What generators give to ConfigMaps and Secrets is shown where it is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cip_lint.manifests.landmarks import first_document
from cip_lint.manifests.places import DocumentPlaces
from cip_lint.model import SourceFile, Span
from cip_lint.render.kustomize.generators import generated, generator
from cip_lint.render.surroundings.sources import Source

KUSTOMIZATION = """\
configMapGenerator:
- not an entry
- name: app
  literals: [MODE=plain, "URL=http://api:80", 7]
  files: [app.yaml, "alias=other.yaml", missing.txt]
- name: app-env
  envs: [gone.env, app.env, ../../outside.env]
secretGenerator:
- {name: app, env: app.env}
"""
FILES = {
    "app.yaml": "url: http://web:8080\n",
    "other.yaml": "x: 1\n",
    "app.env": "# HOST=no\nA=\u2028HOST=db\x0cHOST=db\n\nHOST=db\n  PORT=5432\r\nHOST2=x\n",
}


@pytest.fixture
def source(tmp_path: Path) -> Source:
    folder = tmp_path / "repository/over"
    folder.mkdir(parents=True)
    (tmp_path / "outside.env").write_text("OUT=1\n", encoding="utf-8")
    for name, text in FILES.items():
        (folder / name).write_bytes(text.encode())
    file = SourceFile("over/kustomization.yaml", KUSTOMIZATION)
    places = DocumentPlaces(file, 0, len(KUSTOMIZATION))
    return Source(folder, tmp_path / "repository", first_document(file), places)


def config(name: str, kind: str = "ConfigMap") -> dict[str, Any]:
    return {"kind": kind, "metadata": {"name": name}}


def shown(span: Span) -> tuple[str, int, str]:
    return span.source.path, span.first.line, span.text


@pytest.mark.parametrize(
    ("name", "key", "value", "part", "expected"),
    [
        (
            "app-5k",
            "URL",
            "http://api:80",
            "api",
            ("over/kustomization.yaml", 4, "api"),
        ),
        (
            "app-5k",
            "app.yaml",
            "url: http://web:8080\n",
            "web",
            ("over/app.yaml", 1, "web"),
        ),
        ("app-5k", "alias", "x: 1\n", "1", ("over/other.yaml", 1, "1")),
        ("app-env-5k", "HOST", "db", "db", ("over/app.env", 4, "db")),
        ("app-env-5k", "PORT", "5432", "5432", ("over/app.env", 5, "5432")),
        # A file that says something else by now is none to point into.
        ("app-5k", "alias", "y: 2\n", "2", ("over/kustomization.yaml", 5, None)),
        ("app-5k", "missing.txt", "a", "a", ("over/kustomization.yaml", 5, None)),
    ],
)
def test_a_part_of_a_text_is_shown_in_the_file_that_holds_it(
    source: Source,
    name: str,
    key: str,
    value: str,
    part: str,
    expected: tuple[str, int, str | None],
) -> None:
    found = generated(source, ("data", key), config(name))

    assert found is not None
    start = value.index(part)
    path, line, text = shown(found.part(value, start, start + len(part)))
    assert (path, line) == expected[:2]
    assert expected[2] in (None, text)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("app-5k", ("data", "HOST")),
        ("app-env-5k", ("data", "OUT")),
        ("app-env-5k", ("data", "# HOST")),
        ("other", ("data", "URL")),
        ("app-5k", ("metadata", "name")),
        ("app-5k", ("data",)),
    ],
)
def test_what_no_generator_says_has_no_place(
    source: Source, name: str, path: tuple[str, ...]
) -> None:
    assert generated(source, path, config(name)) is None


def test_a_secret_is_found_by_its_own_generator(source: Source) -> None:
    found = generated(source, ("data", "HOST"), config("app-9t", "Secret"))

    assert found is not None
    assert shown(found.span) == ("over/kustomization.yaml", 9, "app.env")
    assert shown(generator(source, config("app-9t", "Secret")))[1:] == (9, "app")
    assert shown(generator(source, config("app-env-9t")))[1:] == (6, "app-env")
