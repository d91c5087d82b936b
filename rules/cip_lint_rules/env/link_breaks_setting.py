"""The rule ``env.link-breaks-setting``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from cip_lint.model import Confidence, Label, Resource, Severity
from cip_lint.records import NamedTuple
from cip_lint.rule import Context, Problem, Stage, WorkloadMember, rule, workloads
from cip_lint.words import counted
from cip_lint_rules.env._image_settings import ANY, EXITS, ImageSetting, settings_of

if TYPE_CHECKING:
    from cip_lint.kube.containers import Container
    from cip_lint.replay.environment.links import Link
    from cip_lint.replay.environment.reads import Definitions

_ENOUGH = 2
"""So many variables of one prefix show that a program has it."""


_OF_CLIENTS = frozenset(
    {
        *("ADDR", "ADDRESS", "ENDPOINT", "HOST", "HOSTNAME", "SERVER", "SERVERS"),
        *("SOCKET_ADDR", "URI", "URL", "USER", "USERNAME", "PASS", "PASSWORD"),
        *("SERVICE_ADDR", "SERVICE_URL", "BOOTSTRAP_SERVERS", "BROKERS"),
        *("TYPE", "DB", "DATABASE", "DB_NAME", "TLS", "ENABLED"),
    }
)
"""What the clients of a Service call their settings: they show no prefix."""
_LONGEST = 63
"""No name of a Service has more characters."""


class _Break(NamedTuple):
    """A variable of a Service that a container's program may take for its own."""

    member: WorkloadMember
    container: Container
    variable: str
    value: str
    """What the Service gives it."""
    link: Link
    setting: ImageSetting | None
    """The row that knows it; None where only the names of others point to it."""
    own: tuple[str, ...]
    """The container's own variables of that prefix, where no row knows it."""

    @property
    def resource(self) -> Resource:
        """The workload."""
        return self.member.resource


def _breaks(cx: Context) -> Iterable[_Break]:
    for member in cx.cluster.judged_workloads:
        workload = member.workload
        if member.piece or not workload.enable_service_links:
            continue
        seen: set[str] = set()
        for container in workload.containers:
            for one in _known(member, container, cx):
                seen.add(one.variable)
                yield one
            if cx.strict and ("env" in container.body or "envFrom" in container.body):
                for one in _likely(member, container, cx):
                    if one.variable not in seen:
                        seen.add(one.variable)
                        yield one


def _known(
    member: WorkloadMember, container: Container, cx: Context
) -> Iterator[_Break]:
    """Yield what the table of images, or the configuration, knows of a container."""
    for setting in settings_of(container.image, cx.options.get("images")):
        makers = cx.table.variables.makers(member, setting.variable)
        if makers and _is_open(_definitions(member, container, cx), setting.variable):
            link, value = makers[0]
            yield _Break(member, container, setting.variable, value, link, setting, ())


def _likely(
    member: WorkloadMember, container: Container, cx: Context
) -> Iterator[_Break]:
    """Yield the Services whose prefix a container's own variables have too."""
    defined = _definitions(member, container, cx)
    for prefix, own in _by_prefix(defined).items():
        variable = f"{prefix}_PORT"
        if len(own) < _ENOUGH or not _is_open(defined, variable):
            continue
        makers = cx.table.variables.makers(member, variable)
        for link, value in makers[:1]:
            made = {one.name for one in link.variables}
            others = tuple(
                name
                for name in own
                if name not in made
                and name.removeprefix(f"{prefix}_") not in _OF_CLIENTS
            )
            if len(others) >= _ENOUGH:
                yield _Break(member, container, variable, value, link, None, others)


def _definitions(
    member: WorkloadMember, container: Container, cx: Context
) -> Definitions:
    return cx.table.reads.definitions(member, container)


def _is_open(defined: Definitions, name: str) -> bool:
    """Whether nothing gives a variable a value, not even an empty one."""
    return not defined.define(name, None) and not defined.may_define(name)


