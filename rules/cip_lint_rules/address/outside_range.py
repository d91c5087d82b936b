"""The rule ``address.outside-range``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cip_lint.cluster import Cluster
from cip_lint.kube.addresses import parse_ip
from cip_lint.model import Severity
from cip_lint.replay import Claim
from cip_lint.rule import Context, Problem, Refusal, Stage, rule, service_refusals
from cip_lint.words import counted
from cip_lint_rules._ranges import (
    first_choices,
    is_assumed,
    range_labels,
    range_note,
)
from cip_lint_rules._refusals import is_outside, quote
from cip_lint_rules._settings import version_note
from cip_lint_rules._words import listed

_LATER_RULES = (
    "address.reserved",
    "address.taken",
    "address.cannot-be-placed",
    "address.can-be-taken-first",
    "address.in-dynamic-band",
)


def _subjects(cx: Context) -> Iterable[Refusal | Cluster]:
    """Yield refusals of addresses, or the cluster where no range is stated."""
    yield from service_refusals("L3")(cx)
    if all(map(is_assumed, cx.table.ranges)):
        yield cx.cluster


@rule(
    "address.outside-range",
    severity=Severity.ERROR,
    also=(Severity.INFO,),
    on=_subjects,
    stage=Stage.PLACEMENT,
    since="0.1.0",
    replay=True,
    kinds=("Service",),
    hides=_LATER_RULES,
)
def outside_range(subject: Refusal | Cluster, cx: Context) -> Iterator[Problem]:
    """A static cluster IP lies in no service CIDR, or is a network or broadcast address.

    ## Why it matters

    The API server gives out addresses of its service CIDRs only, without the
    first of each and the last of an IPv4 one, and refuses any other. The range
    must be stated for that: `--service-cidr`, `serviceCIDRs` in the settings, or
    ServiceCIDR objects, of the set or of a snapshot. Where nothing is stated, the addresses outside
    10.96.0.0/16 are counted once for a run.

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
      clusterIP: 10.0.0.10
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

    - [Service ClusterIP allocation](https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/)
    - [Extend Service IP ranges](https://kubernetes.io/docs/tasks/network/extend-service-ip-ranges/)
    """
    if isinstance(subject, Refusal):
        yield from _refused(subject, cx)
    else:
        yield from _unknown(cx)


def _refused(refusal: Refusal, cx: Context) -> Iterator[Problem]:
    for fault in filter(is_outside, refusal.faults):
        address = parse_ip(str(fault.value))
        if address is None:
            continue
        ranges = [one for one in cx.table.ranges if one.family == address.family]
        known = listed([one.cidr for one in ranges]) or "none of this family"
        yield Problem(
            f"{fault.value} is in no service CIDR ({known})",
            at=refusal.resource.label(*fault.path),
            related=tuple(label for one in ranges for label in range_labels(one)),
            notes=(quote(fault), *map(range_note, ranges), version_note(cx)),
            help=f"choose from {first_choices(ranges[0])}" if ranges else None,
            faults=(fault,),
            topic=address.canonical,
        )


def _unknown(cx: Context) -> Iterator[Problem]:
    """Yield one info on the addresses that the assumed range does not hold."""
    outside = [claim for claim in _claims(cx) if not _is_held(cx, claim)]
    if not outside:
        return
    first = min(outside, key=lambda claim: claim.member.order)
    yield Problem(
        f"{counted(len(outside), 'static address', 'static addresses')}, "
        "no service CIDR stated",
        at=first.member.resource.label(*first.path, text="the first of them"),
        notes=tuple(map(range_note, cx.table.ranges)),
        help="state it: --service-cidr, or serviceCIDRs in .cip-lint.yaml",
        severity=Severity.INFO,
        topic=first.canonical,
        resource=first.member.resource,
    )


def _claims(cx: Context) -> Iterator[Claim]:
    for claims in cx.table.all_claims.values():
        yield from (claim for claim in claims if claim.row is not None)


def _is_held(cx: Context, claim: Claim) -> bool:
    return cx.table.range_of(claim.address) is not None
