"""What objects say of the Services they refer to, as the rules of this family need it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from cip_lint.cluster import Member, ServiceMember
from cip_lint.cluster.absence import Absence, absence
from cip_lint.cluster.references import Reference
from cip_lint.kube.reference_kinds import Purpose
from cip_lint.model import Label
from cip_lint.replay.references import Use
from cip_lint.rule import Context

GATEWAY = "gateway.networking.k8s.io"

_COMPARED = 128
"""How many Services of one name are looked at, of any namespace."""

Topic = tuple[str, str]
"""Namespace and name of a Service: what rules of one object speak of alike."""


def joined(cx: Context) -> Iterator[Use]:
    """Yield what refers to Services that are there, each object and Service once.

    In the set, or living in the cluster without being in it.

    Without pieces of builds that were not made, without a Service whose kind, name or
    ports are yet to be filled in, and where another of that name may be meant.
    """
    same_name: Counter[tuple[str, str]] | None = None
    for use in cx.table.references.uses:
        row = use.row
        if row is None or use.member.piece or row.reason:
            continue
        if not (row.member.living or is_beside(use.member, row.member)):
            same_name = same_name or _counted(cx)
            if _others_of_name(row.member, same_name):
                continue
        yield use


def is_beside(member: Member, service: Member) -> bool:
    """Whether an object and a Service are surely sent together.

    By one build, or from one file, or from folders of which one holds the other.
    """
    if member.path == service.path or member.unit.rendered:
        return True
    one, other = (f"{path.rpartition('/')[0]}/" for path in (member.path, service.path))
    return one.startswith(other) or other.startswith(one)


def _counted(cx: Context) -> Counter[tuple[str, str]]:
    """Return how many Services have a name in a namespace, and in any (``*``)."""
    found: Counter[tuple[str, str]] = Counter()
    for member in cx.cluster.services:
        if not member.partial:
            found[member.name, member.namespace] += 1
            found[member.name, "*"] += 1
    return found


def _others_of_name(service: Member, counted: Counter[tuple[str, str]]) -> int:
    name, namespace = service.name, service.namespace
    if not namespace:
        return counted[name, "*"] - 1
    return counted[name, namespace] + counted[name, ""] - 1


def missing(cx: Context) -> Iterator[tuple[Use, Absence]]:
    """Yield what refers to a Service that is in the set nowhere, and what that means.

    Without those that exist all the same: outside, or for another unit,
    environment or alternative of the same files.
    """
    for use in cx.table.references.uses:
        if use.row is not None or use.member.piece:
            continue
        one = use.first
        known = absence(cx.cluster, one.member, one.said.name, one.said.namespace)
        if not known.why_exists and not _is_elsewhere(one, cx):
            yield use, known


def _is_elsewhere(one: Reference, cx: Context) -> bool:
    """Whether a Service of this very name is sent with other files."""
    return any(
        not cx.cluster.can_meet(one.member, other)
        for other in cx.cluster.services_in(one.said.name, one.namespace)
    )


def namesake(use: Use, cx: Context) -> ServiceMember | None:
    """Return the Service of that name which only its namespace keeps from being meant.

    The first of several. None where nobody decides one of the two namespaces.
    """
    one = use.first
    if not one.namespace:
        return None
    for other in cx.cluster.services_named(one.said.name, one.member)[:_COMPARED]:
        if other.namespace and cx.cluster.can_meet(one.member, other):
            return other
    return None


def stays_in_its_namespace(one: Reference) -> bool:
    """Whether the kind has no way to name a Service of another namespace."""
    row = one.said.row
    return not row.namespace and row.spelling is row.spelling.PLAIN


def service_name(one: Reference) -> str:
    """Return the Service as the object writes it: with a namespace where it says one."""
    said = one.said
    return f"{said.namespace}/{said.name}" if said.namespace else said.name


def topic(use: Use) -> Topic:
    """Return what tells the problems of one object and Service from others."""
    return use.first.namespace, use.first.said.name


def others(some: Sequence[Reference], text: str) -> tuple[Label, ...]:
    """Return labels on the names of all references but the first."""
    paths = dict.fromkeys(one.said.name_path for one in some)
    resource = some[0].member.resource
    return tuple(resource.label(*path, text=text) for path in list(paths)[1:])


def name_label(one: Reference, text: str) -> Label:
    """Return a label on the name of the Service in a reference."""
    return one.member.resource.label(*one.said.name_path, text=text)


def identity_label(member: Member, text: str) -> Label:
    """Return a label on the name of an object."""
    return member.resource.label("metadata", "name", text=text)


def is_route(one: Reference) -> bool:
    """Whether a route of the Gateway API sends requests to the Service."""
    row = one.said.row
    return row.group == GATEWAY and row.purpose is Purpose.BACKEND


BROKEN_ROUTE = "requests for this backend get 500 (BackendNotFound)"
