"""The rule ``reference.generated-name-conflict``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.cluster import Member
from cip_lint.kube.version import Version
from cip_lint.model import Severity
from cip_lint.replay import ServiceRow
from cip_lint.rule import Context, Problem, Stage, rule, services
from cip_lint_rules._settings import source

_LEASES_SINCE = Version(1, 20)
_LOCKS = {
    "kube-scheduler": "the scheduler",
    "kube-controller-manager": "the controller manager",
}
"""Endpoints in ``kube-system`` by which these programs once chose their leader."""


@rule(
    "reference.generated-name-conflict",
    severity=Severity.WARNING,
    on=services,
    stage=Stage.NAMES,
    since="0.1.0",
    kinds=("Service", "custom resources"),
)
def generated_name_conflict(row: ServiceRow, cx: Context) -> Iterator[Problem]:
    """A hand-written Service has the name an operator gives its own.

    ## Why it matters

    Operators make Services for their custom resources, with names of a fixed form:
    `<name>-rw` for a CloudNativePG cluster, `<name>-canary` for a Flagger canary. If a
    Service of that name is written by hand as well, the operator overwrites its
    selector and ports, or refuses to go on, and the next apply changes them back.

    ## Example

    ```yaml
    apiVersion: postgresql.cnpg.io/v1
    kind: Cluster
    metadata: {name: pg, namespace: data}
    spec: {instances: 3, storage: {size: 10Gi}}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: pg-rw, namespace: data}
    spec:
      selector: {cnpg.io/cluster: pg, cnpg.io/instanceRole: primary}
      ports: [{port: 5432}]
    ```

    Use instead:

    ```yaml
    apiVersion: postgresql.cnpg.io/v1
    kind: Cluster
    metadata: {name: pg, namespace: data}
    spec: {instances: 3, storage: {size: 10Gi}}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: pg-writer, namespace: data}
    spec:
      selector: {cnpg.io/cluster: pg, cnpg.io/instanceRole: primary}
      ports: [{port: 5432}]
    ```

    ## References

    - [Services of CloudNativePG](https://cloudnative-pg.io/documentation/current/service_management/)
    - [Services of Flagger](https://docs.flagger.app/usage/how-it-works#canary-service)
    """
    if row.member.piece:
        return
    makers = cx.cluster.outside.makers_of_service(row.member.name, row.member)
    for making in makers:
        member, made = making.member, making.made
        if (
            made.always
            and not member.piece
            and cx.cluster.may_mean(row.member, member)
            and not making.wrote(row.member)
        ):
            yield Problem(
                f"{row.display} is also created by {_called(member)}",
                at=row.resource.label("metadata", "name"),
                label=f"the operator of {_called(member)} gives this name",
                related=(
                    member.resource.label(*made.path, text="the name is made of this"),
                ),
                notes=(f"the name is formed in {making.source}",),
                help="rename it; the operator will overwrite or refuse it",
            )
            return
    yield from _lock(row, cx)


def _called(member: Member) -> str:
    """Return what a custom resource is called, apart from a core Service."""
    if member.kind != "Service":
        return member.display
    project = member.resource.group.split(".")[-2]
    return f"{project.capitalize()} {member.display}"


def _lock(row: ServiceRow, cx: Context) -> Iterator[Problem]:
    """Say where old control planes keep their locks in Endpoints of the same name."""
    version = cx.settings.kubernetes_version
    program = _LOCKS.get(row.member.name)
    if (
        program is None
        or row.member.namespace != "kube-system"
        or not version.stated
        or version.value >= _LEASES_SINCE
    ):
        return
    yield Problem(
        f"{row.display} has the name of the lock of {program}",
        at=row.resource.label("metadata", "name"),
        label=f"{program} keeps its leader in Endpoints of this name",
        notes=(f"with Kubernetes {version.value}, {source(version)}",),
        help="rename it; the Endpoints would be overwritten",
    )
