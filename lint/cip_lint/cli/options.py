"""The options that several commands share, and what they say about settings.

Every option of a setting has an environment variable: ``--service-cidr`` is
``CIP_LINT_SERVICE_CIDR``. What is given is known with its origin.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from cip_lint.cli.request import Request, Sources
from cip_lint.errors import UsageError
from cip_lint.model import Origin, OriginKind

if TYPE_CHECKING:
    from cip_lint.config.layers import Given, Stated

C = TypeVar("C", bound=Callable[..., Any])
Decorator = Callable[[C], C]

SETTINGS = {
    "service_cidr": ("serviceCIDRs", "--service-cidr"),
    "families": ("families", "--families"),
    "node_port_range": ("nodePortRange", "--node-port-range"),
    "cluster_domain": ("clusterDomain", "--cluster-domain"),
    "kubernetes_version": ("kubernetesVersion", "--kubernetes-version"),
    "distribution": ("distribution", "--distribution"),
    "engine": ("engine", "--engine"),
    "namespace": ("namespace", "--namespace"),
    "complete": ("complete", "--complete"),
    "snapshot": ("snapshot", "--snapshot"),
    "one_cluster": ("oneCluster", "--one-cluster"),
    "profile": ("profile", "--profile"),
    "select": ("select", "--select"),
    "extend_select": ("extendSelect", "--extend-select"),
    "ignore": ("ignore", "--ignore"),
    "severity": ("minimumSeverity", "--severity"),
    "fail_on": ("failOn", "--fail-on"),
    "exclude": ("exclude", "--exclude"),
    "gitignore": ("gitignore", "--gitignore"),
    "build": ("build", "--build"),
    "allow_empty": ("allowEmpty", "--allow-empty"),
    "output": ("output", "--output"),
}
"""Parameter -> key of the settings file, and the flag as origins name it."""

_LISTS = frozenset(
    {"service_cidr", "families", "select", "extend_select", "ignore", "exclude"}
)
"""Parameters that may be repeated or hold commas."""


_PREFIX = "CIP_LINT_"


def variable(flag: str) -> str:
    """Return the environment variable of a flag."""
    return _PREFIX + flag.strip("-").replace("-", "_").upper()


def setting(*flags: str, **how: Any) -> Decorator[C]:
    """Return an option that also has its environment variable."""
    longest = max(flags, key=len).partition("/")[0]
    return click.option(*flags, envvar=variable(longest), show_envvar=False, **how)


class Command(click.Command):
    """A command whose short options are found at once.

    click takes ``-o`` for a long option first, and looks for similar ones where there
    is none; importing what that asks for takes 2 ms.
    """

    def make_parser(self, ctx: click.Context) -> Any:
        """Return a parser that knows short options as if they were long ones."""
        parser = super().make_parser(ctx)
        short = getattr(parser, "_short_opt", {})
        getattr(parser, "_long_opt", {}).update(short)
        return parser


def command(name: str, **how: Any) -> Callable[[Callable[..., Any]], Command]:
    """Return the decorator of a command of this name."""
    return click.command(
        name,
        cls=Command,
        context_settings={"help_option_names": ["-h", "--help"]},
        **how,
    )


def stacked(options: Sequence[Decorator[Any]]) -> Callable[[C], C]:
    """Return one decorator for several options, in the order of the help."""

    def decorate(command: C) -> C:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def _complete_rules(
    _ctx: click.Context, _param: click.Parameter, incomplete: str
) -> list[str]:
    from cip_lint import plugins

    names = [rule.id for rule in plugins.load().rules()]
    families = sorted({name.partition(".")[0] for name in names})
    return [name for name in (*families, *names) if name.startswith(incomplete)]


COMPLETE_RULES = _complete_rules

CLUSTER_OPTIONS: tuple[Decorator[Any], ...] = (
    setting(
        "--service-cidr",
        multiple=True,
        metavar="CIDR",
        help="A range of cluster IPs, primary first; one for each IP family.",
    ),
    setting(
        "--families",
        multiple=True,
        metavar="FAMILY",
        help="The IP families of the cluster, where no range says them.",
    ),
    setting("--node-port-range", metavar="RANGE", help="As 30000-32767."),
    setting("--cluster-domain", metavar="ZONE", help="The DNS zone of the cluster."),
    setting(
        "--kubernetes-version", metavar="VERSION", help="A minor version, as 1.36."
    ),
    setting("--distribution", metavar="NAME", help="Whose defaults hold."),
    setting("--engine", metavar="NAME", help="What applies the manifests."),
    setting(
        "-n",
        "--namespace",
        metavar="NAME",
        help="The namespace of objects that name none.",
    ),
    setting(
        "--complete/--no-complete",
        default=None,
        help="Whether nothing exists outside these files.",
    ),
    setting(
        "--snapshot",
        multiple=True,
        # A list of paths in the variable is parted as PATH is.
        type=click.Path(),
        metavar="FILE",
        help="What the cluster holds: the output of kubectl get -o yaml or json.",
    ),
    click.option(
        "--live", is_flag=True, help="Ask kubectl for what the cluster holds."
    ),
    setting(
        "--one-cluster/--no-one-cluster",
        default=None,
        help="Whether everything read goes to one cluster.",
    ),
    click.option("--cluster", metavar="NAME", help="One of several clusters."),
)

READING_OPTIONS: tuple[Decorator[Any], ...] = (
    click.option(
        "--stdin-filename", metavar="PATH", help="What '-' is called in the output."
    ),
    setting(
        "--exclude", multiple=True, metavar="GLOB", help="Do not read what matches."
    ),
    setting(
        "--gitignore/--no-gitignore",
        default=None,
        help="Whether files that git ignores are left out; they are.",
    ),
    setting(
        "--build/--no-build",
        default=None,
        help="Whether kustomizations are built and charts rendered; they are.",
    ),
    click.option(
        "--cache/--no-cache",
        default=True,
        help="Whether what is read and built is kept for the next run; it is.",
    ),
    setting("--cache-dir", metavar="DIR", help="Where it is kept."),
    setting(
        "--allow-remote/--no-allow-remote",
        default=False,
        help="Whether builds may fetch bases and charts; they may not.",
    ),
    setting(
        "--build-timeout",
        type=click.IntRange(1),
        default=300,
        metavar="SECONDS",
        help="How long all builds together may take (default 300).",
    ),
    click.option(
        "--jobs",
        type=click.IntRange(1),
        metavar="N",
        help="Read with N processes; as many as are worth it otherwise.",
    ),
    setting(
        "--allow-empty/--no-allow-empty",
        default=None,
        help="Whether finding no manifest is all right.",
    ),
)

AGAINST_OPTION: Decorator[Any] = click.option(
    "--against",
    metavar="REV|PATH|FILE",
    help="An earlier state to compare with: a git revision, a folder or a file.",
)

CONFIG_OPTIONS: tuple[Decorator[Any], ...] = (
    setting("--config", metavar="FILE", help="The settings file."),
    click.option("--no-config", is_flag=True, help="Use no settings file."),
    click.option("--no-plugins", is_flag=True, help="Use the built-in rules alone."),
)

PROFILE_OPTION: Decorator[Any] = setting(
    "--profile",
    metavar="NAME",
    help="The rules to start from: errors, default, strict, mesh, policy.",
)


def given(ctx: click.Context) -> Given:
    """Return what the command line and the environment say about settings."""
    from cip_lint.config.layers import Stated

    for misspelt, meant in misspelt_variables(os.environ):
        click.echo(f"cip-lint: {misspelt} is not read; {meant} is", err=True)
    found: dict[str, Stated] = {}
    for name, (key, flag) in SETTINGS.items():
        source = ctx.get_parameter_source(name)
        value = ctx.params.get(name)
        if value is None or value == () or source is ParameterSource.DEFAULT:
            continue
        if source is ParameterSource.ENVIRONMENT:
            origin = Origin(OriginKind.ENVIRONMENT, variable(flag))
        else:
            origin = Origin(OriginKind.FLAG, flag)
        if name in _LISTS:
            value = split(value)
        found[key] = Stated(_checked(name, value, origin), origin)
    return found


_NO_SETTINGS = frozenset(
    f"{_PREFIX}{name}"
    for name in ("ALLOW_REMOTE", "BUILD_TIMEOUT", "CACHE_DIR", "CONFIG", "TRACEBACK")
)
"""Variables that are read, of which a settings file has nothing to say.

