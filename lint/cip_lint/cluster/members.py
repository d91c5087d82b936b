"""Members: the objects of a cluster, and what is known of each beside its body."""

from __future__ import annotations

from cip_lint.cluster.environment import ANYWHERE, Environment
from cip_lint.cluster.units import SNAPSHOT, Unit
from cip_lint.kube.service import Service
from cip_lint.kube.workloads import Workload
from cip_lint.model import ObjectRef, Path, Resource


class Member:
    """One object of a cluster: where it belongs, and how far it may be judged.

    ``namespace`` is empty where nobody decides it (and for kinds that live in
    none). A *piece* belongs to a build that was not made: only what no build can
    change may be said of it. A *partial* object (a patch) is no object at all:
    nothing may be said of it.
    """

    __slots__ = (
        "_view",
        "alternative",
        "decided",
        "environment",
        "namespace",
        "namespaced",
        "order",
        "partial",
        "piece",
        "resource",
        "template",
        "unit",
    )

    def __init__(
        self,
        resource: Resource,
        unit: Unit,
        order: int,
        *,
        namespace: str = "",
        decided: bool = False,
        namespaced: bool = True,
        piece: bool = False,
        partial: bool = False,
        alternative: int | None = None,
        environment: Environment = ANYWHERE,
        template: Path | None = None,
    ) -> None:
        self.resource = resource
        self.unit = unit
        self.order = order
        """The position in the order in which kubectl would send the objects."""
        self.namespace = namespace
        self.decided = decided
        """Whether the namespace is known; True for kinds that live in none."""
        self.namespaced = namespaced
        self.piece = piece
        self.partial = partial
        self.alternative = alternative
        """The number of its file among those that have alternatives in the folder."""
        self.environment = environment
        """The environment words of its path."""
        self.template = template
        """Where the configuration says that the pod template stands."""
        self._view: object = None

    @property
    def ref(self) -> ObjectRef:
        """What the cluster will call it; an undecided namespace reads ``default``."""
        resource = self.resource
        return ObjectRef(
            resource.api_version,
            resource.kind,
            self.effective_namespace,
            resource.name,
        )

    @property
    def effective_namespace(self) -> str:
        """The namespace of ``ref``: ``default`` where nobody decides it."""
        return self.namespace or ("default" if self.namespaced else "")

    @property
    def display(self) -> str:
        """``Service shop/web``, ``Job shop/seed-*`` or ``Pod without a name``."""
        if self.resource.name:
            return str(self.ref)
        start = self.resource.get("metadata", "generateName")
        if isinstance(start, str) and start:
            return str(self.ref._replace(name=f"{start}*"))
        return f"{self.kind} without a name"

    @property
    def living(self) -> bool:
        """Whether it is an object of a snapshot: there already, and not of the set."""
        return self.unit.kind == SNAPSHOT

    @property
    def kind(self) -> str:
        """The kind, as written."""
        return self.resource.kind

    @property
    def name(self) -> str:
        """The name, as written."""
        return self.resource.name

    @property
    def path(self) -> str:
        """The path of its file."""
        return self.resource.path

    @property
    def sent_by(self) -> str:
        """The path of the file that it is sent with: its own, or that of its build."""
        return self.resource.built_by or self.resource.path

    def __repr__(self) -> str:
        return f"<member {self.display} of {self.resource.path}>"


_OF_WHOLE_SERVICES = frozenset(
    {"ports", "selector", "clusterIP", "clusterIPs", "externalName"}
)
"""The fields of ``spec`` of which a Service has one, and a patch of something else none."""


class ServiceMember(Member):
    """A core Service."""

    __slots__ = ()

    @property
    def service(self) -> Service:
        """The Service as the API server would understand it; read when asked for."""
        view = self._view
        if not isinstance(view, Service):
            view = self._view = Service(self.resource.body)
        return view

    @property
    def may_be_patch(self) -> bool:
        """Whether it may be a patch that nothing tells from a Service.

        It lies in no build, and says neither ports nor selector nor clusterIP. An
        alias needs none of them.
        """
        spec = self.resource.body.get("spec")
        if isinstance(spec, dict) and (
            not _OF_WHOLE_SERVICES.isdisjoint(spec)
            or spec.get("type") == "ExternalName"
        ):
            return False
        return self.unit.loose


class WorkloadMember(Member):
    """An object that makes pods, with a pod template that can be read."""

    __slots__ = ()

    @property
    def workload(self) -> Workload:
        """The workload and its pod template; read when asked for."""
        view = self._view
        if not isinstance(view, Workload):
            view = self._view = Workload(self.resource.body, self.template)
        return view
