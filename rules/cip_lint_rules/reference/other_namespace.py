"""The rule ``reference.other-namespace``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.cluster import ServiceMember
from cip_lint.cluster.absence import Absence
from cip_lint.model import Confidence, Label, Resource, Severity
from cip_lint.records import NamedTuple
from cip_lint.replay.references import Use
from cip_lint.rule import Context, Problem, Stage, referring, rule
from cip_lint_rules.reference._uses import (
    identity_label,
    missing,
    name_label,
    namesake,
    others,
    stays_in_its_namespace,
    topic,
)


class Misplaced(NamedTuple):
    """An object that refers to a Service which only another namespace has."""

    use: Use
    absence: Absence
    found: ServiceMember
    """The first Service of that name."""

    @property
    def resource(self) -> Resource:
        """The object that refers."""
        return self.use.resource


def _misplaced(cx: Context) -> Iterator[Misplaced]:
    for use, absence in missing(cx):
        if not stays_in_its_namespace(use.first):
            continue
        if absence.unknown is not None and not absence.closed:
            continue  # something may make it where it is looked for
        found = namesake(use, cx)
        if found is not None:
            yield Misplaced(use, absence, found)


@rule(
    "reference.other-namespace",
    severity=Severity.ERROR,
    also=(Severity.WARNING,),
    on=_misplaced,
    needs=referring,
    stage=Stage.NAMES,
    since="0.1.0",
    hides=("reference.service-unknown",),
    kinds=("Ingress", "Rollout", "other kinds that refer within their namespace"),
)
def other_namespace(misplaced: Misplaced, cx: Context) -> Iterator[Problem]:
    """The Service exists, in a namespace this kind of reference cannot reach.

    ## Why it matters

    An Ingress, a Rollout or an OpenShift Route names Services of its own namespace and
    has no field for another one. The object is stored, and its controller finds no
    Service.

    It is an *error* where nothing else can exist, or another Service of the object's
    namespace stands in the same file or rendered unit. Else it is a *warning*: the
    namespace may have a Service of that name which is not in the set.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: api
      namespace: shop
    spec:
      ports:
        - port: 80
    ---
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: all
      namespace: edge
    spec:
      defaultBackend:
        service:
          name: api
          port:
            number: 80
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: api
      namespace: shop
    spec:
      ports:
        - port: 80
    ---
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: all
      namespace: shop
    spec:
      defaultBackend:
        service:
          name: api
          port:
            number: 80
    ```

    ## References

    - [Ingress backends](https://kubernetes.io/docs/concepts/services-networking/ingress/#default-backend)
    """
    use, absence, found = misplaced
    one, member = use.first, use.member
    sure = absence.closed or absence.witness is not None
    yield Problem(
        f"{member.display} refers to Service {one.said.name} of its own namespace; "
        f"{found.name} is in namespace {found.namespace}",
        at=name_label(one, f"looked for in namespace {one.namespace}"),
        related=(
            *others(use.references, "here too"),
            identity_label(found, "the Service is here"),
            *_namespace_label(misplaced),
        ),
        notes=(f"nothing else exists here: {absence.origin}",)
        if absence.closed
        else (),
        help=_help(misplaced),
        severity=Severity.ERROR if sure else Severity.WARNING,
        confidence=_confidence(absence),
        topic=topic(use),
    )


def _namespace_label(misplaced: Misplaced) -> tuple[Label, ...]:
    """Return where the object says its namespace, if it does itself."""
    member, resource = misplaced.use.member, misplaced.resource
    if resource.namespace != member.namespace:
        return ()
    text = f"the namespace of the {member.kind}"
    return (resource.label("metadata", "namespace", text=text),)


def _confidence(absence: Absence) -> Confidence:
    if absence.closed:
        return Confidence.CERTAIN
    return Confidence.POSSIBLE if absence.witness is None else Confidence.LIKELY


def _help(misplaced: Misplaced) -> str:
    one, found = misplaced.use.first, misplaced.found
    moved = f"move the {one.member.kind} to {found.namespace}"
    if one.said.row.purpose is one.said.row.purpose.BACKEND:
        return f"{moved}, or put an ExternalName Service in {one.namespace}"
    return f"{moved}, or the Service to {one.namespace}"
