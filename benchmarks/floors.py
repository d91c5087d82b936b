"""The least that a check could cost: two floors, measured in a process of their own.

    python benchmarks/floors.py parse PATH...
    python benchmarks/floors.py read PATH...

``parse`` composes to nodes, with libyaml and nothing else, the very documents that
cip-lint would read values from; cutting and choosing them is not counted. ``read``
reads the bytes of the same files. Each prints one line of JSON: seconds of CPU and
of wall clock, documents, bytes.
"""

from __future__ import annotations

import contextlib
import gc
import json
import sys
import time
from collections.abc import Iterator, Sequence

from yaml import YAMLError
from yaml._yaml import CParser

from cip_lint.manifests import ReadOptions, relevant_documents


class Composer(CParser):
    """libyaml's parser with PyYAML's nodes; tags are left alone."""

    def resolve(self, kind: object, value: object, implicit: object) -> None:
        """Return no tag: a node without a meaning."""

    def descend_resolver(self, parent: object, index: object) -> None:
        """Do nothing: no path resolvers."""

    def ascend_resolver(self) -> None:
        """Do nothing: no path resolvers."""


def compose(documents: Sequence[bytes]) -> None:
    """Compose each document to nodes and drop them; a broken one ends there."""
    for document in documents:
        parser = Composer(document)
        with contextlib.suppress(YAMLError):
            while parser.check_node():
                parser.get_node()


def main(arguments: Sequence[str]) -> int:
    """Measure one floor over the paths and print it."""
    kind, *paths = arguments
    pieces: Iterator[tuple[str, bytes]] = relevant_documents(paths, ReadOptions())
    documents = list(pieces)
    gc.disable()
    wall, cpu = time.perf_counter(), time.process_time()
    if kind == "parse":
        compose([text for _, text in documents])
    else:
        for path in dict.fromkeys(path for path, _ in documents):
            with open(path, "rb") as file:  # noqa: PTH123 - the bare cost
                file.read()
    spent = {
        "cpu": time.process_time() - cpu,
        "wall": time.perf_counter() - wall,
        "documents": len(documents),
        "bytes": sum(len(text) for _, text in documents),
    }
    print(json.dumps(spent))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
