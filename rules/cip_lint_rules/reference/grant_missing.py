"""The rule ``reference.grant-missing``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cip_lint.bodies import Body, mapping, mappings, text
from cip_lint.cluster import Member
from cip_lint.kube.reference_kinds import Purpose
from cip_lint.model import Confidence, Label, Resource, Severity
from cip_lint.records import NamedTuple
from cip_lint.replay.references import Use
from cip_lint.rule import Context, Problem, Stage, referring, rule
from cip_lint_rules.reference._uses import GATEWAY, joined, topic

_KINDS = ("ReferenceGrant", "ReferencePolicy")
"""Its name today, and the one it had in v1alpha2."""
_ROUTES = ("HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute")
_ENVOY_GATEWAY = "gateway.envoyproxy.io"
_POLICIES = ("SecurityPolicy", "EnvoyExtensionPolicy")
"""Those of Envoy Gateway, which asks for grants as well (``crossNamespaceFrom`` of
envoyproxy/gateway ``internal/gatewayapi``)."""
_ASKING = (
    *((GATEWAY, kind) for kind in _ROUTES),
    *((_ENVOY_GATEWAY, kind) for kind in _POLICIES),
)


class _Crossing(NamedTuple):
    """A Service that a route or a policy names in a namespace other than its own."""

    use: Use
    grants: _Grants

    @property
    def resource(self) -> Resource:
        """The route or policy."""
        return self.use.resource


class _Grants:
    """The grants of a cluster, by the namespace they are in and what they say."""

    def __init__(self, cx: Context) -> None:
        self._cx = cx
        self._allowing: dict[tuple[str, str, str, str, str], list[Member]] = {}
        """Namespace; group, kind and namespace of who asks; name (empty: all)."""
        self._for_routes: dict[tuple[str, str, str, str], list[Member]] = {}
        self._all: dict[str, list[Member]] = {}
        self._unresolved: dict[str, list[Member]] = {}
        for kind in _KINDS:
            for grant in cx.cluster.judged(kind, GATEWAY):
                self._add(grant)

    def _add(self, grant: Member) -> None:
        where = grant.namespace
        self._all.setdefault(where, []).append(grant)
        if self._cx.cluster.unresolved(grant, ("spec",)):
            self._unresolved.setdefault(where, []).append(grant)
            return
        spec = mapping(grant.resource.get("spec"))
        names = {text(to.get("name")) for to in mappings(spec.get("to")) if _is_of(to)}
        for one in mappings(spec.get("from")):
            group, kind = text(one.get("group")), text(one.get("kind"))
            route = (where, group, kind, text(one.get("namespace")))
            self._for_routes.setdefault(route, []).append(grant)
            for name in names:
                self._allowing.setdefault((*route, name), []).append(grant)

    def allow(self, use: Use) -> bool:
        """Whether a grant allows what a route does, or may do so once it is filled in."""
        said, route = use.first.said, _who(use)
        return any(
            self._first(use, found) is not None
            for where in (said.namespace or "", "")
            for found in (
                self._allowing.get((where, *route, said.name), ()),
                self._allowing.get((where, *route, ""), ()),
                self._unresolved.get(where, ()),
            )
        )

    def nearest(self, use: Use) -> tuple[Label, ...]:
        """Return the grant that comes nearest: one for the route, else any."""
        places = (use.first.said.namespace or "", "")
        for where in places:
            found = self._for_routes.get((where, *_who(use)), ())
            grant = self._first(use, found)
            if grant is not None:
                said = "this one is for other Services only"
                return (grant.resource.label("spec", "to", text=said),)
        for where in places:
            grant = self._first(use, self._all.get(where, ()))
            if grant is not None:
                said = f"this one is for other {_noun(use, several=True)} only"
                return (grant.resource.label("spec", "from", text=said),)
        return ()

    def _first(self, use: Use, grants: Sequence[Member]) -> Member | None:
        """Return the first grant that may be in the namespace of the Service."""
        namespace = use.first.said.namespace
        may_mean = self._cx.cluster.may_mean
        fitting = (one for one in grants if may_mean(use.member, one, namespace))
        return next(fitting, None)


def _who(use: Use) -> tuple[str, str, str]:
    """Return what a grant must say of who asks: group, kind and namespace."""
    return use.first.said.row.group, use.member.kind, use.member.namespace


def _noun(use: Use, *, several: bool = False) -> str:
    if use.first.said.row.group == GATEWAY:
        return "routes" if several else "route"
    return "policies" if several else "policy"


def _is_of(entry: Body) -> bool:
    """Whether an entry of ``to`` is for Services."""
    return not entry.get("group") and entry.get("kind") == "Service"


def _across(cx: Context) -> Iterable[_Crossing]:
    if not any(cx.cluster.judged(kind, group) for group, kind in _ASKING):
        return
    grants = _Grants(cx)
    for use in joined(cx):
        said = use.first.said
        if (
            (said.row.group, use.member.kind) in _ASKING
            and said.row.purpose is Purpose.BACKEND
            and said.namespace
            and use.member.namespace not in {"", said.namespace}
            and not _lives(use)
        ):
            yield _Crossing(use, grants)


def _lives(use: Use) -> bool:
    """Whether the Service is in the cluster alone, where a snapshot has no grants."""
    return use.row is not None and use.row.member.living


@rule(
    "reference.grant-missing",
    severity=Severity.ERROR,
    also=(Severity.WARNING,),
    on=_across,
    needs=referring,
    stage=Stage.NAMES,
    since="0.1.0",
    hides=(
        "reference.callback-cannot-dial",
        "reference.port-unknown",
        "reference.external-name-backend",
    ),
    kinds=(*_ROUTES, *_POLICIES, "ReferenceGrant"),
)
def grant_missing(crossing: _Crossing, cx: Context) -> Iterator[Problem]:
    """A route crosses namespaces and no ReferenceGrant allows it.

    ## Why it matters

    A route may name a Service of another namespace only where a ReferenceGrant of that
    namespace allows it. Without one the route is accepted, its status says
    RefNotPermitted, and requests for that backend get 500. Envoy Gateway asks the same
    of what its policies name, and does not accept the policy.

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
    use, grants = crossing
    if grants.allow(use):
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
        label=f"another namespace than that of the {_noun(use)}",
        related=(*grants.nearest(use), *_others(use)),
        notes=(
            "requests for this backend get 500 (RefNotPermitted)"
            if use.first.said.row.group == GATEWAY
            else "Envoy Gateway does not accept the policy",
            *((f"nothing else exists here: {world.origin}",) if world.closed else ()),
        ),
        help=f"add a ReferenceGrant in {said.namespace} from "
        f"{member.kind}/{member.namespace}",
        severity=Severity.ERROR if world.closed else Severity.WARNING,
        confidence=Confidence.CERTAIN if world.closed else Confidence.POSSIBLE,
        topic=topic(use),
    )


def _others(use: Use) -> tuple[Label, ...]:
    paths = dict.fromkeys(one.said.namespace_path for one in use.references)
    resource = use.member.resource
    return tuple(
        resource.label(*path, text="and here") for path in list(paths)[1:] if path
    )
