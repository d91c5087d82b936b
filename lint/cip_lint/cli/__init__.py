"""The command line: the only room that prints, exits and reads the environment."""

from __future__ import annotations

import sys


def main() -> None:
    """Run ``cip-lint`` with the arguments of the process, and exit."""
    from cip_lint.cli.app import run

    sys.exit(run(sys.argv[1:]))
