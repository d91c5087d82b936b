"""Charts that a helmfile installs are rendered as it does, where all of it is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from cip_lint.cluster import Cluster, default_settings, partition
from cip_lint.manifests import Reading, ReadOptions, read
from cip_lint.render.building import built
from cip_lint.render.surroundings.place import Place
from cip_lint.render.surroundings.targets import Target
from support.programs import HELM, install

TEMPLATE = "kind: Service\nspec:\n  ports:\n  - port: {{ .Values.port }}\n"
DEFAULT = {"web": ("--namespace=default", "")}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    install(tmp_path / "bin", "helm", HELM)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    made = tmp_path / "repository"
    write(made / "charts/web/Chart.yaml", "apiVersion: v2\nname: web\n")
    write(made / "charts/web/values.yaml", "port: 80\n")
    write(made / "charts/web/templates/web.yaml", TEMPLATE)
    write(made / "values/a.yaml", "a: 1\n")
    write(made / "values/b.yaml", "b: 1\n")
    return made


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def built_in(
    repository: Path,
    *targets: Target,
    exclude: tuple[str, ...] = (),
) -> Reading:
    mounts = {".": str(repository)}
    options = ReadOptions(root=repository, mounts=mounts, exclude=exclude)
    place = Place(repository, repository, targets=targets)
    return built(read(["."], options), place)


def told(reading: Reading) -> dict[str, tuple[str, str]]:
    """Return what each release was rendered with, by its name."""
    found = {}
    for one in reading.resources:
        if one.built_by:
            own = one.get("metadata", "annotations", default={})
            found[one.name] = (own["words"].partition(" ")[2], own["values"])
    return found


def cluster_of(reading: Reading) -> Cluster:
    (cluster,) = partition(reading, [default_settings()])
    return cluster


def test_releases_have_their_names_namespaces_and_values(repository: Path) -> None:
    write(
        repository / "deploy/helmfile.yaml",
        """\
repositories: [{name: x, url: 'https://x.example'}]
environments: {default: {values: [{port: 1}]}}
---
releases:
- name: shop
  namespace: shop
  chart: ../charts/web
  values: [../values/a.yaml, ../values/b.yaml, {port: 8080}, {c: [2]}]
  set:
  - {name: x.y, value: 3}
  - {name: z, value: true}
