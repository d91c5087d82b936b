"""The value of an easy document: compiled, or by libyaml's nodes.

Two readers are compiled where the installation had a C compiler. The one of lines
answers for nine documents in ten and takes a tenth of the time that nodes take. The one
of events answers for most others in a third of it, where PyYAML brings a libyaml whose
functions can be found.
"""

from __future__ import annotations

from importlib.machinery import EXTENSION_SUFFIXES
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from cip_lint.manifests.event_values import EventReader


def value_of_lines(text: str, *, is_sharing: bool) -> tuple[Any, int] | None:
    """Return the value of a document, and the offset behind its root node.

    None where a line of it is not read by itself (see ``whole_lines.pyx``): it may be
    an easy document all the same. ``is_sharing``: whether equal collections are one.
    """
    return None if line_reader is None else line_reader(text, is_sharing)


def easy_value(text: str, marks: set[int], *, is_sharing: bool) -> tuple[Any, int]:
    """Return the value of the first document, and the offset behind its root node.

    ``marks`` are the offsets at which an anchor or a tag may begin; ``is_sharing``:
    whether equal collections are one. Raises YamlError, and NotEasyError where the
    document is none of the easy ones.
    """
    if event_reader is not None:
        known = event_reader.value(text, marks, is_sharing)
        if known is not None:
            return known
    # It imports the parser, which is not called otherwise.
    from cip_lint.manifests.node_values import value_of_nodes  # noqa: PLC0415

    return value_of_nodes(text, marks, is_sharing=is_sharing) or (None, len(text))


def _line_reader() -> Callable[[str, bool], tuple[Any, int] | None] | None:
    """Return the reader of lines, if it is compiled."""
    try:
        from cip_lint.manifests.whole_lines import line_value  # noqa: PLC0415
    except (ImportError, AttributeError):  # none is there, or one of other sources
        return None
    return line_value


def _event_reader() -> EventReader | None:
    """Return the reader of events, if it is compiled and finds its libyaml."""
    try:
        from cip_lint.manifests.event_values import EventReader  # noqa: PLC0415

        package = find_spec("yaml")
        for folder in (package and package.submodule_search_locations) or ():
            return EventReader(f"{folder}/_yaml{EXTENSION_SUFFIXES[0]}")
    except (ImportError, AttributeError):
        pass
    return None


line_reader = _line_reader()
event_reader = _event_reader()


def reads_compiled() -> bool:
    """Tell whether easy documents are read by compiled code."""
    return line_reader is not None and event_reader is not None
