"""Updates: what becomes of the earlier self of a Service when it is applied again.

The server judges the change, not the new state alone, and keeps what it once gave
out where the new manifest says nothing of it: addresses, headlessness, node ports.
How far it does depends on who sends the manifest
(``patchAllocatedValues`` of ``pkg/registry/core/service/storage/alloc.go``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cip_lint.bodies import Body, integer, items, mapping, text
from cip_lint.cluster.engines import sending_of
from cip_lint.records import NamedTuple

if TYPE_CHECKING:
    from cip_lint.cluster import Base, ServiceMember
    from cip_lint.kube.service_update import Change
    from cip_lint.model import Path, Resource
    from cip_lint.replay.judgement import Judge

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_MOST_APPLIED = 1 << 20
_NONE = "None"


class Kept(NamedTuple):
    """A value that the manifest no longer says, and the server keeps all the same."""

    field: str
    """``clusterIP``, ``nodePort`` or ``healthCheckNodePort``."""
    value: str
    before_path: Path
    """Where the earlier object says it."""
    path: Path
    """Where the manifest would say it."""


class Update(NamedTuple):
    """A Service that is applied over its earlier self."""

    before: Resource
    """The earlier self, whose file is named as labels do."""
    stored: Body
    """The earlier self as the API server stores it."""
    change: Change
    """The API server's answer; the new stored object is in it, unless refused."""
    kept: tuple[Kept, ...]

    @property
    def refused(self) -> bool:
        """Whether the API server refuses the change."""
        return self.change.admission.refused


def update(
    judge: Judge,
    base: Base,
    member: ServiceMember,
    addresses: frozenset[str] = frozenset(),
    node_ports: frozenset[int] = frozenset(),
) -> Update | None:
    """Return what applying a Service over its earlier self does.

    Others hold ``addresses`` and ``node_ports``. None where it has no earlier self,
    where that was refused itself and never lived, and where somebody wrote what is
    said to live: no API server has values of a wrong type.
    """
    before = base.earlier(member)
    if before is None:
        return None
    namespace = member.ref.namespace
    earlier = before.resource.body
    if base.live:
        if not judge.can_decode(earlier):
            return None
        stored, old = _in_namespace(earlier, namespace), _last_applied(earlier)
        if not judge.can_decode(old):
            old = _named(earlier)
    else:
        stored = _in_namespace(judge.stored(before), namespace)
        old = earlier
    if not stored:
        return None
    change = judge.change(
        member,
        stored,
        _in_namespace(old, namespace),
        _in_namespace(member.resource.body, namespace),
        sending_of(member.unit.engine),
        addresses,
        node_ports,
    )
    after = change.admission.stored or {}
    said = old if not base.live else _with_headless(old, stored)
    kept = tuple(_kept(said, member.resource.body, stored, after))
    return Update(base.shown(before.resource), stored, change, kept)


def _in_namespace(body: Body, namespace: str) -> Body:
    """Return an object with the namespace that it goes to written out."""
    metadata = body.get("metadata")
    if not isinstance(metadata, dict):
        return body
    return {**body, "metadata": {**metadata, "namespace": namespace}}


def _last_applied(stored: Body) -> Body:
    """Return the manifest that a stored object was last made from, as far as known."""
    annotations = mapping(mapping(stored.get("metadata")).get("annotations"))
    written = text(annotations.get(LAST_APPLIED))
    if written and len(written) <= _MOST_APPLIED:
        try:
            body = json.loads(written)
        except (ValueError, RecursionError):
            body = None
        if isinstance(body, dict) and isinstance(body.get("metadata"), dict):
            return body
    return _named(stored)


def _named(stored: Body) -> Body:
    """Return a Service that says its name and nothing more."""
    metadata = {"name": mapping(stored.get("metadata")).get("name")}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata}


def _with_headless(old: Body, stored: Body) -> Body:
    """Return the manifest of a living Service, with the one value nobody else sets.

    No server draws ``None``: somebody wrote it, whether or not a note of it is left.
    """
    address = mapping(stored.get("spec")).get("clusterIP")
    if address != _NONE:
        return old
    return {**old, "spec": {**mapping(old.get("spec")), "clusterIP": address}}


def _kept(old: Body, new: Body, stored: Body, after: Body) -> Iterator[Kept]:
    """Yield what an earlier manifest said, the new one does not, and the server has."""
    old_spec, new_spec = mapping(old.get("spec")), mapping(new.get("spec"))
    was, now = mapping(stored.get("spec")), mapping(after.get("spec"))
    address = text(now.get("clusterIP"))
    if (
        _asks(old_spec)
        and not _asks(new_spec)
        and address
        and address == was.get("clusterIP")
    ):
        key = "clusterIP" if old_spec.get("clusterIP") else "clusterIPs"
        yield Kept("clusterIP", address, ("spec", key), ("spec", "clusterIP"))
    yield from _kept_ports(old_spec, new_spec, now)
    check = integer(now.get("healthCheckNodePort"))
    if (
        check
        and check == integer(old_spec.get("healthCheckNodePort"))
        and not new_spec.get("healthCheckNodePort")
    ):
        path: Path = ("spec", "healthCheckNodePort")
        yield Kept("healthCheckNodePort", str(check), path, path)


def _asks(spec: Mapping[str, Any]) -> bool:
    """Whether a manifest asks for a cluster IP, or for none."""
    return bool(spec.get("clusterIP") or items(spec.get("clusterIPs")))


def _kept_ports(
    old: Mapping[str, Any], new: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[Kept]:
    said, has = _node_ports(new), _node_ports(now)
    for number, index in _node_ports(old).items():
        if number in has and number not in said:
            before: Path = ("spec", "ports", index, "nodePort")
            path: Path = ("spec", "ports", has[number], "nodePort")
            yield Kept("nodePort", str(number), before, path)


def _node_ports(spec: Mapping[str, Any]) -> dict[int, int]:
    """Return the node ports that are said, and which entry says each."""
    found = {}
    for index, port in enumerate(items(spec.get("ports"))):
        number = integer(mapping(port).get("nodePort"))
        if number:
            found[number] = index
    return found