- {name: admin, chart: ../charts/web, installed: true}
- {name: off, chart: ../charts/web, installed: false}
- {name: far, chart: x/web}
- {name: no, chart: ../charts/none}
""",
    )
    reading = built_in(repository)

    assert told(reading) == {
        "shop": (
            "--namespace=shop --set=x.y=3 --set=z=true",
            'a: 1\n|b: 1\n|{"port": 8080}|{"c": [2]}',
        ),
        "admin": ("--namespace=default", ""),
    }
    services = {one.name: one for one in reading.resources if one.built_by}
    port = services["shop"].span("spec", "ports", 0, "port")
    assert (port.source.path, port.text) == ("deploy/helmfile.yaml", "8080")

    cluster = cluster_of(reading)
    admin, shop = sorted(cluster.services, key=lambda one: one.name)
    assert (shop.namespace, admin.decided) == ("shop", False)
    assert cluster.can_meet(admin, shop)
    assert {unit.why for unit in cluster.units} == {
        "chart, rendered for release shop/shop of deploy/helmfile.yaml",
        "chart, rendered for release -/admin of deploy/helmfile.yaml",
    }


RELEASE = "releases:\n- {name: shop, chart: charts/web%s}\n"


@pytest.mark.parametrize(
    "text",
    [
        RELEASE % ", namespace: '{{ .Namespace }}'",
        RELEASE % ", values: [values/a.yaml.gotmpl]",
        RELEASE % ", values: ['values/*.yaml']",
        RELEASE % ", values: ['https://x.example/a.yaml']",
        RELEASE % ", values: [/values/a.yaml]",
        RELEASE % ", values: [{a: 1}, values/a.yaml]",
        RELEASE % ", values: [1]",
        RELEASE % ", secrets: [s.yaml]",
        RELEASE % ", inherit: [{template: x}]",
        RELEASE % ", set: [{name: a, values: [1]}]",
        RELEASE % ", set: [{name: a, file: x}]",
        RELEASE % ", set: [{name: a, value: '{1,2}'}]",
        RELEASE % ", installed: false",
        "releases:\n- {name: 7, chart: charts/web}\n",
        "releases:\n- {name: shop, chart: [charts/web]}\n",
        "releases: {name: shop}\n",
        "releases: [7, null]\n",
        "bases: [b.yaml]\n" + RELEASE % "",
        "defaultInherit: [{template: x}]\n" + RELEASE % "",
        "helmDefaults: {args: [--set, a=1]}\n" + RELEASE % "",
        (RELEASE % "") + "---\n" + (RELEASE % ""),
        "- 1\n---\n" + RELEASE % "",
        "a: [\n---\n" + RELEASE % "",
        "---\n" * 40 + "x: 1\n" + "---\nx: 1\n" * 40 + "---\n" + RELEASE % "",
        "",
    ],
)
def test_what_is_not_all_known_says_nothing(repository: Path, text: str) -> None:
    write(repository / "helmfile.yaml", text)

    assert told(built_in(repository)) == DEFAULT


def test_one_release_that_is_not_known_leaves_the_others(repository: Path) -> None:
    text = "releases:\n- {name: a, chart: ./charts/web}\n- {name: b, chart: charts/web, x: 1}\n"
    write(repository / "helmfile.yml", text + "- {name: a, chart: charts/web}\n")

    assert told(built_in(repository)) == {"a": ("--namespace=default", "")}


def test_a_file_of_values_that_is_not_there(repository: Path) -> None:
    write(repository / "helmfile.yaml", RELEASE % ", values: [no.yaml]")
    reading = built_in(repository)
    assert [one.why for one in reading.unbuilt] == ["no.yaml is not there"]

    lenient = ", missingFileHandler: Warn, values: [no.yaml, values/a.yaml]"
    write(repository / "helmfile.yaml", RELEASE % lenient)
    assert told(built_in(repository))["shop"][1] == "a: 1\n"


def test_a_namespace_of_the_file_wins(repository: Path) -> None:
    write(
        repository / "helmfile.yaml", "namespace: all\n" + RELEASE % ", namespace: own"
    )

    assert told(built_in(repository)) == {"shop": ("--namespace=all", "")}


def test_the_files_of_a_folder_are_installed_together(repository: Path) -> None:
    one = "releases: [{name: %s, chart: ../charts/web}]\n"
    for name in ("a", "b", "c"):
        write(repository / f"helmfile.d/{name}.yaml", one % name)
    write(repository / "other/helmfile.yaml", one % "z")
    write(repository / "helmfile.d/readme.txt", one % "t")
    cluster = cluster_of(built_in(repository, exclude=("helmfile.d/c.yaml",)))

    a, b, z = sorted(cluster.services, key=lambda one: one.name)
    assert [a.name, b.name, z.name] == ["a", "b", "z"]
    assert cluster.can_meet(a, b)
    assert not cluster.can_meet(a, z)


def test_clusters_that_differ_get_the_releases_of_a_file_that_is_theirs(
    repository: Path,
) -> None:
    write(
        repository / "east/helmfile.yaml", RELEASE.replace("charts", "../charts") % ""
    )

    def gets(name: str, version: str) -> Target:
        is_all = name == "all"
        return Target(
            name, lambda path: is_all or path.startswith(name), version=version
        )

    one = built_in(repository, gets("east", "1.31"), gets("west", "1.32"))
    assert [sent.release for sent in one.sent] == [
        "release -/shop of east/helmfile.yaml"
    ]
    both = built_in(repository, gets("east", "1.31"), gets("all", "1.32"))
    assert [sent.release for sent in both.sent] == [
        "release -/shop of east/helmfile.yaml, cluster east",
        "release -/shop of east/helmfile.yaml, cluster all",
    ]
