"""What Flux sends is judged as it sends it: built, changed, and filled in."""

from __future__ import annotations

from pathlib import Path

from support.command import cip_lint
from support.overlays import needs_program
from support.repositories import Repository

APPS = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  path: ./apps
  postBuild:
    substitute: {TARGET: "9090"}
    substituteFrom: [{kind: ConfigMap, name: cluster}]
"""

CLUSTER = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: cluster, namespace: flux-system}
data:
  IP: 10.96.0.1
"""

WEB = """\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  clusterIP: ${IP}
  selector: {app: web}
  ports: [{port: 80, targetPort: "${TARGET}"}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: nginx
        ports: [{containerPort: 9090}]
        env: [{name: PORT, value: "${TARGET}"}]
"""

FILES = {
    "clusters/apps.yaml": APPS,
    "clusters/cluster.yaml": CLUSTER,
    "apps/web.yaml": WEB,
}


def checked(folder: Path, files: dict[str, str], *more: str) -> str:
    Repository(folder).commit(files)
    done = cip_lint(folder, ".", "--service-cidr", "10.96.0.0/16", *more)
    return done.out + done.err


@needs_program
def test_a_finding_shows_the_variable_and_where_it_is_set(tmp_path: Path) -> None:
    said = checked(tmp_path, FILES)

    assert (
        """\
error[address.reserved]: 10.96.0.1 belongs to default/kubernetes
 --> apps/web.yaml:5:14
  |
5 |   clusterIP: ${IP}
  |              ^^^^^
  |
 ::: clusters/cluster.yaml:5:7
  |
5 |   IP: 10.96.0.1
  |       --------- ${IP} is 10.96.0.1 here
"""
        in said
    )


@needs_program
def test_a_text_that_became_a_number_is_refused_with_a_way_out(tmp_path: Path) -> None:
    said = checked(tmp_path, FILES, "-o", "concise", "--select", "manifest.wrong-type")
    quoted = {
        **FILES,
        "clusters/apps.yaml": APPS.replace("{TARGET:", "{quote: '\"', TARGET:"),
        "apps/web.yaml": WEB.replace(
            'value: "${TARGET}"', 'value: "${quote}${TARGET}${quote}"'
        ),
    }

    assert "env[0].value is the number 9090, a text is required" in said
    assert "is the number" not in checked(tmp_path, quoted)


@needs_program
def test_nothing_is_said_of_variables_that_nobody_knows(tmp_path: Path) -> None:
    unknown = APPS.replace("name: cluster}]", "name: elsewhere}]")
    said = checked(tmp_path, {**FILES, "clusters/apps.yaml": unknown})

    assert "address.reserved" not in said


@needs_program
def test_nothing_is_taken_for_unset_in_a_part_of_the_repository(tmp_path: Path) -> None:
    """What is not read may add variables to the object."""
    files = {**FILES, "apps/web.yaml": WEB.replace("${IP}", "${OTHER:=10.96.0.1}")}
    Repository(tmp_path).commit(files)
    more = ("--service-cidr", "10.96.0.0/16", "-o", "concise")

    whole = cip_lint(tmp_path, ".", *more).out
    part = cip_lint(tmp_path, "apps", "clusters", *more).out

    assert "address.reserved" in whole
    assert "address.reserved" not in part


@needs_program
def test_what_one_sends_is_changed_by_who_sends_it(tmp_path: Path) -> None:
    """A Kustomization of Flux gets its variables by a patch of the one above it."""
    above = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: all, namespace: flux-system}
spec:
  path: ./clusters
  patches:
  - target: {kind: Kustomization}
    patch: |-
      apiVersion: kustomize.toolkit.fluxcd.io/v1
      kind: Kustomization
      metadata: {name: _}
      spec:
        postBuild:
          substituteFrom: [{kind: ConfigMap, name: cluster}]
"""
    bare = APPS[: APPS.index("  postBuild:")]
    files = {**FILES, "clusters/apps.yaml": bare, "root/all.yaml": above}
    said = checked(tmp_path, files)
    shown = cip_lint(tmp_path, "config", "show", ".").out

    assert "${IP} is 10.96.0.1 here" in said
    assert shown.count("unit apps:") == 1


@needs_program
def test_a_folder_that_flux_cannot_build_says_why(tmp_path: Path) -> None:
    broken = {**FILES, "apps/web.yaml": WEB.replace("${IP}", "${IP-x}")}
    Repository(tmp_path).commit(broken)
    shown = cip_lint(tmp_path, "config", "show", ".").out

    why = "the variables of Service web: missing closing brace"
    assert f"apps/kustomization.yaml is not built: {why}" in shown


@needs_program
def test_each_cluster_has_its_own_variables(tmp_path: Path) -> None:
    bare = APPS[: APPS.index("    substitute:")] + (
        "    substituteFrom: [{kind: ConfigMap, name: cluster}]\n"
    )
    files = {"apps/web.yaml": WEB}
    for name, address in (("prod", "10.96.0.20"), ("staging", "10.96.0.1")):
        files[f"clusters/{name}/apps.yaml"] = bare
        files[f"clusters/{name}/cluster.yaml"] = CLUSTER.replace("10.96.0.1", address)
    files[".cip-lint.yaml"] = (
        "clusters:\n  prod: {paths: [clusters/prod]}\n"
        "  staging: {paths: [clusters/staging]}\n"
    )
    Repository(tmp_path).commit(files)
    rows = cip_lint(tmp_path, "table", ".", "-o", "csv").out.splitlines()[1:]
    said = checked(tmp_path, files)

    assert [row.split(",")[0] for row in rows] == ["prod", "staging"]
    assert "10.96.0.20" in rows[0]
    assert " ::: clusters/staging/cluster.yaml:5:7" in said


@needs_program
def test_a_variable_of_a_secret_is_known_and_not_shown(tmp_path: Path) -> None:
    files = {
        "clusters/apps.yaml": APPS.replace("kind: ConfigMap,", "kind: Secret,"),
        "clusters/secret.yaml": CLUSTER.replace("ConfigMap", "Secret").replace(
            "\ndata:", "\nstringData:"
        ),
        "apps/web.yaml": WEB,
    }
    said = checked(tmp_path, files, "-o", "concise")

    assert "address.reserved" in said
    assert "clusters/secret.yaml:5:7: ${IP} is set here" in said


SOURCE = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: fleet, namespace: flux-system}
spec: {ignore: /apps/old}
"""


@needs_program
def test_what_the_source_leaves_out_is_in_no_build(tmp_path: Path) -> None:
    old = WEB.replace("name: web,", "name: old,")
    reference = "  sourceRef: {kind: GitRepository, name: fleet}\n"
    files = {**FILES, "apps/old/all.yaml": old}
    files["clusters/apps.yaml"] = APPS + reference
    assert "--> apps/old/all.yaml" in checked(tmp_path / "a", files)

    said = checked(tmp_path / "b", {**files, "clusters/source.yaml": SOURCE})
    assert "--> apps/web.yaml" in said
    assert "--> apps/old/all.yaml" not in said
