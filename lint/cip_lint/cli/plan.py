"""``cip-lint plan``: which addresses and node ports are taken, by whom, which are free."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from cip_lint.cli import options
from cip_lint.cli.exits import Exit

if TYPE_CHECKING:
    from cip_lint.cli.console import Console
    from cip_lint.replay import ServiceTable
    from cip_lint.replay.planning.plan import Plan, Zoom

FORMATS = ("text", "json", "csv", "markdown", "svg")
OF = ("address", "IPv4", "IPv6", "node-port")


@options.command("plan")
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@options.outputs_option(FORMATS)
@click.option(
    "--next",
    "wanted",
    type=click.IntRange(1, 65_536),
    metavar="N",
    help="Print N free values of the static band, one a line, and no more.",
)
@click.option(
    "--of",
    "of",
    type=click.Choice(OF, case_sensitive=False),
    default="address",
    help="What --next prints; address is one of the primary family.",
)
@click.option(
    "--zoom", metavar="RANGE", help="Show a part: a CIDR, or 30000-30085 of the ports."
)
@options.SEED_OPTION
@click.option("--ascii", "ascii_only", is_flag=True, help="Draw with ASCII alone.")
@options.stacked(
    (*options.CLUSTER_OPTIONS, *options.READING_OPTIONS, *options.CONFIG_OPTIONS)
)
@click.option("-q", "--quiet", is_flag=True, help="Print the plan only.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Whether to colour the text.",
)
@click.pass_context
def command(ctx: click.Context, /, **_params: Any) -> int:
    """Show the addresses and node ports that the manifests below PATHS take.

    A map of each service CIDR and of the node ports, with the bands, and a table of
    what each object asks for and gets. What the server draws is simulated, one
    possible run for each --seed, and marked as such.

    Exit code 0: all can be placed; 1: something collides or cannot be placed, or
    --next found fewer than N; 2: the job could not be done.
    """
    from cip_lint.cli import console, outputs, views
    from cip_lint.errors import UsageError
    from cip_lint.replay.planning.plan import plan

    params = ctx.params
    screen = console.Console(params["color"], quiet=params["quiet"])
    chosen = outputs.targets(params["outputs"] or ("text",), FORMATS)
    zoom = _zoom(params["zoom"])
    if zoom is not None and params["wanted"]:
        raise UsageError("--next offers of whole ranges: leave --zoom out")
    read = views.tables(options.request(ctx), screen)
    if read is None:
        return Exit.TROUBLE
    run, tables = read
    if params["wanted"]:
        found = _print_next(tables, params["of"], params["wanted"], chosen, screen)
    else:
        plans = [plan(table, zoom, params["seed"]) for table in tables]
        found = _print_plans(plans, chosen, screen, ascii_only=params["ascii_only"])
    outputs.note_losses(run.reading, screen)
    return Exit.TROUBLE if run.failed else found


Targets = Sequence[tuple[str, str | None]]


def _print_plans(
    plans: Sequence[Plan], chosen: Targets, screen: Console, *, ascii_only: bool
) -> Exit:
    from cip_lint.cli import views
    from cip_lint.errors import UsageError
    from cip_lint.report.plan import PLAN_FORMATS
    from cip_lint.report.plan_text import Look

    plans = [one for one in plans if one.ranges]
    if not plans:
        raise UsageError("--zoom: no range of the cluster has a part there")
    for name, file in chosen:
        if file is None:
            unicode = screen.unicode and not ascii_only
            look = Look(screen.room, unicode=unicode, color=screen.color)
        else:
            look = Look(unicode=not ascii_only)
        views.show(PLAN_FORMATS[name](plans, look), file, screen)
    failed = any(one.failed for one in plans)
    return Exit.FINDINGS if failed else Exit.CLEAN


def _zoom(text: str | None) -> Zoom | None:
    """Return what to look at closely; raises ``UsageError``."""
    if text is None:
        return None
    from cip_lint.config.reservations import addresses, node_ports
    from cip_lint.errors import UsageError
    from cip_lint.replay.planning.plan import Zoom

    parse: Any = addresses if "." in text or ":" in text else node_ports
    try:
        return Zoom(*parse(text))
    except ValueError as error:
        raise UsageError(f"--zoom: {error}") from None


def _print_next(
    tables: Sequence[ServiceTable],
    of: str,
    wanted: int,
    chosen: Targets,
    screen: Console,
) -> Exit:
    """Print free values; raises ``UsageError`` where the cluster is not clear."""
    from cip_lint.cli import views
    from cip_lint.errors import UsageError
    from cip_lint.words import counted

    if len(tables) > 1:
        names = ", ".join(table.cluster.name for table in tables)
        raise UsageError(f"--next: there are several clusters ({names}); use --cluster")
    (table,) = tables
    found = list(islice(_free(table, of), wanted))
    for name, file in chosen:
        if name not in {"text", "json"}:
            raise UsageError(f"--next: {name} is no format of it; text and json are")
        views.show(_next_text(name, of, found), file, screen)
    no_range = _no_range(table, of)
    if no_range:
        screen.say(f"cip-lint: {no_range}")
        return Exit.FINDINGS
    screen.note(_assumption(table, of))
    if len(found) == wanted:
        return Exit.CLEAN
    noun = "free node port" if of == "node-port" else "free address"
    several = "free node ports" if of == "node-port" else "free addresses"
    said = counted(len(found), noun, several)
    screen.say(f"cip-lint: {said} in the static band, {wanted} wanted")
    return Exit.FINDINGS


def _no_range(table: ServiceTable, of: str) -> str:
    """Return what is said where a family has no range; empty where it has one."""
    if not of.startswith("IPv") or any(one.family == of for one in table.ranges):
        return ""
    from cip_lint.report.plan_words import stated_by

    known = ", ".join(f"{one.cidr} ({stated_by(one.origin)})" for one in table.ranges)
    return f"no {of} service CIDR is known" + (f", only {known}" if known else "")


def _assumption(table: ServiceTable, of: str) -> str:
    """Return what is said where nobody states the range; empty where somebody does."""
    if of == "node-port":
        ports = table.cluster.settings.node_port_range
        bounds = f"{table.node_ports.first}-{table.node_ports.last}"
        return (
            ""
            if ports.stated
            else f"cip-lint: of {bounds}, assumed; state it to be sure"
        )
    if all(one.stated for one in table.ranges):
        return ""
    cidrs = ", ".join(one.cidr for one in table.ranges if not one.stated)
    return f"cip-lint: of the service CIDR {cidrs}, assumed; state it to be sure"


def _free(table: ServiceTable, of: str) -> Iterable[str]:
    from cip_lint.replay.offers import free_addresses, free_node_ports

    if of == "node-port":
        yield from map(
            str, free_node_ports(table.node_ports, table.offers.node_ports_spoken_for)
        )
        return
    family = of if of != "address" else (table.ranges[0].family if table.ranges else "")
    seen: set[str] = set()
    for one in table.ranges:
        if one.family == family:
            for address in free_addresses(one, table.offers.spoken_for):
                if address not in seen:
                    seen.add(address)
                    yield address


def _next_text(name: str, of: str, found: Sequence[str]) -> str:
    if name == "text":
        return "".join(f"{value}\n" for value in found)
    import json

    values: list[Any] = [int(one) for one in found] if of == "node-port" else [*found]
    return json.dumps({"version": 1, "of": of, "next": values}) + "\n"
