"""The rule ``address.can-be-taken-first``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cip_lint.model import Severity
from cip_lint.replay import Claim, Loss, Range
from cip_lint.rule import Context, Problem, Stage, address_claims, rule
from cip_lint_rules._chances import (
    chance_notes,
    first_label,
    is_worth_saying,
    rivals,
)
from cip_lint_rules._ranges import is_assumed, range_labels, range_note
from cip_lint_rules._settings import version_note


def _losses(cx: Context) -> Iterable[Loss[Claim]]:
    """Yield the losses in stated ranges; nothing is replayed without one."""
    if not cx.table.all_claims or all(map(is_assumed, cx.table.ranges)):
        return
    for loss in cx.table.losses.addresses:
        one = _range(loss, cx)
        if one is not None and not is_assumed(one) and is_worth_saying(loss, cx):
            yield loss


@rule(
    "address.can-be-taken-first",
    severity=Severity.WARNING,
    on=_losses,
    needs=address_claims,
    stage=Stage.PLACEMENT,
    since="0.1.0",
    replay=True,
    hides=("address.in-dynamic-band",),
)
def can_be_taken_first(loss: Loss[Claim], cx: Context) -> Iterator[Problem]:
    """A dynamic Service may receive a static address before its owner is created.

    ## Why it matters

    A Service that asks for no address gets a random one of the dynamic band, of
    the whole range where that has 16 addresses or fewer or Kubernetes is older
    than 1.25, and of the static band once nothing else is free. If that happens
    to be the address another Service will ask for, the other one is refused, and
    nothing is evicted for it. The service CIDR must be stated; the probability
    follows from the order in which the engine sends the Services. Folders that no
    engine is stated for may each be sent by a command of their own, so what comes
    from another folder is not counted. Below 0.0001, or the option `threshold`,
    nothing is said.

    How wide the static band is decides most. A DNS Service that pins `10.96.0.10`
    is safe in `10.96.0.0/16`, in a /20 (256 addresses of static band each) and in a
    /24 (16) until everything above the band is in use. A /28 has no band: after two
    dynamic Services the address is gone with p = 2/14 = 0.14, after ten with 0.73.

    ## Example

    ```config
    cluster:
      serviceCIDRs: [10.96.0.0/24]
    ```

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      ports:
        - port: 80
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: resolver
    spec:
      clusterIP: 10.96.0.200
      ports:
        - port: 53
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      ports:
        - port: 80
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: resolver
    spec:
      clusterIP: 10.96.0.11
      ports:
        - port: 53
    ```

    ## References

    - [How to avoid Service ClusterIP conflicts](https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/#avoid-ClusterIP-conflict)
    """
    one = _range(loss, cx)
    if one is None:
        return
    claim = loss.claim
    ranges = [each for each in cx.table.ranges if each.family == one.family]
    yield Problem(
        f"{claim.text} can be taken by {rivals(loss, 'dynamic Service')} "
        f"({loss.chance.words})",
        at=claim.member.resource.label(*claim.path),
        related=(
            *first_label(loss),
            *(label for each in ranges for label in range_labels(each)),
        ),
        notes=(
            *chance_notes(loss, cx, "addresses"),
            *map(range_note, ranges),
            version_note(cx),
        ),
        help=_help(loss, one, cx),
        topic=claim.canonical,
        resource=claim.member.resource,
    )


def _range(loss: Loss[Claim], cx: Context) -> Range | None:
    return cx.table.range_of(loss.claim.address)


def _help(loss: Loss[Claim], one: Range, cx: Context) -> str:
    first = f"create {loss.claim.member.display} first"
    if one.static is None or one.band(loss.claim.address) == "static":
        return first
    free = cx.table.offers.address(one.family)
    named = f", {free} is free" if free else ""
    return f"move it to the static band{named}, or {first}"
