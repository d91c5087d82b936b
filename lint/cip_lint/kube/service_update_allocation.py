"""What an update takes from a cluster, and what it gives back.

Follows ``initIPFamilyFields``, ``updateClusterIPs``, ``updateNodePorts`` and
``updateHealthCheckNodePort`` of ``pkg/registry/core/service/storage/alloc.go``.
What is taken comes from the pool at once. What is given back is only told: the
server frees it once the update has been stored.
"""

from __future__ import annotations

from cip_lint.kube.faults import Drawn, Fault, forbidden, invalid
from cip_lint.kube.pools import TAKEN_PORT, NotDrawn, Pool
from cip_lint.kube.service_addresses import (
    POLICY_PATH,
    address_faults,
    default_policy,
    policy_cause,
    settle_families,
)
from cip_lint.kube.service_allocation import (
    NO_PORT_LEFT,
    allocate_address,
    allocate_addresses,
    allocate_check_port,
    node_port_not_drawn,
)
from cip_lint.kube.service_draft import (
    CLUSTER_IP,
    EXTERNAL_NAME,
    LOAD_BALANCER,
    NO_ADDRESS,
    NODE_PORT,
    PREFER_DUAL_STACK,
    SINGLE_STACK,
    PortDraft,
    ServiceDraft,
)
from cip_lint.kube.service_retention import node_ports_of
from cip_lint.kube.version import Version
from cip_lint.model import Cause, Path

REPEATED = "P9"
"""Code of a node port that is listed twice for one protocol."""

_EXPOSED = (NODE_PORT, LOAD_BALANCER)
_WITH_ADDRESS = (CLUSTER_IP, *_EXPOSED)
_CHECK_PORT: Path = ("spec", "healthCheckNodePort")


def update_families(
    draft: ServiceDraft,
    before: ServiceDraft,
    families: tuple[str, ...],
    version: Version,
) -> list[Fault]:
    """Decide policy and families of a changed Service; return what forbids it.

    ``families`` are those of the cluster as for ``initialize_families``.
    """
    if draft.type == EXTERNAL_NAME or _stays_as_preferred(draft, before):
        return []
    draft.family_policy = draft.family_policy or before.family_policy
    default_policy(draft)
    faults = address_faults(draft, version, "allocation", before)
    if faults:
        return faults
    if draft.family_policy == SINGLE_STACK:
        _release_second(draft, before)
    else:
        faults = _release_faults(draft, before, version)
    return settle_families(draft, families, version, faults)


def _stays_as_preferred(draft: ServiceDraft, before: ServiceDraft) -> bool:
    """Return whether a preference for two families is left as it is.

    Such a Service neither gains nor loses an address when the cluster changes.
    """
    return (
        draft.type == before.type
        and draft.type in _WITH_ADDRESS
        and draft.family_policy == PREFER_DUAL_STACK
        and before.family_policy in (None, PREFER_DUAL_STACK)
        and draft.cluster_ips == before.cluster_ips
        and draft.families == before.families
    )


def _release_second(draft: ServiceDraft, before: ServiceDraft) -> None:
    """Leave the first of two addresses and families that nobody touched."""
    if draft.cluster_ips == before.cluster_ips:
        del draft.cluster_ips[1:]
    if draft.families == before.families:
        del draft.families[1:]


def _release_faults(
    draft: ServiceDraft, before: ServiceDraft, version: Version
) -> list[Fault]:
    shortened = (
        (draft.cluster_ips, before.cluster_ips, "clusterIPs", "cluster IP"),
        (draft.families, before.families, "ipFamilies", "IP family"),
    )
    faults = []
    for now, old, name, words in shortened:
        if 0 < len(now) < len(old):
            detail = f"must be 'SingleStack' to release the secondary {words}"
            cause = policy_cause(draft, detail, version)
            value, other = draft.family_policy, ("spec", name)
            faults.append(
                Fault("U3", POLICY_PATH, cause, "allocation", value=value, other=other)
            )
    return faults


