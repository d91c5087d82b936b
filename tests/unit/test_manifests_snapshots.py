"""``manifests.snapshots``: what kubectl prints of a cluster -> objects."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from cip_lint.errors import InputError
from cip_lint.manifests.snapshots import read_snapshot_file, snapshot_of

LIST = """\
apiVersion: v1
items:
- apiVersion: v1
  kind: Service
  metadata:
    creationTimestamp: "2026-01-01T00:00:00Z"
    managedFields:
    - apiVersion: v1
      fieldsType: FieldsV1
      fieldsV1:
        f:spec:
          f:internalTrafficPolicy: {}
      manager: kubectl
      operation: Update
    name: web
    namespace: shop
    resourceVersion: "812"
    uid: 3f1c2f0e-0000-4000-8000-000000000000
  spec:
    clusterIP: 10.96.0.20
  status:
    loadBalancer: {}
- apiVersion: networking.k8s.io/v1
  kind: ServiceCIDR
  metadata:
    name: kubernetes
  spec:
    cidrs:
    - 10.96.0.0/16
kind: List
metadata:
  resourceVersion: ""
"""


def _found(data: bytes) -> list[tuple[str, str, int]]:
    return [
        (one.kind, one.name, one.key_span("metadata").first.line)
        for one in snapshot_of("live.yaml", data).resources
    ]


def test_a_list_gives_its_items_with_their_places() -> None:
    assert _found(LIST.encode()) == [
        ("Service", "web", 5),
        ("ServiceCIDR", "kubernetes", 25),
    ]


def test_json_gives_the_same_objects() -> None:
    text = json.dumps(yaml.safe_load(LIST), indent=4)

    assert [row[:2] for row in _found(text.encode())] == [
        ("Service", "web"),
        ("ServiceCIDR", "kubernetes"),
    ]


def test_a_list_of_one_kind_lends_it_to_its_items() -> None:
    text = '{"kind": "ServiceList", "apiVersion": "v1", "items": [{"metadata": {}}]}'

    (one,) = snapshot_of("live.json", text.encode()).resources

    assert (one.api_version, one.kind) == ("v1", "Service")


def test_documents_and_lists_may_follow_each_other() -> None:
    text = f"{LIST}---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\n"

    assert [name for _, name, _ in _found(text.encode())] == ["web", "kubernetes", "p"]


def test_the_shell_of_windows_writes_utf_16() -> None:
    assert len(_found(b"\xff\xfe" + LIST.encode("utf-16-le"))) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "live.yaml:1: the snapshot holds no object"),
        (
            "apiVersion: v1\nkind: List\nitems: []\n",
            "live.yaml:1: the snapshot holds no object",
        ),
        (
            "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: [\n",
            (
                "live.yaml:6: the snapshot cannot be read: did not find expected node "
                "content"
            ),
        ),
        (
            "apiVersion: v1\nkind: Service\n---\nreplicas: 3\n",
            "live.yaml:4: the snapshot holds no object here: Object 'Kind' is missing",
        ),
        (
            "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n- a: 1\n",
            "live.yaml:6: the snapshot holds no object here: Object 'Kind' is missing",
        ),
        (
            "apiVersion: v1\nkind: ServiceList\nitems: [3]\n",
            "live.yaml:1: the snapshot holds no object here: an item is not an object",
        ),
        (
            "\n- a\n",
            (
                "live.yaml:2: the snapshot holds no object here: the document is not an "
                "object"
            ),
        ),
        (
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n",
            (
                "live.yaml:1: the snapshot holds none of EndpointSlice, Endpoints, "
                "IPAddress, Pod, Service, ServiceCIDR"
            ),
        ),
        (
            "\x00",
            (
                "live.yaml:1: the snapshot cannot be read: control characters are not "
                "allowed"
            ),
        ),
    ],
)
def test_what_is_no_snapshot_is_told_with_its_line(text: str, message: str) -> None:
    with pytest.raises(InputError) as raised:
        snapshot_of("live.yaml", text.encode())

    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nosuch.yaml", "nosuch.yaml: the snapshot: no such file or directory"),
        ("", ".: the snapshot is a folder, not a file"),
        ("\0", "\0: the snapshot: not a path"),
    ],
)
def test_a_file_that_cannot_be_opened_is_told(
    tmp_path: Path, name: str, message: str
) -> None:
    with pytest.raises(InputError) as raised:
        read_snapshot_file(tmp_path / name, name or ".")

    assert str(raised.value) == message


def test_of_a_file_that_is_too_large_nothing_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "large.yaml"
    with file.open("wb") as made:
        made.truncate(1 << 36)
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("it was opened"))

    with pytest.raises(InputError, match="the snapshot is larger than 1024 MiB"):
        read_snapshot_file(file, "large.yaml")


@pytest.mark.parametrize("may_be_pipe", [True, False])
def test_a_device_is_a_snapshot_for_whoever_runs_the_command(
    may_be_pipe: bool,
) -> None:
    expected = "holds no object" if may_be_pipe else "is not a file of bytes"

    with pytest.raises(InputError, match=expected):
        read_snapshot_file(Path("/dev/null"), "x", may_be_pipe=may_be_pipe)
