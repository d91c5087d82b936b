"""The rule ``address.taken``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from cip_lint.kube.faults import Fault
from cip_lint.model import Severity
from cip_lint.replay import AddressCollision, Claim
from cip_lint.rule import Context, Problem, Stage, address_claims, rule
from cip_lint.words import counted
from cip_lint_rules._living import (
    held_by,
    holder,
    holds,
    living_note,
    refused_note,
    until_deleted,
)
from cip_lint_rules._ranges import range_note
from cip_lint_rules._refusals import is_taken, quote
from cip_lint_rules._words import listed


def _collisions(cx: Context) -> Iterable[AddressCollision]:
    return cx.table.address_collisions


@rule(
    "address.taken",
    severity=Severity.ERROR,
    on=_collisions,
    needs=address_claims,
    stage=Stage.PLACEMENT,
    since="0.1.0",
    kinds=("Service", "IPAddress"),
    hides=(
        "address.cannot-be-placed",
        "address.can-be-taken-first",
        "address.in-dynamic-band",
    ),
)
def taken(collision: AddressCollision, cx: Context) -> Iterator[Problem]:
    """Two objects of one cluster claim the same cluster IP.

    ## Why it matters

    The API server gives an address to one Service only. Whichever is created
    second is refused, and nothing is evicted for it. Addresses are compared as
    numbers: `2001:db8::a` and `2001:DB8:0::a` are one. With a snapshot of the
    cluster, what lives there counts too; a Service that lives already keeps its own.

    Objects that cannot be in one cluster at once are not compared: alternatives
    in a folder, overlays of one base, paths that differ in a word such as `dev`
    or `prod`.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: dns
    spec:
      clusterIP: 10.96.0.10
      ports:
        - port: 53
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: cache
    spec:
      clusterIP: 10.96.0.10
      ports:
        - port: 6379
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: dns
    spec:
      clusterIP: 10.96.0.10
      ports:
        - port: 53
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: cache
    spec:
      ports:
        - port: 6379
    ```

    ## References

    - [Choosing your own IP address](https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/)
    """
    *holders, last = collision.claims
    faults = _refusals(last)
    notes, free = _room(collision, cx)
    first = holder(holders, cx)
    yield Problem(
        f"{collision.canonical} is {_who(collision)}",
        at=last.member.resource.label(
            *last.path, text=f"{last.member.display} asks for it here"
        ),
        related=tuple(
            claim.member.resource.label(*claim.path, text=holds(claim, first))
            for claim in holders
        ),
        notes=(
            *map(quote, faults),
            *(refused_note(holders, cx) if last.row is not None else ()),
            *living_note(collision.claims[0], cx),
            *notes,
        ),
        help=_help(free) + until_deleted(collision.claims[0]),
        faults=faults,
        topic=collision.canonical,
        resource=last.member.resource,
        covers=tuple(claim.member.resource for claim in holders),
    )


def _help(free: str) -> str:
    if not free:
        return "leave clusterIP out"
    return (
        f"leave clusterIP out, or take {free}, the next free address of the static band"
    )


def _who(collision: AddressCollision) -> str:
    """Return ``asked for by 2 Services``, or who holds it already."""
    first, *others = collision.claims
    if first.member.living:
        return held_by(first, _askers(tuple(others)) if len(others) > 1 else "")
    return f"asked for by {_askers(collision.claims)}"


def _askers(claims: tuple[Claim, ...]) -> str:
    """Return ``2 Services``, or ``1 Service and 1 IPAddress``."""
    kinds = Counter(claim.member.kind for claim in claims)
    plurals = {"IPAddress": "IPAddress objects"}
    return listed(
        [counted(number, kind, plurals.get(kind, "")) for kind, number in kinds.items()]
    )


def _refusals(claim: Claim) -> tuple[Fault, ...]:
    """Return what the server says to the claim that comes last."""
    if claim.row is None:
        return ()
    return tuple(
        fault
        for fault in claim.row.admission.faults
        if fault.code == "L3" and is_taken(fault) and fault.path == claim.path
    )


def _room(collision: AddressCollision, cx: Context) -> tuple[tuple[str, ...], str]:
    """Return notes on the range that holds the address, and a free address."""
    address = collision.claims[0].address
    one = cx.table.range_of(address)
    if one is None or one.static is None:
        return (), ""
    free = cx.table.offers.address(address.family, collision.canonical)
    return ((range_note(one),), free) if free else ((), "")