A repository decides neither what is fetched for it nor how long that may take.
"""


def misspelt_variables(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the environment variables that are read by nobody, and the one meant.

    Others with the same prefix (the version that a pipeline installs) are nobody's
    concern.
    """
    known = {variable(flag) for _, flag in SETTINGS.values()}
    known |= _NO_SETTINGS
    unknown = [one for one in names if one.startswith(_PREFIX) and one not in known]
    if not unknown:
        return
    from cip_lint.config.nearest import nearest

    words = [name.removeprefix(_PREFIX) for name in known]
    for name in sorted(unknown):
        near = nearest(name.removeprefix(_PREFIX), words)
        if near:
            yield name, _PREFIX + near


def split(values: Iterable[str]) -> tuple[str, ...]:
    """Return the items of values that may each hold several, by commas."""
    return tuple(
        item.strip() for value in values for item in value.split(",") if item.strip()
    )


def _checked(name: str, value: Any, origin: Origin) -> Any:
    """Return a value of a closed set; raises ``UsageError`` with the nearest one."""
    from cip_lint.config import values
    from cip_lint.kube.distributions import NAMES

    known = {
        "profile": values.PROFILES,
        "engine": values.ENGINES,
        "distribution": NAMES,
        "severity": values.LEVELS,
        "fail_on": (*values.LEVELS, "never"),
    }.get(name)
    if known is None or value in known:
        return value
    from cip_lint.config.nearest import nearest

    near = nearest(value, known)
    hint = f"; the nearest is {near}" if near else f"; it can be {', '.join(known)}"
    raise UsageError(f"{origin}: {value!r} is not known{hint}")


