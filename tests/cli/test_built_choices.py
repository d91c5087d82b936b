"""What is chosen about findings of what is built, and where they are shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.command import cip_lint
from support.overlays import (
    DEPLOYMENT,
    SERVICE,
    needs_helm,
    needs_program,
    overlaid,
    written,
)

BASE_OF_TWO = {
    "base/kustomization.yaml": "resources: [web.yaml, service.yaml]\n",
    "base/web.yaml": DEPLOYMENT,
    "base/service.yaml": SERVICE.replace("targetPort: http", "targetPort: httpp"),
}
OVERLAY = "resources: [../base]\nnamespace: %s\n"
ANNOTATION = "commonAnnotations: {ignore.cip-lint/port.target-name-unresolved: soon}\n"


@needs_program
def test_what_one_overlay_ignores_is_told_of_the_other(tmp_path: Path) -> None:
    overlays = {
        "a/kustomization.yaml": OVERLAY % "a" + ANNOTATION,
        "b/kustomization.yaml": OVERLAY % "b",
    }
    folder = written(tmp_path, BASE_OF_TWO | overlays)
    done = cip_lint(folder, ".")

    assert "names no port of Deployment b/web\n" in done.out
    assert "other build" not in done.out
    assert "ignore.unused" not in done.out
    assert (
        done.err == "1 problem (1 error) in 1 of 5 files, 2 Services; 1 suppressed.\n"
    )

    written(folder, {"b/kustomization.yaml": OVERLAY % "b" + ANNOTATION})
    both = cip_lint(folder, ".")

    assert both.code == 0, both
    assert both.err == "5 files, 2 Services, no problems; 1 suppressed.\n"


@needs_program
@pytest.mark.parametrize("place", ["a", "a/kustomization.yaml", "**/a"])
def test_settings_reach_what_is_built_by_the_path_of_the_overlay(
    tmp_path: Path, place: str
) -> None:
    overlays = {
        "a/kustomization.yaml": OVERLAY % "a",
        "b/kustomization.yaml": OVERLAY % "b",
    }
    folder = written(tmp_path, BASE_OF_TWO | overlays)
    entry = f"{{rule: port.target-name-unresolved, paths: ['{place}'], reason: soon}}"
    written(folder, {".cip-lint.yaml": f"version: 1\nignore: [{entry}]\n"})
    ignored = cip_lint(folder, ".", "-o", "concise")

    assert "Deployment b/web" in ignored.out
    assert ignored.err.endswith("; 1 suppressed.\n"), ignored

    entry = f"{{paths: ['{place}'], severity: {{port.target-name-unresolved: off}}}}"
    written(folder, {".cip-lint.yaml": f"version: 1\noverrides: [{entry}]\n"})
    off = cip_lint(folder, ".", "-o", "concise")

    assert "Deployment b/web" in off.out
    assert off.out.count("\n") == 1


@needs_program
def test_what_clusters_share_is_told_once(tmp_path: Path) -> None:
    overlays = {
        "a/kustomization.yaml": OVERLAY % "a",
        "b/kustomization.yaml": OVERLAY % "b",
        ".cip-lint.yaml": "clusters: {one: {paths: [a]}, two: {paths: [b]}}\n",
    }
    folder = written(tmp_path, BASE_OF_TWO | overlays)
    done = cip_lint(folder, ".")

    assert done.out.count("error[") == 1, done
    assert "= note: the same in 1 other build: b\n" in done.out


@needs_program
def test_a_base_that_is_wrong_for_one_overlay_says_so(tmp_path: Path) -> None:
    environment = "env: [{name: API, value: 'http://web'}], ports:"
    base = BASE_OF_TWO | {
        "base/service.yaml": SERVICE,
        "base/web.yaml": DEPLOYMENT.replace("ports:", environment),
    }
    overlays = {
        "a/kustomization.yaml": OVERLAY % "a" + "namePrefix: eu-\n",
        "b/kustomization.yaml": OVERLAY % "b",
    }
    done = cip_lint(written(tmp_path, base | overlays), ".")

    assert "= note: only in a, not in b\n" in done.out
    assert "let a replacement do it (for a alone)\n" in done.out


PORT_IGNORED = "cip-lint: ignore[port.target-name-unresolved] soon"
PATCHED = """\
resources: [../base]
patches:
- patch: |-
    apiVersion: v1
    kind: Service
    metadata: {name: web}
    spec:
      ports:
      - port: 80
        targetPort: httpp%s
