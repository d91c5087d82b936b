"""The command ``cip-lint``: finds the subcommand, and turns errors into exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from cip_lint import __version__
from cip_lint.cli.exits import Exit
from cip_lint.errors import CipLintError, UsageError

COMMANDS = {
    "check": ("check", "Check manifests; the default command."),
    "table": ("table", "Show the Service table that the manifests make."),
    "diff": ("diff", "Show how the Services differ from those of a revision."),
    "plan": ("plan", "Show which addresses and node ports are taken, and by whom."),
    "trace": ("trace", "Show what happens when a workload calls a Service."),
    "env": ("env", "Show the variables that the containers of a workload find."),
    "rules": ("rules", "List the rules."),
    "explain": ("explain", "Show the page of a rule."),
    "config": ("config", "Show or check the settings, or print their schema."),
    "init": ("init", "Write a first settings file."),
    "completion": ("completion", "Print a completion script for a shell."),
}
"""Command -> its module and what ``--help`` says of it; imported when it runs."""

_ISSUES = "https://github.com/cip-lint/cip-lint/issues"

_LIBYAML = "yaml._yaml"
"""The module of PyYAML that libyaml is in."""
_NO_LIBYAML = (
    "manifests are read by libyaml, which this PyYAML was built without: install one "
    "that has it, with 'pip install --force-reinstall --only-binary :all: pyyaml'"
)


class Commands(click.Group):
    """A group whose default command is ``check`` and whose modules load late."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the names in the order of the help."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """Import and return a command."""
        if name not in COMMANDS:
            return None
        module = import_module(f"cip_lint.cli.{COMMANDS[name][0]}")
        command: click.Command = module.command
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put ``check`` before arguments that begin with no command.

        A shell that completes the first word is offered the commands.
        """
        completes = ctx.resilient_parsing
        if args[:1] and args[0] in {*COMMANDS, "-h", "--help", "--version"}:
            return super().parse_args(ctx, args)
        if args and not completes:
            _refuse_misspelt_command(args[0])
        if args or not completes:
            args = ["check", *args]
        return super().parse_args(ctx, args)

    def format_commands(
        self, _ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


def _refuse_misspelt_command(word: str) -> None:
    """Raise ``UsageError`` for a word that is no path but nearly a command."""
    if word.startswith("-") or os.path.lexists(word):
        return
    from cip_lint.config.nearest import nearest

    if near := nearest(word, COMMANDS):
        raise UsageError(
            f"{word} is neither a path nor a command; did you mean {near}?"
        )


def _print_version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from cip_lint.cli.versions import versions

    click.echo(versions())
    ctx.exit()


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=(
        "'cip-lint PATHS' is 'cip-lint check PATHS'; see 'cip-lint check --help'. "
        "A folder that is named as a command is './rules'."
    ),
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Print the versions of cip-lint, its parser and its plugins.",
)
def group() -> None:
    """Check Kubernetes Services before a cluster has to refuse them."""


def run(arguments: Sequence[str]) -> int:
    """Run a command line; return the exit code."""
    try:
        code = group.main(list(arguments), "cip-lint", standalone_mode=False)
    except click.UsageError as error:
        error.show()
        return Exit.TROUBLE
    except click.ClickException as error:
        _say(error.format_message())
        return Exit.TROUBLE
    except CipLintError as error:
        _say(str(error))
        return Exit.TROUBLE
    except (click.Abort, KeyboardInterrupt):
        return Exit.INTERRUPTED
    except BrokenPipeError:
        from cip_lint.cli.console import forget

        forget(sys.stdout)
        return Exit.CLEAN
    except Exception as error:  # noqa: BLE001 - a fault of ours ends in one line
        if isinstance(error, ImportError) and error.name == _LIBYAML:
            _say(_NO_LIBYAML)
            return Exit.TROUBLE
        return _own_fault(error, arguments)
    return int(code or 0)


def _say(message: str) -> None:
    """Say one line, in which a name from a repository forges nothing."""
    from cip_lint.report.visible import visible

    click.echo(visible(f"cip-lint: {message}"), err=True)


def _own_fault(error: Exception, arguments: Sequence[str]) -> int:
    """Say in one line that cip-lint is at fault, and where the report lies."""
    import tempfile
    import traceback

    text = "".join(traceback.format_exception(error))
    wanted = {"-v", "--verbose"} & set(arguments)
    if wanted or os.environ.get("CIP_LINT_TRACEBACK") == "1":
        click.echo(text, err=True, nl=False)
    with tempfile.NamedTemporaryFile(
        "w", prefix="cip-lint-", suffix=".txt", delete=False, encoding="utf-8"
    ) as report:
        report.write(f"cip-lint {__version__}, Python {sys.version}\n{text}")
    kind = type(error).__name__
    _say(f"a fault of cip-lint ({kind}), reported in {report.name}; see {_ISSUES}")
    return Exit.TROUBLE
