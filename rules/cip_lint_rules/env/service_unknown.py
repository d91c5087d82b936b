"""The rule ``env.service-unknown``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from cip_lint.cluster.absence import Absence, absence
from cip_lint.kube.service_variables import readings, variable_word
from cip_lint.model import Confidence, Label, Severity
from cip_lint.records import NamedTuple
from cip_lint.rule import Context, Problem, Stage, rule, variable_readers
from cip_lint_rules.env._reads import Reads, fallback, grouped, stays, written

if TYPE_CHECKING:
    from cip_lint.cluster import ServiceMember
    from cip_lint.replay.environment.reads import ServiceRead


def _reads(cx: Context) -> Iterable[Reads]:
    found = (
        one
        for one in cx.table.reads.all
        if one.lack in {"no-service", "links-off"} and one.certain
    )
    return grouped(found, lambda one: (one.lack, one.reading.service))


@rule(
    "env.service-unknown",
    severity=Severity.WARNING,
    also=(Severity.ERROR,),
    on=_reads,
    needs=variable_readers,
    stage=Stage.NAMES,
    since="0.1.0",
    kinds=("workloads",),
)
def service_unknown(reads: Reads, cx: Context) -> Iterator[Problem]:
    """A variable of a Service is read that no Service of the namespace makes.

    ## Why it matters

    The kubelet replaces `$(DB_SERVICE_HOST)` where the namespace has a Service `db`.
    Without it the text stays as it is, and a program dials a host called
    `$(DB_SERVICE_HOST)`; a shell reads an empty string. A pod with
    `enableServiceLinks: false` gets the variables of the API server alone.

    It is an *error* where nothing exists outside these files. Else the rule speaks
    where another Service stands in the same file or build, where a name is near, and
    where links are off.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: postgres
      namespace: shop
    spec:
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
          env:
            - name: URL
              value: postgres://$(DB_SERVICE_HOST)
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: postgres
      namespace: shop
    spec:
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
          env:
            - name: URL
              value: postgres://$(POSTGRES_SERVICE_HOST)
    ```

    ## References

    - [Environment variables](https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables)
    """
    first = reads.first
    if first.lack == "links-off":
        yield _without_links(reads, cx)
        return
    missing = _missing(first, cx)
    if missing is None:
        return
    yield Problem(
        f"{written(first)} {stays(first)}: {first.why}",
        at=first.read.mention.label("read here"),
        related=(*missing.related, *reads.others()),
        notes=missing.notes,
        help=missing.help,
        severity=Severity.ERROR if missing.closed else Severity.WARNING,
        confidence=missing.confidence,
        topic=first.read.path,
    )


class _Missing(NamedTuple):
    """What is known of Services that are not there."""

    closed: bool
    confidence: Confidence
    related: tuple[Label, ...]
    notes: tuple[str, ...]
    help: str


def _missing(one: ServiceRead, cx: Context) -> _Missing | None:
    """Return what is known of the Services that are meant; None where it is nothing."""
    member = one.read.member
    ways = list(readings(one.read.name))
    found = [absence(cx.cluster, member, way.service) for way in ways]
    first, renamed = found[0], _renamed(one, cx)
    rest, near = ways[0].rest, renamed
    for way, each in zip(ways, found, strict=True):
        if near is None and each.near is not None:
            rest, near = way.rest, each.near
    confidence = _confidence(first, near, renamed)
    if confidence is None:
        return None
    related: tuple[Label, ...] = ()
    advice = "define it in env, or use a DNS name"
    if near is not None:
        text = (
            "the nearest Service" if renamed is None else f"is {near.name} once built"
        )
        related = (near.resource.label("metadata", "name", text=text),)
        advice = f"write {_instead(one, near, rest)}, or use the DNS name"
    elif first.witness is not None and not first.closed:
        text = "another Service of this namespace"
        related = (first.witness.resource.label("metadata", "name", text=text),)
    notes = (f"nothing exists outside this set, from {first.origin}",)
    return _Missing(
        first.closed, confidence, related, notes if first.closed else (), advice
    )


def _confidence(
    missing: Absence, near: ServiceMember | None, renamed: ServiceMember | None
) -> Confidence | None:
    """Return how sure it is that a Service is nowhere; None where nobody knows."""
    if missing.closed:
        return Confidence.CERTAIN
    if renamed is not None:
        return Confidence.LIKELY
    if missing.unknown is not None:
        return None
    if missing.witness is not None:
        return Confidence.LIKELY
    return Confidence.POSSIBLE if near is not None else None


def _renamed(one: ServiceRead, cx: Context) -> ServiceMember | None:
    """Return the Service of the same build that was called so before it.

    A prefix or suffix of a kustomization changes the name of the Service, and with it
    the names of its variables, but not the texts that read them.
    """
    member, names = one.read.member, one.names
    if not member.unit.rendered:
        return None
    for row in cx.table.judged:
        service = row.member
        if service.unit is member.unit and any(
            service.name.endswith(f"-{name}") or service.name.startswith(f"{name}-")
            for name in names
        ):
            source = service.resource.span("metadata", "name").text.strip("\"'")
            if source in names and cx.cluster.can_meet(service, member):
                return service
    return None


def _instead(one: ServiceRead, near: ServiceMember, rest: str) -> str:
    name = f"{variable_word(near.name)}{rest}"
    return f"${name}" if one.read.by_shell else f"$({name})"


def _without_links(reads: Reads, cx: Context) -> Problem:
    """Return the problem of a read in a pod that is told of no Service."""
    first = reads.first
    member = first.read.member
    world = cx.cluster.world(member, "Service")
    path = (*member.workload.spec_path, "enableServiceLinks")
    text = "no variables of Services"
    if "enableServiceLinks" in member.workload.pod_spec:
        label, why = member.resource.label(*path, text=text), first.why
    else:
        label = member.resource.label("kind", text=text)
        why = f"{member.resource.group} sets enableServiceLinks: false"
    name = first.reading.service
    advice = "define it in env, or use a DNS name"
    if first.service is not None:
        advice = fallback(first, name, first.service.ref.namespace)
    return Problem(
        f"{written(first)} {stays(first)}: {why}",
        at=first.read.mention.label("read here"),
        related=(label, *reads.others()),
        help=f"{advice}, or leave enableServiceLinks out",
        severity=Severity.ERROR if world.closed else Severity.WARNING,
        topic=first.read.path,
    )
