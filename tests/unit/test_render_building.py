"""Kustomizations are replaced by what they are built to, and point home."""

from __future__ import annotations

from pathlib import Path

import pytest

from cip_lint.cluster import Cluster, default_settings, partition
from cip_lint.manifests import Reading, ReadOptions, Unbuilt, read
from cip_lint.model import Resource, Span
from cip_lint.render.building import built
from cip_lint.render.surroundings.place import Place
from support.programs import install

SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: web  # cip-lint: ignore[port.x] -- why
spec:
  selector: {app: web}
  ports:
  - {name: http, port: 80, targetPort: http}
  - {name: admin, port: 81}
"""

OVERLAY = """\
namespace: shop
namePrefix: pre-
resources: [../base]
commonLabels: {team: red}
images:
- {name: nginx, newName: registry.example/nginx}
replicas:
- {name: web, count: 5}
patches:
- patch: |-
    apiVersion: v1
    kind: Service
    metadata: {name: web}
    spec:
      type: NodePort
      ports:
      - port: 80
        nodePort: 30080
- path: ops.json
  target: {kind: Service}
configMapGenerator:
- {name: settings, literals: [a=b]}
"""

BUILT = """\
apiVersion: v1
data: {a: b}
kind: ConfigMap
metadata:
  annotations:
    config.kubernetes.io/origin: |
      configuredIn: OVERLAY/kustomization.yaml
      configuredBy: {apiVersion: builtin, kind: ConfigMapGenerator}
  name: pre-settings-4h2mbtbbt6
  namespace: shop
---
apiVersion: v1
kind: Service
metadata:
  annotations:
    alpha.config.kubernetes.io/transformations: |
      - configuredIn: OVERLAY/kustomization.yaml
        configuredBy: {apiVersion: builtin, kind: PatchTransformer}
    config.kubernetes.io/origin: |
      path: OVERLAY/../base/web.yaml
    mine: kept
  labels: {team: red}
  name: pre-web
  namespace: shop
spec:
  externalIPs: [192.0.2.7]
  ports:
  - {name: admin, port: 81}
  - {name: http, port: 80, targetPort: http, nodePort: 30080}
  selector: {app: web, team: red}
  type: NodePort
