"""The address plan (``reserved:``) against the set: claims, owners, ranges.

The API server knows nothing of such a plan, so nothing here is a refusal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cip_lint.cluster import Reservation
from cip_lint.kube.addresses import Address, parse_ip
from cip_lint.model import Label, Path, Resource, Severity
from cip_lint.records import NamedTuple
from cip_lint.replay import Claim, PortClaim, Range, ServiceRow
from cip_lint.rule import Context, Problem
from cip_lint_rules._ranges import first_choices, range_labels
from cip_lint_rules._settings import statement


class Unclaimed(NamedTuple):
    """A Service for which the plan keeps a value that it does not ask for."""

    row: ServiceRow
    entry: Reservation
    path: Path
    """Where it asks for another value, or could ask for this one."""
    held: str | None = None
    """The address that it holds in the cluster, and that cannot be changed."""

    @property
    def resource(self) -> Resource:
        """The Service as it was written."""
        return self.row.resource


def entry_of(claim: Claim | PortClaim, cx: Context) -> Reservation | None:
    """Return the entry that keeps what a Service claims."""
    plan = cx.settings.reserved
    if isinstance(claim, PortClaim):
        return plan.of_port(claim.port)
    return plan.of_address(claim.address)


def claimed(
    claim: Claim | PortClaim, entry: Reservation, help_text: str
) -> Iterator[Problem]:
    """Yield the problem of a claim on what is kept for somebody else."""
    if entry.may_belong_to(claim.member):
        return
    value, topic = _value(claim)
    whose = f" for {entry.owner}" if entry.owner else ""
    yield Problem(
        f"{value} is reserved{whose}",
        at=claim.member.resource.label(*claim.path),
        related=_entry_labels(entry),
        notes=_purpose(entry),
        help=help_text,
        severity=Severity.WARNING,
        topic=topic,
        resource=claim.member.resource,
    )


def _value(claim: Claim | PortClaim) -> tuple[str, str | int]:
    if isinstance(claim, PortClaim):
        return f"node port {claim.port}", claim.port
    return claim.canonical, claim.canonical


def _entry_labels(entry: Reservation) -> tuple[Label, ...]:
    label = entry.origin.label
    return (Label(label.span, "reserved here", label.field),) if label else ()


def _purpose(entry: Reservation) -> tuple[str, ...]:
    said = (f"the address plan says: {entry.purpose}",) if entry.purpose else ()
    return said if entry.origin.label else (*said, f"reserved by {entry.origin}")


def unclaimed(cx: Context) -> Iterator[Unclaimed]:
    """Yield the Services that leave a value that is theirs alone.

    Only entries of one value and of one owner by its name count, only Services
    that are wholly known, and only where one could still take the value: each of
    its families, each of its node ports has room for one.
    """
    by_owner: dict[str, list[Reservation]] = {}
    for entry in cx.settings.reserved.entries:
        if entry.single and entry.exact:
            by_owner.setdefault(entry.owner, []).append(entry)
    if not by_owner:
        return
    for row in cx.table.judged:
        member = row.member
        entries = by_owner.get(f"{member.namespace}/{member.name}")
        if entries and member.decided and not member.piece and row.verdict == "created":
            yield from _left_addresses(row, entries)
            yield from _left_ports(row, entries)


def _left_addresses(
    row: ServiceRow, entries: Iterable[Reservation]
) -> Iterator[Unclaimed]:
    paths = {asked.family: asked.path for asked in row.service.cluster_ips}
    for planned in row.addresses:
        kept = [entry for entry in entries if entry.family == planned.family]
        address = parse_ip(planned.text) if planned.text else None
        number = None if address is None else address.number
        if kept and number not in {entry.first for entry in kept}:
            path = paths.get(planned.family, ("spec", "clusterIP"))
            held = planned.text if planned.how == "snapshot" else None
            yield Unclaimed(row, kept[0], path, held)


def _left_ports(row: ServiceRow, entries: Iterable[Reservation]) -> Iterator[Unclaimed]:
    kept = {entry.first: entry for entry in entries if not entry.family}
    room: list[Path] = []
    for port, planned in zip(row.service.ports, row.node_ports, strict=True):
        if planned is not None and kept.pop(planned.number or 0, None) is None:
            room.append(("spec", "ports", port.index, "nodePort"))
    if row.service.needs_health_check:
        asked = row.service.health_check_node_port
        if kept.pop(asked, None) is None:
            room.append(("spec", "healthCheckNodePort"))
    for entry, path in zip(kept.values(), room, strict=False):
        yield Unclaimed(row, entry, path)


def left(subject: Unclaimed) -> Iterator[Problem]:
    """Yield the problem of a Service that leaves what is kept for it."""
    row, entry, path, held = subject
    value = _text(entry)
    field = str(path[-1] if isinstance(path[-1], str) else path[-2])
    if held is None:
        help_text = f"write {field}: {entry.text}"
    else:
        help_text = f"delete it, and create it with {field}: {entry.text}"
    yield Problem(
        f"{value} is reserved for {row.display}, which does not ask for it",
        at=row.resource.label(*path),
        related=_entry_labels(entry),
        notes=(*_held_note(held), *_purpose(entry)),
        help=f"{help_text}, or take the entry out of the address plan",
        severity=Severity.WARNING,
        topic=value,
        resource=row.resource,
    )


def _held_note(held: str | None) -> tuple[str, ...]:
    said = f"it holds {held} in the cluster, and a cluster IP cannot be changed"
    return () if held is None else (said,)


def _text(entry: Reservation) -> str:
    if entry.family:
        return Address(entry.family, entry.first).canonical
    return f"node port {entry.first}"


def outside(entry: Reservation, cx: Context) -> Iterator[Problem]:
    """Yield the problem of an entry that no Service of the cluster could claim."""
    label = entry.origin.label
    if label is None or not entry.alone:
        return
    if entry.family:
        yield from _outside_ranges(entry, label, cx)
        return
    ports, setting = cx.table.node_ports, cx.settings.node_port_range
    if setting.stated and (entry.last < ports.first or entry.first > ports.last):
        bounds = f"{ports.first}-{ports.last}"
        yield Problem(
            f"node port {entry.text} is reserved, but outside the range {bounds}",
            at=Label(label.span, "", label.field),
            related=statement(setting, "the node port range"),
            help=f"reserve a port of {bounds}, or take the entry out",
            severity=Severity.WARNING,
        )


def _outside_ranges(entry: Reservation, label: Label, cx: Context) -> Iterator[Problem]:
    ranges = cx.table.ranges
    if not all(one.stated for one in ranges) or any(_meets(entry, o) for o in ranges):
        return
    cidrs = ", ".join(one.cidr for one in ranges)
    yield Problem(
        f"{entry.text} is reserved, but lies in no service CIDR ({cidrs})",
        at=Label(label.span, "", label.field),
        related=tuple(label for one in ranges for label in range_labels(one)),
        help=_choices(entry, ranges),
        severity=Severity.WARNING,
    )


def _meets(entry: Reservation, one: Range) -> bool:
    return (
        entry.family == one.family
        and entry.first <= one.last
        and entry.last >= one.first
    )


def _choices(entry: Reservation, ranges: Iterable[Range]) -> str:
    same = next((one for one in ranges if one.family == entry.family), None)
    if same is None or not same.usable:
        return "take the entry out"
    return f"choose from {first_choices(same)}, or take the entry out"
