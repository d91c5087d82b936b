"""The rule ``reference.network-policy-opens-service-port``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from cip_lint.model import Confidence, Label, Resource, Severity
from cip_lint.records import NamedTuple
from cip_lint.rule import Context, Problem, Stage, objects, rule
from cip_lint_rules._words import first_few
from cip_lint_rules.reference._listeners import Listeners, Translated
from cip_lint_rules.reference._opened_ports import Opened, is_open, opened_numbers

_MOST = 64
"""How many further policies of a namespace are looked at."""


class _Subject(NamedTuple):
    opened: Opened
    listeners: Listeners

    @property
    def resource(self) -> Resource:
        """The policy."""
        return self.opened.resource


def _opened(cx: Context) -> Iterable[_Subject]:
    if cx.cluster.judged("NetworkPolicy", "networking.k8s.io"):
        listeners = Listeners(cx)
        for opened in opened_numbers(cx.cluster):
            yield _Subject(opened, listeners)


@rule(
    "reference.network-policy-opens-service-port",
    severity=Severity.WARNING,
    on=_opened,
    needs=objects("NetworkPolicy"),
    stage=Stage.NAMES,
    since="0.1.0",
    kinds=("NetworkPolicy", "Service"),
    asks_pods=True,
)
def network_policy_opens_service_port(
    subject: _Subject, _cx: Context
) -> Iterator[Problem]:
    """A NetworkPolicy allows the Service port, traffic arrives on the target port.

    ## Why it matters

    A policy sees a packet behind the translation of the Service address: its port is
    the target port, in the pod. A rule that opens the port of the Service opens a port
    on which nobody listens, and callers of the Service run into a time-out.

    It stays silent where the rule opens the target port too, by its number, by a range
    or by the name of the container port, and where some pod of the policy listens on
    the port itself or does not say where it listens.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec:
      selector: {app: web}
      ports: [{port: 80, targetPort: 8080}]
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {containers: [{name: web, image: web, ports: [{containerPort: 8080}]}]}
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: web, namespace: shop}
    spec:
      podSelector: {matchLabels: {app: web}}
      ingress: [{ports: [{port: 80}]}]
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec:
      selector: {app: web}
      ports: [{port: 80, targetPort: 8080}]
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {containers: [{name: web, image: web, ports: [{containerPort: 8080}]}]}
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: web, namespace: shop}
    spec:
      podSelector: {matchLabels: {app: web}}
      ingress: [{ports: [{port: 8080}]}]
    ```

    ## References

    - [Network policies](https://kubernetes.io/docs/concepts/services-networking/network-policies/)
    """
    opened = subject.opened
    found = subject.listeners.translated(opened)
    if not found or any(_is_open_anyway(opened, one) for one in found):
        return
    if _is_open_to_all(opened, found, subject.listeners):
        return
    first = found[0]
    numbers = list(dict.fromkeys(str(one.number) for one in found))
    yield Problem(
        f"{opened.member.display} opens {opened.number}, {first.row.display} sends to "
        f"{first_few(numbers)}",
        at=opened.resource.label(*opened.path),
        label="this is the port of the Service",
        related=_related(first),
        notes=("a policy sees the port of the pod, behind the Service",),
        help=_help(first),
        confidence=Confidence.LIKELY,
        topic=opened.path,
    )


def _is_open_anyway(opened: Opened, to: Translated) -> bool:
    return is_open(opened.rules, to.member, to.number, opened.protocol)


def _is_open_to_all(
    opened: Opened, found: Sequence[Translated], listeners: Listeners
) -> bool:
    """Whether another policy lets everybody through to all of these pods."""
    if opened.direction == "egress":
        return False
    return any(
        all(
            is_open(other.rules, one.member, one.number, opened.protocol)
            and other.selector.matches(one.member.workload.labels)
            for one in found
        )
        for other in islice(listeners.open_to_all(opened.member), _MOST)
    )


def _related(to: Translated) -> tuple[Label, ...]:
    path = ("spec", "ports", to.port.index)
    resource = to.row.resource
    return (
        resource.label(*path, "port", text="the port of the Service"),
        resource.label(*path, "targetPort", text="traffic arrives here"),
    )


def _help(to: Translated) -> str:
    declared = to.target.port
    if declared is not None and declared.name:
        return f"open {to.number}, or name the container port: {declared.name}"
    return f"open {to.number}, or name the container port"