"""


@needs_program
@pytest.mark.parametrize("comment", ["", f" # {PORT_IGNORED}"])
def test_a_comment_in_a_patch_is_heard(tmp_path: Path, comment: str) -> None:
    done = cip_lint(overlaid(tmp_path, PATCHED % comment), ".")

    suppressed = "; 1 suppressed" if comment else ""
    assert ("no problems" in done.err, suppressed in done.err) == (bool(comment), True)


@needs_program
def test_a_comment_in_a_text_of_a_generator_is_heard(tmp_path: Path) -> None:
    overlay = (
        "resources: [../base]\nnamePrefix: eu-\n"
        "configMapGenerator: [{name: c, files: [app.ini]}]\n"
    )
    folder = overlaid(tmp_path, overlay)
    (folder / "over/app.ini").write_text("; moved\nurl = http://web:80/\n")
    told = cip_lint(folder, ".", "-o", "concise")
    said = "; cip-lint: ignore[dns.service-unknown] moved\nurl = http://web:80/\n"
    (folder / "over/app.ini").write_text(said)
    hidden = cip_lint(folder, ".", "-o", "concise")

    assert told.out.startswith("over/app.ini:2:14: error[dns.service-unknown]"), told
    assert hidden.out == ""
    assert hidden.err.endswith("; 1 suppressed.\n")


CHART = {
    "Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
    "templates/web.yaml": DEPLOYMENT,
}
VALUE = "{{ .Values.target }}}"


@needs_helm
@pytest.mark.parametrize(
    ("service", "values"),
    [
        (f"# {PORT_IGNORED.replace('ignore', 'ignore-file', 1)}\n{SERVICE}", ""),
        (f"{{{{/* {PORT_IGNORED.replace('ignore', 'ignore-file', 1)} */}}}}\n{SERVICE}", ""),
        (SERVICE.replace("  ports", f"  {{{{- /* {PORT_IGNORED} */}}}}\n  ports"), ""),
        (SERVICE.replace("http}]", f"http}}] # {PORT_IGNORED}"), ""),
        (SERVICE.replace("http}]", VALUE + "]"), f"target: htpp # {PORT_IGNORED}\n"),
        (
            SERVICE.replace("http}]", VALUE + "]"),
            f"# {PORT_IGNORED.replace('ignore', 'ignore-file', 1)}\ntarget: htpp\n",
        ),
    ],
)  # fmt: skip
def test_a_comment_in_a_template_or_in_values_is_heard(
    tmp_path: Path, service: str, values: str
) -> None:
    service = service.replace("Port: http}", "Port: htpp}")
    files = {"templates/service.yaml": service, "values.yaml": values}
    told = cip_lint(written(tmp_path, CHART | files), ".", "--no-ignores")
    hidden = cip_lint(tmp_path, ".")

    assert told.out.startswith("error[port.target-name-unresolved]"), told
    assert (hidden.out, hidden.err.endswith("; 1 suppressed.\n")) == ("", True)


@needs_helm
def test_a_comment_of_values_that_hides_nothing_is_told(tmp_path: Path) -> None:
    files = {"templates/s.yaml": SERVICE, "values.yaml": f"x: 1 # {PORT_IGNORED}\n"}
    done = cip_lint(written(tmp_path, CHART | files), ".", "-o", "concise")

    assert done.out.startswith("values.yaml:1:25: warning[ignore.unused]"), done


@needs_program
def test_one_folder_for_two_clusters_repeats_nothing(tmp_path: Path) -> None:
    sender = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: base, namespace: flux-system}
spec:
  path: ./base
  patches:
  - patch: '[{"op": "replace", "path": "/spec/ports/0/port", "value": %s}]'
    target: {kind: Service}
"""
    files = {"one/base.yaml": sender % 81, "two/base.yaml": sender % 82}
    base = {"base/service.yaml": SERVICE}
    done = cip_lint(written(tmp_path, BASE_OF_TWO | base | files), ".")

    assert (done.out, done.code) == ("", 0), done
    assert "2 Services" in done.err


