"""From a command line to a reading, clusters and a report: one run, step by step."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cip_lint import __version__, config, plugins
from cip_lint.cli import snapshots
from cip_lint.cli.request import Request
from cip_lint.config import Choices, Settings
from cip_lint.config.files import shown_path
from cip_lint.errors import InputError
from cip_lint.manifests import REASONS, SNAPSHOT, Reading, ReadOptions, read
from cip_lint.manifests.recognition import TEMPLATE
from cip_lint.manifests.workers import nothing
from cip_lint.model import Finding, Report, Severity, Summary
from cip_lint.render.surroundings.outcomes import is_needed
from cip_lint.timings import Timings
from cip_lint.words import counted

if TYPE_CHECKING:
    from cip_lint.cli.earlier import Earlier
    from cip_lint.cluster import Cluster
    from cip_lint.replay import ServiceTable
    from cip_lint.replay.diff import Differences
    from cip_lint.store import Kind, Store

    Pairs = list[tuple[Cluster | None, Cluster | None]]
    """Clusters now and before; None where there is none."""


class Run:
    """One run: its settings, and what was read and found so far."""

    def __init__(
        self,
        request: Request,
        settings: Settings,
        loaded: plugins.Plugins,
        timings: Timings,
    ) -> None:
        self.request = request
        self.settings = settings
        self.plugins = loaded
        self.timings = timings
        self.reading: Reading
        self.earlier: Earlier | None = None
        """What the manifests are compared with, where that is asked for."""
        self.snapshots: snapshots.Snapshots = snapshots.NONE
        self.problems: tuple[Finding, ...] = settings.findings
        self._choices: Choices | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths that are read."""
        if self.request.paths and not self.request.focus:
            return tuple(self.request.paths)
        return self.settings.paths or (".",)

    @property
    def usable(self) -> bool:
        """Whether nothing is wrong with the settings, as far as they were looked at."""
        return all(one.severity is not Severity.ERROR for one in self.problems)

    @property
    def failed(self) -> bool:
        """Whether a plugin failed, so that the job is not wholly done."""
        return bool(self.plugins.errors)

    def read(
        self,
        progress: Callable[[int], None] | None,
        meanwhile: Callable[[], object] = nothing,
    ) -> None:
        """Read what the clusters hold, as far as that is said, and all manifests.

        ``meanwhile`` is called once other processes read, where there are many files.
        """
        self._read_snapshots()
        options = ReadOptions(
            exclude=self.settings.exclude,
            gitignore=self.settings.gitignore,
            root=Path.cwd(),
            stdin_filename=self.request.stdin_filename,
            sources=self.plugins.sources(),
            jobs=self.request.jobs,
            snapshots=self.snapshots.files,
            kept=self._store if self.request.cache else None,
        )
        if self.request.against is not None:
            options = self._read_earlier(self.request.against, options)
        stdin = sys.stdin.buffer.read() if "-" in self.paths else None
        with self.timings.phase("read"):
            self.reading = read(self.paths, options, stdin, progress, meanwhile)
        self._build(options.root)

    def _store(self, kind: Kind) -> Store | None:
        from cip_lint.store import opened

        return opened(self.request.cache_folder, kind)

    def _build(self, root: Path) -> None:
        """Build what was read and has to be built, now and before, where wanted."""
        readings = [self.reading]
        if self.earlier is not None:
            readings.append(self.earlier.reading)
        if not self.settings.build or not any(map(is_needed, readings)):
            return
        from cip_lint.cli import builds

        with self.timings.phase("build"):
            how = builds.of_run(self.request, self.settings)
            self.reading = builds.now(self.reading, root, self.paths, how)
            if self.earlier is not None:
                earlier = builds.before(self.earlier, how)
                self.earlier = builds.comparable(earlier, self.reading)

    def _read_snapshots(self) -> None:
        """Read what the clusters hold, where their settings name files of that."""
        if any(one.snapshot.value for one in self.settings.clusters):
            chosen = self.request.sources.cluster
            with self.timings.phase("read snapshot"):
                self.snapshots = snapshots.load(self.settings, chosen)

    def _read_earlier(self, name: str, options: ReadOptions) -> ReadOptions:
        """Read what the manifests are compared with; return how they are read."""
        from cip_lint.cli import against

        with self.timings.phase("read earlier"):
            found = against.find(name, self.paths, options.root)
            self.earlier = found.read(self.paths, options)
            kept_out = found.excluded(self.paths, options.root)
        return options._replace(exclude=(*options.exclude, *kept_out))

    def require_manifests(self) -> None:
        """Raise ``InputError`` where there is nothing to check and that is not wanted."""
        reading = self.reading
        if reading.resources or reading.losses or self.settings.allow_empty:
            return
        met = len(reading.files)
        files = counted(met, "file was", "files were")
        what = f"; {files} met, but no manifest" if met else ""
        reasons = {one.reason for one in reading.files}
        if reasons == {SNAPSHOT}:
            what = f"; {files} met: {REASONS[SNAPSHOT]}"
        elif reasons == {TEMPLATE}:
            what = f"; {files} met: {REASONS[TEMPLATE]}: name the folder of its chart"
        if reading.unbuilt:
            from cip_lint.report.visible import visible

            first = reading.unbuilt[0]
            said = f"{first.path} is not built: {first.why}"
            what = f"; {visible(said)}"
        paths = ", ".join(self.paths)
        raise InputError(f"nothing to check in {paths}{what} (see --show-files)")

    def clusters(self) -> tuple[Cluster, ...]:
        """Return the clusters that the manifests go to: those with any, or the first.

        With ``--cluster``, that one alone.
        """
        clusters, _ = self._gathered()
        name = self.request.sources.cluster
        if name is not None:
            return tuple(one for one in clusters if one.name == name)
        return tuple(one for one in clusters if one.members) or clusters[:1]

    def _wanted_clusters(self) -> tuple[Cluster, ...]:
        """Return the clusters that the manifests go to.

        Raises ``InputError`` where one was asked for and gets nothing, and that is
        not wanted.
        """
        found = self.clusters()
        name = self.request.sources.cluster
        stated = self.settings.clusters
        chosen = next((one for one in stated if one.name == name), None)
        allowed = self.settings.allow_empty or self.reading.losses
        if chosen is None or allowed or any(one.members for one in found):
            return found
        from cip_lint.cluster.shares import why_nothing

        paths = [one.path for one in self.reading.files]
        why = why_nothing(chosen, stated, paths)
        raise InputError(f"nothing to check in cluster {name}: {why}")

    def _gathered(self) -> tuple[tuple[Cluster, ...], Pairs]:
        """Return all clusters, and each beside its earlier self, if there is one."""
        with self.timings.phase("gather"):
            from cip_lint.cluster import partition

            clusters = partition(
                self.reading, self.settings.clusters, self.snapshots.by_paths
            )
            if self.earlier is None:
                return clusters, []
            return clusters, self.earlier.compare(clusters, self.settings.clusters)

    def differences(self) -> Differences:
        """Return how the Service tables differ from those of the earlier state."""
        from cip_lint.cli.differences import differences

        assert self.earlier is not None
        _, found = self._gathered()
        name = self.request.sources.cluster
        with self.timings.phase("table"):
            return differences(
                self.reading,
                self.earlier,
                found,
                name,
                allow_empty=self.settings.allow_empty,
            )

    def tables(self) -> list[ServiceTable]:
        """Return the Service table of each cluster."""
        from cip_lint.replay import service_table

        clusters = self._wanted_clusters()
        with self.timings.phase("table"):
            return [service_table(cluster) for cluster in clusters]

    def choose_rules(self) -> None:
        """Choose the rules and import what runs them: of no use before all is read."""
        from cip_lint import engine

        engine.prepare()
        self.choices()

    def choices(self) -> Choices:
        """Return the rules that run, and how findings are treated.

        What the settings say about rules that nobody knows joins the problems.
        """
        if self._choices is None:
            with self.timings.phase("rules loaded"):
                self._choices = self._chosen()
        return self._choices

    def _chosen(self) -> Choices:
        rules = self.plugins.rules()
        focus = tuple(map(_normal, self.request.paths)) if self.request.focus else ()
        choices, findings = config.choose(
            self.settings,
            rules,
            plugin_of=self.plugins.plugin_of,
            honour_ignores=self.request.honour_ignores,
            focus=focus,
            today=date.today().isoformat(),
        )
        self.problems += findings
        return choices

    def check(self, meanwhile: Callable[[], object] = nothing) -> Report:
        """Return the report of the run.

        ``meanwhile`` is called where this process would wait for another one.
        """
        from cip_lint.engine import check

        report = check(
            self.reading,
            self._wanted_clusters(),
            self.choices(),
            self.timings,
            meanwhile,
        )
        failures = tuple(map(str, self.plugins.errors))
        missing = config.missing_plugin(self.settings)
        if missing is not None:
            failures += (str(missing),)
        return _with_errors(report, failures)

    def problem_report(self) -> Report:
        """Return a report that holds what is wrong with the settings, and no more."""
        error = sum(one.severity is Severity.ERROR for one in self.problems)
        warning = len(self.problems) - error
        return Report(
            version=__version__,
            clusters=(),
            summary=Summary(0, 0, 0, 0, error, warning, 0, 0),
            findings=tuple(sorted(self.problems, key=lambda one: one.sort_key)),
        )


def _normal(path: str) -> str:
    """Return a path as findings carry it: from the working folder, with ``/``."""
    return shown_path(Path(path), Path.cwd())


def _with_errors(report: Report, errors: tuple[str, ...]) -> Report:
    if not errors:
        return report
    return report._replace(errors=(*report.errors, *errors))


def prepare(request: Request, timings: Timings) -> Run:
    """Load plugins and settings; raises ``CipLintError`` for what stops a run."""
    sources = request.sources
    if request.focus:
        from cip_lint.cli import focus

        focus.require(request.paths, request.against)
    with timings.phase("settings"):
        loaded = plugins.load(foreign=sources.plugins)
        settings = config.load(
            request.given,
            loaded,
            arguments=request.paths,
            folder=Path.cwd(),
            file=sources.config,
            use_file=sources.use_config,
        )
        if sources.cluster is not None:
            config.require_cluster(settings, sources.cluster)
        if request.live:
            settings = snapshots.ask_for_live(settings, sources.cluster)
    return Run(request, settings, loaded, timings)
