"""What exists besides the set: what the configuration declares, and what lives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from cip_lint.cluster.members import Member, ServiceMember, WorkloadMember
from cip_lint.kube.well_known import MANAGED_BY, SLICE_CONTROLLER

if TYPE_CHECKING:
    from cip_lint.cluster.cluster import Cluster
    from cip_lint.cluster.made_services import MadeServices, Making

Selector = Mapping[str, str]
_OF_EVERY_CLUSTER = ("default", "kube-node-lease", "kube-public", "kube-system")
_MANY = 64
"""From so many environments on nobody asks whether they all meet."""


_OF_DAPR = "-dapr"
"""How the names of the Services end that Dapr makes for its sidecars."""


class Outside:
    """The rest of a cluster, from the point of view of an object of the set."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._snapshot = cluster.snapshot
        self._pods: dict[tuple[object, ...], tuple[WorkloadMember, ...]] = {}

    def concerns(self, member: Member) -> bool:
        """Whether an object goes to the cluster that the snapshot was taken of.

        Of files for several environments nobody knows which are meant, but those
        that no other environment is named beside, and those that the name of the
        snapshot itself agrees with.
        """
        if self._snapshot is None or member.partial:
            return False
        if not any(member.environment):
            return True
        if any(self._snapshot.environment):
            return member.environment.meets(self._snapshot.environment)
        return self._is_of_one_environment

    @cached_property
    def _is_of_one_environment(self) -> bool:
        found = list(dict.fromkeys(m.environment for m in self._cluster.members))
        return len(found) < _MANY and all(
            one.meets(other) for one in found for other in found
        )

    @cached_property
    def namespaces(self) -> frozenset[str]:
        """The namespaces that are known to be there, and those of every cluster."""
        members = self._cluster.members
        used = {one.effective_namespace for one in members if one.namespaced}
        made = (one.name for one in self._cluster.of_kind("Namespace"))
        living = () if self._snapshot is None else self._snapshot.namespaces
        return frozenset((*_OF_EVERY_CLUSTER, *used, *made, *living))

    def is_covered(
        self, member: Member, kind: str, namespace: str | None = None
    ) -> bool:
        """Whether the snapshot has every object of a kind in a member's namespace.

        Or in another one, where that is given.
        """
        if self._snapshot is None or not self.concerns(member):
            return False
        if namespace is None:
            return member.decided and self._snapshot.covers(kind, member.namespace)
        return bool(namespace) and self._snapshot.covers(kind, namespace)

    def has_service(self, of: Member, name: str, namespace: str | None = None) -> bool:
        """Whether a Service of a name exists that is not in the set.

        In the namespace of ``of``, or in another one, where that is given.
        """
        return bool(self.why_service(of, name, namespace))

    def why_service(self, of: Member, name: str, namespace: str | None = None) -> str:
        """Return why a Service exists that is not in the set, as one clause.

        The configuration declares it, it lives, an operator makes it for an object
        of the set, it is in another example, or goes to a cluster that may be the same
        one. Empty where nobody says that it exists.
        """
        where = of.ref.namespace if namespace is None else namespace
        if self._cluster.settings.external.has_service(where, name):
            return f"the configuration declares Service {where}/{name} as external"
        if (
            self._snapshot is not None
            and self.concerns(of)
            and self._snapshot.service(where, name) is not None
        ):
            return f"Service {where}/{name} is in {self._snapshot.origin}"
        for member, made in self.makers_of_service(name, of):
            if self._cluster.may_mean(of, member, namespace):
                return f"{member.display} makes Service {made.name}"
        place = (of.unit.scope, where, name)
        maker = self._sidecars.get(place) if name.endswith(_OF_DAPR) else None
        if maker is not None:
            return f"Dapr makes Service {name} for {maker.display}"
        return self._in_another_example(of, name, namespace) or self._in_another_home(
            of, name, where
        )

    def _in_another_home(self, of: Member, name: str, where: str) -> str:
        """Return which Service of a name may go to the cluster of an object, too."""
        for one in self._cluster.services_in(name, where)[:_MANY]:
            is_apart = one.unit.scope != of.unit.scope and not one.partial
            is_unknown = of.unit.homeless or one.unit.homeless
            if is_apart and is_unknown and of.environment.meets(one.environment):
                return f"{one.display} may go to the same cluster"
        return ""

    @cached_property
    def _sidecars(self) -> dict[tuple[str, str, str], WorkloadMember]:
        """The workloads for which Dapr makes a Service, by scope, namespace and name.

        For its id, that of the workload's name by default
        (``dapr/dapr:pkg/operator/handlers/dapr_handler.go``).
        """
        found: dict[tuple[str, str, str], WorkloadMember] = {}
        for member in self._cluster.workloads:
            annotations = member.workload.annotations
            if annotations.get("dapr.io/enabled") == "true":
                stated = annotations.get("dapr.io/app-id") or member.name
                place = (member.unit.scope, member.ref.namespace, stated + _OF_DAPR)
                found.setdefault(place, member)
        return found

    def _in_another_example(self, of: Member, name: str, namespace: str | None) -> str:
        where = of.namespace if namespace is None else namespace
        for one in self._cluster.services_in(name, where, of)[:_MANY]:
            if of.environment.may_build_on(one.environment):
                return f"{one.display} is in {one.path}"
        return ""

    def makers_of_service(self, name: str, beside: Member) -> Iterator[Making]:
        """Yield the custom resources for which a Service of a name is made.

        Those in the scope of an object.
        """
        if not self._cluster.may_hold_makers:
            return iter(())
        return self.made_services.called(name, beside)

    @cached_property
    def made_services(self) -> MadeServices:
        """The Services that operators make for custom resources of the set."""
        from cip_lint.cluster.made_services import MadeServices  # noqa: PLC0415

        return MadeServices(self._cluster)

    def has_endpoints(self, service: ServiceMember) -> bool:
        """Whether somebody outside the set writes the endpoints of a Service.

        The configuration says so, or there are such that are not made from its
        selector.
        """
        ref = service.ref
        if self._cluster.settings.external.has_endpoints(ref.namespace, ref.name):
            return True
        if self._snapshot is None or not self.concerns(service):
            return False
        return any(
            one.resource.get("metadata", "labels", MANAGED_BY) != SLICE_CONTROLLER
            for one in self._snapshot.endpoints_of(ref.namespace, ref.name)
        )

    def living_pods(self, selector: Selector, of: Member) -> tuple[WorkloadMember, ...]:
        """Return the living pods that a selector in ``of`` picks.

        Those of its namespace, or of any where nobody decides it; without those
        that a workload of the set replaces by its own.
        """
        if self._snapshot is None or not self.concerns(of):
            return ()
        namespace = of.namespace if of.decided else None
        key = (namespace, tuple(sorted(selector.items())))
        pods = self._pods.get(key)
        if pods is None:
            found = self._snapshot.pods_for(selector, namespace)
            pods = tuple(pod for pod in found if not self._is_replaced(pod))
            self._pods[key] = pods
        return pods

    def _is_replaced(self, pod: WorkloadMember) -> bool:
        """Whether the set has the workload that keeps a living pod, or the pod."""
        from cip_lint.cluster.snapshot import keepers  # noqa: PLC0415 - with one only

        return any(
            not member.partial and (member.namespace or "default") == pod.namespace
            for kind, name in keepers(pod.resource)
            for member in self._cluster.named(kind, name)
        )
