"""Specifications of rules: Markdown whose YAML blocks are checked.

``tests/rules/<rule-id>.md`` is prose and evidence about one rule. It begins with
the id as its title and a line ``severity: error``, or ``severity: error (info)``
where problems of the rule may have other severities too. Each ``##`` heading with
a manifest below it is one test. The fenced blocks of a section:

``yaml``, ``json``
    A manifest. ``file=a/b.yaml`` in the fence names it (else ``manifest.yaml``),
    ``build`` has it built (else nothing is; skipped where no program can),
    ``bytes`` makes ``\\xff`` and its kin in the text stand for bytes. A comment
    ``# error: [rule]`` says that a finding of this severity starts on its line;
    several rules are separated by commas, several severities by spaces.
``expect``
    The same for files that cannot hold such comments: lines as
    ``b.json:3: error: [rule]``, and ``nothing`` for readers who miss them.
``output``
    The findings exactly as ``-o full`` prints them. ``--update-specs`` rewrites it.
``before``
    An earlier state of a file, named as above: the files are compared with it.
``snapshot``
    What the cluster holds, as kubectl prints it; named ``live.yaml``.
``config``
    The settings, as ``.cip-lint.yaml`` would hold them.
``flags``
    Further flags of ``cip-lint check``.

Only the rule of the file runs, with those that a line ``with: [rule, ...]`` names,
in the section or above the first one; ``--select`` among the flags replaces this.

Three laws hold for every section without being written: the findings do not change
with the order in which the files came to be, the output of a second run is the
same to the byte, and every finding that is about an object says which.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pytest

from cip_lint.model import Report

_HEADING = re.compile(r"^## +(.+?) *$", re.MULTILINE)
_FENCE = re.compile(
    r"^(?P<fence>`{3,})(?P<info>[^`\n]*)\n(?P<text>.*?)^(?P=fence)[ ]*$",
    re.MULTILINE | re.DOTALL,
)
_EXPECTED = re.compile(r"\b(error|warning|info): \[([^\]\n]+)\]")
_PLACED = re.compile(r"(?P<file>[^:\n]+):(?P<line>\d+): (?P<rest>.+)")
_WITH = re.compile(r"^with: \[([^\]\n]*)\] *$", re.MULTILINE)
_MANIFESTS = frozenset({"yaml", "json"})
_UNNAMED = {
    "yaml": "manifest.yaml",
    "json": "manifest.json",
    "before": "manifest.yaml",
    "snapshot": "live.yaml",
}
"""What the file of a block is called that names none, by the kind of block."""
_OF_FILES = ("manifest.unreadable", "ignore.")
"""Rules whose findings may be about a file or a comment, not about an object."""
_BEFORE = "before"
_SETTINGS = ".cip-lint.yaml"
"""The folder of the files that others are compared with."""
_WIDTH = 100
"""The width of the output in specifications."""


class Expected(NamedTuple):
    """Where a finding of a rule must start, and how bad it is."""

    file: str
    line: int
    severity: str
    rule: str


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its kind, its file name, its text, and its place."""

    kind: str
    file: str
    text: str
    raw: bool
    is_built: bool
    start: int
    end: int

    @property
    def content(self) -> bytes:
        """The bytes of the file that the block stands for."""
        if not self.raw:
            return self.text.encode()
        return self.text.encode("latin-1").decode("unicode_escape").encode("latin-1")


@dataclass(frozen=True, slots=True)
class Section:
    """One heading with the blocks below it."""

    rule: str
    title: str
    line: int
    others: tuple[str, ...]
    blocks: tuple[Block, ...]

    def of_kind(self, *kinds: str) -> tuple[Block, ...]:
        """Return the blocks of some kinds, in order."""
        return tuple(block for block in self.blocks if block.kind in kinds)

    @property
    def manifests(self) -> tuple[Block, ...]:
        """The files that are checked."""
        return self.of_kind(*_MANIFESTS)

    @property
    def expected(self) -> Counter[Expected]:
        """Every finding that the section announces."""
        announced: Counter[Expected] = Counter()
        for block in self.manifests:
            for number, line in enumerate(block.text.splitlines(), 1):
                _, hash_sign, comment = line.partition("# ")
                if hash_sign:
                    announced.update(_announced(block.file, number, comment))
        for block in self.of_kind("expect"):
            for line in block.text.splitlines():
                if placed := _PLACED.fullmatch(line):
                    file, at, rest = placed.group("file", "line", "rest")
                    announced.update(_announced(file, int(at), rest))
        return announced

    @property
    def is_built(self) -> bool:
        """Whether what it holds is a kustomization to be built."""
        return any(block.is_built for block in self.blocks)

    @property
    def arguments(self) -> list[str]:
        """The arguments of ``cip-lint check``; what was before lies in a folder."""
        flags = [word for block in self.of_kind("flags") for word in block.text.split()]
        if not any(flag.partition("=")[0] == "--select" for flag in flags):
            flags += ["--select", ",".join((self.rule, *self.others))]
        flags.append("--build" if self.is_built else "--no-build")
        if self.of_kind("before"):
            flags += ["--against", _BEFORE]
        for block in self.of_kind("snapshot"):
            flags += ["--snapshot", block.file]
        return [*flags, "."]


