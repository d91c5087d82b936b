"""``--snapshot`` and ``--live``, whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.command import Done, cip_lint
from support.programs import install, path_with

SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  clusterIP: 10.96.0.20
  ports: [{port: 80}]
"""
LIVE = """\
apiVersion: v1
items:
- apiVersion: v1
  kind: Service
  metadata:
    name: kubernetes
    namespace: default
    uid: 00000000-0000-4000-8000-000000000000
  spec:
    clusterIP: 10.96.0.1
    ports:
    - port: 443
- apiVersion: networking.k8s.io/v1
  kind: ServiceCIDR
  metadata:
    name: kubernetes
  spec:
    cidrs:
    - 10.96.0.0/20
kind: List
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "web.yaml").write_text(SERVICE)
    (tmp_path / "live.yaml").write_text(LIVE)
    return tmp_path


def _cidrs(done: Done) -> object:
    assert done.err == ""
    (cluster,) = json.loads(done.out)["clusters"]
    setting = cluster["settings"]["serviceCIDRs"]
    return setting["value"], setting["origin"]


STATED = (["10.96.0.0/20"], "ServiceCIDR kubernetes of live.yaml")


def test_a_snapshot_is_no_part_of_the_set(shop: Path) -> None:
    (shop / "again.yaml").symlink_to("live.yaml")

    done = cip_lint(shop, ".", "--snapshot", "live.yaml", "--show-files")

    assert done.out == (
        "again.yaml: a snapshot of a cluster, no part of the set\n"
        "live.yaml: a snapshot of a cluster, no part of the set\n"
        "web.yaml: 1 object\n"
    )


def test_a_snapshot_alone_is_nothing_to_check(shop: Path) -> None:
    done = cip_lint(shop, "live.yaml", "--snapshot", "live.yaml")

    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "cip-lint: nothing to check in live.yaml; 1 file was met: "
        "a snapshot of a cluster, no part of the set (see --show-files)\n"
    )


def test_the_ranges_of_a_snapshot_are_stated(shop: Path) -> None:
    done = cip_lint(shop, "check", ".", "--snapshot", "live.yaml", "-q", "-o", "json")

    assert _cidrs(done) == STATED


def test_a_variable_names_files_as_path_does(shop: Path) -> None:
    (shop / "more of it.yaml").write_text(SERVICE)
    environment = {"CIP_LINT_SNAPSHOT": "live.yaml:more of it.yaml"}

    done = cip_lint(shop, "config", "show", "-o", "json", environment=environment)

    assert _cidrs(done) == STATED
    (cluster,) = json.loads(done.out)["clusters"]
    assert cluster["settings"]["snapshot"] == {
        "value": ["live.yaml", "more of it.yaml"],
        "origin": "CIP_LINT_SNAPSHOT",
    }


def test_the_settings_name_files_from_their_own_folder(shop: Path) -> None:
    (shop / "deep").mkdir()
    (shop / ".cip-lint.yaml").write_text("cluster:\n  snapshot: [./live.yaml]\n")

    done = cip_lint(shop / "deep", "check", "../web.yaml", "-q", "-o", "json")

    assert _cidrs(done) == (
        ["10.96.0.0/20"],
        "ServiceCIDR kubernetes of ../live.yaml",
    )


def test_each_cluster_has_its_own_snapshot(shop: Path) -> None:
    (shop / "west.yaml").write_text(LIVE.replace("10.96.0.0/20", "10.96.0.0/24"))
    (shop / "a").mkdir()
    (shop / "b").mkdir()
    (shop / "a/web.yaml").write_text(SERVICE)
    (shop / "b/web.yaml").write_text(SERVICE)
    (shop / ".cip-lint.yaml").write_text(
        "clusters:\n"
        "  east: {paths: [a], snapshot: [live.yaml]}\n"
        "  west: {paths: [b], snapshot: [west.yaml]}\n"
    )

    done = cip_lint(shop, "check", "a", "b", "-q", "-o", "json")

    assert [
        cluster["settings"]["serviceCIDRs"]["value"]
        for cluster in json.loads(done.out)["clusters"]
    ] == [["10.96.0.0/20"], ["10.96.0.0/24"]]


def test_the_snapshot_of_a_cluster_that_is_not_chosen_is_not_read(shop: Path) -> None:
    (shop / ".cip-lint.yaml").write_text(
        "clusters:\n"
        "  east: {snapshot: [live.yaml]}\n"
        "  west: {snapshot: [nosuch.yaml]}\n"
    )

    assert cip_lint(shop, "--cluster", "east", "-q").code == 0
    assert cip_lint(shop, "--cluster", "west", "-q") == Done(
        2, "", "cip-lint: nosuch.yaml: the snapshot: no such file or directory\n"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "live.yaml:1: the snapshot holds no object"),
        ("a: {", "live.yaml:1: the snapshot cannot be read: "),
        (
            "apiVersion: apps/v1\nkind: Deployment\n",
            "live.yaml:1: the snapshot holds none of ",
        ),
    ],
)
def test_a_wrong_snapshot_ends_the_run(shop: Path, text: str, told: str) -> None:
    (shop / "live.yaml").write_text(text)

    for command in ("check", "table", "plan"):
        done = cip_lint(shop, command, ".", "--snapshot", "live.yaml")
        assert (done.code, done.out) == (2, "")
        assert done.err.startswith(f"cip-lint: {told}")
        assert done.err.count("\n") == 1


KUBECTL = """\
import os, sys
asked = sys.argv[1:]
with open(os.environ["LOG"], "a") as log:
    print(*asked, os.environ["HOME"], sys.stdin.read(), file=log)
