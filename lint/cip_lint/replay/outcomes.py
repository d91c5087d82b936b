"""What applying a Service comes to, in a cluster where it may live already.

The API server judges the change of a Service that lives, not its new state alone,
and keeps what it once gave out. Where it refuses, all stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cip_lint.bodies import items, mapping, texts
from cip_lint.kube.addresses import parse_ip
from cip_lint.kube.faults import Drawn
from cip_lint.records import NamedTuple
from cip_lint.replay.odds.certain import certain_loss
from cip_lint.replay.rows import AddressPlan

if TYPE_CHECKING:
    from cip_lint.kube.faults import Fault
    from cip_lint.model import ServerAnswer
    from cip_lint.replay.rows import ServiceRow, Verdict
    from cip_lint.replay.table import ServiceTable

_NONE = "None"


class Outcome(NamedTuple):
    """The API server's verdict on a Service, and the addresses it has afterwards."""

    verdict: Verdict
    server: ServerAnswer | None
    """The refusal; None where the Service is stored."""
    faults: tuple[Fault, ...]
    headless: bool
    addresses: tuple[AddressPlan, ...]


def outcome(table: ServiceTable, row: ServiceRow) -> Outcome:
    """Return what applying a Service comes to: its creation, or its change.

    Where others certainly draw first what it asks for, it is refused.
    """
    base = table.cluster.base
    update = None
    if base is not None and base.live:
        update = table.update_of(row, *row.held)
    if update is None:
        return _creation(table, row)
    admission = update.change.admission
    verdict: Verdict = "unknown" if row.reason else "created"
    if admission.refused:
        verdict = "refused"
    stored = update.stored if admission.refused else admission.stored
    if stored is None:  # what was refused cannot be judged
        headless, addresses = row.service.headless, row.addresses
    else:
        spec = mapping(stored.get("spec"))
        headless = spec.get("clusterIP") == _NONE
        addresses = tuple(_kept(table, row, spec))
    server = admission.answer() if admission.refused else None
    return Outcome(verdict, server, admission.faults, headless, addresses)


def first_address(table: ServiceTable, row: ServiceRow) -> AddressPlan | None:
    """Return the first address that a Service has once it has been applied.

    None where it is refused, or has none. Of ``outcome``, but most Services are
    ordinary ones, of which the verdict need not be known.
    """
    base = table.cluster.base
    if (
        (base is None or not base.live)
        and row.is_ordinary
        and not any(certain_loss(table, row))
    ):
        return next(iter(row.addresses), None)
    return address_of(outcome(table, row))


def address_of(result: Outcome) -> AddressPlan | None:
    """Return the first address of a Service, by what applying it comes to."""
    if result.verdict == "refused" or result.headless:
        return None
    return next(iter(result.addresses), None)


def _creation(table: ServiceTable, row: ServiceRow) -> Outcome:
    admission, verdict = row.admission, row.verdict
    if verdict == "created":
        lost = certain_loss(table, row)
        if any(lost):
            admission = table.answer(row.member, *lost)
            verdict = "refused" if admission.refused else "created"
    return Outcome(
        verdict,
        admission.answer() if verdict == "refused" else None,
        admission.faults,
        row.service.headless,
        row.addresses,
    )


def _kept(
    table: ServiceTable, row: ServiceRow, spec: Mapping[str, Any]
) -> Iterator[AddressPlan]:
    """Yield the addresses of a stored Service; those it draws now are yet unknown."""
    asked = {one.canonical for one in row.service.cluster_ips}
    families = texts(spec.get("ipFamilies"))
    for index, text in enumerate(items(spec.get("clusterIPs"))):
        address = parse_ip(text) if isinstance(text, str) else None
        if address is not None and not isinstance(text, Drawn):
            canonical = address.canonical
            yield AddressPlan(
                address.family,
                "pinned" if canonical in asked else "snapshot",
                canonical,
                table.band_of(canonical),
            )
        elif isinstance(text, Drawn) and index < len(families):
            yield AddressPlan(families[index], "dynamic", None, "dynamic")
