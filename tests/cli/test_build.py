"""Kustomizations are judged as the real program builds them."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.command import cip_lint
from support.overlays import DEPLOYMENT, SERVICE, needs_helm, needs_program
from support.overlays import overlaid as repository
from support.programs import install, path_with
from support.repositories import Repository

PATCH = """\
resources: [../base]
namespace: shop
patches:
- patch: |-
    apiVersion: v1
    kind: Service
    metadata: {name: web}
    spec:
      selector: {app: webb}
"""


@needs_program
def test_a_finding_points_at_the_line_of_the_patch(tmp_path: Path) -> None:
    done = cip_lint(repository(tmp_path, PATCH), ".", "-o", "concise")

    assert done.code == 1, done
    assert done.out.startswith(
        "over/kustomization.yaml:9:23: error[selector.matches-nothing]: selector "
        "app=webb matches no pod in namespace shop; Deployment shop/web has app=web"
    )


def test_pieces_alone_are_no_evidence(tmp_path: Path) -> None:
    done = cip_lint(repository(tmp_path, PATCH), ".", "--no-build", "-o", "concise")

    assert done.code == 0, done
    assert "1 kustomization not built" in done.err


@needs_program
def test_the_table_shows_what_is_built(tmp_path: Path) -> None:
    overlay = "resources: [../base]\nnamespace: shop\nnamePrefix: eu-\n"
    done = cip_lint(repository(tmp_path, overlay), "table", ".", "-o", "csv")

    assert done.out.splitlines()[1].startswith("shop,eu-web,ClusterIP"), done


@needs_program
def test_what_is_built_can_be_printed(tmp_path: Path) -> None:
    done = cip_lint(repository(tmp_path, PATCH), ".", "--show-built")

    assert done.code == 0
    assert done.out.startswith("# over/kustomization.yaml (built)\napiVersion: v1\n")
    assert "app: webb" in done.out


@needs_program
def test_what_cannot_be_built_says_why(tmp_path: Path) -> None:
    remote = "resources: [../base, 'https://example.com/x.yaml']\n"
    folder = repository(tmp_path, remote)
    shown = cip_lint(folder, "config", "show", ".")
    files = cip_lint(folder, ".", "--show-files")

    why = "not built: remote base https://example.com/x.yaml, see --allow-remote"
    assert f"1 kustomization {why}" in cip_lint(folder, ".").err
    assert f"\nover/kustomization.yaml is {why}\n" in shown.out
    assert f"over/kustomization.yaml: 1 settings of kustomize, {why}" in files.out


@needs_program
def test_a_comment_in_a_base_is_heard_in_the_build(tmp_path: Path) -> None:
    folder = repository(tmp_path, "resources: [../base]\nnamespace: shop\n")
    file = folder / "base/service.yaml"
    said = (
        "  selector: {app: webb} # cip-lint: ignore[selector.matches-nothing] -- soon"
    )
    text = SERVICE.replace("  selector: {app: web}", said)
    file.write_text(text, encoding="utf-8")

    done = cip_lint(folder, ".", "-o", "concise")

    assert done.code == 0, done


@needs_program
def test_a_base_outside_of_the_paths_is_built_from_all_the_same(tmp_path: Path) -> None:
    folder = repository(tmp_path, PATCH)

    done = cip_lint(folder, "over", "-o", "concise")

    assert done.code == 1, done
    assert "base/web.yaml" in done.out


@needs_program
def test_what_two_overlays_take_from_one_base_is_said_once(tmp_path: Path) -> None:
    overlay = "resources: [../base]\nnamespace: {}\n"
    folder = repository(tmp_path, overlay.format("shop"))
    (folder / "twin").mkdir()
    (folder / "twin/kustomization.yaml").write_text(overlay.format("twin"))
    text = SERVICE.replace("targetPort: http", "targetPort: htpp")
    (folder / "base/service.yaml").write_text(text, encoding="utf-8")

    done = cip_lint(folder, ".", "--select", "port")

    assert done.out.count("error[") == 1, done
    assert "  = note: the same in 1 other build: twin\n" in done.out


@needs_helm
def test_a_chart_is_judged_as_it_is_rendered(tmp_path: Path) -> None:
    files = {
        "Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
        "values.yaml": "target: htpp\n",
        "templates/all.yaml": SERVICE.replace("http}", "{{ .Values.target }}}")
        + "---\n"
        + DEPLOYMENT,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")

    done = cip_lint(tmp_path, ".", "-o", "concise")

    assert done.out.startswith(
        "values.yaml:1:9: error[port.target-name-unresolved]: targetPort htpp names "
        "no port of Deployment default/web"
    ), done


@needs_program
def test_a_prefix_takes_the_variables_of_a_service_along(tmp_path: Path) -> None:
    files = {
        "kustomization.yaml": "namePrefix: dev-\nnamespace: shop\nresources: [all.yaml]",
        "all.yaml": f"{SERVICE}---\n"
        "apiVersion: v1\nkind: Pod\nmetadata: {name: db}\n"
        "spec:\n  containers:\n  - {name: db, args: [$(WEB_SERVICE_HOST)]}\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    flags = ("--select", "env.service-unknown", "-o", "concise")
    done = cip_lint(tmp_path, ".", *flags)

    assert done.out.startswith("all.yaml:13:23: warning[env.service-unknown]"), done
    assert "is dev-web once built" in done.out


@needs_program
def test_what_is_built_is_compared_with_what_was_built(tmp_path: Path) -> None:
    overlay = "resources: [../base]\nnamespace: shop\n"
    folder = repository(tmp_path, overlay)
    Repository(folder).commit({})
    (folder / "over/kustomization.yaml").write_text(
        overlay + "patches:\n- patch: |-\n    apiVersion: v1\n    kind: Service\n"
        "    metadata: {name: web}\n    spec: {clusterIP: None}\n",
        encoding="utf-8",
    )

    done = cip_lint(folder, "check", ".", "--against", "HEAD")
    changes = cip_lint(folder, "diff", "HEAD", ".")

    assert done.code == 1, done
    assert done.out.startswith(
        "error[service.immutable-field-changed]: clusterIP changes from an allocated "
        "address to None: may not change once set\n --> over/kustomization.yaml:8:23\n"
    )
    assert ":base/service.yaml:4:1\n" in done.out
    assert changes.out.startswith("! shop/web  changed, refused  base/service.yaml:2\n")


@needs_program
def test_what_was_not_built_before_is_told_with_the_reason(tmp_path: Path) -> None:
    overlay = "resources: [../base, more.yaml]\nnamespace: shop\n"
    folder = repository(tmp_path, overlay)
    Repository(folder).commit({})
    more = SERVICE.replace("name: web}\nspec", "name: more}\nspec")
    (folder / "over/more.yaml").write_text(more, encoding="utf-8")

    changes = cip_lint(folder, "diff", "HEAD", ".")

    assert "+ shop/more  over/more.yaml:" in changes.out
    assert (
        "cip-lint: over/kustomization.yaml of the earlier state is not built: "
        "more.yaml is not there\n"
    ) in changes.err


@needs_program
def test_a_folder_is_compared_as_it_is_built(tmp_path: Path) -> None:
    overlay = "resources: [../base]\nnamespace: shop\n"
    repository(tmp_path / "old", overlay)
    repository(tmp_path / "new", f"{overlay}namePrefix: eu-\n")

    done = cip_lint(tmp_path, "diff", "old", "new")

    assert "shop/web" in done.out, done
    assert "shop/eu-web" in done.out


@needs_program
@pytest.mark.parametrize("overlays", [("over",), ("over", "twin")])
def test_an_annotation_in_a_base_is_heard_in_every_build(
    tmp_path: Path, overlays: tuple[str, ...]
) -> None:
    folder = repository(tmp_path, PATCH)
    for name in overlays[1:]:
        (folder / name).mkdir()
        text = "resources: [../base]\nnamespace: twin\n"
        (folder / name / "kustomization.yaml").write_text(text, encoding="utf-8")
    noted = "{name: web, annotations: {ignore.cip-lint/selector.matches-nothing: soon}}"
    text = SERVICE.replace("{name: web}", noted)
    (folder / "base/service.yaml").write_text(text, encoding="utf-8")

    done = cip_lint(folder, ".", "-o", "concise")

    assert done.code == 0, done


@needs_helm
def test_a_comment_in_a_template_is_heard(tmp_path: Path) -> None:
    comment = "# cip-lint: ignore[port.target-name-unresolved] -- soon"
    files = {
        "Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
        "templates/all.yaml": SERVICE.replace(
            "targetPort: http}]", f"targetPort: {{{{ print `htpp` }}}}}}] {comment}"
        )
        + "---\n"
        + DEPLOYMENT,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")

    done = cip_lint(tmp_path, ".", "-o", "concise")

    assert done.code == 0, done


FLUX = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: {name}, namespace: flux-system}}
spec:
  path: ./base
  targetNamespace: {name}
  namePrefix: {prefix}
  patches:
  - target: {{kind: Service}}
    patch: |
      - op: replace
        path: /spec/selector/app
        value: {app}
"""


