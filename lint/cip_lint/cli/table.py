"""``cip-lint table``: the Services as the cluster will hold them."""

from __future__ import annotations

from typing import Any

import click

from cip_lint.cli import options
from cip_lint.cli.exits import Exit

FORMATS = ("text", "json", "csv", "markdown")


@options.command("table")
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option(
    "-o",
    "--output",
    "format_name",
    default="text",
    metavar="FORMAT",
    help="text, json, csv, markdown.",
)
@click.option(
    "--wide", is_flag=True, help="Add DNS names, variables, proxy, references."
)
@options.SEED_OPTION
@options.stacked(
    (*options.CLUSTER_OPTIONS, *options.READING_OPTIONS, *options.CONFIG_OPTIONS)
)
@click.option("-q", "--quiet", is_flag=True, help="Print the table only.")
@click.pass_context
def command(ctx: click.Context, /, **_params: Any) -> int:
    """Show the Service table that the manifests below PATHS make.

    For each Service its type, address, ports, endpoints, and whether the API
    server would refuse it. What the server draws is simulated, one possible run for
    each --seed, and marked as such.
    """
    from cip_lint.cli import console, outputs, views
    from cip_lint.report import table

    params = ctx.params
    _check_format(params["format_name"])
    screen = console.Console("never", quiet=params["quiet"])
    read = views.tables(options.request(ctx), screen)
    if read is None:
        return Exit.TROUBLE
    run, tables = read
    render = table.TABLE_FORMATS[params["format_name"]]
    seed = params["seed"]
    simulated = False
    for piece in screen.pieces(render(tables, wide=params["wide"], seed=seed)):
        simulated = simulated or table.SIMULATED in piece
    if simulated:
        screen.note(f"cip-lint: simulated values are those of one run, --seed {seed}")
    outputs.note_losses(run.reading, screen)
    return Exit.TROUBLE if run.failed else Exit.CLEAN


def _check_format(name: str) -> None:
    if name in FORMATS:
        return
    from cip_lint.config.nearest import nearest
    from cip_lint.errors import UsageError

    near = nearest(name, FORMATS)
    hint = f"the nearest is {near}" if near else f"it can be {', '.join(FORMATS)}"
    raise UsageError(f"--output: {name} is no format of the table; {hint}")
