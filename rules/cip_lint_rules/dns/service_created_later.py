"""The rule ``dns.service-created-later``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cip_lint.cluster import WorkloadMember
from cip_lint.model import Resource, Severity
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple
from cip_lint.replay import ServiceRow
from cip_lint.replay.calls import Call
from cip_lint.replay.order.guarantee import Guarantee
from cip_lint.rule import Context, Problem, Stage, rule, text_holders
from cip_lint_rules._ordering import ordering_labels, put_first
from cip_lint_rules.dns._readers import calls_of

_NEVER_WAIT = frozenset(("kubectl", "kubectl-server-side", "kustomize", "skaffold"))
"""Engines that wait for nothing that they send."""
_LOOP = pattern(r"\b(?:until|while)\b.{0,4000}?\bdone\b", re.DOTALL)
"""A loop of a shell script."""


class Early(NamedTuple):
    """A workload that calls a Service which is sent when it is done."""

    member: WorkloadMember
    row: ServiceRow
    calls: tuple[Call, ...]
    """One or more."""

    @property
    def resource(self) -> Resource:
        """The workload as it was written."""
        return self.member.resource


def _early(cx: Context) -> Iterator[Early]:
    awaited = (
        member
        for member in cx.cluster.judged_workloads
        if not member.piece
        and member.unit.engine not in _NEVER_WAIT
        and member.kind != "CronJob"
    )
    for member, calls in calls_of(awaited, cx):
        found: dict[int, list[Call]] = {}
        for call in calls:
            if call.row is not None and _must_be_answered(member, call):
                found.setdefault(id(call.row), []).append(call)
        for made in found.values():
            row = made[0].row
            if row is not None and _comes_too_late(row, member, cx):
                yield Early(member, row, tuple(made))


def _comes_too_late(row: ServiceRow, member: WorkloadMember, cx: Context) -> bool:
    """Whether a Service is sent when a workload is done, and does not live already."""
    living = cx.table.living
    if living is not None and living.service_of(row.member) is not None:
        return False
    return cx.table.timeline.guarantee(row.member, member) is Guarantee.REVERSED


def _must_be_answered(member: WorkloadMember, call: Call) -> bool:
    """Whether a workload cannot be done before a call of it is answered.

    What keeps running asks DNS again, so of other workloads than Jobs only the init
    containers count. Behind a loop of its script that waits for something else,
    nobody knows what is there when its turn comes.
    """
    container = call.mention.literal.container
    if not _finishes(member) and (container is None or not container.init):
        return False
    if container is not None and container.sidecar:
        return False
    loops = list(_LOOP.finditer(call.mention.literal.text))
    at = call.mention.start
    return not loops or any(loop.start() <= at < loop.end() for loop in loops)


def _finishes(member: WorkloadMember) -> bool:
    """Whether its pods end by themselves; of others engines wait for the readiness."""
    if member.kind == "Pod":
        policy = member.workload.pod_spec.get("restartPolicy")
        return policy in ("Never", "OnFailure")
    return member.kind == "Job"


@rule(
    "dns.service-created-later",
    severity=Severity.ERROR,
    on=_early,
    needs=text_holders,
    stage=Stage.NAMES,
    since="0.1.0",
    kinds=("workloads", "Service"),
    replay=True,
    hides=("env.service-created-later",),
)
def service_created_later(early: Early, cx: Context) -> Iterator[Problem]:
    """A job that must finish first uses the DNS name of a Service that is sent after it.

    ## Why it matters

    Helm waits for the end of a `pre-install` hook before it sends what is no hook;
    Argo CD begins a wave when all of the one before is healthy. A Job that calls a
    Service of a later step fails until somebody sends that Service, and the engine
    waits for the Job: the install never gets there. On clusters that have the Service
    from before nothing is wrong, so it shows on the first install.

    Programs that keep running ask DNS again and are not told, but for their init
    containers. A snapshot that has the Service silences this.

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
    spec:
      ports:
        - port: 5432
    ---
    apiVersion: batch/v1
    kind: Job
    metadata:
      name: migrate
      namespace: shop
      annotations:
        argocd.argoproj.io/hook: PreSync
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: migrate
              image: example.com/migrate
              args: ["--database=postgres://db/shop"]
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: db
      namespace: shop
    spec:
      ports:
        - port: 5432
    ---
    apiVersion: batch/v1
    kind: Job
    metadata:
      name: migrate
      namespace: shop
      annotations:
        argocd.argoproj.io/hook: PostSync
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: migrate
              image: example.com/migrate
              args: ["--database=postgres://db/shop"]
    ```

    ## References

    - [Chart hooks](https://helm.sh/docs/topics/charts_hooks/)
    - [Sync phases and waves](https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/)
    """
    member, service = early.member, early.row.member
    first, *others = early.calls
    end = "finish" if _finishes(member) else "be ready"
    yield Problem(
        f"{member.display} calls {first.host.host} and must {end} before "
        f"{service.display} is sent",
        at=first.mention.label("called here"),
        related=(
            service.resource.label("metadata", "name", text="sent behind it"),
            *ordering_labels(service, member),
            *(call.mention.label("called here too") for call in others),
        ),
        notes=(f"who comes first: {cx.table.timeline.words(member, service)}",),
        help=put_first(service, member, cx),
        topic=("created later", service.ref),
    )