@needs_program
def test_what_flux_changes_is_built_for_each_that_does(tmp_path: Path) -> None:
    folder = repository(tmp_path, PATCH)
    (folder / "over/kustomization.yaml").unlink()
    (folder / "clusters").mkdir()
    for name, app in (("prod", "webb"), ("staging", "web")):
        text = FLUX.format(name=name, app=app, prefix=f"{name}-")
        (folder / f"clusters/{name}.yaml").write_text(text, encoding="utf-8")

    done = cip_lint(folder, ".", "-o", "concise")
    table = cip_lint(folder, "table", ".", "-o", "csv")
    shown = cip_lint(folder, "config", "show", ".")

    assert done.out.startswith(
        "clusters/prod.yaml:13:16: error[selector.matches-nothing]: selector app=webb "
        "matches no pod in namespace prod; Deployment prod/prod-web has app=web"
    ), done
    rows = [line.split(",")[:2] for line in table.out.splitlines()[1:]]
    assert rows == [["prod", "prod-web"], ["staging", "staging-web"]]
    assert (
        "unit base: flux, namespace prod, base/kustomization.yaml, built for Kustomization "
        "flux-system/prod of clusters/prod.yaml" in shown.out
    )


ARGO = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  destination: {namespace: shop}
  source:
    path: base
    kustomize:
      commonLabels: {team: red}