@needs_program
@pytest.mark.parametrize(("place", "told"), [("a", "a"), ("base", "a"), ("c", None)])
def test_a_complete_overlay_is_a_closed_world(
    tmp_path: Path, place: str, told: str | None
) -> None:
    environment = "env: [{name: API, value: 'http://gone:80'}], ports:"
    override = f"overrides: [{{paths: [{place}], complete: true}}]\n"
    files = BASE_OF_TWO | {
        "base/service.yaml": SERVICE,
        "base/web.yaml": DEPLOYMENT.replace("ports:", environment),
        "a/kustomization.yaml": OVERLAY % "a",
        "b/kustomization.yaml": OVERLAY % "b",
        ".cip-lint.yaml": override,
    }
    done = cip_lint(written(tmp_path, files), ".")

    said = f"gone names no Service; namespace {told} has web"
    assert (said in done.out) == (told is not None), done
    assert ("= note: only in a, not in b\n" in done.out) == (place == "a")


@needs_program
@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ("{paths: [base/], namespace: shop}", {"shop"}),
        ("{paths: [base/service.yaml], namespace: shop}", {"shop"}),
        (
            "{paths: [a/], namespace: outer}, {paths: [base/], namespace: shop}",
            {"outer"},
        ),
        ("{paths: [b/], namespace: shop}", {"default"}),
    ],
)
def test_the_namespace_of_a_base_holds_for_what_is_built_of_it(
    tmp_path: Path, entries: str, expected: set[str]
) -> None:
    files = BASE_OF_TWO | {
        "a/kustomization.yaml": "resources: [../base]\nnamePrefix: a-\n",
        ".cip-lint.yaml": f"overrides: [{entries}]\n",
    }
    rows = cip_lint(written(tmp_path, files), "table", ".", "-o", "json").out
    (cluster,) = json.loads(rows)["clusters"]

    assert {one["namespace"] for one in cluster["services"]} == expected


@needs_program
def test_the_namespace_of_a_kustomization_wins_over_that_of_its_files(
    tmp_path: Path,
) -> None:
    files = BASE_OF_TWO | {
        "a/kustomization.yaml": OVERLAY % "a",
        ".cip-lint.yaml": "overrides: [{paths: [base/], namespace: shop}]\n",
    }
    rows = cip_lint(written(tmp_path, files), "table", ".", "-o", "csv").out

    assert rows.splitlines()[1].startswith("a,web,")


@needs_program
def test_a_selector_that_an_overlay_changes_is_shown_there(tmp_path: Path) -> None:
    peers = f"{DEPLOYMENT}---\n{SERVICE}".replace("web", "peer")
    files = {
        "base/kustomization.yaml": "resources: [web.yaml, service.yaml, peers.yaml]\n",
        "base/web.yaml": DEPLOYMENT,
        "base/service.yaml": SERVICE,
        "base/peers.yaml": peers,
        "a/kustomization.yaml": "resources: [../base]\n"
        "labels:\n- pairs: {app: red}\n  includeSelectors: true\n",
    }
    done = cip_lint(written(tmp_path, files), ".", "-o", "concise")

    said = "a/kustomization.yaml:3:16: warning[selector.too-broad]: selector app=red "
    assert said in done.out, done


