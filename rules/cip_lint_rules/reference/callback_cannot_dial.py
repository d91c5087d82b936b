"""The rule ``reference.callback-cannot-dial``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.kube.reference_kinds import Purpose
from cip_lint.model import Label, Resource, Severity
from cip_lint.records import NamedTuple
from cip_lint.replay import ServiceRow
from cip_lint.replay.references import Use
from cip_lint.rule import Context, Problem, Stage, referring, rule
from cip_lint_rules.reference._uses import joined, name_label, others, topic


class Called(NamedTuple):
    """A Service that the API server is to call."""

    use: Use
    row: ServiceRow

    @property
    def resource(self) -> Resource:
        """The object that asks for the calls."""
        return self.use.resource


class _Why(NamedTuple):
    """Why a Service cannot be called, and what shows it."""

    clause: str
    label: Label
    note: str
    help: str


def _called(cx: Context) -> Iterator[Called]:
    for use in joined(cx):
        if use.row is not None and use.first.said.row.purpose is Purpose.CALLBACK:
            yield Called(use, use.row)


@rule(
    "reference.callback-cannot-dial",
    severity=Severity.ERROR,
    on=_called,
    needs=referring,
    stage=Stage.NAMES,
    since="0.1.0",
    hides=("reference.port-unknown",),
    kinds=(
        "ValidatingWebhookConfiguration",
        "MutatingWebhookConfiguration",
        "APIService",
        "CustomResourceDefinition",
    ),
)
def callback_cannot_dial(called: Called, cx: Context) -> Iterator[Problem]:
    """The API server cannot call this Service.

    ## Why it matters

    The API server has no cluster DNS and no proxy of its own. It takes the Service
    from its store and dials the cluster IP, over TCP. A headless Service has none, so
    every call fails: with `failurePolicy: Fail` nothing that the webhook watches can
    be changed any more, and an APIService is not available.

    An API server that routes to endpoints (`--enable-aggregator-routing`) dials pods
    instead: then a headless Service works, and one of type ExternalName does not. The
    option `aggregatorRouting: true` says so:

    ```yaml file=.cip-lint.yaml
    rules:
      reference.callback-cannot-dial:
        aggregatorRouting: true
    ```

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: hook
      namespace: ops
    spec:
      clusterIP: None
      selector:
        app: hook
      ports:
        - port: 443
    ---
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingWebhookConfiguration
    metadata:
      name: check
    webhooks:
      - name: check.example.com
        clientConfig:
          service:
            namespace: ops
            name: hook
        admissionReviewVersions: [v1]
        sideEffects: None
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: hook
      namespace: ops
    spec:
      selector:
        app: hook
      ports:
        - port: 443
    ---
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingWebhookConfiguration
    metadata:
      name: check
    webhooks:
      - name: check.example.com
        clientConfig:
          service:
            namespace: ops
            name: hook
        admissionReviewVersions: [v1]
        sideEffects: None
    ```

    ## References

    - [Contacting the webhook](https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#contacting-the-webhook)
    """
    use = called.use
    why = _why(called, to_endpoints=cx.options.get("aggregatorRouting") is True)
    if why is None:
        return
    yield Problem(
        f"{use.member.display} calls Service {use.first.display}, {why.clause}",
        at=name_label(use.first, "the API server cannot dial this Service"),
        related=(*others(use.references, "here too"), why.label),
        notes=(why.note,),
        help=why.help,
        topic=topic(use),
    )


def _why(called: Called, *, to_endpoints: bool) -> _Why | None:
    """Return why the API server cannot dial; None where it can.

    Follows ``staging/src/k8s.io/apiserver/pkg/util/proxy/proxy.go``.
    """
    row, service = called.row, called.row.service
    resource = row.resource
    if service.type == "ExternalName":
        if not to_endpoints:
            return None
        return _Why(
            "which is of type ExternalName",
            resource.label("spec", "type", text="has no endpoints to route to"),
            f'the API server says: unsupported service type "{service.type}"',
            "give the Service endpoints, or the webhook a url",
        )
    if service.headless and not to_endpoints:
        field = "clusterIP" if resource.get("spec", "clusterIP") else "clusterIPs"
        return _Why(
            "which is headless",
            resource.label("spec", field, text="no address to dial"),
            'the API server says: cannot route to service with ClusterIP "None"; it '
            "is taken not to route to endpoints (option aggregatorRouting)",
            "give the Service a cluster IP",
        )
    return _only_udp(called)


def _only_udp(called: Called) -> _Why | None:
    """Return the port that is dialled, where it does not serve TCP."""
    asked = {one.said.port for one in called.use.references}
    found = [one for one in called.row.service.ports if one.port in asked]
    if not found or any(one.protocol == "TCP" for one in found):
        return None
    port = found[0]
    resource = called.row.resource
    return _Why(
        f"whose port {port.port} is {port.protocol} only",
        resource.label("spec", "ports", port.index, "protocol", text="not TCP"),
        "the API server does not look at the protocol and dials TCP",
        f"serve TCP on port {port.port}",
    )