def sections(rule: str, text: str) -> Iterator[Section]:
    """Yield the sections of a specification that hold manifests."""
    fences = list(_FENCE.finditer(text))
    inside = [(fence.start(), fence.end()) for fence in fences]
    headings = [
        heading
        for heading in _HEADING.finditer(text)
        if not any(start < heading.start() < end for start, end in inside)
    ]
    if not headings:
        return
    ends = [heading.start() for heading in headings[1:]] + [len(text)]
    everywhere = _named_rules(text[: headings[0].start()])
    for heading, end in zip(headings, ends, strict=True):
        section = Section(
            rule,
            heading[1],
            text.count("\n", 0, heading.start()) + 1,
            everywhere + _named_rules(text[heading.end() : end]),
            tuple(
                _block(fence) for fence in fences if heading.end() < fence.start() < end
            ),
        )
        if section.manifests:
            yield section


def _named_rules(text: str) -> tuple[str, ...]:
    return tuple(
        name.strip() for found in _WITH.finditer(text) for name in found[1].split(",")
    )


def _block(fence: re.Match[str]) -> Block:
    kind, *options = fence["info"].split() or [""]
    files = [option[5:] for option in options if option.startswith("file=")]
    unnamed = _UNNAMED.get(kind, "")
    file = files[0] if files else unnamed
    return Block(
        kind,
        file,
        fence["text"],
        "bytes" in options,
        "build" in options,
        fence.start("text"),
        fence.end(),
    )


def _announced(file: str, line: int, comment: str) -> Iterator[Expected]:
    for severity, rules in _EXPECTED.findall(comment):
        for rule in rules.split(","):
            yield Expected(file, line, severity, rule.strip())


def check(section: Section) -> str:
    """Check a section; return the output of its findings."""
    first, report = _run(section, section.blocks)
    again, _ = _run(section, tuple(reversed(section.blocks)))
    assert _found(report) == section.expected
    assert again == first, "the findings depend on the order of the files"
    assert not {
        finding.rule
        for finding in report.findings
        if finding.object is None
        and not finding.rule.startswith(_OF_FILES)
        and finding.primary.span.source.path != _SETTINGS
    }, "a finding does not say which object it is about"
    return first


def report(section: Section) -> Report:
    """Return what is told of the files of a section, whatever it announces."""
    return _run(section, section.blocks)[1]


def _run(section: Section, blocks: Sequence[Block]) -> tuple[str, Report]:
    """Write the files in the order given and check them; return the output too."""
    from cip_lint.cli.check import check
    from cip_lint.programs import kustomize
    from cip_lint.report import FORMATS

    if section.is_built and kustomize.command() is None:
        pytest.skip("neither kustomize nor kubectl is installed")
    with tempfile.TemporaryDirectory(prefix="rule-spec-") as folder, _within(folder):
        for block in blocks:
            name = _SETTINGS if block.kind == "config" else block.file
            if name:
                path = Path(_BEFORE if block.kind == "before" else "", name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(block.content)
        report = check(section.arguments)
        return FORMATS["full"].render(report, color=False, width=_WIDTH), report


@contextmanager
def _within(folder: str) -> Iterator[None]:
    """Work in a folder, without the settings of whoever runs the tests."""
    before, environment = Path.cwd(), dict(os.environ)
    for name in [name for name in environment if name.startswith("CIP_LINT_")]:
        del os.environ[name]
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
        os.environ.update(environment)


def _found(report: Report) -> Counter[Expected]:
    return Counter(
        Expected(
            finding.primary.span.source.path,
            finding.primary.span.first.line,
            str(finding.severity),
            finding.rule,
        )
        for finding in report.findings
    )


class SpecificationFile(pytest.File):
    """A Markdown file that specifies one rule."""

    def collect(self) -> Iterable[SpecificationItem]:
        """Yield one test for each section with manifests."""
        for section in sections(self.path.stem, self.path.read_text(encoding="utf-8")):
            yield SpecificationItem.from_parent(
                self, name=section.title, section=section
            )


class SpecificationItem(pytest.Item):
    """The test of one section."""

    def __init__(self, *, section: Section, **rest: object) -> None:
        super().__init__(**rest)  # type: ignore[arg-type]
        self.section = section

    def runtest(self) -> None:
        """Check the section and its ``output`` block."""
        output = check(self.section)
        for block in self.section.of_kind("output"):
            if self.config.getoption("--update-specs"):
                self._update(output)
            else:
                assert output == block.text

    def _update(self, output: str) -> None:
        """Rewrite the ``output`` block of this section; others may have moved."""
        text = self.path.read_text(encoding="utf-8")
        for section in sections(self.section.rule, text):
            if section.title == self.section.title:
                for block in section.of_kind("output"):
                    end = block.start + len(block.text)
                    text = text[: block.start] + output + text[end:]
        self.path.write_text(text, encoding="utf-8")

    def reportinfo(self) -> tuple[Path, int, str]:
        """Name the section as pytest prints it."""
        return self.path, self.section.line - 1, f"{self.path.stem}: {self.name}"
