"""The rule ``reference.service-unknown``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cip_lint.cluster import ServiceMember
from cip_lint.cluster.absence import Absence
from cip_lint.cluster.renames import renamed_by
from cip_lint.model import Confidence, Label, Resource, Severity
from cip_lint.records import NamedTuple
from cip_lint.replay.references import Use
from cip_lint.rule import Context, Problem, Stage, referring, rule
from cip_lint_rules.reference._neighbours import Neighbours, extends
from cip_lint_rules.reference._uses import (
    BROKEN_ROUTE,
    identity_label,
    is_beside,
    is_route,
    missing,
    name_label,
    namesake,
    others,
    service_name,
    stays_in_its_namespace,
    topic,
)

_MANY = 3
"""So many referrers that agree on one spelling show that the Service is misspelt."""

_Weight = tuple[Severity, Confidence]


class Unknown(NamedTuple):
    """Objects that refer to a missing Service: one, or many that agree on a spelling."""

    uses: Sequence[Use]
    absence: Absence
    """Of the first of them."""
    weight: _Weight
    nearest: ServiceMember | None
    """The Service that is probably meant."""
    renamed: bool = False
    """Whether it has another name only because the build of both renames it."""

    @property
    def resource(self) -> Resource:
        """The object that refers, or the Service that is misspelt."""
        if len(self.uses) > 1 and self.nearest is not None:
            return self.nearest.resource
        return self.uses[0].resource


def _unknown(cx: Context) -> Iterator[Unknown]:
    neighbours = Neighbours(cx)
    agreeing: dict[tuple[int, str], list[Unknown]] = {}
    for use, absence in missing(cx):
        if stays_in_its_namespace(use.first) and namesake(use, cx) is not None:
            continue  # reference.other-namespace speaks of it
        renamed = _renamed(use, cx)
        if renamed is not None:
            severity = Severity.ERROR if absence.closed else Severity.WARNING
            sure = severity, Confidence.LIKELY
            yield Unknown((use,), absence, sure, renamed, renamed=True)
            continue
        weight = _weight(use, absence)
        if weight is None:
            continue
        near = absence.near
        found = Unknown(
            (use,), absence, weight, near or neighbours.nearest(use.first, absence)
        )
        key = id(near) if near is not None else id(use), use.first.said.name
        agreeing.setdefault(key, []).append(found)
    for some in agreeing.values():
        first = some[0]
        members = {id(one.uses[0].member) for one in some}
        if len(members) >= _MANY and not _is_used(first.absence.near, cx):
            worst = min(some, key=lambda one: one.weight[0].rank)
            uses = tuple(one.uses[0] for one in some)
            yield first._replace(uses=uses, weight=worst.weight)
        else:
            yield from some


def _renamed(use: Use, cx: Context) -> ServiceMember | None:
    """Return the Service of a name that the referrer's own build changes.

    kustomize changes the references that it knows, and those alone
    (``api/internal/konfig/builtinpluginconsts/namereference.go``).
    """
    said = use.first.said
    return cx.cluster.renamed_service(use.member, said.name, said.namespace)


def _is_used(service: ServiceMember | None, cx: Context) -> bool:
    """Whether somebody refers to a Service by the name that it has."""
    row = None if service is None else cx.table.row_of(service)
    return row is not None and bool(cx.table.references.of(row))


def _weight(use: Use, absence: Absence) -> _Weight | None:
    """Return how bad and how sure it is; None where nothing can be said."""
    if absence.closed:
        return Severity.ERROR, Confidence.CERTAIN
    near = absence.near
    # ``web-x`` is no slip of ``web``: it may be made beside it.
    if near and absence.near_in_unit and not extends(near.name, use.first.said.name):
        sure = absence.unknown is None and (
            bool(use.first.namespace) or is_beside(use.member, near)
        )
        return (Severity.ERROR if sure else Severity.WARNING), Confidence.POSSIBLE
    if absence.witness is not None and absence.unknown is None:
        return Severity.WARNING, Confidence.LIKELY
    return None


@rule(
    "reference.service-unknown",
    severity=Severity.WARNING,
    also=(Severity.ERROR,),
    on=_unknown,
    needs=referring,
    stage=Stage.NAMES,
    since="0.1.0",
    kinds=("Ingress", "routes", "webhooks", "APIService", "other kinds that refer"),
)
def service_unknown(unknown: Unknown, cx: Context) -> Iterator[Problem]:
    """An object refers to a Service that is not there.

    ## Why it matters

    The API server stores the object without looking for the Service. Requests then get
    an error from the proxy (a route of the Gateway API answers 500, an Ingress 503), a
    webhook refuses or lets pass what it was to check, and an APIService is not
    available.

    It is an *error* where nothing else can exist, and where another Service of the
    unit has nearly this name. Else it is a *warning*, and only beside a witness:
    another Service of the namespace in the same file or rendered unit, and nothing
    there that may make Services, or where the build of both puts `namePrefix` or
    `nameSuffix` on the Service: kustomize changes the references it knows, which are
    not those of custom resources. A near name is a *warning* too where something there
    may make Services, and in another folder where nobody decides the namespace.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: front-end
      namespace: shop
    spec:
      ports:
        - port: 80
    ---
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: shop
      namespace: shop
    spec:
      defaultBackend:
        service:
          name: frontend
          port:
            number: 80
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: front-end
      namespace: shop
    spec:
      ports:
        - port: 80
    ---
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: shop
      namespace: shop
    spec:
      defaultBackend:
        service:
          name: front-end
          port:
            number: 80
    ```

    ## References

    - [Ingress](https://kubernetes.io/docs/concepts/services-networking/ingress/)
    - [Backend errors of HTTPRoute](https://gateway-api.sigs.k8s.io/reference/spec/#httpbackendref)
    """
    if len(unknown.uses) > 1 and unknown.nearest is not None:
        yield _misspelt(unknown, unknown.nearest)
        return
    (use,) = unknown.uses
    one = use.first
    other = namesake(use, cx)
    yield Problem(
        f"{one.member.display} refers to Service {service_name(one)}, which is not in "
        f"this set{_hint(unknown, other)}",
        at=name_label(one, "no Service has this name"),
        related=(*others(use.references, "here too"), *_related(unknown, other)),
        notes=_notes(unknown),
        help=_help(unknown, other),
        severity=unknown.weight[0],
        confidence=unknown.weight[1],
        topic=topic(use),
    )


def _misspelt(unknown: Unknown, service: ServiceMember) -> Problem:
    """Return the one problem of many referrers: the name of the Service."""
    name = unknown.uses[0].first.said.name
    return Problem(
        f"{len(unknown.uses)} objects refer to Service {name}, the Service in this "
        f"set is {service.name}",
        at=identity_label(service, "nobody refers to this name"),
        related=tuple(
            name_label(use.first, f"{use.member.display} refers to {name}")
            for use in unknown.uses
        ),
        notes=_notes(unknown),
        help=f"call the Service {name}",
        severity=unknown.weight[0],
        confidence=unknown.weight[1],
        topic=topic(unknown.uses[0]),
    )


def _hint(unknown: Unknown, elsewhere: ServiceMember | None) -> str:
    if unknown.renamed and unknown.nearest is not None:
        name = unknown.uses[0].first.said.name
        return f": the build renames Service {name} to {unknown.nearest.name}"
    if unknown.absence.near is not None:
        return f"; the nearest is {unknown.absence.near.name}"
    if elsewhere is not None:
        return f"; {elsewhere.name} is in namespace {elsewhere.namespace}"
    if unknown.nearest is not None:
        return f"; this namespace has {unknown.nearest.name}"
    return ""


def _related(unknown: Unknown, elsewhere: ServiceMember | None) -> tuple[Label, ...]:
    nearest = unknown.nearest
    if unknown.renamed and nearest is not None:
        return (identity_label(nearest, f"becomes {nearest.name}"),)
    if elsewhere is not None:
        return (identity_label(elsewhere, "the Service of another namespace"),)
    if nearest is not None:
        return (identity_label(nearest, "the nearest Service"),)
    return ()


def _notes(unknown: Unknown) -> tuple[str, ...]:
    notes = []
    if unknown.renamed and unknown.nearest is not None:
        renamer = renamed_by(unknown.nearest) or "what renames it"
        notes.append(
            f"{renamer} reaches the references that kustomize knows, and not this one"
        )
    elif unknown.absence.closed:
        notes.append(f"nothing else exists here: {unknown.absence.origin}")
    if is_route(unknown.uses[0].first):
        notes.append(BROKEN_ROUTE)
    return tuple(notes)


def _help(unknown: Unknown, elsewhere: ServiceMember | None) -> str:
    said = unknown.uses[0].first.said
    if unknown.renamed and unknown.nearest is not None:
        return (
            f"write {unknown.nearest.name} by a patch beside it, or give kustomize a "
            "nameReference for the field (configurations)"
        )
    if unknown.absence.near is not None:
        return f"write {unknown.absence.near.name}"
    if elsewhere is not None and said.row.namespace:
        return f"write {said.row.namespace}: {elsewhere.namespace} beside the name"
    if unknown.nearest is not None:
        return f"write {unknown.nearest.name}, or create Service {said.name}"
    return f"create Service {said.name}, or declare it as external"
