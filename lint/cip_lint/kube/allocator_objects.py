"""The API server's answer to a change of a ServiceCIDR or an IPAddress.

Follows ``ValidateServiceCIDRUpdate`` and ``ValidateIPAddressUpdate`` of
``pkg/apis/networking/validation/validation.go``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cip_lint.bodies import Body, items, mapping, text
from cip_lint.kube import faults as causes
from cip_lint.kube.checks import Checks, name_of
from cip_lint.kube.decoding import decode
from cip_lint.kube.discovery import group_of
from cip_lint.kube.facts import ClusterFacts
from cip_lint.kube.faults import Admission, standard_message
from cip_lint.kube.go_text import as_json, string_list
from cip_lint.kube.network_checks import ADDRESS, CIDR, check_cidrs
from cip_lint.kube.schema import type_of
from cip_lint.kube.stored import stored_object
from cip_lint.kube.version import Version
from cip_lint.model import Path, field_path

_IMMUTABLE = "field is immutable"
_SECOND_FAMILY_SINCE = Version(1, 33)


def change_allocator_object(
    stored: Mapping[str, Any],
    submitted: Mapping[str, Any],
    facts: ClusterFacts,
    *,
    validation: str = "Ignore",
    in_order: bool = False,
) -> Admission:
    """Return the answer to a whole ServiceCIDR or IPAddress sent to change another.

    Both have the kind and the name of ``stored``. Ranges may not be changed, but a
    second family may be added to one; what an IPAddress belongs to may not.
    """
    wanted = type_of(stored["apiVersion"], stored["kind"], facts.version)
    assert wanted is not None
    decoded = decode(submitted, wanted, validation=validation, in_order=in_order)
    if decoded.faults:
        return Admission(400, decoded.faults, decoded.message, decoded.warnings)
    checks = Checks(facts.version)
    if stored["kind"] == "ServiceCIDR":
        _check_cidrs(checks, stored, submitted)
    else:
        _check_parent(checks, stored, submitted)
    if checks.faults:
        said = standard_message(
            f"{stored['kind']}.{group_of(stored['apiVersion'])}",
            name_of(submitted).shown,
            (fault.cause for fault in checks.faults),
        )
        return Admission(422, tuple(checks.faults), said, decoded.warnings)
    kept = stored_object(submitted, facts.version)
    return Admission(200, (), "", decoded.warnings, kept)


def _check_cidrs(checks: Checks, stored: Body, submitted: Body) -> None:
    path: Path = ("spec", "cidrs")
    old, new = _cidrs(stored), _cidrs(submitted)
    if len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            if before != after:
                checks.invalid(CIDR, (*path, index), after, (_IMMUTABLE,))
        return
    if (len(old), len(new)) == (1, 2) and checks.version >= _SECOND_FAMILY_SINCE:
        if old[0] != new[0]:
            checks.invalid(CIDR, (*path, 0), new[0], (_IMMUTABLE,))
        check_cidrs(checks, submitted)
        return
    shown = string_list(new, checks.version)
    checks.add(CIDR, path, causes.invalid(field_path(path), shown, _IMMUTABLE))


def _cidrs(body: Body) -> list[str]:
    return [text(value) for value in items(mapping(body.get("spec")).get("cidrs"))]


def _check_parent(checks: Checks, stored: Body, submitted: Body) -> None:
    old, new = _parent(stored), _parent(submitted)
    if old != new:
        path: Path = ("spec", "parentRef")
        shown = as_json(new)
        checks.add(ADDRESS, path, causes.invalid(field_path(path), shown, _IMMUTABLE))


def _parent(body: Body) -> dict[str, str] | None:
    """Return what an IPAddress belongs to, with the names of the internal type."""
    reference = mapping(body.get("spec")).get("parentRef")
    if reference is None:
        return None
    fields = ("Group", "Resource", "Namespace", "Name")
    return {field: text(mapping(reference).get(field.lower())) for field in fields}
