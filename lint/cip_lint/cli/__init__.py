"""The command line: the only room that prints, exits and reads the environment."""

from __future__ import annotations

import atexit
import contextlib
import gc
import os
import sys


def main() -> None:
    """Run ``cip-lint`` with the arguments of the process, and exit."""
    # What is read and judged lives until the end: the collector would walk all of
    # it again and again, to find nothing.
    gc.disable()
    codes: list[int] = []
    # Registered first, so that it runs behind whatever plugins register.
    atexit.register(_end_at_once, codes)
    from cip_lint.cli.app import run

    codes.append(run(sys.argv[1:]))
    sys.exit(codes[0])


def _end_at_once(codes: list[int]) -> None:
    """End the process without freeing, one by one, the millions of values it holds."""
    if not codes:
        return
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(codes[0])
