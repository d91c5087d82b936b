"""Whole command lines of ``cip-lint plan``."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from support.command import cip_lint
from support.plans import service

SETTINGS = """\
cluster:
  serviceCIDRs: [10.96.0.0/16, "fd00::/64"]
reserved:
- {address: 10.96.0.4/30, owner: ops/*}
- {nodePort: 30001, owner: ops/door}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with settings and two Services that do not collide."""
    (tmp_path / ".cip-lint.yaml").write_text(SETTINGS)
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "a.yaml").write_text(
        service("a", "clusterIP: 10.96.0.2") + service("b")
    )
    return tmp_path


def _collide(folder: Path) -> None:
    (folder / "m" / "c.yaml").write_text(service("c", "clusterIP: 10.96.0.2"))


def test_it_draws_a_map_and_lists_the_claims(folder: Path) -> None:
    done = cip_lint(folder, "plan", "m")

    assert (done.code, done.err) == (0, "")
    assert "service CIDR   10.96.0.0/16   from .cip-lint.yaml:2" in done.out
    assert "A■·□□□□" in done.out
    rows = [re.split(r" {3,}", line) for line in done.out.splitlines()]
    assert [
        "10.96.0.2",
        "Service shop/a",
        "pinned",
        "static",
        "m/a.yaml:5",
        "placed",
    ] in rows


def test_it_fails_where_something_collides(folder: Path) -> None:
    _collide(folder)

    done = cip_lint(folder, "plan", "m", "--ascii")

    assert done.code == 1
    assert done.out.isascii()
    assert "collides: Service shop/a has it first" in done.out


def test_the_exit_codes_are_in_the_help(folder: Path) -> None:
    done = cip_lint(folder, "plan", "--help")

    assert done.code == 0
    text = " ".join(done.out.split())
    assert "Exit code 0: all can be placed; 1: something collides" in text


def test_one_run_writes_several_formats(folder: Path) -> None:
    done = cip_lint(
        folder, "plan", "m",
        "-o", "text", "-o", "svg=p.svg", "-o", "json=p.json", "-o", "csv=p.csv",
        "-o", "markdown=p.md", "-o", "text=p.txt",
    )  # fmt: skip

    assert done.code == 0
    assert done.out == (folder / "p.txt").read_text(encoding="utf-8")
    assert ET.parse(folder / "p.svg").getroot().tag.endswith("svg")
    assert json.loads((folder / "p.json").read_text())["version"] == 1
    assert (folder / "p.csv").read_text().startswith("CLUSTER,KIND,VALUE,")
    assert (folder / "p.md").read_text().startswith("| Range | Band |")


def test_next_prints_free_values_one_a_line(folder: Path) -> None:
    addresses = cip_lint(folder, "plan", "m", "--next", "3")
    other_family = cip_lint(folder, "plan", "m", "--next", "2", "--of", "ipv6")
    ports = cip_lint(folder, "plan", "m", "--next", "2", "--of", "node-port")

    assert (addresses.code, addresses.out) == (0, "10.96.0.3\n10.96.0.8\n10.96.0.9\n")
    assert (other_family.code, other_family.out) == (0, "fd00::2\nfd00::3\n")
    assert (ports.code, ports.out) == (0, "30000\n30002\n")
    assert (addresses.err, other_family.err) == ("", "")


def test_next_speaks_json_too(folder: Path) -> None:
    done = cip_lint(
        folder, "plan", "m", "--next", "2", "--of", "node-port", "-o", "json"
    )

    assert json.loads(done.out) == {
        "version": 1,
        "of": "node-port",
        "next": [30000, 30002],
    }


def test_next_does_not_fail_because_others_collide(folder: Path) -> None:
    _collide(folder)

    assert cip_lint(folder, "plan", "m", "--next", "1").code == 0


def test_fewer_free_values_than_wanted_are_a_failure(folder: Path) -> None:
    done = cip_lint(folder, "plan", "m", "--next", "300", "-q")

    assert done.code == 1
    assert len(done.out.splitlines()) == 249
    assert done.err == "cip-lint: 249 free addresses in the static band, 300 wanted\n"


def test_a_zoom_shows_a_part(folder: Path) -> None:
    addresses = cip_lint(folder, "plan", "m", "--zoom", "10.96.0.0/28")
    ports = cip_lint(folder, "plan", "m", "--zoom", "30000-30003")

    assert "static   10.96.0.1 - 10.96.0.15" in addresses.out
    assert "node ports" not in addresses.out
    assert "static   30000 - 30003" in ports.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["-o", "sgv"],
            "--output: sgv is no format here; the nearest is svg",
        ),
        (
            ["-o", "text", "-o", "json"],
            "--output: text and json both go to standard output; add =FILE",
        ),
        (["-o", "svg="], "--output: svg= names no file"),
        (
            ["--next", "1", "-o", "svg"],
            "--next: svg is no format of it; text and json are",
        ),
        (
            ["--zoom", "10.96.0.1/24"],
            "--zoom: '10.96.0.1/24' is not a CIDR; 10.96.0.0/24 is",
        ),
        (
            ["--zoom", "all"],
            "--zoom: 'all' is not a node port or a range such as 30080-30089",
        ),
        (
            ["--next", "1", "--zoom", "10.96.0.0/28"],
            "--next offers of whole ranges: leave --zoom out",
        ),
        (["--zoom", "10.0.0.0/24"], "--zoom: no range of the cluster has a part there"),
    ],
)
def test_what_cannot_be_done_is_said(
    folder: Path, arguments: list[str], message: str
) -> None:
    done = cip_lint(folder, "plan", "m", *arguments)

    assert (done.code, done.err) == (2, f"cip-lint: {message}\n")


def test_next_wants_one_cluster(folder: Path) -> None:
    (folder / ".cip-lint.yaml").write_text(
        "clusters: {a: {paths: [m/a]}, b: {paths: [m/b]}}\n"
    )
    (folder / "m" / "a.yaml").unlink()
    for name in "ab":
        (folder / "m" / name).mkdir()
        (folder / "m" / name / "s.yaml").write_text(service(name))

    several = cip_lint(folder, "plan", "m", "--next", "1")
    one = cip_lint(folder, "plan", "m", "--next", "1", "--cluster", "b")

    assert several.code == 2
    assert "--next: there are several clusters (a, b); use --cluster" in several.err
    assert (one.code, one.out) == (0, "10.96.0.2\n")


def test_a_family_without_a_range_is_not_one_without_room(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(service("a"))
    asked = ("plan", ".", "--next", "2", "--of", "ipv6", "-q")

    assumed = cip_lint(tmp_path, *asked)
    stated = cip_lint(tmp_path, *asked, "--service-cidr", "10.0.0.0/24")

    assert (assumed.code, assumed.out) == (stated.code, stated.out) == (1, "")
    assert assumed.err == (
        "cip-lint: no IPv6 service CIDR is known, only 10.96.0.0/16 (assumed)\n"
    )
    assert stated.err == (
        "cip-lint: no IPv6 service CIDR is known, "
        "only 10.0.0.0/24 (from --service-cidr)\n"
    )


def test_an_assumed_range_is_said_beside_free_values(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(service("a"))

    addresses = cip_lint(tmp_path, "plan", ".", "--next", "1")
    ports = cip_lint(tmp_path, "plan", ".", "--next", "1", "--of", "node-port")

    assert (addresses.code, addresses.out) == (0, "10.96.0.2\n")
    assert addresses.err == (
        "cip-lint: of the service CIDR 10.96.0.0/16, assumed; state it to be sure\n"
    )
    assert ports.err == "cip-lint: of 30000-32767, assumed; state it to be sure\n"


def test_a_seed_chooses_the_run(folder: Path) -> None:
    first, again, other = (
        cip_lint(folder, "plan", "m", *seed).out
        for seed in ((), ("--seed", "0"), ("--seed", "1"))
    )

    assert "1 value is simulated, with seed 0: a real cluster draws others" in first
    assert first == again != other


def test_a_wrong_address_plan_stops_it_with_the_place(folder: Path) -> None:
    (folder / ".cip-lint.yaml").write_text("reserved: [{adress: 10.96.0.2}]\n")

    done = cip_lint(folder, "plan", "m")

    assert done.code == 2
    assert ".cip-lint.yaml:1:13" in done.err
    assert "write address" in done.err


def test_colour_is_asked_for_or_left_out(folder: Path) -> None:
    always = cip_lint(folder, "plan", "m", "--color", "always")
    terminal = cip_lint(
        folder, "plan", "m", terminal=True, environment={"COLUMNS": "80"}
    )
    plain = cip_lint(
        folder,
        "plan",
        "m",
        terminal=True,
        environment={"NO_COLOR": "1", "COLUMNS": "80"},
    )

    assert "\x1b[" in always.out
    assert "\x1b[" in terminal.out
    assert "\x1b[" not in plain.out


def test_hostile_manifests_never_end_in_a_traceback(folder: Path) -> None:
    (folder / "m" / "hostile.yaml").write_text(
        """\
apiVersion: v1
kind: Service
metadata: {name: [1], namespace: {}}
spec: {clusterIP: {a: 1}, clusterIPs: 3, type: NodePort, ports: {port: 80}}
---
apiVersion: v1
kind: Service
metadata: {name: "x\\0y", namespace: shop}
spec: {type: NodePort, ports: [[], {port: 99999999999999999999, nodePort: 1e99}, 7]}
---
apiVersion: networking.k8s.io/v1
kind: ServiceCIDR
metadata: {name: c}
spec: {cidrs: [[], 10.96.0.0/99, 0.0.0.0/0, "::/0"]}
---
apiVersion: networking.k8s.io/v1
kind: IPAddress
metadata: {name: 10.96.0.300}
"""
    )

    for format_name in ("text", "json", "csv", "markdown", "svg"):
        done = cip_lint(folder, "plan", "m", "-o", format_name)

        assert (done.code, done.err) == (0, "")
        assert done.out


def test_the_settings_show_the_address_plan(folder: Path) -> None:
    shown = cip_lint(folder, "config", "show", "m")
    asked = cip_lint(folder, "config", "show", "m", "-o", "json")

    assert "  reserved 10.96.0.4/30 for ops/*  (.cip-lint.yaml:4)\n" in shown.out
    (cluster,) = json.loads(asked.out)["clusters"]
    assert cluster["reserved"] == [
        {
            "value": "10.96.0.4/30",
            "owner": "ops/*",
            "purpose": None,
            "origin": ".cip-lint.yaml:4",
        },
        {
            "value": "30001",
            "owner": "ops/door",
            "purpose": None,
            "origin": ".cip-lint.yaml:5",
        },
    ]


def test_a_zoom_leaves_out_clusters_that_have_no_part_there(folder: Path) -> None:
    (folder / ".cip-lint.yaml").write_text(
        """\
clusters:
  east: {paths: [m/east], serviceCIDRs: [10.96.0.0/16]}
  west: {paths: [m/west], serviceCIDRs: [10.97.0.0/16]}
"""
    )
    (folder / "m" / "a.yaml").unlink()
    for name in ("east", "west"):
        (folder / "m" / name).mkdir()
        (folder / "m" / name / "s.yaml").write_text(service(name))

    both = cip_lint(folder, "plan", "m")
    one = cip_lint(folder, "plan", "m", "--zoom", "10.97.0.0/28")

    assert ("cluster east" in both.out, "cluster west" in both.out) == (True, True)
    assert one.code == 0
    assert "10.97.0.0/16" in one.out
    assert "10.96.0.0/16" not in one.out
    assert "cluster" not in one.out
