"""The rule ``env.service-has-no-variables``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from cip_lint.cluster.absence import absence
from cip_lint.model import Confidence, Label, Severity
from cip_lint.rule import Context, Problem, Stage, rule, variable_readers
from cip_lint_rules._words import first_few
from cip_lint_rules.env._reads import Reads, fallback, grouped, written

if TYPE_CHECKING:
    from cip_lint.cluster import ServiceMember
    from cip_lint.replay.environment.reads import ServiceRead

_LACKS = frozenset({"headless", "external-name", "port", "other-namespace"})


def _reads(cx: Context) -> Iterable[Reads]:
    found = (one for one in cx.table.reads.all if one.lack in _LACKS and one.certain)
    return grouped(found, _cause)


def _cause(one: ServiceRead) -> tuple[object, ...]:
    port = one.reading.port if one.lack == "port" else ""
    return one.lack, one.reading.service, port


@rule(
    "env.service-has-no-variables",
    severity=Severity.ERROR,
    on=_reads,
    needs=variable_readers,
    stage=Stage.NAMES,
    since="0.1.0",
    kinds=("workloads", "Service"),
)
def service_has_no_variables(reads: Reads, cx: Context) -> Iterator[Problem]:
    """A variable is read that its Service never makes.

    ## Why it matters

    The kubelet makes variables for the Services of the pod's own namespace that have
    a cluster IP, and for the ports they have. A headless Service and one of type
    ExternalName have none, and neither has a port that the Service lacks. The kubelet
    leaves `$(NAME)` as literal text; a shell reads an empty string.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: db
      namespace: shop
    spec:
      clusterIP: None
      ports:
        - port: 5432
    ---
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
      namespace: shop
    spec:
      containers:
        - name: web
          image: example.com/web
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
    spec:
      clusterIP: None
      ports:
        - port: 5432
    ---
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
      namespace: shop
    spec:
      containers:
        - name: web
          image: example.com/web
          args:
            - --host=db.shop.svc
    ```

    ## References

    - [Environment variables](https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables)
    """
    first = reads.first
    service = first.service
    if service is None or (
        first.lack == "other-namespace" and not _is_known_to_miss(first, cx)
    ):
        return
    elsewhere = first.lack == "other-namespace"
    yield Problem(
        f"{written(first)} never exists: {first.why}",
        at=first.read.mention.label("read here"),
        related=(_shown(first, service), *reads.others()),
        help=_help(first, service),
        confidence=Confidence.LIKELY if elsewhere else Confidence.CERTAIN,
        topic=first.read.path,
    )


def _is_known_to_miss(one: ServiceRead, cx: Context) -> bool:
    """Whether the reader's own namespace can be taken not to have the Service."""
    missing = absence(cx.cluster, one.read.member, one.reading.service)
    return missing.closed or missing.unknown is None


def _shown(one: ServiceRead, service: ServiceMember) -> Label:
    """Return a label on what keeps the Service from making the variable."""
    resource = service.resource
    if one.lack == "headless":
        return resource.label("spec", "clusterIP", text="headless: no variables")
    if one.lack == "external-name":
        return resource.label("spec", "type", text="no variables for this type")
    if one.lack == "port":
        return resource.label("spec", "ports", text="these are its ports")
    return resource.label("metadata", "namespace", text="variables stay in here")


def _help(one: ServiceRead, service: ServiceMember) -> str:
    namespace = service.ref.namespace
    if one.lack != "port":
        return fallback(one, service.name, namespace)
    numbered = one.reading.rest.startswith("_PORT_")
    ports = [
        f"{port.port}/{port.protocol or 'TCP'}" if numbered else port.name
        for port in service.service.ports
        if numbered or port.name
    ]
    if not ports:
        return (
            f"name a port of {service.display} so, or read the variable of its number"
        )
    return f"its ports are {first_few(ports)}"
