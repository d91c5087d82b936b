"""The least that a check could cost: floors, each measured in a process of its own.

    python benchmarks/floors.py parse PATH...
    python benchmarks/floors.py read PATH...
    python benchmarks/floors.py cut FILE PATH...
    python benchmarks/floors.py compose FILE

``parse`` composes to nodes, with libyaml and nothing else, the very documents that
cip-lint would read values from; cutting and choosing them is not counted, and neither
are tags: PyYAML's own ``compose`` with its ``CSafeLoader`` finds a tag for each
scalar, and takes half as long again. ``read`` reads the bytes of the same files. Each
prints one line of JSON: seconds of CPU and of wall clock, documents, bytes.

``cut`` writes the documents to a file, and ``compose`` does nothing but compose those:
a whole process, from the start of the interpreter on, to hold a whole check against.
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

LENGTH_BYTES = 8
"""Before each document of a cut file stands its length."""


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


def relevant(paths: Sequence[str]) -> list[tuple[str, bytes]]:
    """Return the documents that cip-lint would read values from, with their files."""
    # A process that only composes imports nothing of cip-lint.
    from cip_lint.manifests import (  # noqa: PLC0415
        ReadOptions,
        relevant_documents,
    )

    return list(relevant_documents(paths, ReadOptions()))


def cut(out: str, paths: Sequence[str]) -> None:
    """Write the relevant documents to one file."""
    with open(out, "wb") as file:  # noqa: PTH123
        file.writelines(
            len(text).to_bytes(LENGTH_BYTES) + text for _, text in relevant(paths)
        )


def written(path: str) -> Iterator[bytes]:
    """Yield the documents of a file that ``cut`` wrote."""
    with open(path, "rb") as file:  # noqa: PTH123 - pathlib is an import more
        while length := file.read(LENGTH_BYTES):
            yield file.read(int.from_bytes(length))


def main(arguments: Sequence[str]) -> int:
    """Measure one floor over the paths and print it."""
    kind, *paths = arguments
    if kind == "cut":
        cut(paths[0], paths[1:])
        return 0
    gc.disable()
    if kind == "compose":
        compose(list(written(paths[0])))
        return 0
    documents = relevant(paths)
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
