"""How clients bring a stored Service to a new manifest.

``kubectl replace`` sends the whole object, a server-side apply sends the manifest and
the server merges it, and a client-side apply sends the patch that it works out from
the manifest before, the stored object and the new one. The server then updates the
object that comes of it, which differs most where node ports are concerned.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cip_lint.kube.applied_fields import applied
from cip_lint.kube.facts import ClusterFacts
from cip_lint.kube.faults import Admission, Fault
from cip_lint.kube.json_patches import json_merge, json_patch
from cip_lint.kube.pools import Pool
from cip_lint.kube.schema import type_of
from cip_lint.kube.sending import Sending
from cip_lint.kube.server_side_apply import read_applied_service
from cip_lint.kube.service_update import Change, update_service
from cip_lint.kube.strategic_merge import client_side_patch, strategic_merge
from cip_lint.model import Cause

Body = Mapping[str, Any]

_REFUSED_PATCH = "the server rejected our request due to an error in our request"


def change_service(
    stored: Body,
    old: Body,
    new: Body,
    sending: Sending,
    facts: ClusterFacts,
    pool: Pool,
    *,
    validation: str = "Ignore",
    store: bool = False,
) -> Change:
    """Return what becomes of a stored Service when a client brings its new manifest.

    ``old`` is the manifest that the same client brought before; a replacement does
    not look at it. ``pool``, ``validation`` and ``store`` are those of
    ``update_service``.
    """
    submitted: Body = new
    if sending is Sending.SERVER_SIDE_APPLY:
        merged = _applied(stored, old, new, facts, validation)
        if isinstance(merged, Admission):
            return Change(merged)
        submitted, validation = merged, "Ignore"
    elif sending is Sending.CLIENT_SIDE_APPLY:
        patch = client_side_patch(old, new, stored)
        if not patch:
            return Change(Admission(200, stored=stored if store else None))
        submitted = strategic_merge(stored, patch)
    return update_service(
        stored, submitted, facts, pool, validation=validation, store=store
    )


def _applied(
    stored: Body, old: Body, new: Body, facts: ClusterFacts, validation: str
) -> dict[str, Any] | Admission:
    name = (stored.get("metadata") or {}).get("name") or ""
    config = read_applied_service(new, facts, name=name, validation=validation)
    if isinstance(config, Admission):
        return config
    wanted = type_of("v1", "Service", facts.version)
    assert wanted is not None
    earlier = read_applied_service(old, facts, name=name)
    known = {} if isinstance(earlier, Admission) else earlier
    merged: dict[str, Any] = applied(stored, config, known, wanted)
    return merged


PATCHES = {
    "application/merge-patch+json": json_merge,
    "application/json-patch+json": json_patch,
    "application/strategic-merge-patch+json": strategic_merge,
}
"""Content type of a patch -> what makes the new object of stored object and patch."""


def patch_service(
    stored: Body,
    patch: Any,
    content_type: str,
    facts: ClusterFacts,
    pool: Pool,
    *,
    validation: str = "Ignore",
    store: bool = False,
) -> Change:
    """Return what becomes of a stored Service that somebody patches.

    Raises ``KeyError`` for a content type that is none of ``PATCHES``.
    """
    try:
        submitted = _patched(stored, patch, content_type)
    except ValueError as error:
        fault = Fault("400", (), Cause("", "", str(error)), "decode")
        return Change(Admission(422, (fault,), _REFUSED_PATCH))
    return update_service(
        stored, submitted, facts, pool, validation=validation, store=store
    )


def _patched(stored: Body, patch: Any, content_type: str) -> Body:
    carry_out = PATCHES[content_type]
    if carry_out is not json_patch and not isinstance(patch, dict):
        raise ValueError("a patch of this type is a map")
    submitted = carry_out(stored, patch)
    if not isinstance(submitted, dict):
        raise ValueError("what is left is no object")  # noqa: TRY004 - one family of errors
    return submitted
