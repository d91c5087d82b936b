"""Every rule is listed once, has a page, and its page tells the truth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import cip_lint_rules
from cip_lint.model import Severity
from cip_lint.rule import AnyRule, Rule
from cip_lint_rules.index import INDEX
from support import rule_spec

ROOT = Path(cip_lint_rules.__file__).parent
TABLE = "rules/cip_lint_rules/index.py"
SPECIFICATIONS = Path(__file__).resolve().parents[1] / "rules"


def _module_of(place: str) -> str:
    """Return ``service.refused`` for its place in the package."""
    return place.partition(":")[0].partition(".")[2]


LISTED = {_module_of(listed.place): listed for listed in INDEX}
ALL_RULES: list[Rule[Any]] = [listed.load() for listed in INDEX]
PROFILES = {"default", "strict", "mesh", "policy"}
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
MODEL = "tests/rules/service.multi-port-unnamed.md"
EVERYTHING = "```flags\n--select ALL\n```\n"


def _modules_of_the_package() -> set[str]:
    return {
        f"{path.parent.name}.{path.stem}"
        for path in ROOT.glob("*/*.py")
        if not path.name.startswith("_")
    }


def _rule_of(module: str) -> Rule[Any] | None:
    """Return the rule of a module, whether the table lists it or not."""
    found = getattr(
        import_module(f"cip_lint_rules.{module}"), module.rpartition(".")[2], None
    )
    return found if isinstance(found, Rule) else None


# One that is not listed is judged too, so that all it lacks is told at once.
EVERY_RULE = ALL_RULES + [
    found
    for module in sorted(_modules_of_the_package() - set(LISTED))
    if (found := _rule_of(module))
]


def _module(rule: Rule[Any]) -> str:
    return rule.id.replace("-", "_")


def _row(rule: AnyRule) -> str:
    """Write a rule as the index lists it."""
    words = [
        f'"{rule.id}"',
        rule.severity.name,
        rule.stage.name,
        getattr(rule.needs, "__name__", repr(rule.needs)),
    ]
    if rule.reads_pods:
        words.append("pods=True")
    if rule.profile != "default":
        words.append(f'profile="{rule.profile}"')
    if rule.replay:
        words.append("replay=True")
    if not rule.suppressible:
        words.append("suppressible=False")
    return f"_row({', '.join(words)}),"


def _headings(text: str) -> list[str]:
    return HEADING.findall(text)


def _example(rule: Rule[Any], *, repaired: bool) -> rule_spec.Section:
    """Return one side of the example on a page, with settings and what was before."""
    _, _, rest = rule.page.partition("## Example\n")
    example = HEADING.split(rest)[0]
    bad, found, good = example.partition("Use instead:")
    assert found, "the page does not say what to write instead"
    settings = "\n".join(
        re.findall(r"^```(?:config|before)\n.*?^```$", bad, re.DOTALL | re.MULTILINE)
    )
    text = f"{settings}\n{good}" if repaired else bad
    page = f"## Example\n\n{EVERYTHING}\n{text}"
    (section,) = rule_spec.sections(rule.id, page)
    return section


def _rules_that_speak(section: rule_spec.Section) -> set[str]:
    _, report = rule_spec._run(section, section.blocks)
    return {finding.rule for finding in report.findings}


def _severity(rule: Rule[Any]) -> str:
    """Write the severities as ``cip-lint rules`` does: ``error (warning)``."""
    others = ", ".join(one.value for one in rule.also)
    return f"{rule.severity.value} ({others})" if others else rule.severity.value


def _lacking(module: str) -> Iterator[str]:
    """Say what must still be written for the rule of a module, and where."""
    family, _, name = module.partition(".")
    if (rule := _rule_of(module)) is None:
        yield f"rules/cip_lint_rules/{family}/{name}.py: define the rule `{name}`"
        return
    if module not in LISTED:
        yield f"{TABLE}: list {_row(rule)} beside its family"
    elif (row := _row(LISTED[module])) != _row(rule):
        yield f"{TABLE}: the module says {_row(rule)}, not {row}"
    file = f"tests/rules/{rule.id}.md"
    path = SPECIFICATIONS / f"{rule.id}.md"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    if not text:
        yield f"{file}: write the specification of the rule, as this file does: {MODEL}"
    header = f"# {rule.id}\n\nseverity: {_severity(rule)}\n"
    if not text.startswith(header):
        yield f"{file}: begin it with {header!r}, what the rule declares"
    if "```output\n" not in text:
        yield f"{file}: show a finding as it is printed, in an `output` block"
    if all(
        any(expected.rule == rule.id for expected in section.expected)
        for section in rule_spec.sections(rule.id, text)
    ):
        yield f"{file}: add a section with manifests in which the rule finds nothing"


def test_every_rule_is_listed_and_specified() -> None:
    modules = sorted(_modules_of_the_package() | set(LISTED))

    lacking = [line for module in modules for line in _lacking(module)]

    assert not lacking, "\n".join(["what is still to be written:", *lacking])


def test_no_rule_is_listed_twice() -> None:
    assert len(LISTED) == len(INDEX)


def test_families_stay_together_in_the_manual() -> None:
    families = [rule.family for rule in ALL_RULES]

    assert families == sorted(families, key=families.index)


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: str(rule.id))
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

    def test_finds_the_example_of_its_page(self, rule: Rule[Any]) -> None:
        found = _rules_that_speak(_example(rule, repaired=False))

        assert rule.id in found, (
            "it says nothing there; is it listed, and what does it need?"
        )

    def test_finds_nothing_in_the_repaired_example(self, rule: Rule[Any]) -> None:
        assert rule.id not in _rules_that_speak(_example(rule, repaired=True))


def test_every_specification_is_of_a_rule() -> None:
    rules = {_rule_of(module) for module in _modules_of_the_package()}
    known = {rule.id for rule in rules if rule}

    assert {path.stem for path in SPECIFICATIONS.glob("*.md")} - known == set()
