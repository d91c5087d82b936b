"""``cip-lint env``: the variables that the containers of a workload find."""

from __future__ import annotations

from typing import Any

import click

from cip_lint.cli import options
from cip_lint.cli.exits import Exit

FORMATS = ("text", "json")


@options.command("env")
@click.argument("workload", metavar="WORKLOAD")
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option(
    "-c", "--container", default="", metavar="NAME", help="One of its containers."
)
@options.outputs_option(FORMATS)
@options.stacked(
    (*options.CLUSTER_OPTIONS, *options.READING_OPTIONS, *options.CONFIG_OPTIONS)
)
@click.option("-q", "--quiet", is_flag=True, help="Print the variables only.")
@click.pass_context
def command(ctx: click.Context, /, **_params: Any) -> int:
    """Show the environment that the kubelet makes for a workload.

    WORKLOAD is web, deploy/web, shop/web or shop/deploy/web; its manifest is one of
    those below PATHS. For each container: the variables of Services, of env and of
    envFrom with their values; which of them the container overrides, which may be
    missing because the Service is created later, and what stays as $(NAME).

    Exit code 0; 2: it could not be worked out.
    """
    from cip_lint.cli import console, outputs, views, workloads
    from cip_lint.replay.environment.workloads import environment_of
    from cip_lint.report.env import ENV_FORMATS

    params = ctx.params
    chosen = outputs.targets(params["outputs"] or ("text",), FORMATS)
    screen = console.Console("never", quiet=params["quiet"])
    read = views.tables(options.request(ctx), screen)
    if read is None:
        return Exit.TROUBLE
    run, tables = read
    outputs.note_losses(run.reading, screen)
    table, member = workloads.workload(tables, params["workload"], screen.note)
    name = workloads.container(member, params["container"])
    made = environment_of(table, member, name)
    for format_name, file in chosen:
        views.show(ENV_FORMATS[format_name](made), file, screen)
    return Exit.TROUBLE if run.failed else Exit.CLEAN
