"""The rule ``headless.governing-service-unfit``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.model import Severity
from cip_lint.rule import Context, Problem, Stage, rule, workloads
from cip_lint_rules._governing import Governed, governed


@rule(
    "headless.governing-service-unfit",
    severity=Severity.INFO,
    on=governed,
    needs=workloads,
    stage=Stage.NAMES,
    since="0.1.0",
    profile="strict",
    kinds=("StatefulSet", "Service"),
)
def governing_service_unfit(pods: Governed, cx: Context) -> Iterator[Problem]:
    """The governing Service is not headless, or its selector misses the pods.

    ## Why it matters

    Names of single pods are promised only under a headless Service that selects
    them. As long as nobody reads such a name, nothing is broken; the first one who
    does will not find it.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec:
      selector: {app: web}
      ports: [{port: 80}]
    ---
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: web, namespace: shop}
    spec:
      serviceName: web
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {containers: [{name: web, image: web}]}
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec:
      clusterIP: None
      selector: {app: web}
      ports: [{port: 80}]
    ---
    apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: web, namespace: shop}
    spec:
      serviceName: web
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {containers: [{name: web, image: web}]}
    ```

    ## References

    - [Stable network identity](https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id)
    """
    member = pods.member
    service = cx.cluster.service(member, pods.service_name)
    if service is None or service.service.type == "ExternalName" or service.piece:
        return
    governs = f"{service.display} governs {member.display}"
    at = member.resource.label(*pods.path, text="the governing Service")
    row = cx.table.row_of(service)
    if not service.service.headless:
        field = "clusterIP" if service.resource.get("spec", "clusterIP") else "ports"
        yield Problem(
            f"{governs} but is not headless: its per-pod names are not guaranteed",
            at=at,
            related=(
                service.resource.label("spec", field, text="has an address of its own"),
            ),
            help="add clusterIP: None to a second Service if pods must be addressed",
            resource=member.resource,
        )
    elif (
        row is not None
        and service.service.selector
        and member not in row.selection.workloads
    ):
        yield Problem(
            f"{governs} but does not select its pods: they get no names",
            at=at,
            related=(
                service.resource.label(
                    "spec", "selector", text="does not fit the pods"
                ),
            ),
            help="make the selector fit the pod labels",
            resource=member.resource,
        )
