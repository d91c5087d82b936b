"""Plugins are found by their entry points; one that fails does not stop the others."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cip_lint.errors import PluginError
from cip_lint.model import Report, Summary
from cip_lint.plugins import EntryPoint, Plugins, entry_points, load

REPORT = Report("0", (), Summary(0, 0, 0, 0, 0, 0, 0, 0), ())


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder of packages on the path; what it imports is forgotten again."""
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if name.startswith("acme_"):
            del sys.modules[name]


def install(site: Path, name: str, code: str) -> EntryPoint:
    (site / f"acme_{name}.py").write_text(
        "from cip_lint.hookspecs import hookimpl\n" + code
    )
    folder = site / f"Acme_{name.title()}-1.2.dist-info"
    folder.mkdir()
    (folder / "entry_points.txt").write_text(
        f"[console_scripts]\nx = y:z\n\n[cip_lint]\n{name} = acme_{name}\n"
    )
    return EntryPoint(name, f"acme_{name}", f"acme-{name}", "1.2")


RULE = """
from cip_lint.model import Severity
from cip_lint.rule import Stage, rule, whole_cluster

@rule("acme.{name}", severity=Severity.WARNING, on=whole_cluster,
      stage=Stage.ADVICE, since="1.0")
def found(cluster, cx):
    "Something is wrong."
    yield

@hookimpl
def cip_lint_rules():
    return [found]
"""


def test_entry_points_of_our_group_are_found_in_metadata(tmp_path: Path) -> None:
    point = install(tmp_path, "one", "")
    (tmp_path / "other-1.dist-info").mkdir()
    (tmp_path / "other-1.dist-info" / "entry_points.txt").write_text("[x]\na = b\n")
    (tmp_path / "bare-1.dist-info").mkdir()

    assert entry_points([str(tmp_path), str(tmp_path / "missing")]) == (point,)


def test_the_first_of_two_installed_copies_counts(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()
    install(first, "one", "")
    install(second, "one", "")

    assert len(entry_points([str(first), str(second)])) == 1


def test_the_built_in_rules_come_by_an_entry_point() -> None:
    plugins = load(foreign=False)

    rules = plugins.rules()

    assert "address.taken" in {rule.id for rule in rules}
    assert plugins.plugin_of["address.taken"] == "builtin"
    assert plugins.errors == []


def test_a_foreign_rule_joins_the_others(site: Path) -> None:
    plugins = Plugins([install(site, "one", RULE.format(name="one"))])

    assert [rule.id for rule in plugins.rules()] == ["acme.one"]
    assert plugins.names == {"one", "acme-one"}


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("raise RuntimeError('no')\n", "plugin bad: RuntimeError: no"),
        ("import nowhere_at_all\n", "plugin bad: ModuleNotFoundError: No module named"),
        (
            "@hookimpl\ndef cip_lint_rules():\n    raise ValueError('no')\n",
            "plugin bad: ValueError: no",
        ),
        (
            "@hookimpl\ndef cip_lint_rules():\n    yield 1\n",
            "plugin bad: cip_lint_rules returned 1, not a rule",
        ),
        (
            RULE.format(name="good"),
            "plugin bad: rule acme.good is already defined by good",
        ),
    ],
)
def test_a_plugin_that_fails_is_named_and_the_others_go_on(
    site: Path, code: str, error: str
) -> None:
    points = [
        install(site, "good", RULE.format(name="good")),
        install(site, "bad", code),
    ]
    plugins = Plugins(points)

    assert [rule.id for rule in plugins.rules()] == ["acme.good"]
    assert [str(one).startswith(error) for one in plugins.errors] == [True]


def test_presets_and_sources_are_offered_by_name(site: Path) -> None:
    code = """
@hookimpl
def cip_lint_presets():
    return {"house": {"profile": "strict"}}

@hookimpl
def cip_lint_sources():
    return {".jsonnet": lambda path, content: None}
"""
    plugins = Plugins([install(site, "one", code)])

    assert plugins.presets() == {"house": {"profile": "strict"}}
    assert list(plugins.sources()) == [".jsonnet"]


def test_two_presets_of_one_name_are_an_error(site: Path) -> None:
    code = "@hookimpl\ndef cip_lint_presets():\n    return {'house': {}}\n"
    plugins = Plugins([install(site, "one", code), install(site, "two", code)])

    assert plugins.presets() == {"house": {}}
    assert [str(one) for one in plugins.errors] == [
        "plugin two: cip_lint_presets offers house, which is already defined"
    ]


def test_without_its_metadata_cip_lint_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cip_lint.plugins.entry_points", tuple)

    assert [str(one) for one in load().errors] == [
        "plugin builtin: not installed: the package metadata of cip-lint is not there"
    ]


