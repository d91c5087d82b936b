"""The hooks by which a package extends cip-lint.

A package offers hooks by an entry point of the group ``cip_lint`` that names a
module; the module defines functions of the names below, marked with
``@hookimpl``. Hooks return values: none prints, changes an argument, or is called
for each file, so that the order of plugins cannot change a result. A hook that
raises is named in the output and makes the command exit with 2; the findings of
everybody else are still printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from cip_lint.model import Format
    from cip_lint.rule import AnyRule

PROJECT = "cip_lint"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def cip_lint_rules() -> Iterable[AnyRule]:  # type: ignore[empty-body]
    """Return the rules of this package, in the order of its manual.

    Called once, after the settings are known. Import rule modules inside the
    function, so that commands which need no rules do not pay for them; or return a
    ``ListedRule`` for each, so that a rule is imported where it has something to
    judge. Two rules of one id are an error that names both packages.
    """


@hookspec
def cip_lint_formats() -> Iterable[Format]:  # type: ignore[empty-body]
    """Return further output formats for ``-o NAME``.

    Called when the wanted format is not built in, and for ``--help`` of ``-o``.
    A format of a built-in name is an error.
    """


@hookspec
def cip_lint_presets() -> Mapping[str, Mapping[str, Any]]:  # type: ignore[empty-body]
    """Return named settings that ``extends: NAME`` can refer to.

    Keys and values are those of ``.cip-lint.yaml``; they are checked as a file
    would be, and what the file itself says wins.
    """


@hookspec
def cip_lint_sources() -> Mapping[str, SourceFunction]:  # type: ignore[empty-body]
    """Return readers for files that are not YAML or JSON, by file name ending.

    The key is an ending such as ``.jsonnet``; the function takes the path and the
    bytes of one file and returns the YAML text that stands for it, or None when
    the file holds no manifests. Lines of findings are those of the returned text.
    It must not start programs or use the network.
    """


if TYPE_CHECKING:
    from collections.abc import Callable

    SourceFunction = Callable[[str, bytes], str | None]