"""

PROGRAM = """\
import json, pathlib, sys
folder = pathlib.Path(sys.argv[2])
wrapper = json.loads((folder / "kustomization.yaml").read_text())
(entry,) = wrapper["resources"]
text = pathlib.Path({output!r}).read_text()
print(text.replace("OVERLAY", entry), end="")
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with one base, one overlay, and a program that builds it."""
    programs = tmp_path / "bin"
    output = tmp_path / "output.yaml"
    output.write_text(BUILT, encoding="utf-8")
    install(programs, "kustomize", PROGRAM.format(output=str(output)))
    monkeypatch.setenv("PATH", str(programs))
    made = tmp_path / "repository"
    write(made / "base/kustomization.yaml", "resources: [web.yaml]\n")
    write(made / "base/web.yaml", SERVICE)
    write(made / "over/kustomization.yaml", OVERLAY)
    operation = '[{"op": "add", "path": "/spec/externalIPs", "value": ["192.0.2.7"]}]'
    write(made / "over/ops.json", operation)
    return made


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def built_in(repository: Path) -> Reading:
    options = ReadOptions(root=repository, mounts={".": str(repository)})
    return built(read(["."], options), Place(repository, repository))


def service(reading: Reading) -> Resource:
    (found,) = (one for one in reading.resources if one.kind == "Service")
    return found


def place(span: Span) -> tuple[str, int, str]:
    return span.source.path, span.first.line, span.text


def test_what_is_built_takes_the_place_of_its_pieces(repository: Path) -> None:
    reading = built_in(repository)

    assert [(one.kind, one.name) for one in reading.resources] == [
        ("ConfigMap", "pre-settings-4h2mbtbbt6"),
        ("Service", "pre-web"),
    ]
    assert {one.built_by for one in reading.resources} == {"over/kustomization.yaml"}
    annotations = service(reading).get("metadata", "annotations")
    assert annotations == {"mine": "kept"}
    (generated,) = (one for one in reading.resources if one.kind == "ConfigMap")
    assert "annotations" not in generated.body["metadata"]


@pytest.mark.parametrize(
    ("path", "file", "line", "text"),
    [
        (("metadata", "name"), "base/web.yaml", 4, "web"),
        (("spec", "selector", "app"), "base/web.yaml", 6, "web"),
        (("spec", "ports", 1, "targetPort"), "base/web.yaml", 8, "http"),
        (("spec", "ports", 0, "port"), "base/web.yaml", 9, "81"),
        (("spec", "ports", 1, "nodePort"), "over/kustomization.yaml", 18, "30080"),
        (("spec", "type"), "over/kustomization.yaml", 15, "NodePort"),
        (("spec", "selector", "team"), "over/kustomization.yaml", 4, "red"),
        (("metadata", "namespace"), "over/kustomization.yaml", 1, "shop"),
        (("spec", "externalIPs", 0), "over/ops.json", 1, '"192.0.2.7"'),
        (("spec", "clusterIP"), "base/web.yaml", 5, "spec"),
    ],
)
def test_a_value_is_shown_where_somebody_wrote_it(
    repository: Path, path: tuple[str | int, ...], file: str, line: int, text: str
) -> None:
    assert place(service(built_in(repository)).span(*path)) == (file, line, text)


def test_what_is_generated_is_shown_by_its_generator(repository: Path) -> None:
    reading = built_in(repository)
    (generated,) = (one for one in reading.resources if one.kind == "ConfigMap")

    assert generated.path == "over/kustomization.yaml"
    shown = place(generated.span("data", "a"))
    assert shown == ("over/kustomization.yaml", 22, "a=b")


def test_images_and_replicas_are_shown_where_the_overlay_says_them(
    repository: Path, tmp_path: Path
) -> None:
    deployment = (
        "apiVersion: apps/v1\nkind: Deployment\n"
        "metadata:\n  name: {name}\n{notes}"
        "spec:\n  replicas: {count}\n  template:\n    spec:\n"
        "      containers:\n      - {{name: web, image: {image}}}\n"
    )
    notes = (
        "  annotations:\n"
        "    alpha.config.kubernetes.io/transformations: |\n"
        "      - configuredIn: OVERLAY/kustomization.yaml\n"
        "    config.kubernetes.io/origin: |\n      path: OVERLAY/../base/web.yaml\n"
    )
    write(
        repository / "base/web.yaml",
        deployment.format(name="web", notes="", count=1, image="nginx:1"),
    )
    image = "registry.example/nginx:1"
    write(
        tmp_path / "output.yaml",
        deployment.format(name="pre-web", notes=notes, count=5, image=image),
    )
    (found,) = built_in(repository).resources

    path = ("spec", "template", "spec", "containers", 0, "image")
    assert place(found.span("spec", "replicas"))[:2] == ("over/kustomization.yaml", 8)
    assert place(found.span(*path))[:2] == ("over/kustomization.yaml", 6)


def test_comments_of_the_file_belong_to_what_is_built(repository: Path) -> None:
    (comment,) = service(built_in(repository)).places.comments()

    assert comment[1] == "cip-lint: ignore[port.x] -- why"


def cluster_of(reading: Reading) -> Cluster:
    (cluster,) = partition(reading, [default_settings()])
    return cluster


def test_a_build_is_a_unit_of_its_own(repository: Path) -> None:
    cluster = cluster_of(built_in(repository))

    (unit,) = {id(one.unit): one.unit for one in cluster.members}.values()
    assert (unit.path, unit.why) == ("over", "over/kustomization.yaml, built")
    assert unit.rendered
    assert not any(one.piece or one.partial for one in cluster.members)
    assert cluster.notices == ()


IN_A_BASE = (
    "Error: accumulating resources: accumulation err='accumulating resources from "
    "'../base': '/x/base' must resolve to a file': recursed accumulation of path "
    "'/x/base': accumulating resources: accumulation err='accumulating resources from "
    "'web.yaml': may not add resource with an already registered id: Service.v1/web': "
    "must build at directory: '/x/base/web.yaml': file is not directory"
)
"""As kustomize 5 says it: a folder is tried as a file, and a file as a folder."""


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            "Error: trouble: no matches for Id Service.web",
            "trouble: no matches for Id Service.web",
        ),
        (
            IN_A_BASE,
            "may not add resource with an already registered id: Service.v1/web",
        ),
        (
            (
                'E1128 15:27:04.512089    2245 run.go:72] "command failed" err=<\n'
                "\ttrouble with config: `\n\tpath: p\n\t`: no such thing\n >\n"
            ),
            "trouble with config: ` path: p `: no such thing",
        ),
        (
            (
                'E1128 15:27:04.622564    2257 run.go:72] "command failed" '
                'err="invalid Kustomization: unknown field \\"a\\""'
            ),
            'invalid Kustomization: unknown field "a"',
        ),
        ("# Warning: old\nError: trouble in `a\nb`", "trouble in `a b`"),
    ],
)
def test_what_fails_to_build_stays_in_pieces_and_says_why(
    repository: Path, tmp_path: Path, said: str, expected: str
) -> None:
    install(tmp_path / "bin", "kustomize", f"import sys\nsys.exit({said!r})\n")
    reading = built_in(repository)

    assert reading.unbuilt == [Unbuilt("over/kustomization.yaml", expected)]
    assert [one.name for one in reading.resources] == ["web"]
    cluster = cluster_of(reading)
    (member,) = cluster.members
    assert member.piece
    (notice,) = cluster.notices
    assert notice == f"1 kustomization not built: {expected}"


def test_without_a_program_nothing_is_built(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "none"))
    reading = built_in(repository)

    (left,) = reading.unbuilt
    assert left.why == "neither kustomize nor kubectl is installed"


def test_a_kustomization_that_only_lists_files_needs_no_program(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "none"))
    (repository / "over/kustomization.yaml").unlink()
    reading = built_in(repository)

    assert [one.built_by for one in reading.resources] == [""]
    assert not reading.unbuilt


def test_one_that_generates_and_is_not_built_is_sent_as_it_is_written(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "none"))
    generates = "configMapGenerator: [{name: c, literals: [a=b]}]\n"
    write(repository / "over/kustomization.yaml", "resources: [../base]\n" + generates)
    reading = built_in(repository)

    assert [one.path for one in reading.unbuilt] == ["over/kustomization.yaml"]
    cluster = cluster_of(reading)
    (unit,) = {one.unit.path: one.unit for one in cluster.members}.values()
    assert (unit.path, unit.whole) == ("over", True)
    assert cluster.notices == (
        (
            "1 kustomization judged without generated ConfigMaps: "
            "neither kustomize nor kubectl is installed"
        ),
    )


def test_two_overlays_of_one_base_never_meet(repository: Path) -> None:
    write(repository / "twin/kustomization.yaml", OVERLAY)
    write(repository / "twin/ops.json", "[]")
    cluster = cluster_of(built_in(repository))

    one, other = cluster.services
    assert {one.sent_by, other.sent_by} == {
        "over/kustomization.yaml",
        "twin/kustomization.yaml",
    }
    assert not cluster.can_meet(one, other)


def test_notes_that_somebody_wrote_lead_to_no_file_outside(
    repository: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret.yaml").write_text(SERVICE, encoding="utf-8")
    output = tmp_path / "output.yaml"
    text = BUILT.replace("OVERLAY/../base/web.yaml", "OVERLAY/../../secret.yaml")
    text = text.replace(
        "- configuredIn: OVERLAY/kustomization.yaml",
        "- configuredIn: OVERLAY/../../../../../../../../../../../../dev/zero",
    )
    output.write_text(text, encoding="utf-8")

    found = service(built_in(repository))
    assert found.path == "over/kustomization.yaml"
    assert "secret" not in found.span("spec", "ports").source.path


def test_two_senders_of_one_name_in_one_file_are_two_units(repository: Path) -> None:
    sender = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: web, namespace: {namespace}}}
spec: {{path: ./over, namePrefix: {namespace}-}}
"""
    both = [sender.format(namespace=name) for name in ("red", "blue")]
    write(repository / "apps.yaml", "---\n".join(both))
    cluster = cluster_of(built_in(repository))

    one, other = cluster.services
    assert {one.unit.why, other.unit.why} == {
        f"over/kustomization.yaml, built for Kustomization {name}/web of apps.yaml"
        for name in ("red", "blue")
    }
    assert one.unit.identity != other.unit.identity
    assert cluster.can_meet(one, other)  # the cluster in which both senders live