old = os.environ.get("OLD", "").split()
for name in old:
    if name in asked[1].split(","):
        sys.exit(f'error: the server doesn\\'t have a resource type "{name}"')
print(open(os.environ["ANSWER"]).read(), end="")
"""


def _with_kubectl(shop: Path, script: str = KUBECTL, **more: str) -> dict[str, str]:
    folder = install(shop / "bin", "kubectl", script)
    return {
        "PATH": path_with(folder),
        "HOME": "/home/somebody",
        "LOG": str(shop / "log"),
        "ANSWER": str(shop / "live.yaml"),
        **more,
    }


ASKED = "get services,ipaddresses,servicecidrs,endpointslices,pods -A -o yaml"


def test_live_asks_kubectl_as_the_user_would(shop: Path) -> None:
    done = cip_lint(
        shop, "web.yaml", "--live", "-qo", "json", environment=_with_kubectl(shop)
    )

    assert _cidrs(done) == (["10.96.0.0/20"], "ServiceCIDR kubernetes of kubectl")
    assert (shop / "log").read_text() == f"{ASKED} /home/somebody \n"


def test_an_older_server_is_asked_for_what_it_serves(shop: Path) -> None:
    environment = _with_kubectl(shop, OLD="ipaddresses servicecidrs")

    done = cip_lint(shop, "web.yaml", "--live", "-q", environment=environment)

    assert (done.code, done.err) == (0, "")
    assert [line.split()[1] for line in (shop / "log").read_text().splitlines()] == [
        "services,ipaddresses,servicecidrs,endpointslices,pods",
        "services,servicecidrs,endpointslices,pods",
        "services,endpointslices,pods",
    ]


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (
            "import sys\nsys.exit('noise\\nerror: You must be logged in')\n",
            "kubectl get fails: error: You must be logged in",
        ),
        ("import sys\nsys.exit(7)\n", "kubectl get fails: it ends with status 7"),
        (
            (
                "import sys\n"
                "sys.exit('the server doesn\\'t have a resource type \"services\"')\n"
            ),
            'kubectl get fails: the server doesn\'t have a resource type "services"',
        ),
        ("", "kubectl:1: the snapshot holds no object"),
        (
            "import time\ntime.sleep(600)\n",
            "kubectl does not end within 0.5 s",
        ),
    ],
)
def test_a_kubectl_that_gives_no_answer_ends_the_run(
    shop: Path, monkeypatch: pytest.MonkeyPatch, script: str, told: str
) -> None:
    if "sleep" in script:
        monkeypatch.setattr("cip_lint.programs.kubectl.SECONDS", 0.5)
    environment = _with_kubectl(shop, script)

    done = cip_lint(shop, "web.yaml", "--live", environment=environment)

    assert done == Done(2, "", f"cip-lint: {told}\n")


def test_without_kubectl_there_is_one_clear_line(shop: Path) -> None:
    done = cip_lint(shop, "web.yaml", "--live", environment={"PATH": str(shop)})

    assert done == Done(
        2, "", "cip-lint: kubectl is not installed: it is in no folder of PATH\n"
    )


def test_live_asks_one_cluster_and_no_file_beside_it(shop: Path) -> None:
    environment = _with_kubectl(shop)
    both = cip_lint(shop, ".", "--live", "--snapshot", "live.yaml")
    (shop / ".cip-lint.yaml").write_text(
        "clusters: {east: {snapshot: [nosuch.yaml]}, west: {}}\n"
    )
    several = cip_lint(shop, ".", "--live", environment=environment)
    chosen = cip_lint(
        shop, ".", "--live", "--cluster", "east", "-q", environment=environment
    )

    assert (both.code, several.code, chosen.code) == (2, 2, 0)
    assert "--live and --snapshot contradict each other" in both.err
    assert "--live asks one cluster; choose it with --cluster: east, west" in (
        several.err
    )


def test_the_table_shows_what_a_living_service_has(shop: Path) -> None:
    (shop / "web.yaml").write_text(
        "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\n"
        "spec: {type: NodePort, selector: {app: web}, ports: [{port: 80}]}\n"
    )
    (shop / "live.yaml").write_text(
        LIVE.replace(
            "kind: List\n",
            """\
- apiVersion: v1
  kind: Service
  metadata: {name: web, namespace: shop}
  spec:
    type: NodePort
    clusterIP: 10.96.3.4
    clusterIPs: [10.96.3.4]
    ipFamilies: [IPv4]
    ipFamilyPolicy: SingleStack
    ports: [{port: 80, protocol: TCP, targetPort: 80, nodePort: 30321}]
- apiVersion: v1
  kind: Pod
  metadata: {name: web-1, namespace: shop, labels: {app: web}}
kind: List
""",
        )
    )

    done = cip_lint(shop, "table", "--snapshot", "live.yaml", "-qo", "json")
    text = cip_lint(shop, "table", "--snapshot", "live.yaml", "-q").out

    (row,) = json.loads(done.out)["clusters"][0]["services"]
    (address,), (port,) = row["clusterIPs"], row["ports"]
    assert (address["how"], address["address"]) == ("snapshot", "10.96.3.4")
    assert (port["nodePortHow"], port["nodePort"]) == ("snapshot", 30321)
    assert (row["verdict"], row["selection"]) == ("created", "living")
    assert text.splitlines()[1].split() == [
        "shop",
        "web",
        "NodePort",
        "10.96.3.4",
        "<none>",
        "80:30321/TCP",
        "app=web",
        *["1", "living", "pod"],
        "created",
    ]


def test_what_nobody_can_compare_with_the_snapshot_is_counted(shop: Path) -> None:
    for name in ("dev", "prod"):
        (shop / name).mkdir()
        (shop / name / "web.yaml").write_text(
            SERVICE.replace("10.96.0.20", "10.96.0.1")
        )

    unclear = cip_lint(shop, "dev", "prod", "--one-cluster", "--snapshot", "live.yaml")
    several = cip_lint(shop, ".", "--snapshot", "live.yaml")
    (shop / "live-prod.yaml").write_text(LIVE)
    named = cip_lint(shop, ".", "--snapshot", "live-prod.yaml")

    notice = "2 Services of several environments not compared with snapshot live.yaml"
    assert notice not in unclear.out + unclear.err
    assert notice in several.out + several.err
    assert "1 Service of several environments" in named.out + named.err
