"""Hand-made endpoints whose link leads to no Service of the set."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.cluster import Member, ServiceMember
from cip_lint.cluster.renames import renamed_by
from cip_lint.kube.well_known import SERVICE_NAME
from cip_lint.model import Confidence, Label, Severity
from cip_lint.rule import Context, Problem

_LONGEST = 63
"""No Service has a longer name (``apimachinery/pkg/util/validation``)."""


def without_service(member: Member, name: str, cx: Context) -> Iterator[Problem]:
    """Yield the problem of endpoints that name no Service, or one that is not here.

    The Service that is likely meant is the other end: one that waits for endpoints
    and goes by nearly that name. ``name`` is empty where the link is missing.
    """
    world = cx.cluster.world(member, "Service")
    if name and (
        cx.cluster.outside.has_service(member, name)
        or (world.unknown_services is not None and not world.closed)
    ):
        return
    # kustomize changes the references that it knows, and this label is none of them
    # (``api/internal/konfig/builtinpluginconsts/namereference.go``).
    renamed = cx.cluster.renamed_service(member, name) if name else None
    meant = renamed or _meant(member, name, cx)
    message, at, advice = _words(member, name, meant)
    notes = [f"nothing else exists here: {world.origin}"] if world.closed else []
    if renamed is not None:
        message = (
            f"{member.display} names Service {name}, which the build renames to "
            f"{renamed.name}"
        )
        notes.append(
            f"{renamed_by(renamed) or 'what renames it'} reaches the references that "
            "kustomize knows, and not this one"
        )
        advice = f"write {renamed.name} by a patch beside it"
    yield Problem(
        message,
        at=at,
        related=() if meant is None else (_end(meant),),
        notes=tuple(notes),
        help=advice,
        severity=Severity.ERROR if world.closed else Severity.WARNING,
        confidence=_confidence(meant, closed=world.closed),
        covers=() if meant is None else (meant.resource,),
    )


def _words(
    member: Member, name: str, meant: ServiceMember | None
) -> tuple[str, Label, str]:
    """Return the message, the place and the help."""
    resource = member.resource
    if not name:
        message = f"{member.display} names no Service: it has no label {SERVICE_NAME}"
        at = resource.label("metadata", "name", text="joins no Service")
        advice = f"add the label {SERVICE_NAME}"
        return message, at, advice if meant is None else f"{advice}: {meant.name}"
    text = "no Service has this name"
    advice = "the name of its Service" if meant is None else meant.name
    if member.kind == "Endpoints":
        message = f"{member.display} has the name of no Service in this set"
        at = resource.label("metadata", "name", text=text)
        return message, at, f"give it {'' if meant is None else 'the name '}{advice}"
    message = f"{member.display} names Service {name}, which is not in this set"
    at = resource.label("metadata", "labels", SERVICE_NAME, text=text)
    return message, at, f"write {advice}"


def _meant(member: Member, name: str, cx: Context) -> ServiceMember | None:
    """Return a Service that waits for endpoints, by a near name or the slice's own."""
    if name:
        for near in cx.cluster.near_services(member, name):
            if _waits(near, cx):
                return near
    own = member.name if member.kind == "EndpointSlice" else ""
    if len(own) > _LONGEST:
        own = own[: _LONGEST + 1].rpartition("-")[0]
    while own:
        service = cx.cluster.service(member, own)
        if service is not None:
            return service if _waits(service, cx) else None
        own = own.rpartition("-")[0]
    return None


def _waits(service: ServiceMember, cx: Context) -> bool:
    """Whether a Service has neither selector nor endpoints."""
    row = cx.table.row_of(service)
    return (
        row is not None
        and service.service.type != "ExternalName"
        and row.selection.state == "none"
        and not row.manual
    )


def _end(service: ServiceMember) -> Label:
    text = f"{service.display} waits for endpoints"
    return service.resource.label("metadata", "name", text=text)


def _confidence(meant: ServiceMember | None, *, closed: bool) -> Confidence:
    if closed:
        return Confidence.CERTAIN
    return Confidence.POSSIBLE if meant is None else Confidence.LIKELY
