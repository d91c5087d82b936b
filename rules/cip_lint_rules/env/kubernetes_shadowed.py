"""The rule ``env.kubernetes-shadowed``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.kube.service_variables import service_variables
from cip_lint.kube.well_known import MASTER
from cip_lint.model import Label, Severity
from cip_lint.rule import (
    Context,
    Problem,
    ServiceRow,
    Stage,
    WorkloadMember,
    rule,
    services,
)

_API_SERVER = MASTER[1]


class _Port:
    """The port of the API server's own Service."""

    name = "https"
    port = 443
    protocol = "TCP"


@rule(
    "env.kubernetes-shadowed",
    severity=Severity.ERROR,
    on=services,
    stage=Stage.NAMES,
    since="0.1.0",
    hides=("env.link-collision",),
)
def kubernetes_shadowed(row: ServiceRow, cx: Context) -> Iterator[Problem]:
    """A Service takes the place of the API server's own variables.

    ## Why it matters

    Programs in a pod find the API server by `KUBERNETES_SERVICE_HOST` and
    `KUBERNETES_SERVICE_PORT`. The kubelet collects Services by their bare name: one
    called `kubernetes` in the pod's own namespace replaces `default/kubernetes`, and
    every client in that namespace talks to it instead. `kubernetes-service` makes
    `KUBERNETES_SERVICE_PORT` as well, and `kubernetes-port-443-tcp` makes
    `KUBERNETES_PORT_443_TCP_PORT`; which value wins is another one at each start.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: kubernetes
      namespace: shop
    spec:
      ports:
        - port: 8080
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: kubernetes-proxy
      namespace: shop
    spec:
      ports:
        - port: 8080
    ```

    ## References

    - [Accessing the API from within a Pod](https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/)
    """
    member = row.member
    if not member.name.startswith(_API_SERVER) or member.piece or not member.decided:
        return
    if (member.namespace, member.name) == MASTER or not _has_variables(row):
        return
    taken = _taken(row)
    if not taken:
        return
    if not cx.table.variables.may_be_heard(member):
        return
    reader = cx.table.variables.reader_of(member)
    namespace, variable = member.namespace, taken[0]
    at_random = "" if member.name == _API_SERVER else " at random"
    yield Problem(
        f"{member.display} replaces {variable} in namespace {namespace}{at_random}: "
        "in-cluster clients break",
        at=member.resource.label("metadata", "name", text="makes the same variables"),
        related=() if reader is None else (_reader_label(reader),),
        help="rename it",
        resource=member.resource,
    )


def _reader_label(member: WorkloadMember) -> Label:
    text = f"{member.display} is told of it"
    return member.resource.label("metadata", "name", text=text)


def _has_variables(row: ServiceRow) -> bool:
    service = row.service
    return not service.headless and service.type != "ExternalName"


def _taken(row: ServiceRow) -> list[str]:
    """Return the API server's variables that a Service makes too, in order."""
    made = {
        one.name for one in service_variables(row.service.name, row.service.ports, "")
    }
    own = (one.name for one in service_variables(_API_SERVER, (_Port(),), ""))
    return [name for name in own if name in made]
