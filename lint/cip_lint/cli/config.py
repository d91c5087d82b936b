"""``cip-lint config``: the settings of a run, what is wrong with them, their schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from cip_lint.cli import options
from cip_lint.cli.exits import Exit

if TYPE_CHECKING:
    from cip_lint.cli.pipeline import Run
    from cip_lint.cluster import Cluster
    from cip_lint.cluster.destinations import Destination
    from cip_lint.render.surroundings.targets import StatedRelease

_HELP = {"help_option_names": ["-h", "--help"]}


@click.group("config", context_settings=_HELP)
def command() -> None:
    """Show or check the settings, or print their JSON Schema."""


@command.command("schema", context_settings=_HELP)
def schema() -> int:
    """Print the JSON Schema of .cip-lint.yaml."""
    import cip_lint_schemas
    from cip_lint.cli.console import Console

    Console().out(cip_lint_schemas.text("config"))
    return Exit.CLEAN


@command.command("check", context_settings=_HELP)
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@options.stacked(options.CONFIG_OPTIONS)
@click.pass_context
def check(ctx: click.Context, /, **_params: Any) -> int:
    """Check the settings file alone: nothing else is read.

    PATHS are those of a run: the file is looked for from them upwards.
    """
    from cip_lint.cli import console, outputs, pipeline
    from cip_lint.cli.request import Request
    from cip_lint.config import missing_plugin
    from cip_lint.timings import Timings

    screen = console.Console("auto")
    request = Request(ctx.params["paths"], {}, options.sources(ctx))
    run = pipeline.prepare(request, Timings(console.clock))
    if run.usable:
        run.choices()
    if run.problems:
        outputs.emit(run.problem_report(), outputs.writers(run), screen)
    missing = missing_plugin(run.settings)
    if missing is not None:
        screen.say(f"cip-lint: {missing}")
    outputs.print_failures(run, screen)
    if not run.usable or missing is not None or run.failed:
        return Exit.TROUBLE
    if not run.problems:
        screen.note(f"{run.settings.file or 'no settings file'}: nothing is wrong")
    return Exit.CLEAN


@command.command("show", context_settings=_HELP)
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option(
    "-o",
    "--output",
    "format_name",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How the settings are written.",
)
@options.PROFILE_OPTION
@options.stacked(
    (*options.CLUSTER_OPTIONS, *options.READING_OPTIONS, *options.CONFIG_OPTIONS)
)
@click.pass_context
def show(ctx: click.Context, /, **_params: Any) -> int:
    """Show every setting with its origin, and the units that would be checked."""
    from cip_lint.cli import console, outputs, pipeline
    from cip_lint.timings import Timings

    screen = console.Console("never")
    run = pipeline.prepare(options.request(ctx), Timings(console.clock))
    if run.problems:
        outputs.print_problems(run, screen)
    if not run.usable:
        outputs.print_failures(run, screen)
        return Exit.TROUBLE
    run.read(None)
    value = _document(run)
    if ctx.params["format_name"] == "json":
        screen.out(json.dumps(value, indent=2, default=str))
    else:
        screen.out(_text(value))
    outputs.print_failures(run, screen)
    return Exit.TROUBLE if run.failed else Exit.CLEAN


def _document(run: Run) -> dict[str, Any]:
    from cip_lint.cluster.destinations import destinations
    from cip_lint.engine import accounts
    from cip_lint.report.json_report import cluster_object

    settings = run.settings
    stated = {
        key: {"value": one.value, "origin": str(one.origin)}
        for key, one in settings.stated.items()
    }
    stated.setdefault("profile", {"value": settings.profile, "origin": "default"})
    clusters = []
    for cluster, why in _clusters(run):
        told = cluster_object(accounts.cluster(cluster))
        reserved = [
            {
                "value": entry.text,
                "owner": entry.owner or None,
                "purpose": entry.purpose or None,
                "origin": str(entry.origin),
            }
            for entry in cluster.settings.reserved.entries
        ]
        clusters.append(
            {
                **told,
                "units": list(map(_unit, destinations(cluster))),
                "releases": list(map(_release, cluster.settings.releases)),
                "reserved": reserved,
                "notices": [*why, *cluster.notices],
            }
        )
    return {
        "file": settings.file or None,
        "paths": list(run.paths),
        "exclude": list(settings.exclude),
        "settings": stated,
        "clusters": clusters,
        "notBuilt": [
            {"path": path, "why": why}
            for path, why in dict.fromkeys(
                (one.path, one.why) for one in run.reading.unbuilt
            )
        ],
    }


def _clusters(run: Run) -> Iterator[tuple[Cluster, tuple[str, ...]]]:
    """Yield the clusters of a run, and why those that get nothing do so."""
    from cip_lint.cluster import Cluster
    from cip_lint.cluster.shares import why_nothing

    found = run.clusters()
    paths = [one.path for one in run.reading.files]
    stated = run.settings.clusters
    chosen = run.request.sources.cluster
    known = {one.settings.name for one in found}
    others = (one for one in stated if one.name not in known)
    empty = (Cluster(one, (), ()) for one in others if chosen in {None, one.name})
    for one in (*found, *empty):
        why = () if one.members else (why_nothing(one.settings, stated, paths),)
        yield one, why


def _unit(one: Destination) -> dict[str, Any]:
    """Return an apply unit, where it goes, and what could not be known of it."""
    unit = one.unit
    return {
        "path": unit.root or ".",
        "engine": unit.engine,
        "why": unit.why,
        "namespaces": list(one.namespaces),
        "cluster": unit.cluster,
        "unknown": list(one.unknown),
    }


def _release(one: StatedRelease) -> dict[str, Any]:
    """Return a release that the settings state."""
    return {
        "chart": one.chart or ".",
        "name": one.name or None,
        "namespace": one.namespace or None,
        "values": list(one.files),
        "origin": one.origin,
    }


def _text(value: dict[str, Any]) -> str:
    from cip_lint.report.visible import visible

    lines = [
        f"file      {value['file'] or 'none'}",
        f"paths     {', '.join(value['paths'])}",
    ]
    if value["exclude"]:
        lines.append(f"exclude   {', '.join(value['exclude'])}")
    lines += [
        f"{key:<9} {one['value']}  ({one['origin']})"
        for key, one in value["settings"].items()
    ]
    for cluster in value["clusters"]:
        lines += ["", f"cluster {cluster['name']}"]
        for key, one in cluster["settings"].items():
            shown = one["value"]
            if isinstance(shown, list):
                shown = ", ".join(map(str, shown))
            shown = "-" if shown in (None, "") else shown
            lines.append(f"  {key:<18} {shown}  ({one['origin']})")
        lines += [
            f"  reserved {one['value']} for {one['owner'] or 'nobody'}  "
            f"({one['origin']})"
            for one in cluster["reserved"]
        ]
        lines += map(_release_line, cluster["releases"])
        lines += map(_unit_line, cluster["units"])
        lines += [f"  {notice}" for notice in cluster["notices"]]
    if value["notBuilt"]:
        lines.append("")
    lines += [f"{one['path']} is not built: {one['why']}" for one in value["notBuilt"]]
    return "\n".join(map(visible, lines)) + "\n"


def _release_line(one: dict[str, Any]) -> str:
    named = f" as {one['name']}" if one["name"] else ""
    where = f" in {one['namespace']}" if one["namespace"] else ""
    files = f" with {', '.join(one['values'])}" if one["values"] else ""
    return f"  release of {one['chart']}{named}{where}{files}  ({one['origin']})"


def _unit_line(unit: dict[str, Any]) -> str:
    parts = filter(None, (unit["engine"], *_where(unit), unit["why"]))
    line = f"  unit {unit['path']}: {', '.join(parts)}"
    unknown = "; ".join(unit["unknown"])
    return f"{line}; not known: {unknown}" if unknown else line


def _where(unit: dict[str, Any]) -> Iterator[str]:
    """Yield where a unit goes: ``namespace shop``, ``cluster prod``."""
    names = unit["namespaces"]
    if len(names) > _MOST_NAMES:
        yield f"{len(names)} namespaces"
    elif len(names) > 1:
        yield f"namespaces {', '.join(names[:-1])} and {names[-1]}"
    elif names:
        yield f"namespace {names[0]}"
    if unit["cluster"]:
        yield f"cluster {unit['cluster']}"


_MOST_NAMES = 3
"""So many namespaces of a unit are named."""
