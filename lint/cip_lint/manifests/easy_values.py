"""The value of an easy document: compiled, or by libyaml's nodes.

The compiled reader is there where the installation had a C compiler, and where PyYAML
brings a libyaml whose functions can be found. It takes a third of the time.
"""

from __future__ import annotations

from importlib.machinery import EXTENSION_SUFFIXES
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from cip_lint.manifests.meanings import count_document

if TYPE_CHECKING:
    from cip_lint.manifests.event_values import EventReader


def easy_value(text: str, marks: set[int]) -> tuple[Any, int]:
    """Return the value of the first document, and the offset behind its root node.

    ``marks`` are the offsets at which an anchor or a tag may begin. Raises YamlError,
    and NotEasyError where the document is none of the easy ones.
    """
    is_sharing = count_document()
    if compiled is not None:
        known = compiled.value(text, marks, is_sharing)
        if known is not None:
            return known
    # It imports the parser, which is not called otherwise.
    from cip_lint.manifests.node_values import value_of_nodes  # noqa: PLC0415

    return value_of_nodes(text, marks, is_sharing=is_sharing) or (None, len(text))


def _compiled_reader() -> EventReader | None:
    """Return the compiled reader, if it and its libyaml are there."""
    try:
        from cip_lint.manifests.event_values import EventReader  # noqa: PLC0415

        package = find_spec("yaml")
        for folder in (package and package.submodule_search_locations) or ():
            return EventReader(f"{folder}/_yaml{EXTENSION_SUFFIXES[0]}")
    except (ImportError, AttributeError):  # none is there, or one of other sources
        pass
    return None


compiled: EventReader | None = _compiled_reader()


def reads_compiled() -> bool:
    """Tell whether easy documents are read by compiled code."""
    return compiled is not None
