"""The rule ``env.service-created-later``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from cip_lint.cluster.literals import of_workload
from cip_lint.model import Resource, Severity
from cip_lint.records import NamedTuple
from cip_lint.rule import Context, Problem, Stage, rule, variable_readers
from cip_lint_rules._ordering import ordering_labels, put_first
from cip_lint_rules._pods import BATCH
from cip_lint_rules.env._reads import Reads, grouped

if TYPE_CHECKING:
    from cip_lint.cluster import ServiceMember, WorkloadMember
    from cip_lint.replay.environment.reads import ServiceRead
    from cip_lint.replay.environment.variables import Late

_STATIC = ("kubernetes.io/config.source", "kubernetes.io/config.mirror")
"""Annotations of pods that the kubelet itself makes from files."""


class _Pair(NamedTuple):
    """A workload that reads variables of a Service which may come too late."""

    reads: Reads
    service: ServiceMember
    late: Late

    @property
    def resource(self) -> Resource:
        """The workload."""
        return self.reads.resource

    @property
    def consumer(self) -> WorkloadMember:
        """The workload, as a member."""
        return self.reads.first.read.member


def _pairs(cx: Context) -> Iterable[_Pair]:
    found = (one for one in cx.table.reads.all if one.certain and _maker(one))
    for reads in grouped(found, lambda one: id(one.makers[0])):
        link, member = reads.first.makers[0], reads.first.read.member
        late = cx.table.variables.late(member, link)
        if late is not None and link.member is not None and not _is_static(member):
            yield _Pair(reads, link.member, late)


def _maker(one: ServiceRead) -> bool:
    """Whether one Service of the set alone makes a variable."""
    return len(one.makers) == 1 and one.makers[0].member is not None


def _is_static(member: WorkloadMember) -> bool:
    """Whether the kubelet makes a pod from a file, whatever the API server has."""
    annotations = member.resource.get("metadata", "annotations")
    return isinstance(annotations, dict) and any(key in annotations for key in _STATIC)


@rule(
    "env.service-created-later",
    severity=Severity.WARNING,
    also=(Severity.ERROR, Severity.INFO),
    on=_pairs,
    needs=variable_readers,
    stage=Stage.NAMES,
    since="0.1.0",
    kinds=("workloads", "Service"),
    replay=True,
)
def service_created_later(pair: _Pair, cx: Context) -> Iterator[Problem]:
    """A Service is created after the workload that reads its variables.

    ## Why it matters

    The kubelet works out variables when it starts a container, from the Services that
    there are then. One that comes later is missing until the container starts again:
    the first deploy fails, the second one works. DNS names have no such order, but a
    Service must be there before anything can reach it.

    It is an *error* where the workload must finish, or be ready, before the Service
    is sent at all; a *warning* where nothing puts them in order, or more than twenty
    objects lie between them. Profile `strict` adds an *info* where the Service is
    sent right after the workload, which is mostly in time.

    ## Example

    ```config
    version: 1
    cluster:
      engine: argocd
    ```

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: db
      namespace: shop
      annotations:
        argocd.argoproj.io/sync-wave: "1"
    spec:
      ports:
        - port: 5432
    ---
    apiVersion: batch/v1
    kind: Job
    metadata:
      name: migrate
      namespace: shop
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: migrate
              image: example.com/migrate
              args:
                - --host=$(DB_SERVICE_HOST)
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: db
      namespace: shop
      annotations:
        argocd.argoproj.io/sync-wave: "-1"
    spec:
      ports:
        - port: 5432
    ---
    apiVersion: batch/v1
    kind: Job
    metadata:
      name: migrate
      namespace: shop
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: migrate
              image: example.com/migrate
              args:
                - --host=$(DB_SERVICE_HOST)
    ```

    ## References

    - [Environment variables](https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables)
    """
    severity = _SEVERITIES.get(pair.late.guarantee.value)
    if severity is None or (severity is Severity.INFO and not cx.strict):
        return
    if severity is not Severity.ERROR and _waits(pair):
        return
    first, service = pair.reads.first, pair.service
    name, consumer = first.read.name, pair.consumer
    yield Problem(
        f"{consumer.display} reads {name} and {_order(pair, cx)}",
        at=first.read.mention.label("read here"),
        related=(
            service.resource.label("metadata", "name", text="makes the variable"),
            *ordering_labels(service, consumer),
            *pair.reads.others(),
        ),
        notes=(pair.late.words,),
        help=_help(pair, cx),
        severity=severity,
        topic=("created later", service.ref),
    )


_FINISH = BATCH | {"Pod"}
"""Kinds that an engine waits for until they have run to their end."""
_SEVERITIES = {
    "likely": Severity.INFO,
    "racy": Severity.WARNING,
    "reversed": Severity.ERROR,
}
"""By the guarantee that the order gives; the others are silent."""


def _order(pair: _Pair, cx: Context) -> str:
    """Return how the workload and the Service follow each other."""
    from cip_lint.replay.order.timeline import CLOSE  # noqa: PLC0415 - used by now

    service, timeline = pair.service, cx.table.timeline
    guarantee = pair.late.guarantee.value
    if guarantee == "reversed":
        end = "finish" if pair.consumer.kind in _FINISH else "be ready"
        return f"must {end} before {service.display} is sent: reversed"
    if guarantee == "likely":
        return f"{service.display} is sent right after it, and usually wins"
    if timeline.order(service, pair.consumer).value == "concurrent":
        return f"is sent in no fixed order with {service.display}"
    between = timeline.between(service, pair.consumer)
    if between is None:
        return f"{service.display} is sent after its unit"
    if between <= CLOSE:
        return f"{service.display} is sent after it, with a wait in between"
    return f"{service.display} is sent {between} objects after it"


def _help(pair: _Pair, cx: Context) -> str:
    first = put_first(pair.service, pair.consumer, cx)
    if pair.late.guarantee.value == "reversed" and pair.consumer.kind in _FINISH:
        return first  # its DNS name has no address before it is there
    return f"{first}, or use DNS"


def _waits(pair: _Pair) -> bool:
    """Whether the readers start behind an init container that asks for the Service.

    Variables are worked out for each container when it starts.
    """
    if any(one.read.container.init for one in pair.reads.all):
        return False
    name = re.compile(rf"(?<![\w-]){re.escape(pair.service.name)}(?![\w-])")
    return any(
        literal.container is not None
        and literal.container.init
        and not literal.container.sidecar
        and name.search(literal.text)
        for literal in of_workload(pair.consumer)
    )
