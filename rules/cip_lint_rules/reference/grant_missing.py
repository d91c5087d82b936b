"""The rule ``reference.grant-missing``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from cip_lint.bodies import mappings
from cip_lint.cluster import Member
from cip_lint.kube.reference_kinds import Purpose
from cip_lint.model import Confidence, Label, Severity
from cip_lint.replay.references import Use
from cip_lint.rule import Context, Problem, Stage, rule
from cip_lint_rules.reference._uses import GATEWAY, joined, topic

_KINDS = ("ReferenceGrant", "ReferencePolicy")
"""Its name today, and the one it had in v1alpha2."""
_ROUTES = ("HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute")


def _across(cx: Context) -> Iterable[Use]:
    """Yield the Services that routes name in a namespace other than their own."""
    if not any(cx.cluster.judged(kind, GATEWAY) for kind in _ROUTES):
        return
    for use in joined(cx):
        first = use.first
        row = first.said.row
        if (
            row.group == GATEWAY
            and row.purpose is Purpose.BACKEND
            and first.said.namespace
            and use.member.namespace not in {"", first.said.namespace}
            and not _lives(use)
        ):
            yield use


def _lives(use: Use) -> bool:
    """Whether the Service is in the cluster alone, where a snapshot has no grants."""
    return use.row is not None and use.row.member.living


class _Grant(NamedTuple):
    """A grant in the namespace of a Service, and whether it allows what a route does."""

    member: Member
    allows: bool
    names_route: bool
    """Whether it names the kind and namespace of the route at all."""


@rule(
    "reference.grant-missing",
    severity=Severity.ERROR,
    also=(Severity.WARNING,),
    on=_across,
    stage=Stage.NAMES,
    since="0.1.0",
    hides=(
        "reference.callback-cannot-dial",
        "reference.port-unknown",
        "reference.external-name-backend",
    ),
    kinds=(*_ROUTES, "ReferenceGrant"),
)
def grant_missing(use: Use, cx: Context) -> Iterator[Problem]:
    """A route crosses namespaces and no ReferenceGrant allows it.

    ## Why it matters

    A route may name a Service of another namespace only where a ReferenceGrant of that
    namespace allows it. Without one the route is accepted, its status says
    RefNotPermitted, and requests for that backend get 500.

    It is an *error* where nothing else can exist, elsewhere a *warning*: somebody else
    may keep the grant.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec:
      selector: {app: web}
      ports: [{port: 80}]
    ---
    apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: {name: all, namespace: edge}
    spec:
      parentRefs: [{name: edge}]
      rules:
        - backendRefs: [{name: web, namespace: shop, port: 80}]
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec:
      selector: {app: web}
      ports: [{port: 80}]
    ---
    apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: {name: all, namespace: edge}
    spec:
      parentRefs: [{name: edge}]
      rules:
        - backendRefs: [{name: web, namespace: shop, port: 80}]
    ---
    apiVersion: gateway.networking.k8s.io/v1
    kind: ReferenceGrant
    metadata: {name: edge, namespace: shop}
    spec:
      from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: edge}]
      to: [{group: "", kind: Service}]
    ```

    ## References

    - [ReferenceGrant](https://gateway-api.sigs.k8s.io/api-types/referencegrant/)
    """
    grants = list(_grants(use, cx))
    if any(grant.allows for grant in grants):
        return
    said = use.first.said
    world = cx.cluster.world(use.member, "Service", said.namespace)
    if not world.closed and world.unknown_services is not None:
        return
    member = use.member
    path = said.namespace_path
    yield Problem(
        f"{member.display} sends to {use.first.display}, and namespace "
        f"{said.namespace} has no ReferenceGrant for it",
        at=member.resource.label(*path),
        label="another namespace than that of the route",
        related=(*_nearest(grants), *_others(use)),
        notes=(
            "requests for this backend get 500 (RefNotPermitted)",
            *((f"nothing else exists here: {world.origin}",) if world.closed else ()),
        ),
        help=f"add a ReferenceGrant in {said.namespace} from "
        f"{member.kind}/{member.namespace}",
        severity=Severity.ERROR if world.closed else Severity.WARNING,
        confidence=Confidence.CERTAIN if world.closed else Confidence.POSSIBLE,
        topic=topic(use),
    )


def _grants(use: Use, cx: Context) -> Iterator[_Grant]:
    """Yield the grants that may be in the namespace of the Service."""
    for kind in _KINDS:
        for grant in cx.cluster.judged(kind, GATEWAY):
            if cx.cluster.may_mean(use.member, grant, use.first.said.namespace):
                if cx.cluster.unresolved(grant, ("spec",)):
                    yield _Grant(grant, allows=True, names_route=False)
                    continue
                spec = grant.resource.get("spec")
                body: Mapping[str, object] = spec if isinstance(spec, dict) else {}
                named = any(_is_from(one, use) for one in mappings(body.get("from")))
                to = any(_is_to(one, use) for one in mappings(body.get("to")))
                yield _Grant(grant, allows=named and to, names_route=named)


def _is_from(entry: Mapping[str, object], use: Use) -> bool:
    return (
        entry.get("group") == GATEWAY
        and entry.get("kind") == use.member.kind
        and entry.get("namespace") == use.member.namespace
    )


def _is_to(entry: Mapping[str, object], use: Use) -> bool:
    return (
        not entry.get("group")
        and entry.get("kind") == "Service"
        and entry.get("name") in {None, "", use.first.said.name}
    )


def _nearest(grants: list[_Grant]) -> tuple[Label, ...]:
    """Return the grant that comes nearest: one that names the route, else any."""
    for grant in sorted(grants, key=lambda one: not one.names_route):
        field = "to" if grant.names_route else "from"
        what = "other Services only" if grant.names_route else "other routes only"
        text = f"this one is for {what}"
        return (grant.member.resource.label("spec", field, text=text),)
    return ()


def _others(use: Use) -> tuple[Label, ...]:
    paths = dict.fromkeys(one.said.namespace_path for one in use.references)
    resource = use.member.resource
    return tuple(
        resource.label(*path, text="and here") for path in list(paths)[1:] if path
    )
