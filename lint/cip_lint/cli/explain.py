"""``cip-lint explain``: the page of a rule."""

from __future__ import annotations

import click

from cip_lint.cli import options
from cip_lint.cli.exits import Exit


@options.command("explain")
@click.argument("rule_id", metavar="RULE", shell_complete=options.COMPLETE_RULES)
@click.option(
    "-o",
    "--output",
    "format_name",
    type=click.Choice(["markdown", "json"]),
    default="markdown",
    help="How the page is written.",
)
def command(rule_id: str, format_name: str) -> int:
    """Show what RULE means, why it matters, an example, and how to suppress it."""
    import json

    from cip_lint import plugins
    from cip_lint.cli.console import Console
    from cip_lint.config.selection import nearest_rule
    from cip_lint.errors import UsageError
    from cip_lint.report import rule_list

    rules = {rule.id: rule for rule in plugins.load().loaded_rules()}
    rule = rules.get(rule_id)
    if rule is None:
        near = nearest_rule(rule_id, list(rules))
        hint = f"; the nearest is {near}" if near else "; see 'cip-lint rules'"
        raise UsageError(f"{rule_id} is no rule{hint}")
    if format_name == "json":
        value = {**rule_list.describe(rule), "page": rule_list.page(rule)}
        Console().out(json.dumps(value, indent=2))
    else:
        Console().out(rule_list.page(rule))
    return Exit.CLEAN
