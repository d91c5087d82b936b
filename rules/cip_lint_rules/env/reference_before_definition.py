"""The rule ``env.reference-before-definition``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from cip_lint.model import Confidence, Label, Resource, Severity
from cip_lint.records import NamedTuple
from cip_lint.rule import Context, Problem, Stage, rule, variable_readers
from cip_lint_rules._words import brief, listed

if TYPE_CHECKING:
    from cip_lint.replay.environment.reads import EarlyRead


class _Entry(NamedTuple):
    """The references of one value of ``env`` to what is defined below it."""

    reads: tuple[EarlyRead, ...]

    @property
    def resource(self) -> Resource:
        """The workload."""
        return self.reads[0].resource


def _entries(cx: Context) -> Iterable[_Entry]:
    entries: dict[tuple[int, object], list[EarlyRead]] = {}
    for early in cx.table.reads.early:
        key = id(early.resource), early.read.path
        entries.setdefault(key, []).append(early)
    for reads in entries.values():
        yield _Entry(tuple(reads))


@rule(
    "env.reference-before-definition",
    severity=Severity.WARNING,
    on=_entries,
    needs=variable_readers,
    stage=Stage.NAMES,
    since="0.1.0",
    kinds=("workloads",),
)
def reference_before_definition(entry: _Entry, _cx: Context) -> Iterator[Problem]:
    """A value of env refers to an entry that comes later in the list.

    ## Why it matters

    The kubelet works through `env` from top to bottom. A `$(NAME)` in a value is
    replaced by what stands above it, or by `envFrom`; an entry below is not there yet.
    The reference stays as literal text, or, where a Service makes a variable of that
    name, silently becomes the Service's: `REDIS_PORT` becomes `tcp://...`.

    `command` and `args` are replaced last and may refer to every entry.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
        - name: web
          image: example.com/web
          env:
            - name: URL
              value: http://$(HOST):8080
            - name: HOST
              value: api.example.com
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
        - name: web
          image: example.com/web
          env:
            - name: HOST
              value: api.example.com
            - name: URL
              value: http://$(HOST):8080
    ```

    ## References

    - [Define dependent environment variables](https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/)
    """
    first = next((one for one in entry.reads if one.maker is not None), entry.reads[0])
    names = tuple(dict.fromkeys(one.read.name for one in entry.reads))
    yield Problem(
        f"{_reference(first)} is read before it is defined; {_becomes(first)}",
        at=first.read.mention.label("read here"),
        related=tuple(_related(entry.reads, first)),
        help=f"define {listed([brief(name) for name in names])} first",
        confidence=Confidence.CERTAIN if first.maker is None else Confidence.LIKELY,
        topic=first.read.path,
    )


def _reference(early: EarlyRead) -> str:
    return f"$({brief(early.read.name)})"


def _becomes(early: EarlyRead) -> str:
    maker = early.maker
    if maker is None:
        return "it stays literal text"
    return f"it becomes {early.value} of Service {maker.namespace}/{maker.name}"


def _related(reads: Iterable[EarlyRead], first: EarlyRead) -> Iterator[Label]:
    seen: set[str] = set()
    for one in sorted(reads, key=lambda read: read is not first):
        read = one.read
        if read.name in seen:
            continue
        seen.add(read.name)
        yield read.member.resource.label(
            *one.later, "name", text="defined here, too late"
        )
        if one.maker is not None and one.maker.member is not None:
            yield one.maker.member.resource.label(
                "metadata", "name", text="this Service supplies it"
            )