def update_addresses(
    draft: ServiceDraft, before: ServiceDraft, pool: Pool, version: Version
) -> tuple[list[Fault], list[str]]:
    """Take the cluster addresses that are new.

    Returns what forbids it and the addresses that are given back on success.
    """
    if draft.type != EXTERNAL_NAME and _stays_as_preferred(draft, before):
        return [], []
    if before.type == EXTERNAL_NAME:
        return allocate_addresses(draft, pool, version), []
    if before.cluster_ips[:1] == [NO_ADDRESS]:
        return [], []
    if draft.type == EXTERNAL_NAME:
        return [], list(before.cluster_ips)
    count = (len(before.families), len(draft.families))
    if count == (1, 2):
        return _add_second(draft, pool, version), []
    return [], before.cluster_ips[1:] if count == (2, 1) else []


def _add_second(draft: ServiceDraft, pool: Pool, version: Version) -> list[Fault]:
    markers = list(draft.cluster_ips)
    markers += [""] * (2 - len(markers))
    found = allocate_address(draft, 1, markers, pool, version)
    if isinstance(found, Fault):
        return [found]
    draft.cluster_ips = [markers[0], found, *markers[2:]]
    return []


def update_ports(
    draft: ServiceDraft, before: ServiceDraft, pool: Pool
) -> tuple[list[Fault], list[int | str]]:
    """Take the node ports and the check port that are new.

    Returns what forbids it, in order, and the numbers given back on success.
    """
    faults: list[Fault] = []
    old, kept = node_ports_of(before), set[int | str]()
    check = before.health_check_node_port if before.needs_health_check else 0
    if draft.type in _EXPOSED:
        faults += _NewNodePorts(draft, old, check, pool).allocate()
        kept = node_ports_of(draft)
    given_back: list[int | str] = []
    if before.type in _EXPOSED:
        numbers = (port.node_port for port in before.ports)
        given_back = [one for one in dict.fromkeys(numbers) if one and one not in kept]
    if not before.needs_health_check:
        if draft.needs_health_check:
            held = old if before.type in _EXPOSED else ()
            faults += allocate_check_port(draft, pool, held)
    elif not draft.needs_health_check:
        given_back.append(before.health_check_node_port)
    elif draft.health_check_node_port != before.health_check_node_port:
        cause = forbidden("spec.healthCheckNodePort", "field is immutable")
        value = draft.health_check_node_port
        faults.append(Fault("U6", _CHECK_PORT, cause, "allocation", value=value))
    return faults, given_back


class _NewNodePorts:
    """The node ports of a changed Service: every entry is served by itself."""

    def __init__(
        self, draft: ServiceDraft, old: set[int | str], check: int | str, pool: Pool
    ) -> None:
        self._draft = draft
        self._old = old
        self._check = check
        """The port for health checks so far, which is free only once it is stored."""
        self._pool = pool
        self._taken: dict[int | str, Path] = {}
        self._all = draft.type == NODE_PORT or bool(draft.allocate_node_ports)

    def allocate(self) -> list[Fault]:
        """Serve the entries in their order."""
        faults = []
        seen: dict[tuple[str, int | str], Path] = {}
        for port in self._draft.ports:
            if not port.node_port and not self._all:
                continue
            path: Path = ("spec", "ports", port.index, "nodePort")
            fault = self._serve(port, path)
            if fault is not None:
                faults.append(fault)
                if fault.code == NO_PORT_LEFT:
                    break
                continue
            first = seen.setdefault((port.protocol, port.node_port), path)
            if first != path:
                text = f"duplicate nodePort: {{{port.protocol} {port.node_port}}}"
                cause, number = Cause("", "", text), port.node_port
                faults.append(
                    Fault(
                        REPEATED, path, cause, "allocation", value=number, other=first
                    )
                )
        return faults

    def _serve(self, port: PortDraft, path: Path) -> Fault | None:
        number = port.node_port
        if not number:
            drawn = self._pool.draw_port()
            if isinstance(drawn, NotDrawn):
                return node_port_not_drawn(port.index, drawn)
            port.node_port = drawn
            return None
        if number in self._old or number in self._taken or isinstance(number, Drawn):
            return None
        taken = number == self._check
        complaint = TAKEN_PORT if taken else self._pool.take_port(int(number))
        if not complaint:
            self._taken[number] = path
            return None
        cause = invalid(f"spec.ports[{port.index}].nodePort", number, complaint)
        code = "L5" if complaint == TAKEN_PORT else "L4"
        return Fault(code, path, cause, "allocation", value=number)