def sources(ctx: click.Context) -> Sources:
    """Return where the settings of a command come from; checks contradictions."""
    params = ctx.params
    if params["no_config"] and params["config"]:
        source = ctx.get_parameter_source("config")
        if source is ParameterSource.COMMANDLINE:
            raise UsageError("--config and --no-config contradict each other")
    return Sources(
        config=None if params["no_config"] else params["config"],
        use_config=not params["no_config"],
        plugins=not params["no_plugins"],
        cluster=params.get("cluster"),
    )


def request(
    ctx: click.Context, *, focus: bool = False, honour_ignores: bool = True
) -> Request:
    """Return what the options of a command that reads manifests ask for."""
    return Request(
        paths=ctx.params["paths"],
        given=given(ctx),
        sources=sources(ctx),
        focus=focus,
        honour_ignores=honour_ignores,
        stdin_filename=ctx.params["stdin_filename"],
        jobs=ctx.params["jobs"],
        against=ctx.params.get("against"),
        live=ctx.params["live"],
        cache=ctx.params["cache"],
        cache_folder=_folder(ctx.params["cache_dir"]),
        allow_remote=ctx.params["allow_remote"],
        build_timeout=ctx.params["build_timeout"],
    )


def _folder(stated: str | None) -> Path | None:
    return Path(stated).absolute() if stated else None


def outputs_option(formats: Sequence[str]) -> Decorator[Any]:
    """Return the option for the formats of a view, and the files they go to."""
    return click.option(
        "-o",
        "--output",
        "outputs",
        multiple=True,
        metavar="FORMAT[=FILE]",
        help=f"{', '.join(formats)}; repeatable.",
    )


SEED_OPTION: Decorator[Any] = click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Simulate another run of what the API server draws (default 0).",
)
