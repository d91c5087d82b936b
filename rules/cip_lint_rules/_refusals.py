"""Words and places that rules about refusals share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cip_lint.kube.addresses import parse_cidr, parse_ip
from cip_lint.kube.faults import Fault
from cip_lint.kube.service_admission import admit_service
from cip_lint.model import Label, Resource, ServerAnswer
from cip_lint.patterns import pattern
from cip_lint.replay import ServiceRow
from cip_lint.rule import Context

_ENTRY = len(("spec", "ports", 0))
_SHOWN_VALUE = pattern(
    r"""(?:Invalid|Unsupported)[ ]value:[ ]
    (?: "(?:[^"\\]|\\.)*"                              # a text
      | (?:\[\]string)? [\[{] (?:"(?:[^"\\]|\\.)*"|[^"\]}])* [\]}]   # a list
      | [^":]*                                         # a number
    ):[ ]""",
    re.VERBOSE,
)


def quote(fault: Fault) -> str:
    """Return path and text of the API server, word for word."""
    return fault.words


def detail(fault: Fault) -> str:
    """Return what the server says beyond the class of the fault and the value."""
    message = fault.message
    for start in ("Required value: ", "Forbidden: "):
        if message.startswith(start):
            return message[len(start) :]
    return _SHOWN_VALUE.sub("", message, count=1)


def clause(fault: Fault) -> str:
    """Return the detail without the examples the server adds in brackets."""
    text, bracket, _ = detail(fault).partition(" (e.g. ")
    return text.rstrip(",") if bracket else text


def by_field(faults: Iterable[Fault]) -> Iterator[tuple[Fault, ...]]:
    """Yield the faults of each field, fields in the order of the server."""
    fields: dict[str, list[Fault]] = {}
    for fault in faults:
        fields.setdefault(fault.cause.field, []).append(fault)
    yield from map(tuple, fields.values())


def port_index(fault: Fault) -> int:
    """Return which of ``spec.ports`` a fault is about; -1 where none is."""
    path = fault.path
    if len(path) > 2 and path[:2] == ("spec", "ports"):
        index = path[2]
        return index if isinstance(index, int) else -1
    return -1


def refused_ports(row: ServiceRow, *fields: str) -> frozenset[int]:
    """Return which of ``spec.ports`` are refused as a whole, or for one of some fields.

    What stands there is not what will be, and nobody knows what is meant.
    """
    return frozenset(
        port_index(fault)
        for fault in row.admission.faults
        if port_index(fault) >= 0
        and (len(fault.path) == _ENTRY or fault.path[_ENTRY] in fields)
    )


def type_of(resource: Resource) -> str:
    """Return the type of a Service, ``ClusterIP`` where it has none."""
    written = resource.get("spec", "type")
    return written if isinstance(written, str) and written else "ClusterIP"


def type_label(resource: Resource) -> Label:
    """Return a label on the type, on the name of the object where it has none."""
    if resource.get("spec", "type"):
        return resource.label("spec", "type")
    return resource.label("metadata", "name", text="the type is ClusterIP")


def ordinary_spelling(value: object) -> str:
    """Return the spelling of an address or CIDR that is never refused.

    Empty for what can be read as neither, and for what is spelt so already.
    """
    if not isinstance(value, str):
        return ""
    text = value.strip()
    read = parse_ip(text) or parse_cidr(text)
    return read.canonical if read is not None and read.canonical != value else ""


def is_taken(fault: Fault) -> bool:
    """Whether somebody else holds the address or node port that is asked for."""
    return fault.cause.message.endswith("is already allocated")


def is_outside(fault: Fault) -> bool:
    """Whether no range of the cluster has the address or node port."""
    message = fault.cause.message
    return "not in the valid range" in message or message.endswith("current range")


def refusal_while_held(
    canonical: str, row: ServiceRow, cx: Context
) -> tuple[Fault, ...]:
    """Return what the server says to a Service whose address somebody else holds."""
    facts = cx.cluster.facts._replace(held_addresses=frozenset({canonical}))
    faults = admit_service(row.resource.body, facts).faults
    return tuple(one for one in faults if one.code == "L3" and is_taken(one))


def answer_without_causes(
    row: ServiceRow, faults: Iterable[Fault]
) -> ServerAnswer | None:
    """Return the answer to a Service where it names faults without causes (500)."""
    named = any(not fault.later and not fault.reason for fault in faults)
    return row.server if named else None
