"""Finds the settings file of a run, and reads what it extends."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cip_lint.config import diagnosis
from cip_lint.config.document import Document, Unreadable, read_toml, read_yaml
from cip_lint.config.nearest import nearest
from cip_lint.errors import ConfigError, InputError
from cip_lint.model import Finding, Label, SourceFile, Span

NAME = ".cip-lint.yaml"
PYPROJECT = "pyproject.toml"
TABLE = ("tool", "cip-lint")
_MAX_BYTES = 4 * 1024 * 1024
_MAX_EXTENDS = 16


class Files:
    """The documents of a run, strongest first, and what is wrong with them."""

    def __init__(self, folder: Path, presets: Mapping[str, Mapping[str, Any]]) -> None:
        self.documents: list[Document] = []
        self.findings: list[Finding] = []
        self.root: Path | None = None
        """The folder of the settings file: patterns and paths in it start there."""
        self._folder = folder
        self._presets = presets

    def load(self, path: Path) -> None:
        """Read a settings file and what it extends."""
        self.root = path.parent
        self._load(path, ())

    def _load(self, path: Path, chain: tuple[Path, ...]) -> None:
        document = self._read(path)
        if document is None:
            return
        self.documents.append(document)
        self.findings += diagnosis.diagnose(document)
        extends = document.value.get("extends", ())
        names = [extends] if isinstance(extends, str) else extends
        for index, name in enumerate(names if isinstance(names, list) else ()):
            if isinstance(name, str):
                where = ("extends",) if isinstance(extends, str) else ("extends", index)
                self._extend(document, where, name, path, (*chain, path))

    def _extend(
        self,
        document: Document,
        where: tuple[str | int, ...],
        name: str,
        path: Path,
        chain: tuple[Path, ...],
    ) -> None:
        if name in self._presets:
            self._preset(name)
            return
        target = path.parent / name
        problem = ""
        # First of all: what is no file may be a link in a circle, or no path.
        if not target.is_file():
            problem = f"{name} is neither a file nor a preset of an installed plugin"
        elif target.resolve() in {one.resolve() for one in chain}:
            problem = f"{name} extends itself"
        elif len(chain) >= _MAX_EXTENDS:
            problem = f"{name} is extended over more than {_MAX_EXTENDS} files"
        if problem:
            near = nearest(name, self._presets)
            help_text = f"write {near}" if near else ""
            self.findings.append(diagnosis.at(document, where, problem, help_text))
        else:
            self._load(target, chain)

    def _preset(self, name: str) -> None:
        document = Document(f"preset {name}", self._presets[name])
        try:
            diagnosis.diagnose(document)
        except ValueError as error:
            raise ConfigError(f"preset {name}: {error}") from None
        self.documents.append(document)

    def _read(self, path: Path) -> Document | None:
        shown = shown_path(path, self._folder)
        try:
            content = _content(path)
        except OSError as error:
            raise InputError(f"{shown}: {error.strerror or error}") from None
        try:
            text = _decoded(content, shown)
            if path.suffix == ".toml":
                return read_toml(shown, text, TABLE)
            return read_yaml(shown, text)
        except Unreadable as error:
            self.findings.append(diagnosis.unreadable(error))
            return None


def _content(path: Path) -> bytes:
    """Return the bytes of a file; of one that is too large, more than may be."""
    with path.open("rb") as file:
        return file.read(_MAX_BYTES + 1)


def _decoded(content: bytes, shown: str) -> str:
    if len(content) > _MAX_BYTES:
        raise Unreadable("is too large for settings", Span(SourceFile(shown, ""), 0, 0))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = content[: error.start].decode("utf-8", "replace")
        span = Span(SourceFile(shown, text), len(text), len(text))
        raise Unreadable("cannot be read: not UTF-8", span) from None


def shown_path(path: Path, folder: Path) -> str:
    """Return a path relative to a folder, with ``/``."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # another drive
        return path.as_posix()


def find(
    arguments: Sequence[str], folder: Path
) -> tuple[Path | None, tuple[Finding, ...]]:
    """Return the settings file of some paths, and the finding of two at one level.

    It is looked for once: from the common parent of the paths upwards to the
    first folder that has one, or to the root of the repository. Raises ``InputError``
    for one that is no file: whoever put it there means it to hold.
    """
    for parent in _upwards(_common_parent(arguments, folder)):
        own = parent / NAME
        project = parent / PYPROJECT
        in_project = project.is_file() and _has_table(project)
        if not own.is_file() and os.path.lexists(own):
            raise InputError(f"{shown_path(own, folder)}: not a file that can be read")
        if own.is_file() and in_project:
            shown = shown_path(project, folder)
            text = _content(project).decode("utf-8", "replace")
            source = SourceFile(shown, text)
            at = max(source.text.find("[tool.cip-lint"), 0)
            finding = diagnosis.invalid(
                Label(Span(source, at, min(at + 14, len(source.text)))),
                f"{NAME} and {PYPROJECT} both have settings",
                "keep one of them",
            )
            return own, (finding,)
        if own.is_file():
            return own, ()
        if in_project:
            return project, ()
    return None, ()


def _common_parent(arguments: Sequence[str], folder: Path) -> Path:
    paths = [
        Path(os.path.abspath(folder / argument))  # noqa: PTH100 - symlinks stay
        for argument in arguments
        if argument != "-"
    ]
    if not paths:
        return folder
    parents = [path if path.is_dir() else path.parent for path in paths]
    try:
        return Path(os.path.commonpath(parents))
    except ValueError:  # different drives
        return folder


def _upwards(folder: Path) -> Iterator[Path]:
    for parent in (folder, *folder.parents):
        yield parent
        if (parent / ".git").exists():
            return


def _has_table(path: Path) -> bool:
    try:
        return b"[tool.cip-lint" in _content(path)
    except OSError:
        return False
