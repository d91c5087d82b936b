"""What it means that a Service is not in the set.

One place for every rule that follows a name: whether the Service exists all the
same, and how far its absence is evidence (open and closed worlds, witnesses, near
misses, and what may make Services that no file shows).
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from cip_lint.kube.add_on_services import add_on_of
from cip_lint.kube.placeholders import is_placeholder

if TYPE_CHECKING:
    from cip_lint.cluster.cluster import Cluster
    from cip_lint.cluster.members import Member, ServiceMember
    from cip_lint.cluster.worlds import Unknown, World


class Absence:
    """What is known of a Service that an object names and the set does not hold.

    Everything is found when it is first asked for: most names need the first
    answer only.
    """

    def __init__(
        self, cluster: Cluster, of: Member, name: str, namespace: str | None
    ) -> None:
        self._cluster = cluster
        self._of = of
        self._name = name
        self._namespace = namespace

    @cached_property
    def why_exists(self) -> str:
        """Why it exists all the same, as one clause; empty where it does not.

        The configuration declares it, a snapshot holds it, an operator makes it for
        an object of the set, or a well-known program brings it. In a closed world
        that must be in the set, unless every cluster has it; and a name that a
        program is known by in part only is none where another is near.
        """
        why = self._cluster.outside.why_service(self._of, self._name, self._namespace)
        if why:
            return why
        add_on = add_on_of(self._where, self._name)
        if add_on is None or (self.closed and not add_on.of_every_cluster):
            return ""
        if add_on.names_exactly(self._name) or self.near is None:
            return f"{add_on.program} brings Service {self._where}/{self._name}"
        return ""

    @property
    def closed(self) -> bool:
        """Whether nothing exists outside the set in that namespace."""
        return self._world.closed

    @property
    def origin(self) -> str:
        """Who says whether it is closed: ``.cip-lint.yaml:3``, ``--complete``."""
        return self._world.origin

    @property
    def witness(self) -> ServiceMember | None:
        """Another Service of that namespace, in the same file or rendered unit."""
        return self._world.witness_service

    @property
    def unknown(self) -> Unknown | None:
        """What may make Services in that namespace that no file shows."""
        return self._world.unknown_services

    @cached_property
    def near(self) -> ServiceMember | None:
        """The Service of that namespace whose name is nearest; None without one.

        A name that another Service of the cluster has is no slip, and no alias means
        itself. Of several Services of one name, one of the unit of the reference
        comes first.
        """
        cluster, of = self._cluster, self._of
        if any(cluster.can_meet(of, one) for one in self._same_name):
            return None
        found = [
            member
            for member in cluster.near_services(of, self._name, self._namespace)
            if member is not of and not is_placeholder(member.name)
        ]
        same = [m for m in found if m.name == found[0].name]
        return min(same, key=lambda m: m.unit.path != of.unit.path, default=None)

    @property
    def near_in_unit(self) -> bool:
        """Whether the nearest Service is sent by the unit of the reference."""
        return self.near is not None and self.near.unit.path == self._of.unit.path

    @property
    def _same_name(self) -> tuple[ServiceMember, ...]:
        return self._cluster.services_named(self._name, self._of)

    @property
    def _where(self) -> str:
        """The namespace by its name; an undecided one reads ``default``."""
        if self._namespace is None:
            return self._of.ref.namespace
        return self._namespace

    @cached_property
    def _world(self) -> World:
        return self._cluster.world(self._of, "Service", self._namespace)


def absence(
    cluster: Cluster, of: Member, name: str, namespace: str | None = None
) -> Absence:
    """Return what it means that ``of`` names a Service that the set does not hold.

    Only for names that ``cluster.service(of, name, namespace)`` does not find.
    ``namespace`` where the reference says it; else the one ``of`` is in.
    """
    return Absence(cluster, of, name, namespace)
