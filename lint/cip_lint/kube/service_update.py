"""The API server's answer to a change of a stored Service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cip_lint.kube.addresses import parse_ip
from cip_lint.kube.decoding import decode
from cip_lint.kube.facts import ClusterFacts
from cip_lint.kube.faults import Admission, Drawn, Fault
from cip_lint.kube.pools import Pool
from cip_lint.kube.schema import type_of
from cip_lint.kube.service_admission import (
    external_ip_denial,
    families_of,
    refusal,
)
from cip_lint.kube.service_draft import ServiceDraft, apply_defaults
from cip_lint.kube.service_kind import kind_fault
from cip_lint.kube.service_retention import (
    default_on_read,
    drop_fields_of_old_type,
    keep_allocated,
    normalize_addresses,
)
from cip_lint.kube.service_update_allocation import (
    update_addresses,
    update_families,
    update_ports,
)
from cip_lint.kube.service_update_validation import update_faults
from cip_lint.kube.service_warnings import service_warnings
from cip_lint.model import Cause
from cip_lint.records import NamedTuple

OTHER_OBJECT = "U1"
"""Code of an update whose object is not the one that it is sent to."""


class Change(NamedTuple):
    """What becomes of an update.

    ``admission`` is the answer: 200, or the refusal. What is released is free
    once the update has been stored, and never when it is refused.
    """

    admission: Admission
    released_addresses: tuple[str, ...] = ()
    """In canonical form."""
    released_ports: tuple[int | str, ...] = ()
    """Node ports, a port for health checks among them."""


def update_service(
    stored: Mapping[str, Any],
    submitted: Mapping[str, Any] | None,
    facts: ClusterFacts,
    pool: Pool,
    *,
    validation: str = "Ignore",
    in_order: bool = False,
    store: bool = False,
) -> Change:
    """Return what the API server makes of a whole object sent to change a Service.

    ``stored`` is the Service as the server returns it; whoever has it from a file
    must know that it can be decoded. ``submitted`` is what a PUT holds, or what a
    patch has made of the stored object. ``validation`` and ``in_order`` are those
    of ``decode``. Addresses and node ports are taken from ``pool``; on a refusal it
    is for the pool to take that back. The new stored object is only worked out when
    ``store`` asks for it.
    """
    version = facts.version
    unrecognised = kind_fault(submitted, version)
    if unrecognised is not None:
        return _refused(400, unrecognised)
    wanted = type_of("v1", "Service", version)
    assert wanted is not None
    submitted = submitted or {}
    decoded = decode(submitted, wanted, validation=validation, in_order=in_order)
    if decoded.faults:
        return Change(Admission(400, decoded.faults, decoded.message))
    other = _other_object(stored, submitted)
    if other is not None:
        return _refused(400, other)
    before, draft = ServiceDraft(stored, wanted), ServiceDraft(submitted, wanted)
    draft.name = draft.shown_name = before.shown_name
    for service in (before, draft):
        apply_defaults(service, version)
    update = _Update(draft, before, facts, pool)
    faults = update.faults()
    if faults:
        return Change(refusal(draft, faults, version, decoded.warnings))
    warnings = decoded.warnings + service_warnings(draft, version)
    return Change(
        Admission(200, (), "", warnings, draft.stored() if store else None),
        tuple(_canonical(text) for text in update.addresses),
        tuple(update.ports),
    )


class _Update:
    """One change of one Service on its way through allocation and validation."""

    def __init__(
        self,
        draft: ServiceDraft,
        before: ServiceDraft,
        facts: ClusterFacts,
        pool: Pool,
    ) -> None:
        self._draft = draft
        self._before = before
        self._facts = facts
        self._pool = pool
        self.addresses: list[str] = []
        self.ports: list[int | str] = []

    def faults(self) -> list[Fault]:
        """Make the change; return what is refused.

        The faults of the step that refuses come first, as the server names them;
        those that it would name afterwards follow as ``later``.
        """
        draft, before, version = self._draft, self._before, self._facts.version
        families = families_of(self._facts)
        default_on_read(before, families)
        keep_allocated(draft, before, version)
        normalize_addresses(draft, before)
        faults = update_families(draft, before, families, version)
        count = len(faults)
        if not faults:
            faults, self.addresses = update_addresses(
                draft, before, self._pool, version
            )
        found, self.ports = update_ports(draft, before, self._pool)
        faults += found
        # Families are judged together, everything else that is taken one by one.
        count = count or min(1, len(faults))
        drop_fields_of_old_type(draft, before, version)
        judged = update_faults(draft, before, version)
        if not judged:
            judged = external_ip_denial(draft, self._facts, before)
        if not count:
            return judged
        said = {fault.cause for fault in faults}
        later = [*faults[count:], *(one for one in judged if one.cause not in said)]
        return faults[:count] + [fault._replace(later=True) for fault in later]


def _refused(code: int, fault: Fault) -> Change:
    return Change(Admission(code, (fault,), fault.cause.message))


def _other_object(
    stored: Mapping[str, Any], submitted: Mapping[str, Any]
) -> Fault | None:
    """Return the fault of an object that names itself otherwise than its address."""
    old, new = stored.get("metadata") or {}, submitted.get("metadata") or {}
    if new.get("namespace") and new["namespace"] != old.get("namespace"):
        text = (
            "the namespace of the provided object does not match the namespace sent"
            " on the request"
        )
        key = "namespace"
    elif new.get("name") != old.get("name"):
        name, url = new.get("name"), old.get("name")
        text = f"the name of the object ({name}) does not match the name on the URL"
        text += f" ({url})"
        if not name:
            text = f"the name of the object ({url} based on URL) was undeterminable"
            text += ": name must be provided"
        key = "name"
    else:
        return None
    value = new.get(key)
    cause = Cause("", "", text)
    return Fault(OTHER_OBJECT, ("metadata", key), cause, "decode", value=value)


def _canonical(text: str) -> str:
    address = None if isinstance(text, Drawn) else parse_ip(text)
    return text if address is None else address.canonical
