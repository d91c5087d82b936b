"""Objects that make pods: where each kind keeps its pod template, and what is in it.

Everything is read defensively and when asked for; the values that decide about
traffic have the names of the fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from cip_lint.bodies import ABSENT, Body, integer, mapping, text
from cip_lint.kube.containers import Container, read_containers, read_machine
from cip_lint.model import Path

_TEMPLATE: Path = ("spec", "template")
_JOB_TEMPLATE: Path = ("spec", "jobTemplate", "spec", "template")

TEMPLATES: Mapping[tuple[str, str], tuple[Path, ...]] = MappingProxyType(
    {
        ("", "Pod"): ((),),
        ("", "ReplicationController"): (_TEMPLATE,),
        ("apps", "Deployment"): (_TEMPLATE,),
        ("apps", "ReplicaSet"): (_TEMPLATE,),
        ("apps", "StatefulSet"): (_TEMPLATE,),
        ("apps", "DaemonSet"): (_TEMPLATE,),
        ("extensions", "Deployment"): (_TEMPLATE,),
        ("extensions", "ReplicaSet"): (_TEMPLATE,),
        ("extensions", "DaemonSet"): (_TEMPLATE,),
        ("batch", "Job"): (_TEMPLATE,),
        ("batch", "CronJob"): (_JOB_TEMPLATE,),
        ("argoproj.io", "Rollout"): (_TEMPLATE,),
        ("apps.openshift.io", "DeploymentConfig"): (_TEMPLATE,),
        ("apps.kruise.io", "CloneSet"): (_TEMPLATE,),
        ("apps.kruise.io", "StatefulSet"): (_TEMPLATE,),
        ("apps.kruise.io", "DaemonSet"): (_TEMPLATE,),
        ("apps.kruise.io", "BroadcastJob"): (_TEMPLATE,),
        ("apps.kruise.io", "AdvancedCronJob"): (
            ("spec", "template", "jobTemplate", "spec", "template"),
            ("spec", "template", "broadcastJobTemplate", "spec", "template"),
        ),
        ("apps.kruise.io", "UnitedDeployment"): tuple(
            ("spec", "template", f"{kind}Template", "spec", "template")
            for kind in ("statefulSet", "advancedStatefulSet", "cloneSet", "deployment")
        ),
        ("serving.knative.dev", "Service"): (_TEMPLATE,),
        ("serving.knative.dev", "Configuration"): (_TEMPLATE,),
        ("kubevirt.io", "VirtualMachine"): (_TEMPLATE,),
        ("kubevirt.io", "VirtualMachineInstanceReplicaSet"): (_TEMPLATE,),
        ("kubevirt.io", "VirtualMachineInstance"): ((),),
    }
)
"""Group and kind -> where the pod template may stand; the first that is there."""

_REPLICATED = frozenset(
    {
        "CloneSet",
        "Deployment",
        "DeploymentConfig",
        "ReplicaSet",
        "ReplicationController",
        "Rollout",
        "StatefulSet",
        "UnitedDeployment",
        "VirtualMachineInstanceReplicaSet",
    }
)
ENDING_KINDS = frozenset({"Job", "CronJob", "BroadcastJob", "AdvancedCronJob"})
"""Kinds whose pods end by themselves."""
_SINGLE = frozenset({"Pod", "VirtualMachine", "VirtualMachineInstance"})

# Label or annotation of a pod template -> values that have containers added.
_INJECTORS: Mapping[str, frozenset[str]] = {
    "sidecar.istio.io/inject": frozenset({"true"}),
    "linkerd.io/inject": frozenset({"enabled", "ingress"}),
    "consul.hashicorp.com/connect-inject": frozenset({"true"}),
    "kuma.io/sidecar-injection": frozenset({"enabled", "true"}),
    "openservicemesh.io/sidecar-injection": frozenset({"enabled", "true", "yes"}),
    "appmesh.k8s.aws/sidecarInjectorWebhook": frozenset({"enabled"}),
    "dapr.io/enabled": frozenset({"true"}),
    "vault.hashicorp.com/agent-inject": frozenset({"true"}),
    "sidecar.jaegertracing.io/inject": frozenset(),
    "sidecar.opentelemetry.io/inject": frozenset(),
    "ad.datadoghq.com/sidecar-inject": frozenset({"true"}),
    "injector.tailscale.com/inject": frozenset({"true"}),
}
_INJECTING = frozenset(_INJECTORS)
_NODE_SYSTEMS = ("kubernetes.io/os", "beta.kubernetes.io/os")
_NOT = frozenset({"", "false", "disabled", "no"})


def _group(api_version: str) -> str:
    group, slash, _ = api_version.rpartition("/")
    return group if slash else ""


def template_paths(
    api_version: str,
    kind: str,
    further: Mapping[tuple[str, str], Path] | None = None,
) -> tuple[Path, ...]:
    """Return where a kind may keep its pod template; nothing for other kinds.

    ``further`` are kinds that the configuration adds: group and kind -> path.
    """
    key = _group(api_version), kind
    if further and key in further:
        return (further[key],)
    return TEMPLATES.get(key, ())


def is_workload(
    api_version: str,
    kind: str,
    further: Mapping[tuple[str, str], Path] | None = None,
) -> bool:
    """Return whether a kind has a pod template whose place is known."""
    return bool(template_paths(api_version, kind, further))


class Workload:
    """An object that makes pods, and the pod template that they are made from.

    ``template_path`` is where the template stands: empty for a Pod, which is its
    own template. ``readable`` is false where there is no template to read, so
    that nothing can be said about the pods.
    """

    __slots__ = (
        "_containers",
        "_injector",
        "_metadata",
        "_replicas",
        "_spec",
        "api_version",
        "body",
        "kind",
        "labels",
        "name",
        "readable",
        "template_path",
    )

    def __init__(self, body: Body, template_path: Path | None = None) -> None:
        self.body = body
        self.api_version = text(body.get("apiVersion"))
        self.kind = text(body.get("kind"))
        metadata = mapping(body.get("metadata"))
        self.name = text(metadata.get("name")) or text(metadata.get("generateName"))
        if template_path is not None:
            path, template = template_path, _at(body, template_path)
        else:
            path, template = _find_template(self.api_version, self.kind, body)
        self.template_path = path
        self._metadata = mapping(template.get("metadata"))
        spec = template.get("spec")
        self.readable = isinstance(spec, dict)
        self._spec = mapping(spec)
        self.labels = _texts(self._metadata.get("labels"))
        self._containers: tuple[Container, ...] | None = None
        self._injector: str | None = None
        self._replicas: tuple[int | None] | None = None

    @property
    def group(self) -> str:
        """The API group; empty for the core group."""
        return _group(self.api_version)

    @property
    def labels_path(self) -> Path:
        """Where the labels of the pods stand."""
        return (*self.template_path, "metadata", "labels")

    @property
    def spec_path(self) -> Path:
        """Where the pod spec stands."""
        return (*self.template_path, "spec")

    @property
    def pod_spec(self) -> Body:
        """The pod spec as written; empty where there is none."""
        return self._spec

    @property
    def annotations(self) -> Mapping[str, str]:
        """The annotations of the pods."""
        return _texts(self._metadata.get("annotations"))

    @property
    def containers(self) -> tuple[Container, ...]:
        """Containers in order, then init containers in order."""
        if self._containers is None:
            read = read_machine if self._is_machine else read_containers
            self._containers = tuple(read(self._spec, self.spec_path))
        return self._containers

    @property
    def ports_are_written(self) -> bool:
        """Whether no text, as that of a placeholder, stands for containers or ports."""
        for field in ("containers", "initContainers"):
            if _holds_text(self._spec.get(field)):
                return False
        for container in self.containers:
            if _holds_text(container.body.get("ports")):
                return False
        return True

    @property
    def _is_machine(self) -> bool:
        return self.kind.startswith("VirtualMachine") and self.group == "kubevirt.io"

    @property
    def _object_spec(self) -> Body:
        return mapping(self.body.get("spec"))

    @property
    def selector(self) -> Any:
        """``spec.selector`` as written: LabelSelector or, in old kinds, a map."""
        return None if self.kind == "Pod" else self._object_spec.get("selector")

    @property
    def replicas(self) -> int | None:
        """How many pods it keeps; None where the kind or a program decides that.

        1 where ``spec.replicas`` is absent, as the server's default says.
        """
        if self._replicas is None:
            self._replicas = (self._read_replicas(),)
        return self._replicas[0]

    def _read_replicas(self) -> int | None:
        if self.kind in _SINGLE:
            return 1
        if self.kind not in _REPLICATED:
            return None
        stated = self._object_spec.get("replicas")
        return 1 if stated is None else integer(stated)

    @property
    def service_name(self) -> str:
        """``spec.serviceName`` of a StatefulSet; empty for everything else."""
        return text(self._object_spec.get("serviceName")) if self._is_set else ""

    @property
    def _is_set(self) -> bool:
        return self.kind == "StatefulSet"

    @property
    def first_ordinal(self) -> int:
        """``spec.ordinals.start`` of a StatefulSet."""
        if not self._is_set:
            return 0
        return integer(mapping(self._object_spec.get("ordinals")).get("start")) or 0

    @property
    def host_network(self) -> bool:
        """Whether the pods live in their nodes' network."""
        return self._spec.get("hostNetwork") is True

    @property
    def hostname(self) -> str:
        """``hostname`` of the pod spec."""
        return text(self._spec.get("hostname"))

    @property
    def subdomain(self) -> str:
        """``subdomain`` of the pod spec."""
        return text(self._spec.get("subdomain"))

    @property
    def pods_have_hostnames(self) -> bool:
        """Whether each pod has a hostname beside its name: with a subdomain, DNS names.

        The controller gives one to every pod of an Indexed Job
        (``pkg/controller/job/job_controller.go``).
        """
        return bool(self.hostname) or self._is_indexed

    @property
    def _is_indexed(self) -> bool:
        if self.group != "batch" or self.kind not in {"Job", "CronJob"}:
            return False
        spec = self._object_spec
        if self.kind == "CronJob":
            spec = mapping(mapping(spec.get("jobTemplate")).get("spec"))
        return spec.get("completionMode") == "Indexed"

    @property
    def dns_policy(self) -> str:
        """``dnsPolicy`` with its default."""
        return text(self._spec.get("dnsPolicy")) or "ClusterFirst"

    @property
    def enable_service_links(self) -> bool:
        """``enableServiceLinks`` with its default.

        That is true for pods; Knative fills in false for its revisions
        (``enable-service-links`` of ``pkg/apis/config/defaults.go``).
        """
        stated = self._spec.get("enableServiceLinks")
        if stated is None:
            return self.group != "serving.knative.dev"
        return stated is not False

    @property
    def readiness_gates(self) -> bool:
        """Whether something beside the probes decides that the pods are ready."""
        gates = self._spec.get("readinessGates")
        return isinstance(gates, list) and bool(gates)

    @property
    def windows(self) -> bool:
        """Whether the pods ask for a Windows node."""
        named = mapping(self._spec.get("os")).get("name") == "windows"
        node = mapping(self._spec.get("nodeSelector"))
        return named or any(node.get(key) == "windows" for key in _NODE_SYSTEMS)

    @property
    def injector(self) -> str:
        """The label or annotation that has containers added; empty for none."""
        if self._injector is None:
            self._injector = self._read_injector()
        return self._injector

    def _read_injector(self) -> str:
        annotations = self.annotations
        if _INJECTING.isdisjoint(self.labels) and _INJECTING.isdisjoint(annotations):
            return ""
        for key, values in _INJECTORS.items():
            value = self.labels.get(key, annotations.get(key, ""))
            if value and (value in values if values else value not in _NOT):
                return key
        return ""

    def __repr__(self) -> str:
        return f"<workload {self.kind} {self.name}>"


@lru_cache(maxsize=256)
def _known_paths(api_version: str, kind: str) -> tuple[Path, ...]:
    return template_paths(api_version, kind) or (_TEMPLATE,)


def _find_template(api_version: str, kind: str, body: Body) -> tuple[Path, Body]:
    paths = _known_paths(api_version, kind)
    for path in paths:
        template = _at(body, path)
        if template:
            return path, template
    return paths[0], ABSENT


def _at(body: Body, path: Path) -> Body:
    value: Any = body
    for step in path:
        if not isinstance(value, dict):
            return ABSENT
        value = value.get(step)
    return mapping(value)


def _texts(value: object) -> Mapping[str, str]:
    """Return a map of strings, shared where nothing has to be left out."""
    if not isinstance(value, dict):
        return ABSENT
    for item in value.values():
        if not isinstance(item, str):
            return {
                key: item or ""
                for key, item in value.items()
                if item is None or isinstance(item, str)
            }
    return value


def _holds_text(value: object) -> bool:
    """Whether a text stands where a list of mappings belongs, or in it."""
    if isinstance(value, list):
        return str in map(type, value)
    return isinstance(value, str)