TWINS = """\
apiVersion: v1
kind: Service
metadata: {name: web-api}
spec: {type: NodePort, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: api}
spec: {ports: [{port: 81}]}
"""

BUILT_TWINS = """\
apiVersion: v1
kind: Service
metadata:
  annotations:
    alpha.config.kubernetes.io/transformations: |
      - configuredIn: OVERLAY/kustomization.yaml
        configuredBy: {apiVersion: builtin, kind: PatchTransformer}
      - configuredIn: OVERLAY/kustomization.yaml
        configuredBy: {apiVersion: builtin, kind: PrefixTransformer}
    config.kubernetes.io/origin: |
      path: OVERLAY/../base/web.yaml
  name: web-api
spec:
  clusterIP: None
  ports: [{port: 81}]
"""

PATCHED_TWINS = """\
resources: [../base]
namePrefix: web-
patches:
- patch: '[{op: add, path: /spec/clusterIP, value: None}]'
  target: {kind: Service, name: api}
- patch: '[{op: add, path: /spec/clusterIP, value: None}]'
  target: {kind: Service, name: pi}
- patch: '[{op: add, path: /spec/clusterIP, value: None}]'
  target: {kind: Deployment}
- patch: |-
    {kind: Service, metadata: {name: ap}, spec: {clusterIP: None}}
"""


def test_a_prefix_makes_no_object_of_another(repository: Path, tmp_path: Path) -> None:
    write(repository / "base/web.yaml", TWINS)
    write(repository / "over/kustomization.yaml", PATCHED_TWINS)
    (tmp_path / "output.yaml").write_text(BUILT_TWINS, encoding="utf-8")

    found = service(built_in(repository))
    assert place(found.span("spec", "ports", 0, "port")) == ("base/web.yaml", 9, "81")
    assert place(found.span("metadata", "name")) == ("base/web.yaml", 8, "api")
    shown = place(found.span("spec", "clusterIP"))
    assert shown == ("over/kustomization.yaml", 4, "None")


def test_a_comment_above_the_first_separator_hides_no_kustomization(
    repository: Path,
) -> None:
    for file in ("over/kustomization.yaml", "base/kustomization.yaml"):
        text = (repository / file).read_text(encoding="utf-8")
        write(repository / file, f"# A licence.\n\n---\n{text}")

    found = service(built_in(repository))
    assert found.built_by == "over/kustomization.yaml"
    assert place(found.span("metadata", "labels", "team")) == (
        "over/kustomization.yaml",
        7,
        "red",
    )
