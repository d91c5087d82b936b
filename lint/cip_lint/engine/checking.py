"""One run: rules, precedence, suppression, and the report of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from cip_lint import __version__
from cip_lint.cluster import Cluster
from cip_lint.config import Choices
from cip_lint.engine import accounts, alike, halves
from cip_lint.engine.candidates import Candidate, Owners, Runner
from cip_lint.engine.directives import (
    Suppression,
    joined,
    of_annotations,
    of_comment,
    of_file_comment,
    of_settings,
)
from cip_lint.engine.findings import finding
from cip_lint.engine.fingerprints import with_fingerprints
from cip_lint.engine.loading import Infos, asked
from cip_lint.engine.precedence import decided
from cip_lint.engine.suppression import directives, suppress
from cip_lint.manifests import Reading
from cip_lint.manifests.comments import loose_comments
from cip_lint.manifests.workers import nothing
from cip_lint.model import Finding, Loss, Report, Resource, Span, Suppressed
from cip_lint.replay import ServiceTable, service_table
from cip_lint.replay.ranges import own_cidrs
from cip_lint.rule import AnyRule, Context
from cip_lint.rule import directives as directives_of_run
from cip_lint.timings import Timings


def check(
    reading: Reading,
    clusters: Sequence[Cluster],
    choices: Choices,
    timings: Timings,
    meanwhile: Callable[[], object] = nothing,
) -> Report:
    """Return everything that the rules find in what was read.

    ``meanwhile`` is called where there is a helper to wait for, once for each cluster.
    A rule that raises is named in ``errors`` of the report; the findings of the
    others are whole.
    """
    runner = Runner(choices, timings.clock)
    with timings.phase("table"):
        tables = [service_table(cluster) for cluster in clusters]
    with timings.phase("rules"):
        told = sorted(
            _judged(reading, clusters, tables, choices, runner, meanwhile),
            key=lambda one: one.finding.sort_key,
        )
        if len(clusters) > 1:
            told = alike.with_clusters(told, _objects_by_cluster(clusters))
        members = (one for cluster in clusters for one in cluster.members)
        resources = (one.resource for one in members)
        findings = with_fingerprints(alike.with_builds(told, resources))
    with timings.phase("suppression"):
        findings, suppressed = _suppressed(
            reading, clusters, tables, choices, runner, findings
        )
        findings = _shown(alike.merged(findings), choices)
    timings.rules = runner.seconds
    return _report(reading, clusters, tables, choices, runner, findings, suppressed)


def _objects_by_cluster(
    clusters: Sequence[Cluster],
) -> Iterator[tuple[str, Iterator[Resource]]]:
    for cluster in clusters:
        yield cluster.name, (one.resource for one in cluster.members)


def _judged(
    reading: Reading,
    clusters: Sequence[Cluster],
    tables: Sequence[ServiceTable],
    choices: Choices,
    runner: Runner,
    meanwhile: Callable[[], object],
) -> Iterator[alike.Told]:
    """Yield what stands in each cluster; what is no cluster's, in the first."""
    for number, (cluster, table) in enumerate(zip(clusters, tables, strict=True)):
        losses = () if number else reading.losses
        said = _said(reading, losses, cluster, table, choices, runner, meanwhile)
        for candidate in decided(said):
            found = finding(candidate, cluster.name, choices)
            if found is not None:
                yield alike.Told(found, candidate.resource)


def _said(
    reading: Reading,
    losses: Sequence[Loss],
    cluster: Cluster,
    table: ServiceTable,
    choices: Choices,
    runner: Runner,
    meanwhile: Callable[[], object],
) -> list[Candidate]:
    """Return what each rule says about one cluster, in the order of the rules."""
    base = _context(cluster, table, choices)._replace(losses=losses)
    owners = Owners(cluster)

    is_met = asked(base)

    def run_rule(rule: AnyRule) -> list[Candidate]:
        cx = _with_options(base, rule, choices)
        return list(runner.run(rule, cx, owners, is_met))

    rules = [rule for rule in choices.rules if rule.needs is not directives_of_run]
    if halves.is_worth_it(cluster):
        living = cluster.snapshot.sources if cluster.snapshot is not None else {}
        sources = {**reading.sources, **living}
        return halves.run(table, rules, sources, run_rule, runner, meanwhile)
    return [candidate for rule in rules for candidate in run_rule(rule)]


def _context(cluster: Cluster, table: ServiceTable, choices: Choices) -> Context:
    return Context(
        cluster,
        table,
        strict=choices.profile == "strict",
        mesh=choices.profile == "mesh",
    )


def _with_options(cx: Context, rule: AnyRule, choices: Choices) -> Context:
    options = choices.options.get(rule.id)
    return cx._replace(options=options) if options else cx


