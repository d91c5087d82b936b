"""What an update keeps of the stored Service, and what it drops.

Fields that the server allocates are kept where the new object is silent about
them, and dropped where its type has no use for them any more and nobody changed
them. Follows ``defaultOnRead``, ``patchAllocatedValues`` and
``normalizeClusterIPs`` of ``pkg/registry/core/service/storage/storage.go`` and
``dropTypeDependentFields`` of ``pkg/registry/core/service/strategy.go``.
"""

from __future__ import annotations

from cip_lint.kube.service_addresses import family_of, other_family
from cip_lint.kube.service_draft import (
    EXTERNAL_NAME,
    LOAD_BALANCER,
    NO_ADDRESS,
    NODE_PORT,
    REQUIRE_DUAL_STACK,
    SINGLE_STACK,
    ServiceDraft,
)
from cip_lint.kube.version import Version

KEEPS_ALLOCATED_SINCE = Version(1, 20)
"""Since then an update may leave out what the server has allocated."""

# Since then a load balancer that wants no node ports is not given its old ones.
_NONE_WANTED_SINCE = Version(1, 30)


def default_on_read(before: ServiceDraft, families: tuple[str, ...]) -> None:
    """Complete a stored Service that is older than the dual-stack fields.

    ``families`` are those of the cluster, the primary one first; with none the
    families of a headless Service stay open.
    """
    if before.cluster_ip and not before.cluster_ips:
        before.cluster_ips = [before.cluster_ip]
    if before.type == EXTERNAL_NAME or before.families:
        return
    policy = SINGLE_STACK
    if before.cluster_ips[:1] != [NO_ADDRESS]:
        before.families = [family_of(text) for text in before.cluster_ips]
        if len(before.families) > 1:
            policy = REQUIRE_DUAL_STACK
    elif families:
        before.families = [families[0]]
        if not before.selector:
            before.families.append(other_family(families[0]))
            policy = REQUIRE_DUAL_STACK
    if before.families and before.family_policy is None:
        before.family_policy = policy


def keep_allocated(draft: ServiceDraft, before: ServiceDraft, version: Version) -> None:
    """Fill in what was allocated before and is not mentioned now.

    Node ports are matched by the names of the ports, whatever else of them
    changes; where several old ports have one name, the last one counts.
    """
    if version < KEEPS_ALLOCATED_SINCE:
        return
    if EXTERNAL_NAME not in (before.type, draft.type):
        draft.cluster_ip = draft.cluster_ip or before.cluster_ip
        if not draft.cluster_ips:
            draft.cluster_ips = list(before.cluster_ips)
    if wants_node_ports(before, version) and wants_node_ports(draft, version):
        _keep_node_ports(draft, before)
    if before.needs_health_check and draft.needs_health_check:
        draft.health_check_node_port = (
            draft.health_check_node_port or before.health_check_node_port
        )


def wants_node_ports(draft: ServiceDraft, version: Version) -> bool:
    """Return whether the ports of a Service are to have node ports."""
    if draft.type == LOAD_BALANCER:
        return version < _NONE_WANTED_SINCE or draft.allocate_node_ports is not False
    return draft.type == NODE_PORT


def _keep_node_ports(draft: ServiceDraft, before: ServiceDraft) -> None:
    in_both = node_ports_of(before) & node_ports_of(draft)
    by_name = {port.name: port.node_port for port in before.ports}
    for port in draft.ports:
        if not port.node_port:
            old = by_name.get(port.name, 0)
            if old not in in_both:
                port.node_port = old


def node_ports_of(draft: ServiceDraft) -> set[int | str]:
    """Return the node ports that a Service mentions, check port left out."""
    return {port.node_port for port in draft.ports if port.node_port}


def normalize_addresses(draft: ServiceDraft, before: ServiceDraft) -> None:
    """Bring ``clusterIPs`` in line with a ``clusterIP`` that alone was changed."""
    if draft.cluster_ip == before.cluster_ip:
        draft.cluster_ips = draft.cluster_ips or list(before.cluster_ips)
    elif draft.cluster_ips == before.cluster_ips:
        draft.cluster_ips = [draft.cluster_ip] if draft.cluster_ip else []


def drop_fields_of_old_type(
    draft: ServiceDraft, before: ServiceDraft, version: Version
) -> None:
    """Drop what only the old type has a use for, where it was left unchanged."""
    if draft.type == EXTERNAL_NAME and before.type != EXTERNAL_NAME:
        _drop_addresses(draft, before)
    exposed = (NODE_PORT, LOAD_BALANCER)
    if before.type in exposed and draft.type not in exposed:
        _drop_node_ports(draft, before)
    if (
        before.needs_health_check
        and not draft.needs_health_check
        and draft.health_check_node_port == before.health_check_node_port
    ):
        draft.health_check_node_port = 0
    if before.type == LOAD_BALANCER and draft.type != LOAD_BALANCER:
        if draft.allocate_node_ports == before.allocate_node_ports:
            draft.allocate_node_ports = None
        if draft.load_balancer_class == before.load_balancer_class:
            draft.load_balancer_class = None
    if (
        before.is_externally_accessible(version)
        and not draft.is_externally_accessible(version)
        and draft.external_policy == before.external_policy
    ):
        draft.external_policy = ""


def _drop_addresses(draft: ServiceDraft, before: ServiceDraft) -> None:
    if (draft.cluster_ip, draft.cluster_ips) == (before.cluster_ip, before.cluster_ips):
        draft.cluster_ip, draft.cluster_ips = "", []
    if draft.families == before.families:
        draft.families = []
    if draft.family_policy == before.family_policy:
        draft.family_policy = None


def _drop_node_ports(draft: ServiceDraft, before: ServiceDraft) -> None:
    """Drop the node ports unless a new number is among them."""
    if node_ports_of(draft) <= node_ports_of(before):
        for port in draft.ports:
            port.node_port = 0