def _named(name: str, target: str) -> str:
    """Return a Deployment and its Service, with labels and a port of its own name."""
    pair = f"{DEPLOYMENT}---\n{SERVICE}".replace("web", name)
    named = pair.replace("[{name: http", f"[{{name: {name}-port", 1)
    return named.replace("targetPort: http", f"targetPort: {target}")


@needs_program
@pytest.mark.parametrize(
    ("targets", "more"),
    [
        ({"a": "a-port", "b": "8080"}, ""),
        ({"a": "a-port", "b": "b-port"}, ""),
        ({"a": "a-port", "b": "b-port", "c": "c-port"}, " and 1 more"),
    ],
)
def test_one_line_that_makes_all_selectors_alike_is_told_once(
    tmp_path: Path, targets: dict[str, str], more: str
) -> None:
    names = ", ".join(f"{name}.yaml" for name in targets)
    files = {f"base/{name}.yaml": _named(name, one) for name, one in targets.items()}
    files |= {
        "base/kustomization.yaml": f"resources: [{names}]\n",
        "over/kustomization.yaml": (
            "resources: [../base]\nnamespace: shop\ncommonLabels: {app: all}\n"
        ),
    }
    done = cip_lint(written(tmp_path, files), ".", "-o", "concise")
    so = "do" if more else "does"

    assert done.out.startswith(
        "over/kustomization.yaml:3:21: warning[selector.too-broad]: selector app=all "
        f"picks up Deployment shop/a and Deployment shop/b, and so {so} "
        f"Service shop/b{more} ["
    ), done
    assert done.out.count("\n") == 1


@needs_program
def test_a_line_that_gives_services_their_only_selector_is_told_once(
    tmp_path: Path,
) -> None:
    services = [
        SERVICE.replace("web", name).replace(f"  selector: {{app: {name}}}\n", "")
        for name in "abc"
    ]
    workloads = [
        DEPLOYMENT.replace("{app: web}", "{}").replace("web", name) for name in "cba"
    ]
    files = {
        "base/all.yaml": "---\n".join([*services, *workloads]),
        "base/kustomization.yaml": "resources: [all.yaml]\n",
        "over/kustomization.yaml": (
            "resources: [../base]\ncommonLabels: {team: red}\n"
            "sortOptions: {order: fifo}\n"
        ),
    }
    done = cip_lint(written(tmp_path, files), ".", "-o", "concise")

    assert done.out.startswith(
        "over/kustomization.yaml:2:22: warning[selector.too-broad]: "
    ), done
    assert done.out.count("[selector.too-broad]") == 1, done


@needs_program
def test_a_port_that_a_patch_adds_is_shown_there(tmp_path: Path) -> None:
    patch = "".join(
        f"    {line}\n"
        for line in (
            *SERVICE.partition("spec:")[0].splitlines(),
            "spec: {ports: [{port: 9090}]}",
        )
    )
    files = BASE_OF_TWO | {
        "a/kustomization.yaml": f"resources: [../base]\npatches:\n- patch: |\n{patch}"
    }
    done = cip_lint(written(tmp_path, files), ".", "-o", "concise")

    assert "a/kustomization.yaml:7:27: error[service.multi-port-unnamed]" in done.out


@needs_program
def test_selectors_that_each_file_makes_alike_are_told_of_each(tmp_path: Path) -> None:
    alike = {
        f"base/{name}.yaml": _named(name, f"{name}-port")
        .replace(f"labels: {{app: {name}}}", f"labels: {{app: {name}, all: one}}")
        .replace(f"selector: {{app: {name}}}", "selector: {all: one}")
        for name in ("a", "b")
    }
    files = alike | {
        "base/kustomization.yaml": "resources: [a.yaml, b.yaml]\n",
        "over/kustomization.yaml": "resources: [../base]\nnamespace: shop\n",
    }
    done = cip_lint(written(tmp_path, files), ".", "-o", "concise")

    assert done.out.count("[port.target-name-partial]") == 2, done