def _suppressed(
    reading: Reading,
    clusters: Sequence[Cluster],
    tables: Sequence[ServiceTable],
    choices: Choices,
    runner: Runner,
    findings: list[Finding],
) -> tuple[list[Finding], list[Suppressed]]:
    """Apply what people chose not to see, then judge these choices themselves."""
    if not choices.honour_ignores:
        return findings, []
    never = frozenset(rule.id for rule in choices.rules if not rule.suppressible)
    suppressions = [*_written(reading, findings), *of_settings(choices)]
    if not suppressions:
        return findings, []
    findings, hidden = suppress(findings, suppressions, never)
    rules = [rule for rule in choices.rules if rule.needs is directives_of_run]
    if rules and clusters:
        ran = _whole(clusters, choices)
        seen = tuple(directives(suppressions, choices, ran, never, _unbuilt(clusters)))
        whole = _context(clusters[0], tables[0], choices)
        cx = whole._replace(directives=seen, losses=reading.losses)
        owners = Owners(clusters[0])
        about = [
            alike.Told(found)
            for rule in rules
            for candidate in runner.run(rule, cx, owners, asked(cx))
            if (found := finding(candidate, clusters[0].name, choices)) is not None
        ]
        findings = [*findings, *with_fingerprints(about)]
    return findings, hidden


def _written(reading: Reading, findings: Iterable[Finding]) -> Iterator[Suppression]:
    """Yield the suppressions in the files that were read, or that findings lie in."""
    met: set[tuple[str, int]] = set()
    for span in _comments(reading, findings):
        place = (span.source.path, span.start)
        if place not in met:
            met.add(place)
            yield from of_comment(span)
            yield from of_file_comment(span)
    yield from joined(
        one for resource in reading.resources for one in of_annotations(resource)
    )


def _comments(reading: Reading, findings: Iterable[Finding]) -> Iterator[Span]:
    """Yield the comments that may be suppressions; some of them more than once."""
    yield from reading.comments()
    is_built = False
    for resource in reading.resources:
        if resource.built_by:
            # Of templates, and of files beyond the paths that were read.
            is_built = True
            for span, _ in resource.places.comments():
                yield span
    if is_built:
        # Of patches, values and texts of generators, wherever they were read.
        read = {one.source.path for one in reading.commented}
        sources = {
            label.span.source.path: label.span.source
            for one in findings
            for label in (one.primary, *one.related)
        }
        for path, source in sources.items():
            if path not in read:
                yield from loose_comments(source)


def _whole(clusters: Sequence[Cluster], choices: Choices) -> frozenset[str]:
    """Return the rules that judged everything: an ignore of theirs can be unused."""
    if choices.focus:
        return frozenset()
    stated = all(_is_stated(cluster) for cluster in clusters)
    return frozenset(rule.id for rule in choices.rules if stated or not rule.replay)


def _unbuilt(clusters: Sequence[Cluster]) -> frozenset[str]:
    """Return the files that hold pieces of builds that were not made."""
    return frozenset(
        member.path
        for cluster in clusters
        for member in cluster.members
        if member.piece
    )


def _is_stated(cluster: Cluster) -> bool:
    settings = cluster.settings
    return any(
        one.stated
        for one in (
            own_cidrs(cluster),
            settings.families,
            settings.node_port_range,
            settings.engine,
        )
    )


def _shown(findings: Iterable[Finding], choices: Choices) -> list[Finding]:
    """Return the findings that are severe enough and touch what is in focus."""
    least = choices.minimum_severity.rank
    return [
        one
        for one in sorted(findings, key=lambda one: one.sort_key)
        if one.severity.rank <= least and (not choices.focus or _touches(one, choices))
    ]


def _touches(one: Finding, choices: Choices) -> bool:
    return any(
        focus in (".", path) or path.startswith(f"{focus}/")
        for focus in choices.focus
        for path in set(one.paths)
    )


def _report(
    reading: Reading,
    clusters: Sequence[Cluster],
    tables: Sequence[ServiceTable],
    choices: Choices,
    runner: Runner,
    findings: Sequence[Finding],
    suppressed: Sequence[Suppressed],
) -> Report:
    return Report(
        version=__version__,
        clusters=tuple(map(accounts.cluster, clusters)),
        summary=accounts.summary(reading, clusters, findings, len(suppressed)),
        findings=tuple(findings),
        suppressed=tuple(suppressed),
        unread=accounts.unread(reading),
        skipped=accounts.skipped(reading),
        footer=_footer(clusters, tables),
        errors=(*accounts.errors(reading), *map(str, runner.errors.values())),
        rules=Infos(choices.rules),
    )


def _footer(
    clusters: Sequence[Cluster], tables: Sequence[ServiceTable]
) -> tuple[str, ...]:
    said: Mapping[str, None] = dict.fromkeys(
        notice
        for cluster, table in zip(clusters, tables, strict=True)
        for notice in (*cluster.notices, *table.notices, *_of_base(cluster))
    )
    return tuple(said)


def _of_base(cluster: Cluster) -> tuple[str, ...]:
    return cluster.base.notices if cluster.base is not None else ()
