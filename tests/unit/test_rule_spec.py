"""The collector of rule specifications reads what authors write."""

from __future__ import annotations

from collections import Counter

from support.rule_spec import Expected, Section, sections

TEXT = """\
# some.rule

with: [other.rule]

## Bad

A `## heading` in a block is none:

```yaml file=a/b.yaml
a: 1  # error: [some.rule, other.rule] warning: [third.rule]
## no heading
```

```yaml bytes
a: "\\xff"
```

```expect
manifest.yaml:1: info: [some.rule]
```

```flags
--profile strict
```

```output
words
```

## Prose alone

Nothing to run.

## Good

with: [last.rule]

```json
{}
```
"""


def _sections() -> dict[str, Section]:
    return {section.title: section for section in sections("some.rule", TEXT)}


def test_a_section_with_manifests_is_a_test() -> None:
    assert {title: one.line for title, one in _sections().items()} == {
        "Bad": 5,
        "Good": 34,
    }


def test_comments_and_expect_blocks_announce_findings() -> None:
    assert _sections()["Bad"].expected == Counter(
        [
            Expected("a/b.yaml", 1, "error", "some.rule"),
            Expected("a/b.yaml", 1, "error", "other.rule"),
            Expected("a/b.yaml", 1, "warning", "third.rule"),
            Expected("manifest.yaml", 1, "info", "some.rule"),
        ]
    )


def test_the_rule_runs_with_those_that_are_named() -> None:
    assert {title: one.arguments for title, one in _sections().items()} == {
        "Bad": [
            *("--profile", "strict", "--select", "some.rule,other.rule"),
            *("--no-build", "."),
        ],
        "Good": ["--select", "some.rule,other.rule,last.rule", "--no-build", "."],
    }


def test_a_block_may_stand_for_bytes() -> None:
    assert [(one.file, one.content) for one in _sections()["Bad"].manifests] == [
        (
            "a/b.yaml",
            (
                b"a: 1  # error: [some.rule, other.rule] warning: [third.rule]\n"
                b"## no heading\n"
            ),
        ),
        ("manifest.yaml", b'a: "\xff"\n'),
    ]