"""


@needs_program
def test_what_argo_cd_changes_is_shown_in_the_application(tmp_path: Path) -> None:
    folder = repository(tmp_path, PATCH)
    (folder / "over/kustomization.yaml").unlink()
    (folder / "app.yaml").write_text(ARGO, encoding="utf-8")
    text = "apiVersion: v1\nkind: Service\nmetadata: {name: db}\n"
    alias = "spec: {type: ExternalName, externalName: db.example.com}\n"
    (folder / "base/service.yaml").write_text(text + alias, encoding="utf-8")

    done = cip_lint(folder, ".", "-o", "concise")

    assert done.out.startswith(
        "app.yaml:9:28: warning[selector.added-by-kustomize]: commonLabels adds a "
        "selector to Service shop/db, which is an alias for another host"
    ), done


@needs_program
def test_what_flux_would_fetch_is_not_built(tmp_path: Path) -> None:
    folder = repository(tmp_path, PATCH)
    text = FLUX.format(name="prod", app="web", prefix="a-")
    text += "  components: ['https://example.com/x']\n"
    (folder / "flux.yaml").write_text(text, encoding="utf-8")

    shown = cip_lint(folder, ".", "--show-files")

    why = "not built: remote component https://example.com/x, see --allow-remote"
    assert f"base/kustomization.yaml: 1 settings of kustomize, {why}" in shown.out


ROUTE = """\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web}
spec:
  rules:
  - backendRefs:
    - {name: web, port: 80}
"""


@needs_program
def test_a_prefix_leaves_the_references_of_custom_resources_alone(
    tmp_path: Path,
) -> None:
    overlay = "resources: [../base, route.yaml]\nnamespace: shop\nnamePrefix: eu-\n"
    folder = repository(tmp_path, overlay)
    (folder / "over/route.yaml").write_text(ROUTE, encoding="utf-8")
    done = cip_lint(folder, ".")

    assert done.code == 1, done
    assert done.out.startswith(
        "warning[reference.service-unknown]: HTTPRoute shop/eu-web refers to Service "
        "web, which is not in this set: the build renames Service web to eu-web\n"
        " --> over/route.yaml:7:14\n"
    )
    assert "namePrefix of over reaches the references that kustomize" in done.out
    assert "help: write eu-web by a patch beside it, or give kustomize" in done.out


CALLER = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, labels: {kubernetes.io/service-name: web}}
data: {API: "http://web:80"}
"""


@needs_program
@pytest.mark.parametrize("top", ["", "nameSuffix: -v2\n"])
def test_a_prefix_of_a_base_leaves_texts_and_custom_resources_alone(
    tmp_path: Path, top: str
) -> None:
    folder = repository(tmp_path, f"resources: [../middle, route.yaml]\n{top}")
    (folder / "over/route.yaml").write_text(f"{CALLER}---\n{ROUTE}", encoding="utf-8")
    middle = "resources: [../base]\nnamePrefix: eu-\n"
    (folder / "middle").mkdir()
    (folder / "middle/kustomization.yaml").write_text(middle, encoding="utf-8")
    done = cip_lint(folder, ".")

    new = "eu-web-v2" if top else "eu-web"
    assert f"web names no Service: the build renames Service web to {new}" in done.out
    assert f"this set: the build renames Service web to {new}" in done.out
    by = "namePrefix of middle/kustomization.yaml reaches"
    assert f"{by} names, and no text" in done.out
    assert f"{by} the references that kustomize knows" in done.out


