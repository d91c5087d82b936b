"""The commands beside ``check``, whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from cip_lint import __version__
from support.command import Done, cip_lint

SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  clusterIP: 10.96.0.20
  ports: [{port: 80}]
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "web.yaml").write_text(SERVICE)
    return tmp_path


def test_help_names_every_command(tmp_path: Path) -> None:
    done = cip_lint(tmp_path, "--help")

    assert (done.code, done.err) == (0, "")
    commands = (
        "check",
        "table",
        "plan",
        "rules",
        "explain",
        "config",
        "init",
        "completion",
    )
    assert all(f"\n  {command} " in done.out for command in commands)


@pytest.mark.parametrize(
    "command",
    ["check", "table", "plan", "rules", "explain", "config", "init", "completion"],
)
def test_each_command_has_its_help(tmp_path: Path, command: str) -> None:
    done = cip_lint(tmp_path, command, "--help")

    assert (done.code, done.out.startswith(f"Usage: cip-lint {command} ")) == (0, True)


def test_the_version_is_ready_to_paste(tmp_path: Path) -> None:
    lines = cip_lint(tmp_path, "--version").out.splitlines()

    assert [line.split()[0] for line in lines[:3]] == ["cip-lint", "Python", "PyYAML"]
    assert lines[0] == f"cip-lint {__version__}"


def test_the_file_that_init_writes_is_in_order(shop: Path) -> None:
    assert cip_lint(shop, "init") == Done(0, "", "wrote .cip-lint.yaml\n")
    assert cip_lint(shop, "config", "check") == Done(
        0, "", ".cip-lint.yaml: nothing is wrong\n"
    )
    assert cip_lint(shop, "check", "-q", "--severity", "warning") == Done(0, "", "")


def test_the_file_that_init_writes_names_its_schema_to_editors(shop: Path) -> None:
    cip_lint(shop, "init")
    schema = json.loads(cip_lint(shop, "config", "schema").out)

    first, *_ = (shop / ".cip-lint.yaml").read_text(encoding="utf-8").splitlines()

    assert first == f"# yaml-language-server: $schema={schema['$id']}"


def test_init_leaves_a_file_that_is_there(shop: Path) -> None:
    (shop / ".cip-lint.yaml").write_text("profile: strict\n")

    done = cip_lint(shop, "init")

    assert done == Done(2, "", "cip-lint: .cip-lint.yaml is there already\n")
    assert (shop / ".cip-lint.yaml").read_text() == "profile: strict\n"


def test_every_line_that_init_offers_is_a_setting(shop: Path) -> None:
    cip_lint(shop, "init")
    path = shop / ".cip-lint.yaml"
    offered = [
        line.replace("# ", "", 1)
        if line.lstrip("# ").partition(":")[0].replace("CIDRs", "").isalpha()
        and line.lstrip().startswith("# ")
        and not line.startswith(("# Settings", "# What", "# Nothing"))
        else line
        for line in path.read_text().splitlines()
    ]
    path.write_text("\n".join(offered) + "\n")

    done = cip_lint(shop, "config", "check")

    assert (done.code, done.out) == (0, "")


def test_config_show_names_the_origin_of_each_value(shop: Path) -> None:
    (shop / ".cip-lint.yaml").write_text("cluster: {nodePortRange: 30000-30100}\n")

    done = cip_lint(
        shop,
        *("config", "show", "-o", "json", "--service-cidr", "10.96.0.0/16"),
        environment={"CIP_LINT_NAMESPACE": "shop"},
    )

    (cluster,) = json.loads(done.out)["clusters"]
    named = ("serviceCIDRs", "namespace", "nodePortRange", "clusterDomain")
    assert {key: cluster["settings"][key] for key in named} == {
        "serviceCIDRs": {"value": ["10.96.0.0/16"], "origin": "--service-cidr"},
        "namespace": {"value": "shop", "origin": "CIP_LINT_NAMESPACE"},
        "nodePortRange": {"value": "30000-30100", "origin": ".cip-lint.yaml:1"},
        "clusterDomain": {"value": "cluster.local", "origin": "assumed"},
    }
    assert cluster["units"] == [
        {
            "path": ".",
            "engine": "kubectl",
            "why": "plain folder",
            "namespaces": ["shop"],
            "cluster": None,
            "unknown": [],
        }
    ]


def test_config_show_prints_the_same_for_people(shop: Path) -> None:
    done = cip_lint(shop, "config", "show", "--service-cidr", "10.96.0.0/16")

    assert "  serviceCIDRs       10.96.0.0/16  (--service-cidr)\n" in done.out


def test_config_show_says_what_sends_each_unit_and_why(shop: Path) -> None:
    (shop / "infra").mkdir()
    (shop / "infra" / "main.tf").touch()
    (shop / "infra" / "web.yaml").write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {}\n"
    )

    found = cip_lint(shop, "config", "show").out
    stated = cip_lint(shop, "config", "show", "--engine", "argocd").out

    unknown = "not known: the namespace of 1 object"
    assert f"  unit infra: terraform, infra/main.tf beside it; {unknown}\n" in found
    assert "  unit .: kubectl, namespace shop, plain folder\n" in found
    assert (
        "  unit .: argocd, namespace shop, plain folder, engine by --engine" in stated
    )
    assert "infra:" not in stated


def test_config_check_points_at_what_is_wrong(shop: Path) -> None:
    (shop / ".cip-lint.yaml").write_text("clustre: {}\nselect: [adress.taken]\n")

    done = cip_lint(shop, "config", "check")

    assert (done.code, done.err) == (2, "")
    assert done.out == (
        "error[config.invalid]: clustre is not a setting\n"
        " --> .cip-lint.yaml:1:1\n"
        "  |\n"
        "1 | clustre: {}\n"
        "  | ^^^^^^^\n"
        "  |\n"
        "  = help: write cluster\n"
    )


def test_the_schema_of_the_settings_is_printed(tmp_path: Path) -> None:
    schema = json.loads(cip_lint(tmp_path, "config", "schema").out)

    Draft7Validator.check_schema(schema)
    assert "clusters" in schema["properties"]


@pytest.mark.parametrize(
    ("flag", "fragment"),
    [("text", "address.taken "), ("json", '"address.taken"'), ("markdown", "| ")],
)
def test_rules_are_listed(tmp_path: Path, flag: str, fragment: str) -> None:
    done = cip_lint(tmp_path, "rules", "-o", flag)

    assert (done.code, done.err, fragment in done.out) == (0, "", True)


def test_a_rule_is_explained(tmp_path: Path) -> None:
    done = cip_lint(tmp_path, "explain", "address.taken")

    assert (done.code, done.out.partition("\n")[0]) == (0, "# address.taken")
    assert "## Why it matters" in done.out


def test_an_unknown_rule_gets_the_nearest_name(tmp_path: Path) -> None:
    assert cip_lint(tmp_path, "explain", "adress.taken") == Done(
        2, "", "cip-lint: adress.taken is no rule; the nearest is address.taken\n"
    )


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_learn_to_complete(tmp_path: Path, shell: str) -> None:
    done = cip_lint(tmp_path, "completion", shell)

    assert (done.code, f"_CIP_LINT_COMPLETE={shell}_complete" in done.out) == (0, True)


@pytest.mark.parametrize(
    ("words", "number", "expected"),
    [
        ("cip-lint exp", "1", ["plain,explain"]),
        ("cip-lint explain address.t", "2", ["plain,address.taken"]),
        ("cip-lint --select address.t", "2", ["plain,address.taken"]),
    ],
)
def test_commands_and_rule_ids_are_completed(
    tmp_path: Path, words: str, number: str, expected: list[str]
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cip_lint"],
        cwd=tmp_path,
        env={
            **os.environ,
            "_CIP_LINT_COMPLETE": "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": number,
        },
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split() == expected


@pytest.mark.parametrize(
    ("flag", "start"),
    [
        ("text", "NAMESPACE   NAME   TYPE"),
        ("csv", "NAMESPACE,NAME,TYPE"),
        ("markdown", "| NAMESPACE | NAME |"),
        ("json", "{"),
    ],
)
def test_the_table_is_shown(shop: Path, flag: str, start: str) -> None:
    done = cip_lint(shop, "table", "-o", flag)

    assert (done.code, done.out.startswith(start)) == (0, True)
    assert "10.96.0.20" in done.out


def test_a_seed_repeats_a_run_of_the_table_and_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n"
        "spec: {ports: [{port: 80}]}\n"
    )

    first, again, other = (
        cip_lint(tmp_path, "table", ".", *arguments)
        for arguments in ((), ("--seed", "0"), ("--seed", "5"))
    )

    assert first.out == again.out != other.out
    assert "(simulated)" in first.out
    assert other.err == "cip-lint: simulated values are those of one run, --seed 5\n"
    assert cip_lint(tmp_path, "table", ".", "-q").err == ""
    assert cip_lint(tmp_path, "table", ".", "--seed", "-1").code == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("chek",), "chek is neither a path nor a command; did you mean check?"),
        (
            ("table", "-o", "jsn"),
            "--output: jsn is no format of the table; the nearest",
        ),
        (("-o", "jsn"), "--output: jsn is no format; the nearest is json"),
        (("-o", "json", "-o", "sarif"), "--output: json and sarif both go to standard"),
        (("--profile", "strikt"), "--profile: 'strikt' is not known; the nearest is"),
        (("--select", "adress"), "--select: adress names no rule; the nearest is"),
        (("--cluster", "defalt"), "--cluster: there is no cluster defalt; the nearest"),
        (("--config", "x.yaml"), "x.yaml: no such file"),
        (("--config", "x", "--no-config"), "--config and --no-config contradict"),
    ],
)
def test_a_wrong_command_line_is_told_in_one_line(
    shop: Path, arguments: tuple[str, ...], message: str
) -> None:
    done = cip_lint(shop, *arguments)

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"cip-lint: {message}")


def test_a_misspelt_variable_is_told_and_a_foreign_one_is_not(shop: Path) -> None:
    environment = {"CIP_LINT_PROFLE": "strict", "CIP_LINT_VERSION": "0.1.0"}

    done = cip_lint(shop, "-q", environment=environment)

    assert (done.code, done.err) == (
        0,
        "cip-lint: CIP_LINT_PROFLE is not read; CIP_LINT_PROFILE is\n",
    )


def test_what_plugins_do_at_the_end_is_done(shop: Path) -> None:
    program = (
        "import atexit, sys\n"
        "from cip_lint.cli import app, main\n"
        "run = app.run\n"
        "def run_with_a_plugin(arguments):\n"
        "    atexit.register(print, 'goodbye')\n"
        "    return run(arguments)\n"
        "app.run = run_with_a_plugin\n"
        "sys.argv[1:] = ['check', 'nowhere.yaml']\n"
        "main()\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=shop,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (2, "goodbye\n")


@pytest.mark.parametrize("arguments", [("config", "show"), ("config", "check")])
def test_a_plugin_that_exits_is_named_where_no_report_is_made(
    shop: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    site = shop / "site"
    metadata = site / "gone-1.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "entry_points.txt").write_text("[cip_lint]\ngone = acme_gone\n")
    (site / "acme_gone.py").write_text("raise SystemExit(0)\n")
    monkeypatch.syspath_prepend(str(site))

    done = cip_lint(shop, *arguments)

    assert done.code == 2
    assert done.err.count("cip-lint: plugin gone: SystemExit: 0\n") == 1
