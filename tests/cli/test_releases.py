"""Charts are installed as the settings say, each release in its own cluster."""

from __future__ import annotations

from pathlib import Path

from support.command import cip_lint
from support.overlays import needs_helm
from support.repositories import Repository

SETTINGS = """\
clusters:
  prod:
    releases:
      - chart: charts/web
        name: shop
        namespace: shop
        values: [charts/web/values-prod.yaml]
      - chart: charts/web
        name: admin
        namespace: admin
        set: {target: htttp}
  test:
    kubernetesVersion: 1.33
    releases:
      - {chart: charts/web, namespace: test}
"""

TEMPLATE = """\
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
spec:
  type: NodePort
  selector:
    app: {{ .Release.Name }}
  ports:
    - port: 80
      targetPort: {{ .Values.target }}
      nodePort: {{ .Values.nodePort }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
spec:
  selector:
    matchLabels:
      app: {{ .Release.Name }}
  template:
    metadata:
      labels:
        app: {{ .Release.Name }}
        minor: {{ .Capabilities.KubeVersion.Minor | quote }}
    spec:
      containers:
        - name: web
          image: nginx
          ports:
            - {name: http, containerPort: 8080}
"""

FILES = {
    ".cip-lint.yaml": SETTINGS,
    "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "charts/web/values.yaml": "target: http\nnodePort: 30080\n",
    "charts/web/values-prod.yaml": "nodePort: 30090\n",
    "charts/web/templates/web.yaml": TEMPLATE,
}


@needs_helm
def test_each_cluster_has_the_releases_that_it_is_said_to_get(tmp_path: Path) -> None:
    Repository(tmp_path).commit(FILES)
    rows = cip_lint(tmp_path, "table", ".", "-o", "csv").out.splitlines()
    built = cip_lint(tmp_path, ".", "--show-built").out

    said = [row.split(",")[:3] for row in rows[1:]]
    assert said == [
        ["prod", "admin", "admin"],
        ["prod", "shop", "shop"],
        ["test", "test", "web"],
    ]
    assert built.count('minor: "33"') == 1


@needs_helm
def test_a_value_of_the_settings_is_shown_there(tmp_path: Path) -> None:
    Repository(tmp_path).commit(FILES)
    done = cip_lint(tmp_path, ".", "-o", "concise")

    assert done.out.startswith(
        ".cip-lint.yaml:11:23: error[port.target-name-unresolved]: targetPort htttp "
        "names no port of Deployment admin/admin"
    ), done


@needs_helm
def test_the_units_are_told_apart(tmp_path: Path) -> None:
    Repository(tmp_path).commit(FILES)
    shown = cip_lint(tmp_path, "config", "show", ".").out

    assert [line for line in shown.splitlines() if "charts/web:" in line] == [
        f"  unit charts/web: helm, namespace {namespace}, cluster {cluster}, "
        f"chart, rendered for release {namespace}/{name} of .cip-lint.yaml:{line}"
        for cluster, namespace, name, line in (
            ("prod", "shop", "shop", 4),
            ("prod", "admin", "admin", 8),
            ("test", "test", "web", 15),
        )
    ]


@needs_helm
def test_releases_of_a_cluster_meet_whatever_its_paths_are(tmp_path: Path) -> None:
    bound = SETTINGS.replace("  prod:\n", "  prod:\n    paths: [apps]\n")
    both = bound.replace("set: {target: htttp}", "set: {nodePort: 30090}")
    Repository(tmp_path).commit({**FILES, ".cip-lint.yaml": both})
    done = cip_lint(tmp_path, ".", "-o", "concise")

    assert "node port 30090 is asked for by 2 Services" in done.out


def test_a_chart_that_is_not_there_is_said_by_config_check(tmp_path: Path) -> None:
    wrong = SETTINGS.replace(
        "- chart: charts/web\n        name: shop", "- chart: chart/web"
    )
    Repository(tmp_path).commit({**FILES, ".cip-lint.yaml": wrong})
    done = cip_lint(tmp_path, "config", "check")

    assert done.code == 2
    assert "chart/web has no Chart.yaml" in done.out


SERVICE = """apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {selector: {app: db}, ports: [{port: 5432}]}
"""


def test_a_release_of_a_chart_that_is_not_read_is_said(tmp_path: Path) -> None:
    Repository(tmp_path).commit({**FILES, "apps/db.yaml": SERVICE})
    done = cip_lint(tmp_path, "apps")
    clauses = (
        "2 releases of cluster prod not rendered: charts/web is not read; "
        "1 release of cluster test not rendered: charts/web is not read."
    )

    assert clauses in " ".join(done.err.split()), done
    assert "not rendered" not in cip_lint(tmp_path, "-", stdin=SERVICE).err


def test_each_cluster_says_what_it_lacks_itself(tmp_path: Path) -> None:
    one = "cluster: {releases: [{chart: charts/web}]}\n"
    Repository(tmp_path).commit(
        {**FILES, ".cip-lint.yaml": one, "apps/db.yaml": SERVICE}
    )
    shown = cip_lint(tmp_path, "config", "show", "apps").out

    assert "  1 release not rendered: charts/web is not read\n" in shown
