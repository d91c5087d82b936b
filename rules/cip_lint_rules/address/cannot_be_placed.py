"""The rule ``address.cannot-be-placed``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cip_lint.kube.pools import FullPool
from cip_lint.kube.service_admission import admit_service
from cip_lint.kube.version import Version
from cip_lint.model import ServerAnswer, Severity
from cip_lint.replay import AddressShortage, Claim, Loss, ServiceRow
from cip_lint.rule import Context, Problem, Stage, rule, stated_ranges
from cip_lint.words import counted
from cip_lint_rules._chances import first_label
from cip_lint_rules._ranges import is_assumed, range_labels, range_note
from cip_lint_rules._refusals import quote, refusal_while_held
from cip_lint_rules._settings import version_note
from cip_lint_rules._words import listed

_RANGES_ARE_OBJECTS_SINCE = Version(1, 33)


def _subjects(cx: Context) -> Iterable[Loss[Claim] | AddressShortage]:
    """Yield what is certain, where all ranges of the family are stated."""
    if all(map(is_assumed, cx.table.ranges)) or _is_room_for_all(cx):
        return
    losses = cx.table.losses
    assumed = {one.family for one in cx.table.ranges if is_assumed(one)}
    for loss in losses.addresses:
        if loss.certain and loss.claim.family not in assumed:
            yield loss
    for shortage in losses.shortages:
        if shortage.family not in assumed:
            yield shortage


def _is_room_for_all(cx: Context) -> bool:
    """Whether it can be seen at a glance that everybody gets an address."""
    table = cx.table
    return (
        not table.all_claims
        and table.living is None
        and all(len(table.rows) < one.usable for one in table.ranges)
    )


@rule(
    "address.cannot-be-placed",
    severity=Severity.ERROR,
    on=_subjects,
    needs=stated_ranges,
    stage=Stage.PLACEMENT,
    since="0.1.0",
    replay=True,
    hides=("address.can-be-taken-first", "address.in-dynamic-band"),
)
def cannot_be_placed(
    subject: Loss[Claim] | AddressShortage, cx: Context
) -> Iterator[Problem]:
    """The replay finds no address: the range is full, or the static address is certainly gone.

    ## Why it matters

    A service CIDR is a fixed number of addresses, and each Service that is neither
    headless nor an ExternalName takes one of each of its families. When all are
    used, the next Service is refused; and a Service that asks for an address of
    the dynamic band is refused once the requests before it have used all of that.

    ## Example

    ```config
    cluster:
      serviceCIDRs: [10.96.0.0/30]
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
      name: api
    spec:
      ports:
        - port: 80
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
      name: api
    spec:
      clusterIP: None
      ports:
        - port: 80
    ```

    ## References

    - [Extend Service IP ranges](https://kubernetes.io/docs/tasks/network/extend-service-ip-ranges/)
    """
    if isinstance(subject, AddressShortage):
        yield _none_left(subject, cx)
    elif subject.claim.row is not None:
        yield _certainly_gone(subject, subject.claim.row, cx)


def _none_left(shortage: AddressShortage, cx: Context) -> Problem:
    *others, row = shortage.rows
    ranges = [one for one in cx.table.ranges if one.family == shortage.family]
    answer = admit_service(
        row.resource.body,
        cx.cluster.facts,
        pool=FullPool(cx.cluster.facts, shortage.family),
    )
    faults = tuple(fault for fault in answer.faults if fault.code == "L8")
    who = row.display
    if others:
        who = f"{shortage.missing} of {len(shortage.rows)} Services, {who} among them,"
    used = f"{shortage.capacity} of {shortage.capacity} in use"
    return Problem(
        f"no address is left for {who} in {listed([one.cidr for one in ranges])}",
        at=row.resource.label("metadata", "name", text=used),
        related=tuple(label for one in ranges for label in range_labels(one)),
        notes=(
            *map(quote, faults),
            *map(range_note, ranges),
            version_note(cx),
        ),
        help=_more_room(cx),
        faults=faults if not others else (),
        answer=ServerAnswer(answer.code, (), answer.message) if not others else None,
        topic=shortage.family,
        resource=row.resource,
    )


def _certainly_gone(loss: Loss[Claim], row: ServiceRow, cx: Context) -> Problem:
    claim = loss.claim
    one = cx.table.range_of(claim.address)
    faults = refusal_while_held(claim.canonical, row, cx)
    return Problem(
        f"{claim.text} is certainly taken when {row.display} asks for it: "
        f"{counted(loss.before, 'dynamic Service')} before it take all "
        f"{counted(loss.size, 'address', 'addresses')} of its band",
        at=row.resource.label("metadata", "name"),
        related=(
            row.resource.label(*claim.path, text="the address it asks for"),
            *first_label(loss),
            *(range_labels(one) if one is not None else ()),
        ),
        notes=(
            *map(quote, faults),
            *((range_note(one),) if one is not None else ()),
            version_note(cx),
        ),
        help=f"create {row.display} first, or leave clusterIP out",
        faults=faults,
        topic=claim.canonical,
        resource=row.resource,
    )


def _more_room(cx: Context) -> str:
    if cx.settings.kubernetes_version.value >= _RANGES_ARE_OBJECTS_SINCE:
        return "add a ServiceCIDR, or widen the range"
    return "widen the range"
