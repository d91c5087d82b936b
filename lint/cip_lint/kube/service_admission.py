"""The API server's answer to one new Service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cip_lint.kube.addresses import parse_cidr
from cip_lint.kube.decoding import decode
from cip_lint.kube.facts import ClusterFacts
from cip_lint.kube.faults import (
    ORDINARY,
    Admission,
    Fault,
    each_once,
    standard_message,
)
from cip_lint.kube.grammar import dns1123_label
from cip_lint.kube.pools import FactsPool, Pool
from cip_lint.kube.schema import type_of
from cip_lint.kube.service_addresses import initialize_families
from cip_lint.kube.service_allocation import allocate_addresses, allocate_ports
from cip_lint.kube.service_draft import ServiceDraft, apply_defaults
from cip_lint.kube.service_kind import kind_fault
from cip_lint.kube.service_ordinary import is_ordinary
from cip_lint.kube.service_validation import service_faults
from cip_lint.kube.service_warnings import service_warnings
from cip_lint.kube.version import Version
from cip_lint.model import Cause, Path

DENIED = "denied"
"""Code of what an admission plugin refuses."""
STORAGE = "storage"
"""Code of what is refused when a valid object is written."""

_INTERNAL = "Internal error occurred: "
# Codes of the errors that the server passes on as they are: what the storage
# refuses, and on an update a node port that is listed twice.
_BARE = frozenset((STORAGE, "P9"))


def admit_service(
    manifest: Mapping[str, Any] | None,
    facts: ClusterFacts,
    *,
    validation: str = "Ignore",
    in_order: bool = False,
    repeated: tuple[str, ...] = (),
    store: bool = False,
    pool: Pool | None = None,
) -> Admission:
    """Return what the API server answers to the creation of a Service.

    ``validation``, ``in_order`` and ``repeated`` are those of ``decode``. A
    manifest without ``apiVersion`` or ``kind`` is taken for a Service, as where
    Services are posted to. The stored object is only worked out when ``store``
    asks for it. Addresses and node ports are taken from ``pool``, which gives
    them back where the Service is refused; without one, from the facts.
    """
    wanted = type_of("v1", "Service", facts.version)
    assert wanted is not None
    quick = pool is None and not store and not repeated
    if quick and is_ordinary(manifest, wanted, facts):
        return ORDINARY
    unrecognised = kind_fault(manifest, facts.version)
    if unrecognised is not None:
        return Admission(400, (unrecognised,), unrecognised.cause.message)
    if manifest is None:
        manifest = {}
    decoded = decode(
        manifest,
        wanted,
        validation=validation,
        in_order=in_order,
        repeated=repeated,
    )
    if decoded.faults:
        return Admission(400, decoded.faults, decoded.message)
    draft = ServiceDraft(manifest, wanted)
    missing = _missing_namespace(draft, facts)
    if missing is not None:
        return Admission(404, (missing,), missing.cause.message, decoded.warnings)
    apply_defaults(draft, facts.version)
    faults = create(draft, pool or FactsPool(facts), families_of(facts), facts)
    if faults:
        return refusal(draft, faults, facts.version, decoded.warnings)
    warnings = decoded.warnings + service_warnings(draft, facts.version)
    return Admission(201, (), "", warnings, draft.stored() if store else None)


def families_of(facts: ClusterFacts) -> tuple[str, ...]:
    """Return the families of a cluster: those stated, else those of its ranges."""
    if facts.families:
        return facts.families
    ranges = map(parse_cidr, facts.service_cidrs)
    return tuple(dict.fromkeys(one.family for one in ranges if one is not None))


def create(
    draft: ServiceDraft, pool: Pool, families: tuple[str, ...], facts: ClusterFacts
) -> list[Fault]:
    """Allocate and validate a defaulted Service; return what is refused.

    The first fault is the one that the server names; the others of its step, or
    of validation, follow, then those it would name ``later``.
    """
    version = facts.version
    if draft.cluster_ip and not draft.cluster_ips:
        draft.cluster_ips = [draft.cluster_ip]
    refused = initialize_families(draft, families, version)
    if not refused:
        faults = allocate_addresses(draft, pool, version)
        refused, later = faults[:1], faults[1:]
    else:
        later = []
    faults = allocate_ports(draft, pool)
    if not refused:
        refused, later = faults[:1], faults[1:]
    else:
        later += faults
    faults = service_faults(draft, version)
    if not faults:
        faults = _faults_behind_validation(draft, facts)
    if not refused:
        return faults
    said = {fault.cause for fault in refused}
    later += [fault for fault in faults if fault.cause not in said]
    return refused + [fault._replace(later=True) for fault in later]


def _faults_behind_validation(draft: ServiceDraft, facts: ClusterFacts) -> list[Fault]:
    """Return what admission plugins or the storage refuse in a valid Service."""
    denied = external_ip_denial(draft, facts)
    if denied:
        return denied
    stated = draft.metadata.get("resourceVersion")
    if stated and stated.isascii() and stated.isdigit() and stated.strip("0"):
        text = "resourceVersion should not be set on objects to be created"
        path: Path = ("metadata", "resourceVersion")
        return [Fault(STORAGE, path, Cause("", "", text), "validation", value=stated)]
    return []


def external_ip_denial(
    draft: ServiceDraft, facts: ClusterFacts, before: ServiceDraft | None = None
) -> list[Fault]:
    """Return the refusal of external IPs that a Service did not have before.

    Follows ``plugin/pkg/admission/network/denyserviceexternalips``.
    """
    old = () if before is None else before.external_ips
    if not facts.deny_external_ips or set(draft.external_ips) <= set(old):
        return []
    text = "Use of external IPs is denied by admission control"
    return [Fault(DENIED, ("spec", "externalIPs"), Cause("", "", text), "validation")]


def _missing_namespace(draft: ServiceDraft, facts: ClusterFacts) -> Fault | None:
    """Return the fault of a namespace that cannot be, or is known not to be (M4)."""
    namespace = draft.metadata.get("namespace")
    if not namespace:
        return None
    known = facts.namespaces
    if dns1123_label(namespace) or (known is not None and namespace not in known):
        text = f'namespaces "{namespace}" not found'
        path: Path = ("metadata", "namespace")
        return Fault("M4", path, Cause("", "", text), "decode", value=namespace)
    return None


def refusal(
    draft: ServiceDraft,
    faults: list[Fault],
    version: Version,
    warnings: tuple[str, ...] = (),
) -> Admission:
    """Return the answer that names the faults."""
    first = faults[0].cause
    if faults[0].code == DENIED:
        warnings += service_warnings(draft, version)
        message = f'services "{draft.shown_name}" is forbidden: {first.message}'
        return Admission(403, tuple(faults), message, warnings)
    if not first.reason:
        said = "" if faults[0].code in _BARE else _INTERNAL
        return Admission(500, tuple(faults), said + first.message, warnings)
    named = each_once(faults, version)
    causes = [fault.cause for fault in named if not fault.later]
    message = standard_message("Service", draft.shown_name, causes)
    return Admission(422, named, message, warnings)
