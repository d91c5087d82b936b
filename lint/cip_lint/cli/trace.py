"""``cip-lint trace``: what happens when a workload calls a Service, or all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from cip_lint.cli import options
from cip_lint.cli.exits import Exit

if TYPE_CHECKING:
    from cip_lint.cli.console import Console
    from cip_lint.cli.pipeline import Run
    from cip_lint.model import Finding
    from cip_lint.replay import ServiceTable
    from cip_lint.replay.tracing.hops import Trace

_LONG = 100
FORMATS = ("text", "json")
GRAPH_FORMATS = ("mermaid", "dot", "json")


@options.command("trace", options_metavar="[OPTIONS]")
@click.argument("arguments", nargs=-1, metavar="FROM TO [PATHS]...")
@click.option(
    "--all",
    "draws_all",
    is_flag=True,
    help="Draw who calls whom: --all [PATHS], without FROM and TO.",
)
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    metavar="FORMAT[=FILE]",
    help="text, json; with --all mermaid, dot, json; repeatable.",
)
@options.stacked(
    (*options.CLUSTER_OPTIONS, *options.READING_OPTIONS, *options.CONFIG_OPTIONS)
)
@click.option("-q", "--quiet", is_flag=True, help="Print what is asked for only.")
@click.pass_context
def command(ctx: click.Context, /, **_params: Any) -> int:
    """Show what happens when a workload calls a Service, hop by hop.

    FROM is the workload: web, deploy/web, shop/web or shop/deploy/web; or an object
    that names the Service: ingress/shop, httproute/shop, a webhook. TO is what it
    calls: a URL, HOST[:PORT] or NAMESPACE/SERVICE[:PORT]. The manifests of both are
    below PATHS. The hops: the name as the pods of FROM resolve it, the Service, its
    port, the pods behind it, NetworkPolicies; or the one at which the call breaks.

    With --all: the graph of all calls that the manifests speak of, in variables,
    arguments, ConfigMaps, Ingresses, routes and webhooks.

    Exit code 0: nothing is known that breaks it; 1: it breaks; 2: it could not be
    worked out.
    """
    arguments = ctx.params["arguments"]
    if ctx.params["draws_all"]:
        ctx.params["paths"] = arguments
        return _graph(ctx)
    if len(arguments) < 2:
        missing = "FROM" if not arguments else "TO"
        raise click.UsageError(f"Missing argument '{missing}'; or say --all.", ctx)
    caller, target, *ctx.params["paths"] = arguments
    return _call(ctx, caller, target)


def _read(
    ctx: click.Context, screen: Console
) -> tuple[Run, Sequence[ServiceTable]] | None:
    """Return a run and its tables; None where its settings are wrong."""
    from cip_lint.cli import outputs, views

    read = views.tables(options.request(ctx), screen)
    if read is not None:
        outputs.note_losses(read[0].reading, screen)
    return read


def _call(ctx: click.Context, caller: str, target: str) -> int:
    from cip_lint.cli import console, outputs, views
    from cip_lint.replay.tracing.hops import State
    from cip_lint.report.trace import TRACE_FORMATS

    chosen = outputs.targets(ctx.params["outputs"] or ("text",), FORMATS)
    screen = console.Console("never", quiet=ctx.params["quiet"])
    read = _read(ctx, screen)
    if read is None:
        return Exit.TROUBLE
    run, tables = read
    made = _traced(tables, caller, target, screen.note)
    findings = _findings(run, screen)
    for format_name, file in chosen:
        views.show(TRACE_FORMATS[format_name](made, findings), file, screen)
    if run.failed:
        return Exit.TROUBLE
    return Exit.FINDINGS if made.state is State.BROKEN else Exit.CLEAN


def _findings(run: Run, screen: Console) -> Sequence[Finding]:
    """Return what the rules say; nothing where what the settings say of them is wrong."""
    from cip_lint.cli import outputs

    known = run.problems
    run.choices()
    if run.problems != known:
        outputs.print_problems(run, screen)
    if not run.usable:
        return ()
    report = run.check()
    for error in report.errors:
        screen.say(f"cip-lint: {error}")
    return report.findings


def _graph(ctx: click.Context) -> int:
    from cip_lint.cli import console, outputs, views
    from cip_lint.replay.tracing.graph import call_graph
    from cip_lint.replay.tracing.hops import State
    from cip_lint.report import graph_dot, graph_json, graph_mermaid

    formats = {
        "mermaid": graph_mermaid.render,
        "dot": graph_dot.render,
        "json": graph_json.render,
    }
    chosen = outputs.targets(ctx.params["outputs"] or ("mermaid",), GRAPH_FORMATS)
    screen = console.Console("never", quiet=ctx.params["quiet"])
    read = _read(ctx, screen)
    if read is None:
        return Exit.TROUBLE
    run, tables = read
    graphs = [call_graph(table) for table in tables]
    for format_name, file in chosen:
        views.show(formats[format_name](graphs), file, screen)
    edges = sum(len(one.edges) for one in graphs)
    if edges > graph_mermaid.MOST_EDGES and "mermaid" in dict(chosen):
        screen.note(
            f"cip-lint: {edges} edges; Mermaid draws {graph_mermaid.MOST_EDGES} "
            "unless its maxEdges is raised"
        )
    outputs.print_failures(run, screen)
    if run.failed:
        return Exit.TROUBLE
    broken = any(one.state is State.BROKEN for one in graphs)
    return Exit.FINDINGS if broken else Exit.CLEAN


def _traced(
    tables: Sequence[ServiceTable],
    caller: str,
    target: str,
    note: Callable[[str], None],
) -> Trace:
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
            found = workloads.referrer(tables, caller, sends_to, note)
            if found is not None:
                table, references = found
                return Tracer(table).named(references, wanted)
        table, member = workloads.workload(tables, caller, note)
        return Tracer(table).call(member, wanted)
    except TargetError as error:
        raise UsageError(f"{shown(target, _LONG)}: {shown(str(error))}") from None
