"""``cip-lint diff``: how the Services differ from those of an earlier state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cip_lint.cli import options
from cip_lint.cli.exits import Exit

if TYPE_CHECKING:
    from cip_lint.replay.diff import Differences

FORMATS = ("text", "markdown", "json")
FAIL_ON = ("error", "warning", "info", "never")


@options.command("diff")
@click.argument("against", metavar="REV|PATH|FILE")
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@options.outputs_option(FORMATS)
@click.option(
    "--fail-on",
    type=click.Choice(FAIL_ON),
    default="error",
    help="Exit with 1 where a Service is refused (error, the default), where besides"
    " a change has no effect or depends on the order (warning), where anything differs"
    " (info), or never.",
)
@options.stacked(
    (*options.CLUSTER_OPTIONS, *options.READING_OPTIONS, *options.CONFIG_OPTIONS)
)
@click.option("-q", "--quiet", is_flag=True, help="Print the difference only.")
@click.pass_context
def command(ctx: click.Context, /, **_params: Any) -> int:
    """Show how the Services below PATHS differ from an earlier state.

    The earlier state is a revision of git (for a pull request: "$(git merge-base
    main HEAD)"), a folder with the same PATHS or in the place of the only one, or a
    file: manifests, or what 'kubectl get services -A -o yaml' printed.

    For each Service that is new, gone or changed: its type, addresses, ports, node
    ports and endpoints, what the API server refuses, what becomes free.

    Exit code 0: nothing is refused; 1: see --fail-on; 2: it could not be worked out.
    """
    from cip_lint.cli import console, outputs, views
    from cip_lint.report import diff

    params = ctx.params
    chosen = outputs.targets(params["outputs"] or ("text",), FORMATS)
    screen = console.Console("never", quiet=params["quiet"])
    with screen.progress() as progress:
        run = views.read(options.request(ctx), screen, progress)
        if run is None:
            return Exit.TROUBLE
        diffs = run.differences()
    for name, file in chosen:
        views.show(diff.DIFF_FORMATS[name](diffs), file, screen)
    outputs.note_losses(run.reading, screen)
    for notice in diff.notices(diffs):
        screen.note(f"cip-lint: {notice}")
    screen.note(f"{diff.summary(diffs.clusters)}; compared with {diffs.base}.")
    outputs.print_failures(run, screen)
    if run.failed:
        return Exit.TROUBLE
    return _exit_code(diffs, params["fail_on"])


def _exit_code(diffs: Differences, fail_on: str) -> int:
    found = {"error": any(one.refused for one in diffs.clusters)}
    found["warning"] = found["error"] or any(one.risky for one in diffs.clusters)
    found["info"] = any(one.different for one in diffs.clusters)
    return Exit.FINDINGS if found.get(fail_on) else Exit.CLEAN