@needs_program
def test_an_old_name_that_two_services_had_means_the_one_of_the_same_base(
    tmp_path: Path,
) -> None:
    folder = repository(tmp_path, "resources: [../a, ../b, caller.yaml]\n")
    (folder / "over/caller.yaml").write_text(CALLER, encoding="utf-8")
    for name in "ab":
        (folder / name).mkdir()
        (folder / name / "kustomization.yaml").write_text(
            f"resources: [../base]\nnamePrefix: {name}-\n", encoding="utf-8"
        )
    assert "the build renames" not in cip_lint(folder, ".").out

    (folder / "base/caller.yaml").write_text(CALLER, encoding="utf-8")
    kustomization = folder / "base/kustomization.yaml"
    listed = kustomization.read_text(encoding="utf-8").replace("[", "[caller.yaml, ", 1)
    kustomization.write_text(listed, encoding="utf-8")
    done = cip_lint(folder, ".")

    assert "the build renames Service web to a-web" in done.out
    assert "namePrefix of a/kustomization.yaml reaches names" in done.out


@needs_program
def test_workloads_of_two_builds_are_told_apart_by_their_folders(
    tmp_path: Path,
) -> None:
    overlay = "resources: [../base]\nnamespace: shop\n"
    folder = repository(tmp_path, overlay)
    (folder / "blue").mkdir()
    (folder / "blue/kustomization.yaml").write_text(
        overlay + "nameSuffix: ''\ncommonLabels: {team: blue}\n", encoding="utf-8"
    )
    done = cip_lint(folder, "trace", "shop/web", "http://web", ".")

    assert done.code == 2, done
    assert done.err.endswith(
        "Deployment shop/web in base/web.yaml:2, built by blue/kustomization.yaml, "
        "Deployment shop/web in base/web.yaml:2, built by over/kustomization.yaml; "
        "name one place in PATHS: blue or over\n"
    )
    assert cip_lint(folder, "trace", "shop/web", "http://web", "blue").code == 0


@needs_program
def test_a_reason_forges_no_line_and_moves_no_cursor(tmp_path: Path) -> None:
    remote = r"""resources: ["https://example.com/\e[31m\n::error::x"]"""
    folder = repository(tmp_path, remote)
    shown = r"remote base https://example.com/\x1b[31m\n::error::x, see --allow-remote"

    assert shown in cip_lint(folder, ".", "--show-files").out
    assert shown in cip_lint(folder, "config", "show", ".").out
    assert shown in cip_lint(folder, "over").err


@needs_program
def test_a_complaint_of_several_lines_is_told_in_one(tmp_path: Path) -> None:
    patch = r"""resources: [../base]
namePrefix: a-
patches: [{path: "none\n.yaml"}, {path: x.yaml}]
"""
    shown = cip_lint(repository(tmp_path, patch), ".", "--show-files").out

    assert "none" in shown.partition("not built: ")[2].partition("\n")[0], shown


@pytest.mark.parametrize(
    ("end", "builds"),
    [
        ("os.kill(os.getpid(), 9)", 2),
        ("sys.exit('Error: write x: no space left on device')", 2),
        ("sys.exit('Error: no such field')", 1),
    ],
)
def test_what_the_machine_cannot_do_today_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str, builds: int
) -> None:
    """Only what the program refuses is known the next time."""
    asked = tmp_path / "asked"
    script = f"""\
import os, sys
if sys.argv[1] != "build":
    print("v5")
    sys.exit(0)
open({str(asked)!r}, "a").write("build\\n")
{end}
"""
    programs = install(tmp_path / "bin", "kustomize", script)
    monkeypatch.setenv("PATH", path_with(programs))
    folder = repository(tmp_path / "repository", PATCH)
    for _ in range(2):
        done = cip_lint(folder, ".", "--cache-dir", str(tmp_path / "kept"))
        assert "1 kustomization not built" in done.err, done

    assert asked.read_text().count("build") == builds


@needs_program
def test_a_patch_that_is_named_with_a_line_feed_is_not_taken_from_elsewhere(
    tmp_path: Path,
) -> None:
    folder = repository(tmp_path / "repository", PATCH)
    text = FLUX.format(name="prod", app="web", prefix="a-")
    (folder / "flux.yaml").write_text(text, encoding="utf-8")
    named = '"x\\n/../../../out/p.yaml"'
    (folder / "base/kustomization.yaml").write_text(
        f"resources: [web.yaml, service.yaml]\npatchesStrategicMerge: [{named}]\n"
    )
    (tmp_path / "out").mkdir()
    (tmp_path / "out/p.yaml").write_text(
        "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {ports: [{port: 80, nodePort: 30123}]}}"
    )

    shown = cip_lint(folder, ".", "--show-files")
    table = cip_lint(folder, "table", ".", "-o", "csv")

    assert "lies outside the repository" in shown.out
    assert "30123" not in table.out
