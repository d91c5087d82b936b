"""Of pieces of a build that was not made only what no build can change is told."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from cip_lint.model import Report
from support import rule_spec
from support.rule_spec import Section

SPECIFICATIONS = Path(__file__).resolve().parents[1] / "rules"
REMOTE = "https://example.com/acme/base//?ref=v1"
OF_NO_OBJECT = {
    "address.reserved",
    "ignore.unknown-rule",
    "ignore.unused",
    "ignore.without-reason",
    "manifest.unreadable",
}
"""Rules that speak of files, comments and settings, too."""
WRONG_IN_ITSELF = {
    "manifest.refused",
    "manifest.unknown-field",
    "manifest.wrong-api-version",
    "manifest.wrong-type",
    "selector.unverifiable",
    "service.port-name-refused",
    "service.protocol-refused",
    "service.refused",
    "service.target-port-refused",
}
"""Rules of whose findings in the specifications a build changes nothing."""
TARGETS = """\
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  CLUSTER
  selector: {app: web}
  ports: [{port: 80, targetPort: TARGET}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: web
          ports: [{name: http, containerPort: 8080}]
"""


def _unbuilt(section: Section) -> Section:
    """Return a section whose manifests are listed by a kustomization nobody builds."""
    names = [block.file for block in section.manifests]
    listed = ", ".join(f'"{name}"' for name in [*names, REMOTE])
    kustomization = replace(
        section.manifests[0],
        kind="yaml",
        file="kustomization.yaml",
        text=f"resources: [{listed}]\n",
        raw=False,
        is_built=False,
    )
    return replace(section, blocks=(*section.blocks, kustomization))


def _sections() -> list[Section]:
    return [
        section
        for path in sorted(SPECIFICATIONS.glob("*.md"))
        for section in rule_spec.sections(path.stem, path.read_text(encoding="utf-8"))
        if section.expected
        and not section.is_built
        and not section.of_kind("before", "config", "snapshot")
        and not any("kustomization" in block.file for block in section.blocks)
    ]


def _told(section: Section) -> Report:
    return rule_spec.report(_unbuilt(section))


def test_no_rule_judges_what_a_build_could_change() -> None:
    told: Counter[str] = Counter()
    announced: set[str] = set()
    for section in _sections():
        announced.update(one.rule for one in section.expected)
        told.update(finding.rule for finding in _told(section).findings)
    assert told.keys() - OF_NO_OBJECT == WRONG_IN_ITSELF
    # Far more of them speak of the same files where no build is left out.
    assert len(announced - told.keys()) > len(told)


def test_what_hides_a_finding_of_a_build_is_not_called_unused() -> None:
    text = TARGETS.replace("CLUSTER", "type: ClusterIP").replace(
        "targetPort: TARGET}]",
        "targetPort: htp}] # cip-lint: ignore[port.target-name-unresolved] patched",
    )
    block = rule_spec.Block("yaml", "web.yaml", text, False, False, 0, 0)
    section = Section(
        "ignore.unused", "", 1, ("port.target-name-unresolved",), (block,)
    )
    alone = rule_spec.report(replace(section, others=("port.target-undeclared",)))
    assert not alone.findings
    assert not rule_spec.report(section).findings
    assert not _told(section).findings


@pytest.mark.parametrize(
    ("rule", "cluster", "target"),
    [
        ("port.target-name-unresolved", "type: ClusterIP", "htp"),
        ("port.target-undeclared", "type: ClusterIP", "9999"),
        ("headless.port-translation", "clusterIP: None", "8080"),
        ("headless.target-name-unresolved", "clusterIP: None", "htp"),
    ],
)
def test_ports_are_judged_once_a_build_is_made(
    rule: str, cluster: str, target: str
) -> None:
    text = TARGETS.replace("CLUSTER", cluster).replace("TARGET", target)
    block = rule_spec.Block("yaml", "web.yaml", text, False, False, 0, 0)
    section = Section(rule, "", 1, (), (block,))
    whole = rule_spec.report(section)
    assert [finding.rule for finding in whole.findings] == [rule]
    assert not _told(section).findings
