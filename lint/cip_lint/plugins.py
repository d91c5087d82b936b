"""Finds the packages that extend cip-lint, and asks them what they bring.

The built-in rules come in like anybody's: by an entry point of the group
``cip_lint``. A plugin that fails is named in ``errors`` and the others go on.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

from cip_lint.errors import FOREIGN_FAILURES, PluginError
from cip_lint.records import NamedTuple

if TYPE_CHECKING:
    import pluggy

    from cip_lint.hookspecs import SourceFunction
    from cip_lint.model import Format, FormatFunction, Report
    from cip_lint.rule import AnyRule, Rule

GROUP = "cip_lint"
OWN_DISTRIBUTION = "cip-lint"

T = TypeVar("T")


class EntryPoint(NamedTuple):
    """What a package says about its plugin."""

    name: str
    module: str
    distribution: str
    version: str


def entry_points(folders: Sequence[str] | None = None) -> tuple[EntryPoint, ...]:
    """Return the entry points of our group, sorted by package and name.

    The metadata files on ``sys.path`` are read directly: the standard library's
    reader imports the email parser and opens the metadata of every package,
    which costs more than checking a file does.
    """
    found: dict[tuple[str, str], EntryPoint] = {}
    for folder in sys.path if folders is None else folders:
        for path in _metadata_folders(folder or "."):
            points = list(_of_group(f"{path}/entry_points.txt"))
            if points:
                distribution, version = _named(os.path.basename(path))  # noqa: PTH119
                for name, module in points:
                    found.setdefault(
                        (distribution, name),
                        EntryPoint(name, module, distribution, version),
                    )
    return tuple(found[key] for key in sorted(found))


def _metadata_folders(folder: str) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(
                entry.path
                for entry in entries
                if entry.name.endswith((".dist-info", ".egg-info"))
            )
    except OSError:
        return []


def _named(folder: str) -> tuple[str, str]:
    """Split ``some_package-1.2.dist-info`` into ``some-package`` and ``1.2``."""
    name, _, version = folder.rpartition(".")[0].partition("-")
    return re.sub(r"[-_.]+", "-", name).lower(), version.partition("-")[0]


def _of_group(path: str) -> Iterator[tuple[str, str]]:
    # As bytes, without a Path: there may be hundreds, and nearly all are of others.
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            data = file.read()
    except OSError:
        return
    if GROUP.encode() not in data:
        return
    group = ""
    for line in map(str.strip, data.decode("utf-8", "replace").splitlines()):
        if line.startswith("["):
            group = line.strip("[] ")
        elif group == GROUP and "=" in line:
            name, _, module = line.partition("=")
            yield name.strip(), module.partition("[")[0].strip()


class Plugins:
    """The plugins of a run, and what they bring, asked for when it is needed."""

    def __init__(
        self, points: Iterable[EntryPoint], errors: Iterable[PluginError] = ()
    ) -> None:
        import pluggy  # noqa: PLC0415

        from cip_lint import hookspecs  # noqa: PLC0415

        self.errors = list(errors)
        """What failed so far: the job is not wholly done."""
        self.points = tuple(points)
        self.plugin_of: dict[str, str] = {}
        """The plugin that brought a rule, by its id; known after ``rules()``."""
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)
        for point in self.points:
            self._attempt(point.name, partial(self._register, point))

    def _register(self, point: EntryPoint) -> None:
        self._manager.register(import_module(point.module), point.name)

    @property
    def names(self) -> frozenset[str]:
        """Entry point and package names, as ``plugins:`` may list them."""
        return frozenset(point.name for point in self.points) | frozenset(
            point.distribution for point in self.points
        )

    def rules(self) -> tuple[AnyRule, ...]:
        """Return the rules of all plugins, in the order of their manuals."""
        from cip_lint.rule import ListedRule, Rule  # noqa: PLC0415

        rules: dict[str, AnyRule] = {}
        for name, rule in self._items("cip_lint_rules"):
            if not isinstance(rule, Rule | ListedRule):
                self._fail(name, f"cip_lint_rules returned {rule!r}, not a rule")
            elif rule.id in rules:
                other = self.plugin_of[rule.id]
                self._fail(name, f"rule {rule.id} is already defined by {other}")
            else:
                rules[rule.id] = rule
                self.plugin_of[rule.id] = name
        return tuple(rules.values())

    def loaded_rules(self) -> tuple[Rule[Any], ...]:
        """Return the same, all imported; one that cannot be is left out and named."""
        found: list[Rule[Any]] = []
        for rule in self.rules():
            try:
                found.append(rule.load())
            except FOREIGN_FAILURES as error:
                message = f"rule {rule.id}: {type(error).__name__}: {error}"
                self._fail(self.plugin_of[rule.id], message)
        return tuple(found)

    def formats(self, built_in: Container[str] = ()) -> Mapping[str, Format]:
        """Return the output formats that plugins add, by name.

        One that raises raises ``PluginError``, and stands in ``errors`` too.
        """
        formats: dict[str, Format] = {}
        for name, added in self._items("cip_lint_formats"):
            if added.name in formats or added.name in built_in:
                self._fail(name, f"format {added.name} is already defined")
            else:
                render = partial(self._rendered, name, added.render)
                formats[added.name] = added._replace(render=render)
        return formats

    def _rendered(
        self, name: str, render: FormatFunction, report: Report, **how: Any
    ) -> str:
        try:
            return render(report, **how)
        except FOREIGN_FAILURES as error:
            raise self._fail(name, f"{type(error).__name__}: {error}") from error

    def presets(self) -> Mapping[str, Mapping[str, Any]]:
        """Return the named settings that ``extends:`` may refer to."""
        presets = self._merged("cip_lint_presets")
        return {key: preset for key, (_, preset) in presets.items()}

    def sources(self) -> Mapping[str, SourceFunction]:
        """Return the readers of further files, by the ending of their names.

        For a file on which one raises there is no text, and an error is kept.
        """
        return {
            ending: partial(self._text, name, read, os.getpid())
            for ending, (name, read) in self._merged("cip_lint_sources").items()
        }

    def _text(
        self, name: str, read: SourceFunction, process: int, path: str, content: bytes
    ) -> str | None:
        try:
            return _text_or_none(read(path, content))
        except FOREIGN_FAILURES as error:
            message = f"{path}: {type(error).__name__}: {error}"
            if os.getpid() != process:
                # A worker's errors are lost; the parent reads the file again.
                raise PluginError(name, message) from error
            self._fail(name, message)
            return None

    def _merged(self, hook: str) -> dict[str, tuple[str, Any]]:
        """Return what plugins offer by key, each with the name of the plugin."""
        merged: dict[str, tuple[str, Any]] = {}
        for name, offered in self._answers(hook):
            for key, value in offered.items():
                if key in merged:
                    self._fail(name, f"{hook} offers {key}, which is already defined")
                else:
                    merged[key] = (name, value)
        return merged

    def _items(self, hook: str) -> Iterator[tuple[str, Any]]:
        for name, offered in self._answers(hook):
            yield from ((name, item) for item in offered)

    def _answers(self, hook: str) -> Iterator[tuple[str, Any]]:
        """Yield what each plugin answers; one that raises does not stop the rest."""
        for name, plugin in self._manager.list_name_plugin():
            if plugin is None:
                continue
            others = [one for one in self._manager.get_plugins() if one is not plugin]
            caller = self._manager.subset_hook_caller(hook, others)
            for answer in self._attempt(name, partial(_whole, caller)):
                yield name, answer

    def _attempt(self, name: str, action: Callable[[], T]) -> T | tuple[()]:
        """Run code of a plugin; name the plugin where it raises."""
        try:
            return action()
        except FOREIGN_FAILURES as error:
            self._fail(name, f"{type(error).__name__}: {error}")
            return ()

    def _fail(self, name: str, message: str) -> PluginError:
        error = PluginError(name, message)
        self.errors.append(error)
        return error


def _text_or_none(made: object) -> str | None:
    if made is None or isinstance(made, str):
        return made
    raise TypeError(f"a source must return text or None, not {type(made).__name__}")


def _whole(caller: pluggy.HookCaller) -> list[Any]:
    """Call a hook and use up what it yields, so that all errors show here."""
    return [
        answer if isinstance(answer, Mapping) else list(answer)
        for answer in caller()
        if answer is not None
    ]


def load(*, foreign: bool = True) -> Plugins:
    """Return the installed plugins; without ``foreign``, our own rules alone."""
    points = tuple(
        point
        for point in entry_points()
        if foreign or point.distribution == OWN_DISTRIBUTION
    )
    missing = PluginError(
        "builtin", "not installed: the package metadata of cip-lint is not there"
    )
    own = any(point.distribution == OWN_DISTRIBUTION for point in points)
    return Plugins(points, () if own else (missing,))
