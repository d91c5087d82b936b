"""Charts that the settings install: what is wrong with them, and with what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from cip_lint.config import Settings, load
from cip_lint.plugins import Plugins


class NoPlugins(Plugins):
    """Nothing is installed."""

    def __init__(self) -> None:
        super().__init__(())


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    made = tmp_path / "repository"
    for name in ("web", "api"):
        (made / "charts" / name).mkdir(parents=True)
        (made / "charts" / name / "Chart.yaml").write_text("name: x\n")
    (made / ".git").mkdir()
    (made / "prod.yaml").touch()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "Chart.yaml").touch()
    return made


def settings(repository: Path, releases: str, folder: Path | None = None) -> Settings:
    text = f"cluster:\n  apiVersions: [a/v1]\n  releases:\n{releases}"
    (repository / ".cip-lint.yaml").write_text(text)
    return load({}, NoPlugins(), folder=folder or repository)


def wrong(repository: Path, releases: str) -> list[tuple[int, str, str | None]]:
    return [
        (one.primary.span.first.line, one.message, one.help)
        for one in settings(repository, releases).findings
    ]


WHOLE = """\
  - chart: ./charts/web/
    name: front
    namespace: shop
    values: [prod.yaml, {service: {port: 80}}]
    set: {service.type: NodePort, a\\.b: 1.5}
    engine: helm3
"""


def test_all_of_a_release_is_read(repository: Path) -> None:
    (cluster,) = settings(repository, WHOLE).clusters
    (one,) = cluster.releases

    assert cluster.api_versions.value == ("a/v1",)
    assert one[:4] == ("charts/web", "front", "shop", ("prod.yaml",))
    assert (one.engine, one.origin) == ("helm3", ".cip-lint.yaml:4")
    assert [values.body for values in one.values] == [
        {"service": {"port": 80}},
        {"service": {"type": "NodePort"}, "a.b": 1.5},
    ]


def test_a_value_is_found_where_the_settings_say_it(repository: Path) -> None:
    (one,) = settings(repository, WHOLE).clusters[0].releases
    first, last = one.values
    places = [
        first.place(("service", "port"), 80),
        last.place(("service", "type"), "NodePort"),
        last.place(("a.b",), 1.5),
    ]

    assert [place.text if place else "" for place in places] == [
        "80",
        "NodePort",
        "1.5",
    ]
    assert first.place(("service", "port"), 81) is None
    assert last.place(("service",), {"type": "NodePort"}) is None


def test_paths_start_from_the_folder_of_the_file(repository: Path) -> None:
    (cluster,) = settings(repository, WHOLE, repository / "charts").clusters

    assert cluster.releases[0].chart == "web"
    assert cluster.releases[0].files == ("../prod.yaml",)


@pytest.mark.parametrize(
    ("release", "message", "help_text"),
    [
        ("chart: charts/wep", "charts/wep has no Chart.yaml", "write charts/web"),
        ("chart: gone/x", "gone/x has no Chart.yaml", None),
        ("chart: ../outside", "../outside lies outside the repository", None),
        ('chart: "a\\0b"', "'a\\x00b' is no path", None),
        (
            "chart: charts/web\n    values: [gone.yaml]",
            "gone.yaml is no file",
            None,
        ),
        (
            "chart: charts/web\n    values: [/etc/passwd]",
            "/etc/passwd lies outside the repository",
            None,
        ),
        (
            "chart: charts/web\n    values: [{a: 1}, prod.yaml]",
            "prod.yaml stands behind a map",
            "files come first; put the map last",
        ),
        (
            'chart: charts/web\n    set: {"a[0]": 1}',
            "a[0] is no name with dots",
            "write lists as a map under values",
        ),
        (
            "chart: charts/web\n    set: {a: 1, a.b: 2}",
            "a.b is set, and something above it too",
            None,
        ),
        (
            "chart: charts/web\n    set: {a: [1]}",
            (
                "cluster.releases[0].set.a is a list, a text or a number or true or "
                "false is required"
            ),
            None,
        ),
        (
            "chart: charts/web\n    valeus: []",
            "cluster.releases[0].valeus is not a setting",
            "write values",
        ),
        (
            "chart: charts/web\n    name: A",
            "cluster.releases[0].name is the text 'A', which is not of the required form",
            None,
        ),
        ("name: web", "cluster.releases[0] has no chart", None),
        (
            "chart: charts/web\n  - chart: charts/web",
            "charts/web is listed twice, first in .cip-lint.yaml:4",
            None,
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_place(
    repository: Path, release: str, message: str, help_text: str | None
) -> None:
    found = wrong(repository, f"  - {release}\n")

    assert [one[1:] for one in found] == [(message, help_text)]


def test_one_chart_may_be_installed_twice(repository: Path) -> None:
    releases = "  - {chart: charts/web, name: a}\n  - {chart: charts/web, name: b}\n"

    assert wrong(repository, releases) == []


def test_a_key_without_a_value_takes_a_default_away(repository: Path) -> None:
    releases = "  - {chart: charts/web, values: [{a: null, b: {c: }}]}\n"
    (one,) = settings(repository, releases).clusters[0].releases

    assert [values.body for values in one.values] == [{"a": None, "b": {"c": None}}]
