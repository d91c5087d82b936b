"""What may not change in a stored Service.

Follows ``ValidateServiceUpdate`` of ``pkg/apis/core/validation/validation.go`` with
``validateUpgradeDowngradeClusterIPs``, ``validateUpgradeDowngradeIPFamilies`` and
``validateLoadBalancerClassField``. What is wrong whatever it was before is found by
``service_validation``.
"""

from __future__ import annotations

from cip_lint.kube.faults import Fault, invalid, shown_list
from cip_lint.kube.go_text import quoted
from cip_lint.kube.object_metadata import (
    annotation_faults,
    label_faults,
    ownership_faults,
)
from cip_lint.kube.service_addresses import POLICY_PATH, policy_cause
from cip_lint.kube.service_draft import (
    EXTERNAL_NAME,
    LOAD_BALANCER,
    SINGLE_STACK,
    ServiceDraft,
)
from cip_lint.kube.service_exposure_checks import check_load_balancer_class
from cip_lint.kube.service_retention import KEEPS_ALLOCATED_SINCE
from cip_lint.kube.service_validation import spec_faults
from cip_lint.kube.version import Version
from cip_lint.model import Path

IMMUTABLE_CODES = frozenset(("U2", "U3", "U4", "U5", "U6"))
"""Codes of what an update is refused for although it could be created so."""

_ONCE_SET = "may not change once set"
_FAMILIES_PATH: Path = ("spec", "ipFamilies")
_CLASS_PATH: Path = ("spec", "loadBalancerClass")
_FAMILY_FIELD = "spec.ipFamilies[0]"
_CLASS_FIELD = "spec.loadBalancerClass"


def update_faults(
    draft: ServiceDraft, before: ServiceDraft, version: Version
) -> list[Fault]:
    """Return what the API server refuses in a changed Service, in its order."""
    faults = _metadata_faults(draft, version)
    if EXTERNAL_NAME not in (draft.type, before.type):
        faults += _address_changes(draft, before, version)
        faults += _family_changes(draft, before, version)
    faults += _class_changes(draft, before, version)
    check_load_balancer_class(draft, faults, version)
    return faults + spec_faults(draft, version, before)


def _metadata_faults(draft: ServiceDraft, version: Version) -> list[Fault]:
    """Check the metadata that an update may change.

    The server looks at labels, annotations and owners three times: for all
    kinds as of any object, as of an update, and for Services once more.
    """
    path: Path = ("metadata", "labels")
    faults = list(
        label_faults(draft.labels or {}, "metadata.labels", path, ("M5", "M5"), version)
    )
    faults += annotation_faults(draft.annotations or {}, version)
    faults += ownership_faults(draft.metadata, version)
    return faults * 3


def _address_changes(
    draft: ServiceDraft, before: ServiceDraft, version: Version
) -> list[Fault]:
    if draft.is_headless and before.is_headless:
        return []
    old, now = before.cluster_ips, draft.cluster_ips
    if version < KEEPS_ALLOCATED_SINCE:
        return _single_address_change(draft, before)
    if not now:
        detail = "primary clusterIP can not be unset"
        return [_changed_address(draft, 0, detail, version)] if old else []
    if len(old) == len(now):
        return [
            _changed_address(draft, index, _ONCE_SET, version)
            for index, text in enumerate(old)
            if text != now[index]
        ]
    faults = []
    if old and old[0] != now[0]:
        faults.append(_changed_address(draft, 0, _ONCE_SET, version))
    if len(now) == 1 and draft.family_policy != SINGLE_STACK:
        faults.append(_kept_policy(draft, "clusterIP", version))
    return faults


def _single_address_change(draft: ServiceDraft, before: ServiceDraft) -> list[Fault]:
    """Compare ``clusterIP`` as the versions did that knew only one address."""
    text = draft.cluster_ip
    if not before.cluster_ip or before.cluster_ip == text:
        return []
    cause = invalid("spec.clusterIP", quoted(text), "field is immutable")
    return [Fault("U2", ("spec", "clusterIP"), cause, value=text)]


def _changed_address(
    draft: ServiceDraft, index: int, detail: str, version: Version
) -> Fault:
    shown = shown_list(draft.cluster_ips, version)
    cause = invalid(f"spec.clusterIPs[{index}]", shown, detail)
    value = draft.cluster_ips[index] if index < len(draft.cluster_ips) else ""
    return Fault("U2", draft.address_path(index), cause, value=value)


def _kept_policy(draft: ServiceDraft, words: str, version: Version) -> Fault:
    detail = f"must be set to 'SingleStack' when releasing the secondary {words}"
    cause = policy_cause(draft, detail, version)
    return Fault("U3", POLICY_PATH, cause, value=draft.family_policy)


def _family_changes(
    draft: ServiceDraft, before: ServiceDraft, version: Version
) -> list[Fault]:
    """Compare the families of a Service that has addresses, before and now."""
    old, now = before.families, draft.families
    if draft.is_headless or before.is_headless:
        return []
    if len(old) == len(now):
        shown = shown_list(now, version)
        return [
            _changed_family(draft, index, shown)
            for index, family in enumerate(old)
            if family != now[index]
        ]
    faults = []
    if old and now and old[0] != now[0]:
        # The server shows the addresses here, not the families.
        shown = shown_list(draft.cluster_ips, version)
        faults.append(_changed_family(draft, 0, shown))
    if len(now) == 1 and len(old) > 1 and draft.family_policy != SINGLE_STACK:
        faults.append(_kept_policy(draft, "ipFamily", version))
    return faults


def _changed_family(draft: ServiceDraft, index: int, shown: str) -> Fault:
    cause = invalid(_FAMILY_FIELD, shown, _ONCE_SET)
    return Fault("U4", (*_FAMILIES_PATH, index), cause, value=draft.families[index])


def _class_changes(
    draft: ServiceDraft, before: ServiceDraft, version: Version
) -> list[Fault]:
    if draft.type != LOAD_BALANCER or before.type != LOAD_BALANCER:
        return []
    text = draft.load_balancer_class
    if text == before.load_balancer_class:
        return []
    nothing = "null" if version >= (1, 34) else "<nil>"
    cause = invalid(_CLASS_FIELD, nothing if text is None else quoted(text), _ONCE_SET)
    return [Fault("U5", _CLASS_PATH, cause, value=text)]
