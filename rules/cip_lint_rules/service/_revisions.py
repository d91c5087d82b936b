"""Words for what may not change in a Service, and for what is kept in silence.

Both ends of a change: the new manifest, and the earlier self that it is applied to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cip_lint.bodies import items, mapping
from cip_lint.kube.faults import Drawn, Fault
from cip_lint.kube.service_draft import NO_ADDRESS
from cip_lint.kube.service_update_validation import IMMUTABLE_CODES
from cip_lint.model import Label, Path, Resource, Severity
from cip_lint.records import NamedTuple
from cip_lint.replay.updates import Kept, Update
from cip_lint.rule import Context, Problem, ServiceRow
from cip_lint_rules._refusals import clause, quote, type_of
from cip_lint_rules._words import listed

_ADDRESSES = ("clusterIP", "clusterIPs")
_RECREATE = "delete and create the Service"
_GROUPS = {
    "U2": "addresses",
    "U3": "policy",
    "U4": "families",
    "C10": "families",
    "L2": "cluster",
    "T3": "type",
}


class Change(NamedTuple):
    """A Service that is applied over its earlier self, named for the reader."""

    resource: Resource
    update: Update
    words: str
    """What it is compared with: ``revision abc1234``."""

    def was(self, field: str) -> Any:
        """Return what the server had stored in a field of ``spec``."""
        return mapping(self.update.stored.get("spec")).get(field)

    def now(self, field: str) -> Any:
        """Return what the new manifest says in a field of ``spec``."""
        return mapping(self.resource.get("spec")).get(field)

    def place(self, text: str, *fields: str | int) -> Label:
        """Return a label on the first of some fields that the manifest writes.

        On ``spec`` where it writes none of them, on the name where it has no spec.
        """
        for field in fields:
            if self.now(str(field)) is not None:
                return self.resource.label("spec", field, text=text)
        if self.resource.get("spec") is None:
            return self.resource.label("metadata", "name", text=text)
        return self.resource.key_label("spec", text=text)

    def earlier(self, text: str, *fields: str) -> Label:
        """Return a label on the first of some fields that the earlier self writes."""
        before, said = self.update.before, f"{text} in {self.words}"
        for field in fields:
            if before.get("spec", field) is not None:
                return before.label("spec", field, text=said)
        if before.get("spec") is None:
            return before.label("metadata", "name", text=said)
        return before.key_label("spec", text=said)


def problems(row: ServiceRow, cx: Context) -> Iterator[Problem]:
    """Yield what may not change in a Service, or what is kept if all of it may."""
    base, update = cx.cluster.base, cx.table.update_of(row)
    if base is None or update is None:
        return
    change = Change(row.resource, update, base.words)
    answer = update.change.admission
    if not answer.refused:
        yield from (_kept(change, value) for value in update.kept)
        return
    # What is refused in any case, or where something is, is told elsewhere.
    alone = {fault.cause for fault in row.admission.faults}
    fields = {fault.path[:2] for fault in row.admission.faults}
    yield from _refused(
        change,
        [
            fault
            for fault in answer.faults
            if fault.code in IMMUTABLE_CODES
            or (
                fault.stage != "decode"
                and fault.cause not in alone
                and fault.path[:2] not in fields
            )
        ],
    )


class _Words(NamedTuple):
    """What to say of a refused change, and where."""

    message: str
    at: Label
    related: Label
    help: str


def _refused(change: Change, faults: Sequence[Fault]) -> Iterator[Problem]:
    """Yield a problem for each root cause among the faults of an update."""
    groups: dict[str, list[Fault]] = {}
    for fault in faults:
        field = ".".join(map(str, fault.path[:2]))
        groups.setdefault(_GROUPS.get(fault.code, field), []).append(fault)
    if "addresses" in groups:
        # Another primary address brings its family along.
        groups["addresses"] += groups.pop("families", [])
    for group in groups.values():
        # What validation would say again of the same thing adds nothing.
        named = [fault for fault in group if not fault.later] or group
        shown = tuple(map(_readable, named))
        words = _of(change, shown[0])
        causes = any(fault.reason for fault in shown)
        yield Problem(
            words.message,
            at=words.at,
            related=(words.related,),
            notes=tuple(dict.fromkeys(map(quote, shown))),
            help=words.help,
            faults=shown,
            answer=None if causes else change.update.change.admission.answer(),
        )


def _readable(fault: Fault) -> Fault:
    """Return a fault whose text calls what the server drew by words."""
    return fault._replace(cause=fault.cause._replace(message=fault.message))


def _of(change: Change, fault: Fault) -> _Words:
    match fault.code:
        case "U2":
            return _address(change, fault)
        case "U3":
            return _release(change, fault)
        case "U4" | "C10":
            return _families(change, fault)
        case "U5":
            return _field(change, fault, "loadBalancerClass")
        case "U6":
            return _field(change, fault, "healthCheckNodePort")
        case "T3":
            return _headless(change, fault)
        case "L2" if change.now("ipFamilyPolicy") is None:
            return _kept_policy(change, fault)
    return _other(change, fault)


def _address(change: Change, fault: Fault) -> _Words:
    index = fault.path[2] if len(fault.path) > 2 else 0
    index = index if isinstance(index, int) else 0
    olds = items(change.was("clusterIPs"))
    old = _shown(olds[index] if index < len(olds) else "")
    new = str(fault.value) or "nothing"
    name = f"clusterIPs[{index}]" if index else "clusterIP"
    return _Words(
        f"{name} changes from {old} to {new}: {clause(fault)}",
        change.place("not what is stored", *_ADDRESSES),
        change.earlier(f"had {old}", *_ADDRESSES),
        f"{_RECREATE}, or {_as_it_was(old)}",
    )


def _as_it_was(old: str) -> str:
    """Return how to ask for the address that is stored."""
    if old == NO_ADDRESS:
        return "keep None"
    return "leave clusterIP out" if old == _DRAWN else "keep the value"


_DRAWN = "an allocated address"


def _shown(address: Any) -> str:
    """Return a stored address; nobody knows one that the server drew."""
    if isinstance(address, Drawn) or not address:
        return _DRAWN
    return str(address)


def _release(change: Change, fault: Fault) -> _Words:
    field = "ipFamilies" if "family" in fault.cause.message.lower() else "clusterIPs"
    if fault.other is not None:
        field = str(fault.other[-1])
    was = [_shown(one) for one in items(change.was(field))]
    lost = was[1] if len(was) > 1 else "the second one"
    return _Words(
        f"{field} loses {lost} but ipFamilyPolicy is {fault.value}: {clause(fault)}",
        change.place("releases the second", field, "ipFamilyPolicy"),
        change.earlier(f"had {listed(was)}", field, "ipFamilyPolicy"),
        "write ipFamilyPolicy: SingleStack, or keep both",
    )


def _families(change: Change, fault: Fault) -> _Words:
    old, new = items(change.was("ipFamilies")), items(change.now("ipFamilies"))
    kept = f"{_RECREATE}, or keep the family"
    if new and list(new) != list(old):
        was = listed([str(one) for one in old])
        message = f"ipFamilies changes from {was} to {listed([*map(str, new)])}"
        return _Words(
            f"{message}: {clause(fault)}",
            change.place("not the families that are stored", "ipFamilies"),
            change.earlier(f"had {was}", "ipFamilies", *_ADDRESSES),
            kept,
        )
    was = _shown(next(iter(items(change.was("clusterIPs"))), ""))
    return _Words(
        f"clusterIP changes from {was} to {fault.value}: {clause(fault)}",
        change.place("of another family", *_ADDRESSES),
        change.earlier(f"had {was}", *_ADDRESSES, "ipFamilies"),
        kept,
    )


def _field(change: Change, fault: Fault, field: str) -> _Words:
    old, new = change.was(field), change.now(field)
    if new is None:
        message = f"{field} {old} is removed"
    elif old is None:
        message = f"{field} {new} is added"
    elif isinstance(old, Drawn):
        message = f"{field} changes from an allocated one to {new}"
    else:
        message = f"{field} changes from {old} to {new}"
    known = old is not None and not isinstance(old, Drawn)
    return _Words(
        f"{message}: {clause(fault)}",
        change.place("not what is stored", field),
        change.earlier(f"had {old}" if known else "did not say it", field),
        f"{_RECREATE}, or keep {'the value' if old is not None else 'it out'}",
    )


def _headless(change: Change, fault: Fault) -> _Words:
    kind = type_of(change.resource)
    return _Words(
        f"type becomes {kind} but clusterIP: None is kept: {clause(fault)}",
        change.place("cannot be headless", "type"),
        change.earlier("headless", *_ADDRESSES),
        f"{_RECREATE}, or add a second Service of type {kind}",
    )


def _kept_policy(change: Change, fault: Fault) -> _Words:
    policy = change.was("ipFamilyPolicy")
    return _Words(
        f"ipFamilyPolicy: {policy} is kept: {clause(fault)}",
        change.place("says nothing of it", "ipFamilies"),
        change.earlier(f"stored with {policy}", "ipFamilyPolicy", *_ADDRESSES),
        "write ipFamilyPolicy: SingleStack",
    )


def _other(change: Change, fault: Fault) -> _Words:
    field = fault.path[1] if len(fault.path) > 1 else "type"
    return _Words(
        f"the change is refused: {quote(fault)}",
        change.place("refused with what is stored", field),
        change.earlier("was accepted", str(field)),
        f"{_RECREATE}, or write what the server keeps otherwise",
    )


def _kept(change: Change, value: Kept) -> Problem:
    """Return the problem of a value that is gone from the manifest alone."""
    what = f"{value.field}: {value.value}"
    fields: tuple[str, ...] = (value.field,)
    then, help_ = "the port its number", "ask for another port"
    if value.field == "clusterIP":
        fields, help_ = _ADDRESSES, _RECREATE
        is_headless = value.value == NO_ADDRESS
        then = "the Service headless" if is_headless else "the Service its address"
    was = change.update.before.label(
        *value.before_path, text=f"was said in {change.words}"
    )
    return Problem(
        f"removing {what} leaves {then}",
        at=change.place("says nothing of it", *fields),
        related=(was, *_port(change, value.path)),
        notes=("the API server keeps what it has stored where a manifest is silent",),
        help=f"{help_}, or write {what} while it is so",
        severity=Severity.WARNING,
    )


def _port(change: Change, path: Path) -> Iterator[Label]:
    """Yield a label on the port that a node port was removed from."""
    number = (*path[:3], "port")
    if len(path) > 3 and change.resource.get(*number) is not None:
        yield change.resource.label(*number, text="keeps its node port")
