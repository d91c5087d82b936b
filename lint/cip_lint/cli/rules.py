"""``cip-lint rules``: every rule in one line."""

from __future__ import annotations

import click

from cip_lint.cli.exits import Exit


@click.command("rules", context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-o",
    "--output",
    "format_name",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    help="How the list is written.",
)
@click.option("--no-plugins", is_flag=True, help="The built-in rules alone.")
def command(format_name: str, no_plugins: bool) -> int:
    """List the rules: id, severity, the profile that switches it on, summary."""
    from cip_lint import plugins
    from cip_lint.cli.console import Console
    from cip_lint.report import rule_list

    loaded = plugins.load(foreign=not no_plugins)
    rules = loaded.loaded_rules()
    screen = Console()
    screen.out(rule_list.RENDERERS[format_name](rules))
    for error in loaded.errors:
        screen.say(f"cip-lint: {error}")
    return Exit.TROUBLE if loaded.errors else Exit.CLEAN
