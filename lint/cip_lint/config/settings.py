"""The settings of a run, each value with who stated it.

Flags win over ``CIP_LINT_*``, these over the settings file, this over what it
extends, this over the distribution, and that over the defaults.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cip_lint.bodies import ABSENT
from cip_lint.cluster import ClusterSettings, default_settings
from cip_lint.config.clusters import clusters
from cip_lint.config.files import Files, find, shown_path
from cip_lint.config.layers import Given, Layers, Stated
from cip_lint.config.nearest import nearest
from cip_lint.config.patterns import matcher, moved, of_git
from cip_lint.config.selection import EVERYTHING_OF_THE_PROFILE, Selection, Selector
from cip_lint.errors import ConfigError, InputError, UsageError
from cip_lint.model import Finding, Label, Severity
from cip_lint.plugins import Plugins
from cip_lint.records import NamedTuple

OFF = "off"


class IgnoreEntry(NamedTuple):
    """An entry of ``ignore:`` that names findings: they are not reported."""

    rule: Selector
    whole: Label | None
    matches: Callable[[str], bool] | None = None
    """Whether a path is meant; None: all are."""
    kind: str = ""
    namespace: str = "*"
    name: str = "*"
    reason: str = ""
    until: str = ""
    """The last day it holds, as ``2026-12-31``; empty: for ever."""


class SeverityEntry(NamedTuple):
    """The severity that rules get, everywhere or for some paths."""

    rule: Selector
    severity: Severity | None
    """None: they are switched off."""
    matches: Callable[[str], bool] | None = None


class Settings(NamedTuple):
    """Everything that a run is told."""

    clusters: tuple[ClusterSettings, ...]
    paths: tuple[str, ...] = ()
    """The roots that the file names, from the working folder."""
    exclude: tuple[str, ...] = ()
    gitignore: bool = True
    build: bool = True
    """Whether kustomizations are built and charts rendered."""
    profile: str = "default"
    selection: Selection = EVERYTHING_OF_THE_PROFILE
    severities: tuple[SeverityEntry, ...] = ()
    """The last that names a rule and matches a path wins."""
    ignores: tuple[IgnoreEntry, ...] = ()
    options: Mapping[str, Mapping[str, Any]] = ABSENT
    """The options of rules, by rule id."""
    option_labels: Mapping[str, Label | None] = ABSENT
    stated_options: tuple[tuple[str, Stated], ...] = ()
    """The same as each file states them, weakest first, by rule id."""
    minimum_severity: Severity = Severity.INFO
    fail_on: Severity | None = Severity.WARNING
    """None: findings never make the command fail."""
    allow_empty: bool = False
    outputs: tuple[str, ...] = ()
    missing_plugins: tuple[Stated, ...] = ()
    """Plugins that the file needs and that are not installed."""
    file: str = ""
    """The settings file, from the working folder; empty: there is none."""
    stated: Mapping[str, Stated] = ABSENT
    """What is stated outside the clusters, by key, for ``config show``."""
    findings: tuple[Finding, ...] = ()
    """What is wrong with the file; with an error the rest is not to be used."""

    @property
    def usable(self) -> bool:
        """Whether nothing is wrong with the settings."""
        return all(one.severity is not Severity.ERROR for one in self.findings)


def load(
    given: Given,
    plugins: Plugins,
    *,
    arguments: Sequence[str] = (),
    folder: Path,
    file: str | None = None,
    use_file: bool = True,
) -> Settings:
    """Return the settings of a run over some paths, seen from a working folder.

    ``file`` names the settings file; without it, it is looked for from the paths
    upwards. Raises ``UsageError`` and ``ConfigError`` for what flags, variables and
    presets say wrongly, ``InputError`` for a file that is not there.
    """
    files = _files(plugins, arguments, folder, file, use_file=use_file)
    root = files.root or folder
    name = files.documents[0].name if files.documents else ""
    if any(finding.severity is Severity.ERROR for finding in files.findings):
        outputs = given["output"].value if "output" in given else ()
        return Settings(
            (default_settings(),),
            outputs=tuple(outputs),
            file=name,
            findings=tuple(files.findings),
        )
    layers = Layers(given, files.documents, files.findings)
    settings = _resolved(layers, root, folder, plugins)
    return settings._replace(file=name, findings=tuple(layers.findings))


def _files(
    plugins: Plugins,
    arguments: Sequence[str],
    folder: Path,
    file: str | None,
    *,
    use_file: bool,
) -> Files:
    if not use_file:
        return Files(folder, {})
    if file is not None:
        path: Path | None = folder / file
        if not (folder / file).is_file():
            raise InputError(f"{file}: no such file")
        findings: tuple[Finding, ...] = ()
    else:
        path, findings = find(arguments, folder)
    files = Files(folder, {} if path is None else plugins.presets())
    files.findings += findings
    if path is not None:
        files.load(path)
    return files


def _resolved(layers: Layers, root: Path, folder: Path, plugins: Plugins) -> Settings:
    known = clusters(layers, root, folder)
    _check_clusters(layers, [one.name for one in known])
    keys = ("profile", "minimumSeverity", "failOn", "allowEmpty", "gitignore", "build")
    stated = {key: one for key in keys if (one := layers.one(key)) is not None}

    def word(key: str, default: Any) -> Any:
        return stated[key].value if key in stated else default

    fail_on = word("failOn", "warning")
    return Settings(
        clusters=known,
        paths=_paths(layers, root, folder),
        exclude=_exclude(layers, root, folder),
        gitignore=word("gitignore", default=True),
        build=word("build", default=True),
        profile=word("profile", "default"),
        selection=_selection(layers),
        severities=tuple(_severities(layers, root, folder)),
        ignores=tuple(_ignores(layers, root, folder)),
        options={name: one.value for name, one in layers.entries("rules")},
        option_labels={
            name: one.document.label(one.path, key=True) if one.document else None
            for name, one in layers.entries("rules")
        },
        stated_options=tuple(layers.entries("rules")),
        minimum_severity=Severity(word("minimumSeverity", "info")),
        fail_on=None if fail_on == "never" else Severity(fail_on),
        allow_empty=word("allowEmpty", default=False),
        outputs=tuple(_listed(layers, "output")),
        missing_plugins=tuple(
            one for one in layers.items("plugins") if one.value not in plugins.names
        ),
        stated=stated,
    )


def _check_clusters(layers: Layers, names: Sequence[str]) -> None:
    for item in layers.items("overrides"):
        if "cluster" in item.value and item.value["cluster"] not in names:
            stated = layers.deeper(item, "cluster")
            near = nearest(stated.value, names)
            layers.wrong(
                stated,
                f"{stated.value} is none of the clusters",
                f"write {near}" if near else "",
            )


def _listed(layers: Layers, key: str) -> list[str]:
    stated = layers.one(key)
    return list(stated.value) if stated is not None else []


def _paths(layers: Layers, root: Path, folder: Path) -> tuple[str, ...]:
    return tuple(
        shown_path(Path(os.path.normpath(root / path)), folder)
        for path in _listed(layers, "paths")
    )


def _exclude(layers: Layers, root: Path, folder: Path) -> tuple[str, ...]:
    """Return the patterns of all files and of the flag, from the working folder."""
    given = layers.given.get("exclude")
    own = map(of_git, given.value if given else ())
    stated = (of_git(item.value) for item in layers.items("exclude"))
    return (*(one for each in stated for one in moved(each, root, folder)), *own)


def _selection(layers: Layers) -> Selection:
    weaker = Selection(
        _selectors(layers.first(("select",))),
        _selectors(layers.first(("extendSelect",))) or (),
        tuple(_switched_off(layers)),
    )
    given = Selection(
        _selectors(layers.given.get("select")),
        _selectors(layers.given.get("extendSelect")) or (),
        _selectors(layers.given.get("ignore")) or (),
    )
    return given.over(weaker)


def _switched_off(layers: Layers) -> Iterator[Selector]:
    """Yield the rules that files ignore everywhere or set to ``off``."""
    for item in layers.items("ignore"):
        if isinstance(item.value, str):
            yield Selector(item.value, item.label(), str(item.origin))
    for name, stated in layers.entries("severity"):
        if stated.value == OFF:
            assert stated.document is not None
            label = stated.document.label(stated.path, key=True)
            yield Selector(name, label, str(stated.origin))


def _selectors(stated: Stated | None) -> tuple[Selector, ...] | None:
    if stated is None:
        return None
    return tuple(
        Selector(text, stated.label(index), str(stated.origin))
        for index, text in enumerate(stated.value)
    )


def _severities(layers: Layers, root: Path, folder: Path) -> Iterator[SeverityEntry]:
    for name, stated in layers.entries("severity"):
        if stated.value != OFF:
            yield SeverityEntry(_key_selector(stated, name), Severity(stated.value))
    for item in layers.items("overrides"):
        matches = matcher(item.value["paths"], root, folder)
        if "severity" in item.value:
            severities = layers.deeper(item, "severity")
            for name, word in severities.value.items():
                selector = _key_selector(layers.deeper(severities, name), name)
                severity = None if word == OFF else Severity(word)
                yield SeverityEntry(selector, severity, matches)
        if "ignore" in item.value:
            for selector in _selectors(layers.deeper(item, "ignore")) or ():
                yield SeverityEntry(selector, None, matches)


def _key_selector(stated: Stated, name: str) -> Selector:
    assert stated.document is not None
    label = stated.document.label(stated.path, key=True)
    return Selector(name, label, str(stated.origin))


def _ignores(layers: Layers, root: Path, folder: Path) -> Iterator[IgnoreEntry]:
    for item in layers.items("ignore"):
        if isinstance(item.value, str):
            continue
        entry: Mapping[str, Any] = item.value
        rule = layers.deeper(item, "rule")
        yield IgnoreEntry(
            rule=Selector(rule.value, rule.label(), str(rule.origin)),
            whole=item.label(),
            matches=matcher(entry["paths"], root, folder) if "paths" in entry else None,
            kind=entry.get("kind", ""),
            namespace=entry.get("namespace", "*"),
            name=entry.get("name", "*"),
            reason=entry.get("reason", ""),
            until=entry.get("until", ""),
        )


def require_cluster(settings: Settings, name: str) -> None:
    """Raise ``UsageError`` where the settings know no cluster of this name."""
    names = [cluster.name for cluster in settings.clusters]
    if name not in names:
        near = nearest(name, names)
        hint = f"; the nearest is {near}" if near else ""
        raise UsageError(f"--cluster: there is no cluster {name}{hint}")


def missing_plugin(settings: Settings) -> ConfigError | None:
    """Return the error of plugins that the file names and nobody installed."""
    if not settings.missing_plugins:
        return None
    named = ", ".join(
        f"{stated.value} ({stated.origin})" for stated in settings.missing_plugins
    )
    return ConfigError(f"plugins that are not installed: {named}")
