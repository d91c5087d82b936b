"""A copy of the files that a build reads, where the build may put what it fetches.

kustomize puts charts that it pulls beside the kustomization, and nothing of ours is
ever written to a repository.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cip_lint.errors import RefusedError
from cip_lint.records import NamedTuple
from cip_lint.render.surroundings.files import content, is_regular

_MOST_BYTES = 64 << 20


class Mirror(NamedTuple):
    """A copy of a part of a repository."""

    folder: Path
    """The folder that the copy lies in, under the name of the repository."""
    within: Path
    """The folder of the repository."""

    def copy_of(self, file: Path) -> Path:
        """Return where the copy of a file of the repository lies."""
        return self.folder / self.within.name / file.relative_to(self.within)

    def original(self, file: Path) -> Path:
        """Return what a file in the copy is a copy of, or would be."""
        # From a folder beside the one of the repository, the way is the same.
        below = os.path.relpath(file, self.folder)
        return Path(os.path.normpath(self.within.parent / below))


@contextmanager
def mirrored(files: Iterable[Path], within: Path) -> Iterator[Mirror]:
    """Give a copy of some files of a repository, which is gone afterwards.

    Raises ``RefusedError`` where they are too many bytes.
    """
    with tempfile.TemporaryDirectory(prefix="cip-lint-") as made:
        mirror = Mirror(Path(made).resolve(), within)
        left = _MOST_BYTES
        for file in files:
            plain = Path(os.path.normpath(file))
            data = content(plain, within, left)
            if data is not None and plain.is_relative_to(within):
                copy = mirror.copy_of(plain)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(data)
                left -= len(data)
            elif is_regular(plain) and plain.stat().st_size > left:
                raise RefusedError(f"it reads more than {_MOST_BYTES >> 20} MiB")
        yield mirror
