"""``cip-lint check``: what is wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from cip_lint.cli import options
from cip_lint.cli.exits import Exit

if TYPE_CHECKING:
    from cip_lint.cli.request import Request
    from cip_lint.model import Report

_OPTIONS = (
    options.setting(
        "-o",
        "--output",
        multiple=True,
        metavar="FORMAT[=FILE]",
        help="full, concise, json, sarif, github, markdown, auto; repeatable.",
    ),
    options.setting(
        "--select",
        multiple=True,
        metavar="RULES",
        help="Run these rules: ids, families or ALL.",
        shell_complete=options.COMPLETE_RULES,
    ),
    options.setting(
        "--extend-select",
        multiple=True,
        metavar="RULES",
        help="Run these besides those of the profile.",
        shell_complete=options.COMPLETE_RULES,
    ),
    options.setting(
        "--ignore",
        multiple=True,
        metavar="RULES",
        help="Do not run these.",
        shell_complete=options.COMPLETE_RULES,
    ),
    options.PROFILE_OPTION,
    options.setting(
        "--severity", metavar="LEVEL", help="Report nothing below error, warning, info."
    ),
    options.setting(
        "--fail-on",
        metavar="LEVEL",
        help="Exit with 1 from error, warning (default) or info on, or never.",
    ),
    click.option("--exit-zero", is_flag=True, help="The same as --fail-on never."),
    click.option(
        "--no-ignores",
        is_flag=True,
        help="Report what comments, annotations and settings ignore.",
    ),
    click.option(
        "--show-suppressed", is_flag=True, help="Also report what is ignored, marked."
    ),
    click.option(
        "--focus",
        is_flag=True,
        help="Read the configured roots, report only what touches PATHS.",
    ),
    options.AGAINST_OPTION,
    *options.CLUSTER_OPTIONS,
    *options.READING_OPTIONS,
    *options.CONFIG_OPTIONS,
    click.option("--statistics", is_flag=True, help="Print counts by rule instead."),
    click.option(
        "--show-files", is_flag=True, help="Print what would be read, and what not."
    ),
    click.option(
        "--show-built",
        is_flag=True,
        help="Print what kustomizations and charts become.",
    ),
    click.option("-q", "--quiet", is_flag=True, help="Print findings only."),
    click.option("-v", "--verbose", is_flag=True, help="Print where the time goes."),
    click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        help="Whether to colour the output.",
    ),
)


@options.command("check")
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@options.stacked(_OPTIONS)
@click.pass_context
def command(ctx: click.Context, /, **_params: Any) -> int:
    """Check the manifests below PATHS; '-' is standard input.

    Without PATHS, the roots of the settings file are read, else this folder.
    """
    from cip_lint import config
    from cip_lint.cli import console, outputs, pipeline
    from cip_lint.timings import Timings

    params = ctx.params
    screen = console.Console(params["color"], quiet=params["quiet"])
    timings = Timings(console.clock)
    request = _request(ctx)
    with screen.progress() as progress:
        run = pipeline.prepare(request, timings)
        writers = outputs.writers(run)
        if run.usable and config.names_rules(run.settings):
            run.choices()
        if not run.usable:
            outputs.emit(run.problem_report(), writers, screen)
            return Exit.TROUBLE
        if run.problems:
            outputs.print_problems(run, screen)
        run.read(progress, meanwhile=run.choose_rules)
        if params["show_files"]:
            screen.out(outputs.files(run.reading))
            return Exit.CLEAN
        if params["show_built"]:
            screen.out(outputs.built(run.reading, terminal=screen.is_terminal))
            return Exit.CLEAN
        run.require_manifests()
        report = run.check(meanwhile=partial(outputs.prepare, writers))
    with timings.phase("report"):
        outputs.write(
            report,
            writers,
            screen,
            statistics=params["statistics"],
            show_suppressed=params["show_suppressed"],
        )
    if params["verbose"]:
        from cip_lint.manifests import reads_compiled

        screen.note(outputs.profile(timings, is_compiled=reads_compiled()))
    return _exit_code(run, report)


def _request(ctx: click.Context) -> Request:
    params = ctx.params
    request = options.request(
        ctx, focus=params["focus"], honour_ignores=not params["no_ignores"]
    )
    if not params["exit_zero"]:
        return request
    from cip_lint.config.layers import Stated
    from cip_lint.model import Origin, OriginKind

    never = Stated("never", Origin(OriginKind.FLAG, "--exit-zero"))
    return request._replace(given={**request.given, "failOn": never})


def _exit_code(run: Any, report: Report) -> int:
    if report.errors or run.failed:
        return Exit.TROUBLE
    fail_on = run.settings.fail_on
    if fail_on is None:
        return Exit.CLEAN
    worst = min((one.severity.rank for one in report.findings), default=len("never"))
    return Exit.FINDINGS if worst <= fail_on.rank else Exit.CLEAN


def check(arguments: Sequence[str]) -> Report:
    """Return the report of a command line of ``check``, printing nothing."""
    from cip_lint.cli import console, pipeline
    from cip_lint.timings import Timings

    with command.make_context("check", list(arguments)) as ctx:
        request = _request(ctx)
    run = pipeline.prepare(request, Timings(console.clock))
    if run.usable:
        run.choices()
    if not run.usable:
        return run.problem_report()
    run.read(None)
    run.require_manifests()
    return run.check()
