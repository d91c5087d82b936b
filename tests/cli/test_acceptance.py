"""What a person may rely on at the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cip_lint.cli import pipeline
from cip_lint_schemas import load
from support.command import cip_lint
from support.installs import write
from support.repositories import Repository

ADDRESS = "10.96.0.20"


def service(name: str, *, comment: str = "", annotation: str = "") -> str:
    annotations = f"  annotations: {{{annotation}}}\n" if annotation else ""
    return (
        "apiVersion: v1\nkind: Service\nmetadata:\n"
        f"  name: {name}\n  namespace: shop\n{annotations}"
        f"spec:\n  clusterIP: {ADDRESS}{comment}\n  ports: [{{port: 80}}]\n"
    )


TAKEN = (
    "b.yaml:7:14: error[address.taken]: 10.96.0.20 is asked for by 2 Services "
    "[a.yaml:7:14: Service shop/a already holds it]\n"
)
ONLY = ("--select", "address.taken,ignore.*", "-o", "concise")


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """Return a folder in which two Services ask for one address."""
    folder = tmp_path / "two"
    write(folder, {"a.yaml": service("a"), "b.yaml": service("b")})
    return folder


def test_check_is_the_default_command(two: Path) -> None:
    assert cip_lint(two, ".") == cip_lint(two, "check", ".")
    assert cip_lint(two) == cip_lint(two, "check", ".")


def test_standard_input_is_a_file_like_any(two: Path) -> None:
    given = cip_lint(two, "-", "--stdin-filename", "a.yaml", stdin=service("a"))

    assert given == cip_lint(two, "a.yaml")


def test_what_may_be_a_patch_is_counted_however_it_is_read(tmp_path: Path) -> None:
    patch = (
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {type: NodePort}\n"
    )
    write(tmp_path, {"in/a.yaml": patch})
    ways = [
        cip_lint(tmp_path, "in"),
        cip_lint(tmp_path, "in/a.yaml"),
        cip_lint(tmp_path, "-", stdin=patch),
    ]

    assert len({(one.code, one.out, one.err) for one in ways}) == 1, ways
    assert ways[0].code == 0
    assert "1 patch not judged." in ways[0].out + ways[0].err


def test_services_with_placeholders_are_counted(tmp_path: Path) -> None:
    template = service("b").replace("10.96.0.20", "${ADDRESS}")
    write(tmp_path, {"a.yaml": service("a"), "b.yaml": template})
    done = cip_lint(tmp_path, ".", "--select", "address.taken")

    assert "1 Service with placeholders not judged as a whole." in done.err, done


def test_the_other_place_stands_in_the_concise_format(two: Path) -> None:
    assert cip_lint(two, *ONLY).out == TAKEN


@pytest.mark.parametrize("name", ["full", "json", "sarif", "github", "markdown"])
def test_every_format_carries_both_places(name: str, two: Path) -> None:
    done = cip_lint(two, "--select", "address.taken", "-o", name)

    assert "a.yaml" in done.out
    assert "b.yaml" in done.out
    assert done.code == 1


def test_the_exit_code_says_whether_something_was_found(two: Path) -> None:
    assert cip_lint(two, "--select", "address.taken").code == 1
    assert cip_lint(two, "--select", "address.reserved").code == 0
    assert cip_lint(two, "--fail-on", "never").code == 0
    assert cip_lint(two, "--exit-zero").code == 0
    assert cip_lint(two, "gone").code == 2


def test_an_empty_folder_is_trouble_unless_that_is_wanted(tmp_path: Path) -> None:
    assert cip_lint(tmp_path).code == 2
    assert cip_lint(tmp_path, "--allow-empty").code == 0


def test_an_interrupt_ends_the_command(
    two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_arguments: object, **_others: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "prepare", interrupt)

    done = cip_lint(two)

    assert (done.code, done.out, done.err.strip()) == (130, "", "")


def test_a_fault_of_our_own_ends_in_one_line(
    two: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_arguments: object, **_others: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(pipeline, "prepare", fail)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    done = cip_lint(two)

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("cip-lint: a fault of cip-lint (ZeroDivisionError)")
    (report,) = tmp_path.glob("cip-lint-*.txt")
    assert "ZeroDivisionError" in report.read_text(encoding="utf-8")


def test_a_threshold_decides_what_fails(two: Path) -> None:
    infos = ("--select", "endpoints.none-declared")

    assert cip_lint(two, *infos).code == 0
    assert cip_lint(two, *infos, "--fail-on", "info").code == 1
    assert cip_lint(two, *infos, "--severity", "warning").out == ""


# Suppressions


@pytest.mark.parametrize("name", ["a", "b"])
def test_a_comment_on_the_line_of_any_label_hides_a_finding(
    name: str, two: Path
) -> None:
    comment = "  # cip-lint: ignore[address.taken] shared during the move"
    write(two, {f"{name}.yaml": service(name, comment=comment)})

    done = cip_lint(two, *ONLY)

    assert (done.code, done.out) == (0, "")
    assert "1 suppressed" in done.err


def test_a_comment_above_hides_a_finding(two: Path) -> None:
    text = service("b").replace(
        "  clusterIP", "  # cip-lint: ignore[address.taken] moved\n  clusterIP"
    )
    write(two, {"b.yaml": text})

    assert cip_lint(two, *ONLY).out == ""


def test_a_comment_at_the_top_hides_what_is_in_the_file(two: Path) -> None:
    comment = "# cip-lint: ignore-file[address.taken] generated\n"
    write(two, {"b.yaml": comment + service("b")})

    assert cip_lint(two, *ONLY).out == ""


def test_an_annotation_hides_a_finding(two: Path) -> None:
    annotation = "ignore.cip-lint/address.taken: moved"
    write(two, {"b.yaml": service("b", annotation=annotation)})

    assert cip_lint(two, *ONLY).out == ""


def test_an_entry_of_the_settings_hides_a_finding(two: Path) -> None:
    entry = "{rule: address.taken, name: b, reason: moved}"
    write(two, {".cip-lint.yaml": f"version: 1\nignore: [{entry}]\n"})

    assert cip_lint(two, *ONLY).out == ""


def test_a_comment_inside_a_string_hides_nothing(two: Path) -> None:
    annotation = 'x: "# cip-lint: ignore-file[address.taken] no"'
    write(two, {"b.yaml": service("b", annotation=annotation)})

    assert "error[address.taken]" in cip_lint(two, *ONLY).out


def test_a_suppression_that_hides_nothing_is_told_of(tmp_path: Path) -> None:
    comment = "  # cip-lint: ignore[address.taken] moved"
    write(tmp_path, {"a.yaml": service("a", comment=comment)})

    done = cip_lint(tmp_path, *ONLY)

    assert done.out == (
        "a.yaml:7:45: warning[ignore.unused]: ignore[address.taken] hides nothing\n"
    )


def test_a_suppression_of_no_rule_is_told_of_with_the_nearest(two: Path) -> None:
    comment = "  # cip-lint: ignore[address.takn] moved"
    write(two, {"b.yaml": service("b", comment=comment)})

    done = cip_lint(two, "--select", "ignore.unknown-rule")

    assert "[ignore.unknown-rule]: " in done.out
    assert "address.taken" in done.out


def test_an_auditor_sees_what_is_hidden(two: Path) -> None:
    comment = "  # cip-lint: ignore[address.taken] moved"
    write(two, {"b.yaml": service("b", comment=comment)})

    assert "error[address.taken]" in cip_lint(two, *ONLY, "--no-ignores").out
    shown = cip_lint(two, *ONLY, "--show-suppressed")
    assert "address.taken" in shown.out
    assert shown.code == 0


# Where it runs


def is_coloured(
    folder: Path, *arguments: str, terminal: bool = False, **environment: str
) -> bool:
    done = cip_lint(folder, *arguments, terminal=terminal, environment=environment)
    return "\x1b[" in done.out


def test_colours_are_for_terminals_and_for_those_who_ask(two: Path) -> None:
    assert is_coloured(two, terminal=True)
    assert not is_coloured(two)
    assert not is_coloured(two, terminal=True, TERM="dumb")
    assert not is_coloured(two, terminal=True, NO_COLOR="1")
    assert is_coloured(two, FORCE_COLOR="1")
    assert is_coloured(two, CLICOLOR_FORCE="1")
    assert is_coloured(two, "--color", "always", NO_COLOR="1")
    assert not is_coloured(two, "--color", "never", terminal=True)


def test_a_reader_that_leaves_is_no_trouble(tmp_path: Path) -> None:
    text = "---\n".join(service(f"s{number}") for number in range(2000))
    write(tmp_path, {"x.yaml": text})
    with subprocess.Popen(
        [sys.executable, "-m", "cip_lint", "-o", "concise", "-q", "."],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()

    assert said == b""


def test_several_reports_come_from_one_run(two: Path) -> None:
    outputs = ("-o", "concise", "-o", "json=r.json", "-o", "sarif=r.sarif")
    done = cip_lint(two, "--select", "address.taken", *outputs)

    assert done.out == TAKEN
    assert json.loads((two / "r.json").read_text())["summary"]["error"] == 1
    assert json.loads((two / "r.sarif").read_text())["version"] == "2.1.0"


def test_a_workflow_run_gets_annotations_and_a_summary(two: Path) -> None:
    summary = two / "summary.md"
    summary.write_text("before\n")
    environment = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    done = cip_lint(two, "--select", "address.taken", environment=environment)

    assert "error[address.taken]: " in done.out
    assert "::error file=b.yaml,line=7" in done.out
    assert summary.read_text().startswith("before\n## cip-lint: 1 problem")


# What is shown


def test_a_focus_reads_everything_and_reports_what_it_touches(two: Path) -> None:
    write(two, {"c.yaml": service("c").replace(ADDRESS, "10.96.0.21")})

    assert cip_lint(two, *ONLY, "--focus", "a.yaml").out == TAKEN
    assert cip_lint(two, *ONLY, "--focus", "c.yaml").out == ""
    assert cip_lint(two, *ONLY, "a.yaml").out == ""


@pytest.mark.parametrize("path", ["nosuch.yaml", "no/such", "-"])
def test_a_focus_on_what_nothing_knows_is_an_error(two: Path, path: str) -> None:
    done = cip_lint(two, "--focus", "a.yaml", path)

    assert (done.code, done.out) == (2, "")
    assert done.err == f"cip-lint: {path}: no such file or folder\n"


def test_a_focus_may_name_what_was_deleted(two: Path) -> None:
    repository = Repository(two)
    first = repository.commit({"old/gone.yaml": service("gone"), "c.yaml": "a: b\n"})
    (two / "old/gone.yaml").unlink()
    focus = (*ONLY, "--focus", "old/gone.yaml")

    assert cip_lint(two, *focus).code == 0
    assert cip_lint(two, *ONLY, "--focus", "./old/").code == 0
    repository.commit({})
    assert cip_lint(two, *focus).code == 2
    assert cip_lint(two, *focus, "--against", first).code == 0


def test_statistics_count_by_rule(two: Path) -> None:
    done = cip_lint(two, "--select", "address.taken", "--statistics")

    assert done.out.split() == ["1", "error", "address.taken"]


def test_files_are_listed_with_their_fate(two: Path) -> None:
    write(two, {"Chart.yaml": "name: x\n", "x.yaml": "a: b\n"})
    done = cip_lint(two, "--show-files")

    assert done.out.splitlines()[-2:] == [
        "b.yaml: 1 object",
        "x.yaml: 1 not a Kubernetes object",
    ]


def test_quiet_leaves_the_findings_alone(two: Path) -> None:
    done = cip_lint(two, *ONLY, "-q")

    assert (done.out, done.err) == (TAKEN, "")


# The other commands


def test_settings_are_shown_with_their_origins(two: Path) -> None:
    text = "version: 1\ncluster: {serviceCIDRs: [10.0.0.0/8], namespace: shop}\n"
    write(two, {".cip-lint.yaml": text})
    done = cip_lint(
        two,
        *("config", "show", "-o", "json", "-n", "till"),
        environment={"CIP_LINT_KUBERNETES_VERSION": "1.30"},
    )
    shown = json.loads(done.out)["clusters"][0]["settings"]

    assert shown["namespace"] == {"value": "till", "origin": "--namespace"}
    assert shown["serviceCIDRs"]["origin"] == ".cip-lint.yaml:2"
    assert shown["kubernetesVersion"]["value"] == "1.30"
    assert "CIP_LINT_KUBERNETES_VERSION" in shown["kubernetesVersion"]["origin"]
    assert shown["clusterDomain"] == {"value": "cluster.local", "origin": "assumed"}


def test_settings_are_checked(two: Path) -> None:
    write(two, {".cip-lint.yaml": "version: 1\nprofile: strict\n"})
    assert cip_lint(two, "config", "check").code == 0

    write(two, {".cip-lint.yaml": "version: 1\nprofle: strict\n"})
    done = cip_lint(two, "config", "check")
    assert done.code == 2
    assert "profle is not a setting" in done.out + done.err
    assert "profile" in done.out + done.err


def test_the_schema_of_the_settings_is_printed(tmp_path: Path) -> None:
    assert json.loads(cip_lint(tmp_path, "config", "schema").out) == load("config")


def test_first_settings_are_written_once_and_are_right(two: Path) -> None:
    assert cip_lint(two, "init").code == 0
    assert cip_lint(two, "config", "check").code == 0

    again = cip_lint(two, "init")
    assert (again.code, again.err) == (2, "cip-lint: .cip-lint.yaml is there already\n")


def test_rules_are_listed_and_explained(tmp_path: Path) -> None:
    assert "address.taken" in cip_lint(tmp_path, "rules").out
    page = cip_lint(tmp_path, "explain", "address.taken")
    assert page.out.startswith("# ")
    assert "address.taken" in page.out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_is_printed(shell: str, tmp_path: Path) -> None:
    assert "_CIP_LINT_COMPLETE" in cip_lint(tmp_path, "completion", shell).out


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("text", "NAMESPACE"),
        ("csv", "namespace,name,"),
        ("json", '{"version": 1,'),
        ("markdown", "|"),
    ],
)
def test_the_table_has_its_formats(name: str, start: str, two: Path) -> None:
    done = cip_lint(two, "table", "-o", name)

    assert done.code == 0
    assert done.out.lower().startswith(start.lower())


def test_versions_are_printed_ready_for_a_report(tmp_path: Path) -> None:
    done = cip_lint(tmp_path, "--version")

    assert done.out.startswith("cip-lint ")
    assert "Python" in done.out


_FRONT = """\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: c}]}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: old-1, namespace: shop, labels: {kubernetes.io/service-name: old}}
addressType: IPv4
ports: [{port: 80}]
endpoints: [{addresses: [192.0.2.1]}]
"""
_BACK = """\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: c, image: c}]}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {clusterIP: None, selector: {app: web}}
---
apiVersion: v1
kind: Service
metadata: {name: old, namespace: shop}
spec: {ports: [{port: 80}]}
"""


def test_an_example_may_need_what_another_has(tmp_path: Path) -> None:
    write(tmp_path, {"examples/one/a.yaml": _FRONT, "examples/two/b.yaml": _BACK})
    write(tmp_path, {"clusters/one/a.yaml": _FRONT, "clusters/two/b.yaml": _BACK})

    examples = cip_lint(tmp_path, "examples", "-o", "concise")
    clusters = cip_lint(tmp_path, "clusters", "-o", "concise")

    assert examples.code == 0
    assert "Pod shop/web is in another example" in examples.out
    missed = ("matches-nothing", "do-not-join", "governing-service-missing")
    assert [rule for rule in missed if rule in examples.out] == []
    assert [rule for rule in missed if rule in clusters.out] == [*missed]
