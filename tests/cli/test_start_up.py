"""A run imports what it uses: each module costs as much as checking a manifest."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

import pytest

from cip_lint.manifests import reads_compiled

MANIFESTS = """\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80}]}
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
          image: example.com/web:1
          env: [{name: PEER, value: "http://web.shop.svc:80/"}]
          ports: [{containerPort: 80}]
          readinessProbe: {tcpSocket: {port: 80}}
"""
UNUSED = {
    "concurrent.futures": "nothing is started",
    "dataclasses": "one costs as much to define as three named tuples",
    "decimal": "no number has a point",
    "cip_lint.git_patterns": "nothing is ignored",
    "pickle": "one process reads one file",
    "cip_lint.replay.environment.reads": "no container reads a variable",
    "hashlib": "nothing is kept",
    "shutil": "it imports three compressors",
    "cip_lint.store": "nothing is kept",
    "tempfile": "nothing is written",
    "cip_lint.kube.shell": "there is no script",
    "cip_lint.manifests.kept_readings": "one file is read again in no time",
    "cip_lint.programs": "no program is asked",
    "cip_lint.render.building": "there is no kustomization",
    "cip_lint.render.helm.charts": "there is no chart",
    "cip_lint.kube.references": "no object may name a Service",
    "cip_lint.replay.references": "no object may name a Service",
    "cip_lint.replay.dns.table_dns": "no record is asked for",
    "cip_lint.replay.endpoints.slices": "no slice is asked for",
    "cip_lint.replay.environment.assembly": "no variable of a Service is read",
    "cip_lint.replay.odds.losses": "no address and no node port is stated",
    "cip_lint.replay.order.timeline": "nothing has to come first",
    "cip_lint.replay.proxy": "no proxy is asked",
    "cip_lint_rules.address.taken": "no address is asked for",
    "difflib": "every option is known",
    "zlib": "there is little text",
    "cip_lint_rules.endpoints.do_not_join": "there is no EndpointSlice",
    "cip_lint_rules.external.name_loops": "there is no ExternalName",
    "cip_lint_rules.ignore.unused": "nothing is ignored",
    "cip_lint_rules.manifest.unreadable": "everything is read",
    "cip_lint_rules.node_port.taken": "no node port is asked for",
    "cip_lint_rules.reference.service_unknown": "no object may name a Service",
    "cip_lint_rules.service.immutable_field_changed": "nothing is compared",
    "cip_lint_rules.service.without_ports": "no Service is refused",
}
"""What a check of a Service and its Deployment must not import, and why not."""

if reads_compiled():
    UNUSED["yaml"] = "what is read by compiled code needs no nodes"

SHARED = UNUSED.keys() - {"pickle"}
"""The same where two processes read and leave what they made in files."""

_SCRIPT = """\
import sys
from cip_lint.cli.app import run
assert run(["check", ".", "--no-config", "-q", "-o", "json", *sys.argv[1:]]) == 0
print(*sys.modules, file=sys.stderr)
"""


def _run(
    script: str, folder: Path, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run a script in a folder, to its end without an error."""
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        check=False,
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done


@pytest.mark.parametrize(
    ("jobs", "unused"), [("1", UNUSED.keys()), ("2", SHARED)], ids=["alone", "shared"]
)
def test_a_check_of_a_healthy_service_imports_nothing_that_it_does_not_use(
    tmp_path: Path, jobs: str, unused: Collection[str]
) -> None:
    (tmp_path / "web.yaml").write_text(MANIFESTS)

    done = _run(_SCRIPT, tmp_path, "--jobs", jobs)

    assert [one for one in done.stderr.split() if one in unused] == []


def test_findings_are_printed_for_people_without_their_fingerprints(
    tmp_path: Path,
) -> None:
    (tmp_path / "web.yaml").write_text(
        MANIFESTS.replace("app: web}, ports", "app: w}, ports")
    )
    script = _SCRIPT.replace("== 0", "== 1").replace('"json"', '"full"')

    done = _run(script, tmp_path)

    assert "selector.matches-nothing" in done.stdout
    assert "hashlib" not in done.stderr.split()


@pytest.mark.skipif(not reads_compiled(), reason="the readers are not compiled here")
def test_the_places_of_findings_need_no_parser_where_lines_are_wholes(
    tmp_path: Path,
) -> None:
    (tmp_path / "web.yaml").write_text(
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n"
        "spec:\n  clusterIP: 10.96.0.10\n  ports:\n  - port: 80\n  - port: 81\n"
    )
    script = _SCRIPT.replace("== 0", "== 1").replace('"json"', '"full"')

    done = _run(script, tmp_path)

    assert "service.multi-port-unnamed" in done.stdout
    # Nor is an address shown as the server shows it that nobody refuses.
    assert {"yaml", "json"}.isdisjoint(done.stderr.split())


@pytest.mark.parametrize("command", ["check", "table", "plan", "env", "trace"])
def test_a_parser_without_libyaml_is_told_in_one_line(
    tmp_path: Path, command: str
) -> None:
    # No compiled reader answers for an anchor.
    manifests = MANIFESTS.replace("spec: {", "spec: &spec {", 1)
    (tmp_path / "web.yaml").write_text(manifests)
    script = (
        "import sys\nsys.modules['yaml._yaml'] = None\n"
        "from cip_lint.cli.app import run\nsys.exit(run(sys.argv[1:]))\n"
    )
    words = {"env": ["web"], "trace": ["web", "web"]}.get(command, [])
    done = subprocess.run(
        [sys.executable, "-c", script, command, *words, "web.yaml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == (
        "cip-lint: manifests are read by libyaml, which this PyYAML was built without: "
        "install one that has it, with 'pip install --force-reinstall --only-binary "
        ":all: pyyaml'\n"
    )


def test_what_needs_no_parser_works_without_libyaml(tmp_path: Path) -> None:
    script = (
        "import sys\nsys.modules['yaml._yaml'] = None\n"
        "from cip_lint.cli.app import run\nsys.exit(run(['--version']))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert "(Python)" in done.stdout