def test_a_source_that_raises_costs_its_file_alone(site: Path) -> None:
    code = """
def read(path, content):
    if path == "bad.jsonnet":
        raise ValueError("no")
    if path == "bytes.jsonnet":
        return content
    return "kind: Service"

@hookimpl
def cip_lint_sources():
    return {".jsonnet": read}
"""
    plugins = Plugins([install(site, "one", code)])
    read = plugins.sources()[".jsonnet"]

    files = ("bad.jsonnet", "bytes.jsonnet", "good.jsonnet")
    assert [read(file, b"") for file in files] == [None, None, "kind: Service"]
    assert [str(one) for one in plugins.errors] == [
        "plugin one: bad.jsonnet: ValueError: no",
        (
            "plugin one: bytes.jsonnet: TypeError: "
            "a source must return text or None, not bytes"
        ),
    ]


FORMAT = """
from cip_lint.model import Format

def render(report, *, color, width):
    raise ValueError("no")

@hookimpl
def cip_lint_formats():
    return [Format("{name}", "a format", render)]
"""


def test_a_format_that_raises_is_named(site: Path) -> None:
    plugins = Plugins([install(site, "one", FORMAT.format(name="odd"))])

    with pytest.raises(PluginError, match="plugin one: ValueError: no"):
        plugins.formats()["odd"].render(REPORT, color=False, width=80)
    assert len(plugins.errors) == 1


def test_a_format_may_not_take_a_name_that_is_taken(site: Path) -> None:
    plugins = Plugins([install(site, "one", FORMAT.format(name="json"))])

    assert plugins.formats({"json"}) == {}
    assert [str(one) for one in plugins.errors] == [
        "plugin one: format json is already defined"
    ]


LISTED = """
from cip_lint.model import Severity
from cip_lint.rule import ListedRule, Stage, objects


@hookimpl
def cip_lint_rules():
    return [
        ListedRule(
            "acme.{name}", Severity.ERROR, Stage.ADVICE, objects("Service"), "{place}"
        )
    ]
"""


def test_a_listed_rule_is_imported_when_it_is_asked_for(site: Path) -> None:
    rules = "from cip_lint.hookspecs import hookimpl\n" + RULE.format(name="listed")
    (site / "acme_listed_rules.py").write_text(rules)
    code = LISTED.format(name="listed", place="acme_listed_rules:found")
    plugins = Plugins([install(site, "listed", code)])

    (listed,) = plugins.rules()
    before = "acme_listed_rules" in sys.modules
    (loaded,) = plugins.loaded_rules()

    assert (before, "acme_listed_rules" in sys.modules) == (False, True)
    assert (listed.id, loaded.id, loaded.load()) == ("acme.listed",) * 2 + (loaded,)
    assert plugins.errors == []


@pytest.mark.parametrize(
    ("place", "error"),
    [
        ("acme_nowhere:one", "ModuleNotFoundError: No module named 'acme_nowhere'"),
        ("os:sep", "TypeError: os:sep is not the rule acme.lost"),
        ("os:nothing", "TypeError: os:nothing is not the rule acme.lost"),
    ],
)
def test_a_listed_rule_that_is_not_there_is_named(
    site: Path, place: str, error: str
) -> None:
    plugins = Plugins([install(site, "lost", LISTED.format(name="lost", place=place))])

    assert plugins.loaded_rules() == ()
    assert [str(one) for one in plugins.errors] == [
        f"plugin lost: rule acme.lost: {error}"
    ]


@pytest.mark.parametrize(
    "code",
    [
        "import sys; sys.exit(0)",
        "@hookimpl\ndef cip_lint_rules():\n    raise SystemExit(0)",
        "@hookimpl\ndef cip_lint_rules():\n    yield from ()\n    raise SystemExit(0)",
    ],
)
def test_a_plugin_that_exits_is_named_and_the_others_go_on(
    site: Path, code: str
) -> None:
    points = [install(site, "bad", code), install(site, "good", RULE.format(name="g"))]
    plugins = Plugins(points)

    assert [rule.id for rule in plugins.rules()] == ["acme.g"]
    assert list(map(str, plugins.errors)) == ["plugin bad: SystemExit: 0"]


def test_an_interrupt_in_a_plugin_goes_through(site: Path) -> None:
    code = "@hookimpl\ndef cip_lint_rules():\n    raise KeyboardInterrupt"
    plugins = Plugins([install(site, "bad", code)])

    with pytest.raises(KeyboardInterrupt):
        plugins.rules()


def test_a_source_and_a_format_that_exit_are_named(site: Path) -> None:
    code = """
from cip_lint.model import Format
def leave(*_args, **_how):
    raise SystemExit(3)
@hookimpl
def cip_lint_sources():
    return {".x": leave}
@hookimpl
def cip_lint_formats():
    return [Format("gone", "leaves", leave)]
"""
    plugins = Plugins([install(site, "bad", code)])

    assert plugins.sources()[".x"]("a.x", b"") is None
    with pytest.raises(PluginError, match="plugin bad: SystemExit: 3"):
        plugins.formats()["gone"].render(REPORT, color=False, width=80)
    assert [str(one) for one in plugins.errors] == [
        "plugin bad: a.x: SystemExit: 3",
        "plugin bad: SystemExit: 3",
    ]
