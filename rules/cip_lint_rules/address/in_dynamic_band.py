"""The rule ``address.in-dynamic-band``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cip_lint.cluster import Cluster
from cip_lint.model import Severity
from cip_lint.replay import Claim, Range
from cip_lint.rule import Context, Problem, Stage, address_claims, rule
from cip_lint.words import counted
from cip_lint_rules._ranges import is_assumed, range_labels, range_note
from cip_lint_rules._settings import version_note


def _subjects(cx: Context) -> Iterable[Claim | Cluster]:
    """Yield claims, and the cluster where their range is assumed."""
    if any(map(is_assumed, cx.table.ranges)):
        yield cx.cluster
    for claims in cx.table.all_claims.values():
        yield from claims


@rule(
    "address.in-dynamic-band",
    severity=Severity.WARNING,
    also=(Severity.INFO,),
    on=_subjects,
    needs=address_claims,
    stage=Stage.PLACEMENT,
    since="0.1.0",
    replay=True,
)
def in_dynamic_band(subject: Claim | Cluster, cx: Context) -> Iterator[Problem]:
    """An out-of-band static IP: a static address lies where dynamic allocation starts.

    ## Why it matters

    The API server draws addresses from the upper band of a range and keeps the
    lower one, 16 to 256 addresses wide, for those who ask for a certain address.
    A static address above it works until another Service happens to draw it
    first; then the Service that asked for it is refused. The service CIDR must be
    stated; where it is not, one info counts the addresses. A Service that lives
    already, as a snapshot tells, has its address and keeps it.

    ## Example

    ```config
    cluster:
      serviceCIDRs: [10.96.0.0/16]
    ```

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: dns
    spec:
      clusterIP: 10.96.7.4
      ports:
        - port: 53
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
    ```

    ## References

    - [How to avoid Service ClusterIP conflicts](https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/#avoid-ClusterIP-conflict)
    """
    if isinstance(subject, Claim):
        one = _outside_band(subject, cx)
        if one is not None and not is_assumed(one):
            yield _problem(subject, one, cx)
    else:
        yield from _assumed(cx)


def _outside_band(claim: Claim, cx: Context) -> Range | None:
    """Return the range in whose dynamic band a claim lies; None if in none."""
    if claim.row is None or claim.row.verdict == "refused":
        return None
    living = cx.table.living
    if living is not None and (living.owns(claim) or living.is_settled(claim)):
        return None
    one = cx.table.range_of(claim.address)
    if one is None or one.static is None or one.band(claim.address) != "dynamic":
        return None
    return one


def _problem(claim: Claim, one: Range, cx: Context) -> Problem:
    first, last = one.static or ("", "")
    return Problem(
        f"{claim.text} is outside the static band {first} - {last}; each earlier "
        f"dynamic Service takes it with probability 1 in {one.dynamic_size}",
        at=claim.member.resource.label(*claim.path),
        related=range_labels(one),
        notes=(range_note(one), version_note(cx)),
        help=_help(one, cx),
        topic=claim.canonical,
        resource=claim.member.resource,
    )


def _help(one: Range, cx: Context) -> str:
    free = cx.table.offers.address(one.family)
    if free is None:
        return "leave clusterIP out"
    return (
        "take an address of the static band; "
        f"{cx.table.offers.in_static_band(one)} of {one.offset} are free, {free} first"
    )


def _assumed(cx: Context) -> Iterator[Problem]:
    """Yield one info on the addresses above the static band of an assumed range."""
    found = [
        claim
        for claims in cx.table.all_claims.values()
        for claim in claims
        if (one := _outside_band(claim, cx)) is not None and is_assumed(one)
    ]
    if not found:
        return
    first = min(found, key=lambda claim: claim.member.order)
    what = counted(len(found), "static address is", "static addresses are")
    yield Problem(
        f"{what} outside the static band, if the service CIDR is the assumed one",
        at=first.member.resource.label(*first.path, text="the first of them"),
        notes=tuple(range_note(one) for one in cx.table.ranges if is_assumed(one)),
        help="state it: --service-cidr, or serviceCIDRs in .cip-lint.yaml",
        severity=Severity.INFO,
        topic=first.canonical,
        resource=first.member.resource,
    )
