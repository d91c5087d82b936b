"""``cip-lint completion``: what a shell needs to complete commands and rule ids."""

from __future__ import annotations

import click

from cip_lint.cli.exits import Exit

_VARIABLE = "_CIP_LINT_COMPLETE"


@click.command("completion", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> int:
    """Print a completion script for SHELL, to be sourced by it."""
    from click.shell_completion import get_completion_class

    from cip_lint.cli.app import group
    from cip_lint.cli.console import Console

    found = get_completion_class(shell)
    assert found is not None
    Console().out(found(group, {}, "cip-lint", _VARIABLE).source())
    return Exit.CLEAN
