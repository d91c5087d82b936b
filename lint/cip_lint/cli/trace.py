"""``cip-lint trace``: what happens when a workload calls a Service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from cip_lint.cli import options
from cip_lint.cli.exits import Exit

if TYPE_CHECKING:
    from cip_lint.replay import ServiceTable
    from cip_lint.replay.tracing.hops import Trace

_LONG = 100
FORMATS = ("text", "json")


@click.command("trace", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("caller", metavar="FROM")
@click.argument("target", metavar="TO")
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@options.outputs_option(FORMATS)
@options.stacked(
    (*options.CLUSTER_OPTIONS, *options.READING_OPTIONS, *options.CONFIG_OPTIONS)
)
@click.option("-q", "--quiet", is_flag=True, help="Print the hops only.")
@click.pass_context
def command(ctx: click.Context, /, **_params: Any) -> int:
    """Show what happens when a workload calls a Service, hop by hop.

    FROM is the workload: web, deploy/web, shop/web or shop/deploy/web; or an object
    that names the Service: ingress/shop, httproute/shop, a webhook. TO is what it
    calls: a URL, HOST[:PORT] or NAMESPACE/SERVICE[:PORT]. The manifests of both are
    below PATHS. The hops: the name as the pods of FROM resolve it, the Service, its
    port, the pods behind it, NetworkPolicies; or the one at which the call breaks.

    Exit code 0: nothing is known that breaks it; 1: it breaks; 2: it could not be
    worked out.
    """
    from cip_lint.cli import console, outputs, views
    from cip_lint.replay.tracing.hops import State
    from cip_lint.report.trace import TRACE_FORMATS

    params = ctx.params
    chosen = outputs.targets(params["outputs"] or ("text",), FORMATS)
    screen = console.Console("never", quiet=params["quiet"])
    with screen.progress() as progress:
        run = views.read(options.request(ctx), screen, progress)
        if run is None:
            return Exit.TROUBLE
        run.require_manifests()
        tables = run.tables()
    outputs.note_losses(run.reading, screen)
    made = _traced(tables, params["caller"], params["target"])
    run.choices()
    findings = run.check().findings if run.usable else ()
    for format_name, file in chosen:
        views.show(TRACE_FORMATS[format_name](made, findings), file, screen)
    if run.failed:
        return Exit.TROUBLE
    return Exit.FINDINGS if made.state is State.BROKEN else Exit.CLEAN


def _traced(tables: Sequence[ServiceTable], caller: str, target: str) -> Trace:
    """Return the call that is meant; raises ``UsageError``."""
    from cip_lint.cli import workloads
    from cip_lint.errors import UsageError
    from cip_lint.replay.tracing.referring import sends_to
    from cip_lint.replay.tracing.targets import TargetError, read_target
    from cip_lint.replay.tracing.trace import Tracer
    from cip_lint.report.visible import shown

    try:
        wanted = read_target(target)
        if not workloads.is_workload(tables, caller):
            found = workloads.referrer(tables, caller, sends_to)
            if found is not None:
                table, references = found
                return Tracer(table).named(references, wanted)
        table, member = workloads.workload(tables, caller)
        return Tracer(table).call(member, wanted)
    except TargetError as error:
        raise UsageError(f"{shown(target, _LONG)}: {shown(str(error))}") from None