def _by_prefix(defined: Definitions) -> Mapping[str, list[str]]:
    """Return the names of a container's own variables by what they begin with."""
    found: dict[str, list[str]] = {}
    for name in sorted(defined.given | defined.entries.keys()):
        at = name.find("_", 1)
        while 0 < at <= _LONGEST:
            found.setdefault(name[:at], []).append(name)
            at = name.find("_", at + 1)
    return found


@rule(
    "env.link-breaks-setting",
    severity=Severity.WARNING,
    also=(Severity.INFO,),
    on=_breaks,
    needs=workloads,
    stage=Stage.NAMES,
    since="0.1.0",
    kinds=("workloads", "Service"),
)
def link_breaks_setting(found: _Break, _cx: Context) -> Iterator[Problem]:
    """A program takes the variable of a Service for one of its own settings.

    ## Why it matters

    A Service `kafka` makes `KAFKA_PORT=tcp://10.96.0.9:9092` for every container of
    its namespace. Programs that read their settings from variables of their own name
    take that for a port number, and fail, often only when the Service was there
    before the pod.

    The images are those of public reports. Profile `strict` adds an *info* where a
    container has two or more variables of its own that begin as the Service's do.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: kafka
      namespace: data
    spec:
      ports:
        - port: 9092
    ---
    apiVersion: v1
    kind: Pod
    metadata:
      name: broker
      namespace: data
    spec:
      containers:
        - name: broker
          image: confluentinc/cp-kafka:7.6.0
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: kafka
      namespace: data
    spec:
      ports:
        - port: 9092
    ---
    apiVersion: v1
    kind: Pod
    metadata:
      name: broker
      namespace: data
    spec:
      enableServiceLinks: false
      containers:
        - name: broker
          image: confluentinc/cp-kafka:7.6.0
    ```

    ## Options

    - `images`: patterns of image names without a tag, each with the variable, or a
      list of those, that its program reads: `{"registry.example.com/shop/*": APP_PORT}`.

    ## References

    - [Accessing the Service](https://kubernetes.io/docs/tutorials/services/connect-applications-service/#accessing-the-service)
    """
    member, container, variable, value, link, setting, own = found
    resource = member.resource
    what = f"Service {link.namespace}/{link.name} injects {variable}={_shown(value)}"
    field = "image" if "image" in container.body else "name"
    if setting is not None:
        program = container.image.rpartition("/")[2].partition(":")[0]
        message = f"{what}, which {program.partition('@')[0]} {setting.effect}"
    else:
        prefix = variable.removesuffix("_PORT")
        message = (
            f"{what} beside {counted(len(own), f'{prefix}_* variable')} "
            f"of container {container.name}"
        )
    yield Problem(
        message,
        at=resource.label(*container.path, field, text="gets the variable too"),
        related=_related(link),
        notes=(f"see {setting.source}",) if setting and setting.source else (),
        help=_help(variable, setting),
        severity=Severity.INFO if setting is None else Severity.WARNING,
        confidence=Confidence.POSSIBLE if setting is None else Confidence.LIKELY,
        topic=variable,
        resource=resource,
    )


def _shown(value: str) -> str:
    """Return a value as a reader knows it: of a URL the protocol, else the number."""
    protocol, mark, _ = value.partition("://")
    if mark:
        return f"{protocol}://..."
    return value if value.isdecimal() else "..."


def _help(variable: str, setting: ImageSetting | None) -> str:
    effect = "" if setting is None else setting.effect
    ways = "set enableServiceLinks: false, or rename the Service"
    if effect == ANY:
        return ways
    return f"{ways}, or set {variable}" + (' to ""' if effect == EXITS else "")


def _related(link: Link) -> tuple[Label, ...]:
    if link.member is None:
        return ()
    text = "makes the variable"
    return (link.member.resource.label("metadata", "name", text=text),)
