"""One file -> its objects, what is lost of it, and an account of the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cip_lint.errors import InputError
from cip_lint.manifests import FileAccount, Reading, ReadOptions, read
from cip_lint.manifests.file_reading import FileReading, read_text
from cip_lint.model import Severity, SourceFile

WEB = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
NAMED = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n"
API = "apiVersion: v1\nkind: Service\nmetadata: {name: api}\n"
ROLE = "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: x}\n"
CRD = (
    "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
    "metadata: {name: gates.example.com}\nspec:\n  scope: Namespaced\n"
)


def reading_of(text: str) -> FileReading:
    return read_text(SourceFile("x.yaml", text), None)


def names(file: FileReading | Reading) -> list[str]:
    return [resource.name for resource in file.resources]


def losses(file: FileReading) -> list[tuple[Severity, str, str]]:
    return [(loss.severity, loss.message, loss.label.span.text) for loss in file.losses]


@pytest.mark.parametrize(
    ("text", "documents"),
    [
        (WEB, {"read": 1}),
        ("", {}),
        ("# none\n---\n" + WEB, {"empty": 1, "read": 1}),
        (ROLE, {"kind-not-needed": 1}),
        (CRD, {"kind-not-needed": 1}),
        (CRD + "  conversion: {webhook: {clientConfig: {service: {}}}}\n", {"read": 1}),
        (ROLE.replace("rbac.authorization.k8s.io", "x.example"), {"read": 1}),
        (ROLE + "items: []\n", {"read": 1}),
        ("kind: 'Role'\n" + ROLE, {"read": 1}),
        ("a: 1\n", {"not-kubernetes": 1}),
        ("- op: add\n  path: /spec\n", {"not-kubernetes": 1}),
        ("kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n", {"local-config": 1}),
        ("apiVersion: v1\nkind: Config\nclusters: []\n", {"local-config": 1}),
        ("{{ if x }}\n" + WEB + "{{ end }}\n", {"template": 1}),
        ("metadata: {name: @NAME@}\n", {"template": 1}),
        ("metadata: {name: web, labels: {app: ${APP}}}\n", {"template": 1}),
        ("metadata: {labels: {app: web-${APP:-web}, b: c}}\n", {"template": 1}),
        ("metadata:\r\n  labels: {${KEY}: v}\r\n", {"template": 1}),
        ("spec: {ports: [{port: 80}, ${MORE}]}\n", {"template": 1}),
        ("spec:\n  image: {URL}:{TAG}\n", {"template": 1}),
        ("metadata:\n  name: {APP}-web\r\n", {"template": 1}),
        ("args:\n- {ARG}-x\n", {"template": 1}),
        ("spec:\n  type: %TYPE%\n", {"template": 1}),
        (NAMED.replace("web", "#{Name}"), {"template": 1}),
        (NAMED.replace("web", "#{Service.Name | ToLower}#"), {"template": 1}),
        (NAMED.replace("web", "{NAME}"), {"template": 1}),
        (WEB + "spec:\n  ports:\n  - port: #{port}#\n", {"template": 1}),
        (WEB + "spec:\n  ports:\n  - name: x #{port}#\n", {"read": 1}),
        (WEB + "spec:\n  selector: #{app: web}\n", {"read": 1}),
        (NAMED.replace("web", "# {Name}"), {"read": 1}),
        (NAMED.replace("web", "{a: b}"), {"read": 1}),
        ("spec:\n  args: [a]: %TYPE%\n", {"unreadable": 1}),
        ("metadata:\n  name: {a: b}-web\n", {"unreadable": 1}),
        ("spec:\n  type: %TYPE\n", {"unreadable": 1}),
        ("data:\n  run: echo ${APP}\n\tx: 1\n", {"unreadable": 1}),
        ("data:\n  run: |\n    [ x, ${APP} ]\n\tx: 1\n", {"unreadable": 1}),
        ("data:\n  run: |\n    {x: ${APP}}\n\tx: 1\n", {"unreadable": 1}),
        ("a: [\n", {"unreadable": 1}),
        ('{"apiVersion": "v1", "kind": "List", "items": []}', {"read": 1}),
        ("kind: ResourceList\nitems:\n- kind: Pod\n", {"local-config": 1}),
        (
            "apiVersion: config.kubernetes.io/v1\nkind: PodList\nitems: [{}]\n",
            {"local-config": 1},
        ),
        ("apiVersion: v1\nkind: List\nitems:\n- 5\n", {"not-kubernetes": 1}),
        ("apiVersion: v1\nkind: List\nitems:\n-\n", {"read": 1, "not-kubernetes": 1}),
    ],
)
def test_every_document_is_counted_with_its_fate(
    text: str, documents: dict[str, int]
) -> None:
    assert reading_of(text).documents == documents


def test_documents_on_both_sides_of_a_broken_one_are_read() -> None:
    file = reading_of(f"{WEB}---\na: [\n---\n{API}")

    assert names(file) == ["web", "api"]
    assert file.documents == {"read": 2, "unreadable": 1}
    (loss,) = file.losses
    assert loss.path == "x.yaml"
    assert loss.severity is Severity.ERROR
    assert loss.message.startswith("cannot be read: ")
    assert [label.span.text for label in loss.related] == ["Service"]


@pytest.mark.parametrize(
    ("text", "found", "loss"),
    [
        (
            "a:\n\tb: 1\n",
            [],
            (
                Severity.ERROR,
                "cannot be read: found a tab where indentation was expected",
                "\t",
            ),
        ),
        (
            f"{WEB}--- |\n  text\n",
            ["web"],
            (
                Severity.ERROR,
                (
                    "cannot be read: a line `---` with other text ends the file for"
                    " kubectl"
                ),
                "|",
            ),
        ),
        (
            f"{WEB}...\nlost: 1\nmore: 2\n",
            ["web"],
            (
                Severity.WARNING,
                "what stands behind the end of the document is lost",
                "lost: 1",
            ),
        ),
        (
            "  apiVersion: v1\r\n  kind: Service\r\nmetadata: {}\r\n",
            [],
            (
                Severity.WARNING,
                "what stands behind the end of the document is lost",
                "metadata: {}",
            ),
        ),
    ],
)
def test_what_kubectl_loses_is_said_with_its_place(
    text: str, found: list[str], loss: tuple[Severity, str, str]
) -> None:
    file = reading_of(text)

    assert [name for name in names(file) if name] == found
    assert losses(file) == [loss]


def test_a_closing_mark_and_comments_are_no_loss() -> None:
    assert losses(reading_of(f"{WEB}# comment\n...\n\n# another\n")) == []


def test_bytes_that_are_no_utf8_are_a_warning(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(b"# caf\xe9\n" + WEB.encode())

    (loss,) = read(["x.yaml"], ReadOptions(root=tmp_path)).losses

    assert loss.severity is Severity.WARNING
    assert (loss.label.span.start, loss.label.span.text) == (5, "\ufffd")


def test_json_goes_on_as_kubectl_lets_it() -> None:
    web = '{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}}'

    once = reading_of(f"{web}\n---\n{API}")
    twice = reading_of(f"{web}{web}\n---\n{API}")
    remark = reading_of(f"{web} # a remark\n")

    assert (names(once), losses(once)) == (["web", "api"], [])
    assert names(twice) == ["web", "web", "api"]
    assert [loss.severity for loss in twice.losses] == [Severity.ERROR]
    assert (names(remark), losses(remark)) == (["web"], [])


@pytest.mark.parametrize("text", ["word", "a: 1", "- a\n- b"])
def test_text_behind_json_that_is_no_object_is_lost(text: str) -> None:
    web = '{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}}'

    file = reading_of(f"{web}\n# a remark\n{text}\n---\n{API}")
    apart = reading_of(f"{web}\n---\n{text}\n")
    package = reading_of(f'{{"name": "web"}}\n{text}\n')

    assert names(file) == ["web", "api"]
    assert losses(file) == [
        (
            Severity.WARNING,
            "what stands behind the JSON value is no object: kubectl refuses it",
            text.partition("\n")[0],
        )
    ]
    assert (losses(apart), losses(package)) == ([], [])


@pytest.mark.parametrize(
    ("text", "repeated"),
    [
        (WEB + "kind: Service\n", [(("kind",),)]),
        ('{"apiVersion": "v1", "kind": "A", "kind": "B", "spec": 1}', [(("kind",),)]),
        (
            (
                "apiVersion: v1\nkind: List\nitems:\n"
                "- {apiVersion: v1, kind: A, metadata: {name: a}}\n"
                "- {apiVersion: v1, kind: A, metadata: {name: b, name: c}}\n"
            ),
            [(), (("metadata", "name"),)],
        ),
    ],
)
def test_keys_that_stand_twice_are_kept_with_their_paths(
    text: str, repeated: list[Any]
) -> None:
    assert [one.repeated_keys for one in reading_of(text).resources] == repeated


def test_a_folder_gives_objects_in_order_and_an_account_of_each_file(
    tmp_path: Path,
) -> None:
    files = {
        "a.yaml": f"{API}---\n{ROLE}",
        "b/kustomization.yaml": "resources: [x.yaml]\n",
        "b/x.yaml": WEB,
        "c/Chart.yaml": "name: c\nversion: 1.0.0\n",
        "c/templates/d.yaml": WEB,
        "c/values.yaml": "a: 1\n",
        "docker-compose.yml": "services: {}\n",
        "e.yaml": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    reading = read(["."], ReadOptions(root=tmp_path))

    assert names(reading) == ["api", "web"]
    assert [(one.path, one.reason) for one in reading.files] == [
        ("a.yaml", ""),
        ("b/kustomization.yaml", "kustomization"),
        ("b/x.yaml", ""),
        ("c/Chart.yaml", "chart"),
        ("c/templates/d.yaml", "template"),
        ("c/values.yaml", "chart"),
        ("docker-compose.yml", "not-kubernetes"),
        ("e.yaml", "empty"),
    ]
    assert [(mark.kind, mark.path, mark.body) for mark in reading.landmarks] == [
        ("kustomization", "b/kustomization.yaml", {"resources": ["x.yaml"]}),
        ("chart", "c/Chart.yaml", {"name": "c", "version": "1.0.0"}),
    ]
    assert reading.skipped == {
        "chart": 2,
        "empty": 1,
        "kind-not-needed": 1,
        "kustomization": 1,
        "not-kubernetes": 1,
        "template": 1,
    }


def test_standard_input_is_a_file_of_any_name() -> None:
    reading = read(["-"], ReadOptions(stdin_filename="web.yaml"), WEB.encode())

    assert reading.files == [FileAccount("web.yaml", "-", "", {"read": 1}, 1)]


def test_a_file_that_is_too_large_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(WEB)

    reading = read(["."], ReadOptions(root=tmp_path, max_file_bytes=10))

    assert reading.files == [FileAccount("x.yaml", ".", "too-large")]


def test_a_named_file_must_be_readable(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        read(["gone.yaml"], ReadOptions(root=tmp_path))


def test_progress_tells_how_many_files_are_done(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(WEB)
    told: list[int] = []

    read(["."], ReadOptions(root=tmp_path), progress=told.append)

    assert told == [1, 2]
