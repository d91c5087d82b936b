"""Charts that something in the repository installs are rendered as it does."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from cip_lint.cluster import Cluster, default_settings, partition
from cip_lint.manifests import Reading, ReadOptions, read
from cip_lint.manifests.file_reading import read_text
from cip_lint.model import Resource, SourceFile
from cip_lint.render.building import built
from cip_lint.render.surroundings.outcomes import release_name
from cip_lint.render.surroundings.place import Place
from cip_lint.render.surroundings.targets import StatedRelease, Target
from cip_lint.render.written.values import StatedValues
from support.programs import HELM, install

TEMPLATE = """\
kind: Service
spec:
  ports:
  - port: {{ .Values.port }}
"""


def application(name: str, **helm: Any) -> str:
    return json.dumps(
        {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "Application",
            "metadata": {"name": name, "namespace": "argocd"},
            "spec": {
                "destination": {"namespace": f"{name}-ns"},
                "source": {"path": "charts/web", "helm": helm},
            },
        }
    )


def helm_release(**spec: Any) -> str:
    chart = {"chart": "./charts/web", "sourceRef": {"kind": "GitRepository"}}
    return json.dumps(
        {
            "apiVersion": "helm.toolkit.fluxcd.io/v2",
            "kind": "HelmRelease",
            "metadata": {"name": "web", "namespace": "shop"},
            "spec": {"chart": {"spec": chart}, **spec},
        }
    )


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    install(tmp_path / "bin", "helm", HELM)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    made = tmp_path / "repository"
    write(made / "charts/web/Chart.yaml", "apiVersion: v2\nname: web\n")
    write(made / "charts/web/values.yaml", "port: 80\n")
    write(made / "charts/web/prod.yaml", "port: 8080\n")
    write(made / "charts/web/templates/web.yaml", TEMPLATE)
    return made


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def target(name: str = "default", **more: Any) -> Target:
    return Target(name, lambda _: True, **more)


def built_in(repository: Path, *targets: Target) -> Reading:
    options = ReadOptions(root=repository, mounts={".": str(repository)})
    place = Place(repository, repository, targets=targets)
    return built(read(["."], options), place)


def told(reading: Reading) -> dict[str, tuple[str, str]]:
    """Return what each release was rendered with, by its name."""
    return {
        one.name: (
            one.get("metadata", "annotations", "words"),
            one.get("metadata", "annotations", "values"),
        )
        for one in reading.resources
        if one.built_by
    }


def reasons(reading: Reading) -> list[str]:
    return [one.why for one in reading.unbuilt]


def cluster_of(reading: Reading) -> Cluster:
    (cluster,) = partition(reading, [default_settings()])
    return cluster


def test_a_chart_that_nobody_installs_has_its_own_values(repository: Path) -> None:
    assert told(built_in(repository)) == {
        "web": ("--skip-tests --namespace=default", "")
    }


def test_the_stated_version_is_told(repository: Path) -> None:
    stated = target(version="1.31", api_versions=("a/v1", "b/v1"))
    words, _ = told(built_in(repository, stated))["web"]

    assert words == (
        "--skip-tests --namespace=default --kube-version=1.31 "
        "--api-versions=a/v1 --api-versions=b/v1"
    )


def test_a_chart_is_rendered_for_each_cluster_that_differs(repository: Path) -> None:
    same = built_in(
        repository, target("a", version="1.31"), target("b", version="1.31")
    )
    differ = built_in(
        repository, target("a", version="1.31"), target("b", version="1.32")
    )

    assert [one.release for one in same.resources] == [""]
    assert [one.release for one in differ.resources] == ["cluster a", "cluster b"]
    clusters = partition(differ, [default_settings("a"), default_settings("b")])
    assert [
        [one.resource.get("metadata", "annotations", "words") for one in each.services]
        for each in clusters
    ] == [
        ["--skip-tests --namespace=default --kube-version=1.31"],
        ["--skip-tests --namespace=default --kube-version=1.32"],
    ]


def test_a_chart_that_the_settings_install_is_installed_so_alone(
    repository: Path,
) -> None:
    write(repository / "apps/a.json", application("a"))
    one = StatedRelease(
        chart="charts/web",
        name="front",
        namespace="shop",
        files=("charts/web/prod.yaml",),
        values=(StatedValues({"port": 1}, lambda _: None),),
        engine="helm3",
        origin=".cip-lint.yaml:4",
    )
    bare = one._replace(name="", namespace="", files=(), values=(), engine="")
    made = built_in(repository, target("prod", releases=(one, bare)), target("test"))

    assert told(made) == {
        "front": ("--skip-tests --namespace=shop", 'port: 8080\n|{"port": 1}'),
        "web": ("--skip-tests --namespace=default", ""),
    }
    prod, test = partition(made, [default_settings("prod"), default_settings("test")])
    assert [one.name for one in prod.services] == ["front", "web"]
    assert [one.name for one in test.services] == []
    assert [(unit.engine, unit.why) for unit in prod.units if unit.kind == "chart"] == [
        ("helm3", "chart, rendered for release shop/front of .cip-lint.yaml:4"),
        ("helm", "chart, rendered for release -/web of .cip-lint.yaml:4"),
    ]


def test_an_application_gives_name_namespace_and_values(repository: Path) -> None:
    given = application(
        "shop",
        releaseName="front",
        valueFiles=["prod.yaml"],
        values="port: 1\n",
        valuesObject={"port": 2},
        parameters=[
            {"name": "port", "value": "3"},
            {"name": "tag", "value": "4", "forceString": True},
        ],
    )
    write(repository / "apps/shop.json", given)

    assert told(built_in(repository)) == {
        "front": (
            "--skip-tests --namespace=shop-ns --set=port=3 --set-string=tag=4",
            'port: 8080\n|port: 1\n|{"port": 2}',
        )
    }


def test_each_application_is_a_unit_of_its_own(repository: Path) -> None:
    write(repository / "apps/a.json", application("a"))
    write(repository / "apps/b.json", application("b", valueFiles=["prod.yaml"]))
    cluster = cluster_of(built_in(repository))

    one, other = cluster.services
    assert (one.namespace, other.namespace) == ("a-ns", "b-ns")
    assert not cluster.can_meet(one, other)
    whys = {unit.why for unit in cluster.units if unit.kind == "chart"}
    assert whys == {
        "chart, rendered for Application argocd/a of apps/a.json",
        "chart, rendered for Application argocd/b of apps/b.json",
    }


def test_a_helm_release_does_the_same(repository: Path) -> None:
    given = helm_release(targetNamespace="prod", values={"port": 8080})
    write(repository / "flux/web.json", given)
    cluster = cluster_of(built_in(repository))

    (service,) = cluster.services
    assert (service.name, service.namespace) == ("prod-web", "prod")
    assert cluster.world(service, "Service").unknown_services is None


def test_releases_of_one_name_in_one_file_are_two(repository: Path) -> None:
    one, other = json.loads(helm_release()), json.loads(helm_release())
    one["metadata"]["namespace"], other["metadata"]["namespace"] = "red", "blue"
    write(
        repository / "flux/web.yaml", f"{json.dumps(one)}\n---\n{json.dumps(other)}\n"
    )
    cluster = cluster_of(built_in(repository))

    first, second = cluster.services
    assert (first.namespace, second.namespace) == ("red", "blue")
    assert not cluster.can_meet(first, second)


def test_what_two_builds_make_of_one_object_are_two_releases() -> None:
    (object_of_base,) = read_text(
        SourceFile("base/web.json", helm_release()), None
    ).resources
    body, places = object_of_base.body, object_of_base.places
    made = [
        Resource(body, places, built_by="red/kustomization.yaml"),
        Resource(body, places, built_by="blue/kustomization.yaml"),
        Resource(body, places, built_by="blue/kustomization.yaml", release="A x of y"),
    ]

    name = "HelmRelease shop/web of base/web.json"
    assert [release_name(one) for one in (object_of_base, *made)] == [
        name,
        f"{name}, built by red/kustomization.yaml",
        f"{name}, built by blue/kustomization.yaml",
        f"{name}, sent by A x of y",
    ]


@pytest.mark.parametrize(
    ("file", "given", "place"),
    [
        (
            "apps/a.json",
            application("a", valueFiles=["prod.yaml"]),
            ("charts/web/prod.yaml", "8080"),
        ),
        (
            "apps/a.json",
            application("a", valuesObject={"port": 8080}),
            ("apps/a.json", "8080"),
        ),
        (
            "apps/a.yaml",
            (
                "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
                "metadata: {name: a}\nspec:\n  source:\n    path: charts/web\n    helm:\n"
                "      values: |\n        port: 8080\n"
            ),
            ("apps/a.yaml", "8080"),
        ),
        (
            "apps/a.json",
            application("a", parameters=[{"name": "port", "value": "8080"}]),
            ("apps/a.json", '"8080"'),
        ),
        (
            "apps/a.json",
            application(
                "a", parameters=[{"name": "port", "value": "8080", "forceString": True}]
            ),
            ("charts/web/templates/web.yaml", "{{ .Values.port }}"),
        ),
        (
            "apps/a.json",
            application("a", parameters=[{"name": "other", "value": "8080"}]),
            ("charts/web/templates/web.yaml", "{{ .Values.port }}"),
        ),
        (
            "apps/a.yaml",
            (
                "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\n"
                "metadata: {name: a, namespace: shop}\nspec:\n"
                "  chart: {spec: {chart: charts/web, sourceRef: {kind: Bucket}}}\n"
                "  valuesFrom: [{kind: ConfigMap, name: settings}]\n---\n"
                "apiVersion: v1\nkind: ConfigMap\n"
                "metadata: {name: settings, namespace: shop}\n"
                "data:\n  values.yaml: |\n    port: 8080\n"
            ),
            ("apps/a.yaml", "8080"),
        ),
    ],
)
def test_a_value_is_shown_where_the_installation_says_it(
    repository: Path, file: str, given: str, place: tuple[str, str]
) -> None:
    write(repository / file, given)
    (service,) = (one for one in built_in(repository).resources if one.built_by)
    span = service.span("spec", "ports", 0, "port")

    assert (span.source.path, span.text) == place


def of_two_sources(url: str, *files: str, **helm: Any) -> str:
    """Return an Application whose second source gives the values a name."""
    given = json.loads(application("a"))
    helm |= {"valueFiles": list(files)}
    given["spec"]["sources"] = [
        {"repoURL": "https://g/x.git", "path": "charts/web", "helm": helm},
        {"repoURL": url, "ref": "values"},
    ]
    del given["spec"]["source"]
    return json.dumps(given)


def test_a_source_that_is_this_repository_gives_its_files(repository: Path) -> None:
    write(repository / "envs/prod.yaml", "port: 8080\n")
    given = of_two_sources("https://g/x.git", "$values/envs/prod.yaml")
    write(repository / "apps/a.json", given)
    (service,) = (one for one in built_in(repository).resources if one.built_by)

    assert service.get("metadata", "annotations", "values") == "port: 8080\n"
    assert service.span("spec", "ports", 0, "port").source.path == "envs/prod.yaml"


def test_a_file_of_values_may_be_lacking_where_that_is_said(repository: Path) -> None:
    given = application("a", valueFiles=["gone.yaml"], ignoreMissingValueFiles=True)
    write(repository / "apps/a.json", given)
    (service,) = (one for one in built_in(repository).resources if one.built_by)

    assert service.get("metadata", "annotations", "values") == ""


def _object(kind: str, name: str, **fields: Any) -> str:
    metadata = {"name": name, "namespace": "shop"}
    return json.dumps(
        {"apiVersion": "v1", "kind": kind, "metadata": metadata, **fields}
    )


def _encoded(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


def _from(kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "name": name, **more}


def test_values_of_maps_and_secrets_are_given_in_their_order(repository: Path) -> None:
    listed = [
        _from("ConfigMap", "a"),
        _from("Secret", "b", valuesKey="deep.yaml"),
        _from("Secret", "b"),
        _from("ConfigMap", "a", valuesKey="gone", optional=True),
        _from("ConfigMap", "a", valuesKey="empty"),
    ]
    given = helm_release(valuesFrom=listed, values={"last": 1})
    write(repository / "apps/a.json", given)
    data = {"values.yaml": "port: 1", "empty": ""}
    write(repository / "apps/b.json", _object("ConfigMap", "a", data=data))
    secret = _object(
        "Secret",
        "b",
        data={"deep.yaml": _encoded("port: 2"), "values.yaml": _encoded("no: 1")},
        stringData={"values.yaml": "port: 3"},
    )
    write(repository / "apps/c.json", secret)

    reading = built_in(repository)
    (_, values) = told(reading)["web"]
    assert (reasons(reading), values) == (
        [],
        'port: 1|port: 2|port: 3||{"last": 1}',
    )


def test_a_secret_among_documents_that_nobody_needs_is_read(repository: Path) -> None:
    given = helm_release(valuesFrom=[_from("Secret", "b")])
    write(repository / "apps/a.json", given)
    secret = (
        "apiVersion: v1\nkind: Secret\nmetadata: {name: b, namespace: shop}\n"
        "stringData:\n  values.yaml: |\n    port: 3\n"
    )
    write(repository / "apps/b.yaml", secret)

    assert told(built_in(repository))["web"][1] == "port: 3\n"


def test_single_values_win_over_whole_ones(repository: Path) -> None:
    listed = [
        _from("Secret", "b", valuesKey="pass", targetPath="auth.password"),
        _from("ConfigMap", "a", valuesKey="port", targetPath="service.ports[0].port"),
        _from("ConfigMap", "a", valuesKey="text", targetPath="tag"),
        _from("ConfigMap", "a"),
    ]
    given = helm_release(valuesFrom=listed, values={"auth": {"user": "x"}})
    write(repository / "apps/a.json", given)
    data = {"values.yaml": "x: 1", "port": "80", "text": "'1.10'"}
    write(repository / "apps/b.json", _object("ConfigMap", "a", data=data))
    write(repository / "apps/c.json", _object("Secret", "b", stringData={"pass": "s"}))

    words, values = told(built_in(repository))["web"]
    assert [one for one in words.split(" ") if one.startswith("--set")] == [
        "--set=auth.password=s",
        "--set=service.ports[0].port=80",
        "--set-string=tag=1.10",
    ]
    assert values == 'x: 1|{"auth": {"user": "x"}}'


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        ("ConfigMap", ("apps/b.json", '"8080"')),
        ("Secret", ("charts/web/templates/web.yaml", "{{ .Values.port }}")),
    ],
)
def test_a_single_value_is_shown_where_no_secret_says_it(
    repository: Path, kind: str, place: tuple[str, str]
) -> None:
    listed = [_from(kind, "a", valuesKey="port", targetPath="port")]
    write(repository / "apps/a.json", helm_release(valuesFrom=listed))
    field = "data" if kind == "ConfigMap" else "stringData"
    write(repository / "apps/b.json", _object(kind, "a", **{field: {"port": "8080"}}))
    (service,) = (one for one in built_in(repository).resources if one.built_by)
    span = service.span("spec", "ports", 0, "port")

    assert (span.source.path, span.text) == place


@pytest.mark.parametrize(
    ("reference", "fields", "why"),
    [
        (
            {},
            {"data": {"values.yaml": "ENC[AES256_GCM,data:x]"}},
            "some of its values are in Secret a, which is encrypted",
        ),
        (
            {"optional": True},
            {"stringData": {"values.yaml": "ENC[AES256_GCM,data:x]"}},
            "some of its values are in Secret a, which is encrypted",
        ),
        ({}, {"data": {"other": "eA=="}}, "Secret a has no key values.yaml"),
        ({}, {"data": {"values.yaml": "%"}}, "some of its values are in Secret a"),
        (
            {},
            {"stringData": {"values.yaml": "a: ${b}"}},
            "some of its values are in Secret a",
        ),
        (
            {"targetPath": "a.b"},
            {"stringData": {"values.yaml": "x\0"}},
            "a value of it holds a NUL",
        ),
        (
            {"targetPath": "a.b"},
            {"stringData": {"values.yaml": "x" * 70_000}},
            "its value at a.b is too long",
        ),
        (
            {"targetPath": "a.b"},
            {"stringData": {"values.yaml": "x,y"}},
            "its value at a.b is more than one for helm",
        ),
        (
            {"targetPath": "a.b"},
            {"stringData": {"values.yaml": "{a},s3cr3t"}},
            "its value at a.b is more than one for helm",
        ),
        (
            {"targetPath": "a.b"},
            {"stringData": {"values.yaml": "{s3cr3t}garbage"}},
            "its value at a.b is more than one for helm",
        ),
        (
            {"targetPath": "a.b"},
            {"stringData": {"values.yaml": "'{s3cr3t}garbage'"}},
            "its value at a.b is more than one for helm",
        ),
        (
            {"targetPath": "inline.deep.x"},
            {"stringData": {"values.yaml": "x"}},
            "its value at inline.deep.x is said twice",
        ),
        (
            {"targetPath": "inline.list[0]"},
            {"stringData": {"values.yaml": "x"}},
            "its value at inline.list[0] is said twice",
        ),
    ],
)
def test_what_a_secret_does_not_tell_stays_unknown(
    repository: Path, reference: dict[str, Any], fields: dict[str, Any], why: str
) -> None:
    inline = {"inline": {"deep": 1, "list": [1]}}
    listed = [_from("Secret", "a", **reference)]
    write(repository / "apps/a.json", helm_release(valuesFrom=listed, values=inline))
    write(repository / "apps/b.json", _object("Secret", "a", **fields))
    reading = built_in(repository)

    assert (reasons(reading), told(reading)) == ([why], {})


@pytest.mark.parametrize(
    ("given", "brings"),
    [
        (application("a"), True),
        (application("a", skipCrds=True), False),
        (application("a", skipCrds="true"), True),
        (helm_release(), True),
        (helm_release(install={"crds": "Skip"}), False),
        (helm_release(install={"skipCRDs": True}), False),
        (helm_release(install={"crds": "CreateReplace", "skipCRDs": True}), True),
        (helm_release(install=["crds"], upgrade={"crds": "Skip"}), True),
    ],
)
def test_what_lies_in_crds_may_be_left_out(
    repository: Path, given: str, brings: bool
) -> None:
    early = "apiVersion: v1\nkind: Service\nmetadata: {name: early}\n"
    write(repository / "charts/web/crds/early.yaml", early)
    write(repository / "apps/a.json", given)

    names = [one.name for one in built_in(repository).resources if one.built_by]
    assert ("early" in names, len(names)) == (brings, 1 + brings)


def test_what_one_installation_leaves_out_another_brings(repository: Path) -> None:
    early = "apiVersion: v1\nkind: Service\nmetadata: {name: early}\n"
    write(repository / "charts/web/crds/early.yaml", early)
    write(repository / "apps/a.json", application("a", skipCrds=True))
    write(repository / "apps/b.json", application("b"))

    found = [one for one in built_in(repository).resources if one.name == "early"]
    assert [one.release for one in found] == ["Application argocd/b of apps/b.json"]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (
            of_two_sources("https://g/other.git", "$values/prod.yaml"),
            "its values are those of another source",
        ),
        (
            application("a", valueFiles=["$values/prod.yaml"]),
            "its values are those of another source",
        ),
        (
            application("a", valueFiles=["gone.yaml"]),
            "charts/web/gone.yaml is not there",
        ),
        (
            application("a", valueFiles=["../../../x.yaml"]),
            "x.yaml lies outside the repository",
        ),
        (
            application("a", fileParameters=[{"name": "a", "path": "b"}]),
            "its values are the contents of files",
        ),
        (
            helm_release(valuesFrom=[{"kind": "Secret", "name": "web-values"}]),
            "some of its values are in Secret web-values",
        ),
        (
            helm_release(valuesFrom=[{"kind": "ConfigMap", "name": "elsewhere"}]),
            "some of its values are in ConfigMap elsewhere",
        ),
    ],
)
def test_values_that_cannot_be_known_are_not_made_up(
    repository: Path, given: str, why: str
) -> None:
    write(repository / "apps/a.json", given)
    reading = built_in(repository)

    assert reasons(reading) == [why]
    assert told(reading) == {}


def test_odd_applications_are_passed_over(repository: Path) -> None:
    odd = json.loads(application("a"))
    odd["spec"] = {"source": {"path": 3, "helm": []}, "sources": [None, "x", {}]}
    write(repository / "apps/a.json", json.dumps(odd))
    write(repository / "apps/b.json", helm_release(chart="x", valuesFrom="y"))

    assert set(told(built_in(repository))) == {"web"}


def test_an_installation_that_is_not_rendered_is_told(repository: Path) -> None:
    write(repository / "apps/a.json", application("a"))
    write(repository / "apps/b.json", application("b", valueFiles=["gone.yaml"]))
    (cluster,) = partition(built_in(repository), [default_settings()])

    why = "charts/web/gone.yaml is not there"
    assert cluster.notices == (f"1 chart not rendered for all that install it: {why}",)


def test_why_no_template_is_rendered_is_told(repository: Path) -> None:
    write(repository / "apps/b.json", application("b", valueFiles=["gone.yaml"]))
    (cluster,) = partition(built_in(repository), [default_settings()])

    why = "charts/web/gone.yaml is not there"
    assert cluster.notices == (f"1 template not rendered: {why}",)
