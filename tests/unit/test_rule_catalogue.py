"""Every rule is listed once, has a page, and its page tells the truth."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import cip_lint_rules
from cip_lint.model import Severity
from cip_lint.rule import Rule
from support import rule_spec

ROOT = Path(cip_lint_rules.__file__).parent
SPECIFICATIONS = Path(__file__).resolve().parents[1] / "rules"
ALL_RULES: list[Rule[Any]] = list(cip_lint_rules.cip_lint_rules())
PROFILES = {"default", "strict", "mesh", "policy"}
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
EVERYTHING = "```flags\n--select ALL\n```\n"

# The severity of each rule, then the other ones that its problems may have: the
# further infos of the strict profile among them.
SEVERITIES = {
    "manifest.unreadable": "error warning",
    "manifest.wrong-type": "error",
    "manifest.unknown-field": "warning",
    "manifest.repeated-object": "warning",
    "manifest.wrong-api-version": "error",
    "manifest.refused": "error",
    "service.name-refused": "error warning",
    "service.without-ports": "error",
    "service.multi-port-unnamed": "error",
    "service.port-name-refused": "error",
    "service.port-repeated": "error",
    "service.protocol-refused": "error",
    "service.target-port-refused": "error",
    "service.node-port-on-cluster-ip": "error",
    "service.headless-exposed": "error",
    "service.external-name-refused": "error",
    "service.addresses-inconsistent": "error",
    "service.field-of-another-type": "error",
    "service.refused": "error",
    "service.ignored-field": "warning",
    "service.deprecated-field": "info",
    "port.target-name-unresolved": "error",
    "port.target-name-partial": "warning info",
    "port.target-undeclared": "warning",
    "port.name-shared-by-containers": "warning",
    "port.same-number-two-protocols": "info",
    "port.probe-name-unresolved": "error",
    "port.mesh-protocol-unclear": "warning",
    "address.taken": "error",
    "address.outside-range": "error info",
    "address.reserved": "error warning",
    "address.in-dynamic-band": "warning info",
    "address.family-unavailable": "error",
    "node-port.taken": "error",
    "node-port.outside-range": "error warning",
    "node-port.host-port-collides": "warning",
    "selector.matches-nothing": "error warning",
    "selector.matches-other-namespace": "error warning",
    "selector.unverifiable": "info",
    "selector.empty": "warning",
    "selector.stale-hash": "warning",
    "selector.too-broad": "warning",
    "selector.tied-to-release": "warning",
    "selector.workload-mismatch": "error",
    "endpoints.do-not-join": "error warning",
    "endpoints.several-addresses": "warning",
    "endpoints.none-declared": "info warning",
    "endpoints.selector-and-manual": "warning",
    "endpoints.no-readiness-probe": "info",
    "endpoints.local-policy-drops": "warning info",
    "headless.none-misspelt": "error",
    "headless.port-translation": "warning",
    "headless.target-name-unresolved": "warning",
    "headless.governing-service-missing": "warning error",
    "headless.governing-service-unfit": "info",
    "headless.pod-name-unresolvable": "error warning",
    "headless.unready-peers-hidden": "info",
    "ignore.unused": "warning",
    "ignore.unknown-rule": "error",
    "ignore.without-reason": "info",
}


def _module(rule: Rule[Any]) -> str:
    return rule.id.replace("-", "_")


def _modules_of_the_package() -> set[str]:
    return {
        f"{path.parent.name}.{path.stem}"
        for path in ROOT.glob("*/*.py")
        if not path.name.startswith("_")
    }


def _headings(text: str) -> list[str]:
    return HEADING.findall(text)


def _example(rule: Rule[Any], *, repaired: bool) -> rule_spec.Section:
    """Return one side of the example on a page, with its settings."""
    _, _, rest = rule.page.partition("## Example\n")
    example = HEADING.split(rest)[0]
    bad, found, good = example.partition("Use instead:")
    assert found, "the page does not say what to write instead"
    settings = "".join(
        re.findall(r"^```config\n.*?^```$", bad, re.MULTILINE | re.DOTALL)
    )
    text = f"{settings}\n{good}" if repaired else bad
    page = f"## Example\n\n{EVERYTHING}\n{text}"
    (section,) = rule_spec.sections(rule.id, page)
    return section


def _rules_that_speak(section: rule_spec.Section) -> set[str]:
    _, report = rule_spec._run(section, section.blocks)
    return {finding.rule for finding in report.findings}


def test_every_module_of_a_rule_is_listed_once() -> None:
    listed = sorted(cip_lint_rules.RULES)

    assert listed == sorted(_modules_of_the_package())


def test_families_stay_together_in_the_manual() -> None:
    families = [rule.family for rule in ALL_RULES]

    assert families == sorted(families, key=families.index)


def test_the_table_of_severities_knows_every_rule() -> None:
    actual = {
        rule.id: " ".join([rule.severity.value, *(s.value for s in rule.also)])
        for rule in ALL_RULES
    }

    assert {id_: actual[id_] for id_ in SEVERITIES if id_ in actual} == SEVERITIES
    assert set(actual) == set(SEVERITIES)


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: str(rule.id))
class TestEachRule:
    def test_lies_where_its_id_says(self, rule: Rule[Any]) -> None:
        assert rule.function.__module__ == f"cip_lint_rules.{_module(rule)}"
        assert rule.function.__name__ == _module(rule).partition(".")[2]

    def test_can_be_named_in_an_annotation(self, rule: Rule[Any]) -> None:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*", rule.id)
        assert len(rule.id) <= 63

    def test_has_a_profile_and_known_severities(self, rule: Rule[Any]) -> None:
        assert rule.profile in PROFILES
        assert isinstance(rule.severity, Severity)
        assert rule.severity not in rule.also

    def test_hides_rules_that_exist(self, rule: Rule[Any]) -> None:
        known = {one.id for one in ALL_RULES} | {f"{one.family}.*" for one in ALL_RULES}

        assert rule.hides <= known | {"ALL"}
        assert rule.id not in rule.hides

    def test_has_a_page_under_the_fixed_headings(self, rule: Rule[Any]) -> None:
        headings = _headings(rule.page)

        assert [one for one in headings if one != "Options"] == [
            "Why it matters",
            "Example",
            "References",
        ]
        assert headings.index("References") == len(headings) - 1

    def test_has_a_summary_of_one_line(self, rule: Rule[Any]) -> None:
        first, blank = (rule.page + "\n\n").splitlines()[:2]

        assert first.endswith(".")
        assert blank == ""

    def test_has_a_specification(self, rule: Rule[Any]) -> None:
        text = (SPECIFICATIONS / f"{rule.id}.md").read_text(encoding="utf-8")

        assert text.startswith(f"# {rule.id}\n")
        assert "```output\n" in text

    def test_finds_the_example_of_its_page(self, rule: Rule[Any]) -> None:
        assert rule.id in _rules_that_speak(_example(rule, repaired=False))

    def test_finds_nothing_in_the_repaired_example(self, rule: Rule[Any]) -> None:
        assert rule.id not in _rules_that_speak(_example(rule, repaired=True))


def test_every_specification_is_of_a_rule() -> None:
    specified = {path.stem for path in SPECIFICATIONS.glob("*.md")}

    assert specified == {rule.id for rule in ALL_RULES}
