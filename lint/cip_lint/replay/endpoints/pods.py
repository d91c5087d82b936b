"""Which pods a workload makes: names, labels, hostnames and what is added.

What the controllers of kube-controller-manager do once everything is bound to a
node and ready, in the end state: ``pkg/controller/{deployment,statefulset,daemon,
job,cronjob}``. Parts that nobody can predict are written as tokens, ``*`` for the
random ending of a name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from cip_lint.bodies import Body, mapping, natural, strings, text
from cip_lint.kube.version import Version
from cip_lint.kube.well_known import (
    BARE_JOB_NAME,
    BARE_JOB_UID,
    COMPLETION_INDEX,
    INDEX_LABELS_SINCE,
    JOB_NAME,
    JOB_UID,
    POD_INDEX,
    POD_NAME,
    POD_TEMPLATE_HASH,
    PREFIXED_JOB_LABELS_SINCE,
    REVISION_HASH,
    TEMPLATE_GENERATION,
)
from cip_lint.records import NamedTuple

RANDOM = "*"
HASH = "<hash>"
UID = "<uid>"
TIME = "<time>"

ZONE = "topology.kubernetes.io/zone"
_HOSTNAME = "kubernetes.io/hostname"
_GENERATION_ANNOTATION = "deprecated.daemonset.template.generation"
_COMPLETION_INDEX_VARIABLE = "JOB_COMPLETION_INDEX"
_FAILURES_OF_INDEX = "batch.kubernetes.io/job-index-failure-count"

_ZONE_ON_PODS_SINCE = Version(1, 35)

# The server cuts what it appends five characters to, so that 63 are not exceeded.
_LONGEST_GENERATED_PREFIX = 58


class Node(NamedTuple):
    """A node that pods are bound to; the zone is None where it has none."""

    name: str
    zone: str | None = None


class MadePod(NamedTuple):
    """Equal pods that a workload makes, and how many of them."""

    name: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    hostname: str
    subdomain: str
    owner: str | None
    """The kind of the controller; None for a pod that was written as such."""
    variables: tuple[str, ...]
    """The environment variables that the controller adds."""
    spec: Body
    """The pod spec of the template, as written."""
    copies: int = 1

    @property
    def dns_policy(self) -> str:
        """``dnsPolicy`` with its default."""
        return text(self.spec.get("dnsPolicy")) or "ClusterFirst"

    @property
    def enable_service_links(self) -> bool:
        """``enableServiceLinks`` with its default."""
        return self.spec.get("enableServiceLinks") is not False

    @property
    def host_network(self) -> bool:
        """Whether the pods live in their nodes' network."""
        return self.spec.get("hostNetwork") is True


class Intermediate(NamedTuple):
    """A ReplicaSet of a Deployment, or a Job of a CronJob."""

    kind: str
    name: str
    labels: Mapping[str, str]
    selector: Body


class Made(NamedTuple):
    """Everything that comes of one workload."""

    pods: tuple[MadePod, ...] = ()
    intermediate: tuple[Intermediate, ...] = ()


class _Template(NamedTuple):
    """A pod template, read defensively."""

    labels: dict[str, str]
    annotations: dict[str, str]
    spec: Body

    @property
    def hostname(self) -> str:
        return text(self.spec.get("hostname"))

    @property
    def subdomain(self) -> str:
        return text(self.spec.get("subdomain"))


def made_by(
    manifest: Body,
    version: Version,
    nodes: Sequence[Node] = (Node("node"),),
    limit: int = 1000,
) -> Made:
    """Return the pods of a workload that the API server accepts.

    All are bound to the first node, except those of a DaemonSet, which has one
    on each node. At most ``limit`` different pods of one workload are listed.
    A kind that makes no pods by itself makes nothing.
    """
    kind = text(manifest.get("kind"))
    maker = _MAKERS.get((_group(manifest), kind))
    if maker is None:
        return Made()
    made = maker(manifest, version, nodes, limit)
    if version < _ZONE_ON_PODS_SINCE or kind == "DaemonSet" or not nodes:
        return made
    return made._replace(pods=tuple(_bound(pod, nodes[0]) for pod in made.pods))


def is_maker(manifest: Body) -> bool:
    """Whether ``made_by`` knows which pods objects of this kind make."""
    return (_group(manifest), text(manifest.get("kind"))) in _MAKERS


def _bound(pod: MadePod, node: Node) -> MadePod:
    """Return the pod as admission of its binding leaves it: with the zone."""
    if node.zone is None:
        return pod
    return pod._replace(labels={**pod.labels, ZONE: node.zone})


def _pod(manifest: Body, _: Version, nodes: Sequence[Node], limit: int) -> Made:
    template = _template_of(manifest)
    return Made((_from_template(template, _name(manifest), None),))


def _deployment(manifest: Body, _: Version, nodes: Sequence[Node], limit: int) -> Made:
    spec = mapping(manifest.get("spec"))
    template = _template_of(spec.get("template"))
    labels = {**template.labels, POD_TEMPLATE_HASH: HASH}
    selector = dict(mapping(spec.get("selector")))
    selector["matchLabels"] = {
        **strings(selector.get("matchLabels")),
        POD_TEMPLATE_HASH: HASH,
    }
    name = f"{_name(manifest)}-{HASH}"
    pod = _from_template(
        template, _generated(name), "ReplicaSet", labels, copies=_replicas(spec)
    )
    replica_set = Intermediate("ReplicaSet", name, labels, selector)
    return Made(_present(pod), (replica_set,))


def _replicated(manifest: Body, _: Version, nodes: Sequence[Node], limit: int) -> Made:
    spec = mapping(manifest.get("spec"))
    pod = _from_template(
        _template_of(spec.get("template")),
        _generated(_name(manifest)),
        text(manifest.get("kind")),
        copies=_replicas(spec),
    )
    return Made(_present(pod))


def _stateful_set(
    manifest: Body, version: Version, nodes: Sequence[Node], limit: int
) -> Made:
    spec = mapping(manifest.get("spec"))
    template = _template_of(spec.get("template"))
    name = _name(manifest)
    start = natural(mapping(spec.get("ordinals")).get("start"), 0)
    pods = []
    for ordinal in range(start, start + min(_replicas(spec), limit)):
        pod_name = f"{name}-{ordinal}"
        labels = {
            **template.labels,
            POD_NAME: pod_name,
            REVISION_HASH: f"{name}-{HASH}",
        }
        if version >= INDEX_LABELS_SINCE:
            labels[POD_INDEX] = str(ordinal)
        pod = _from_template(template, pod_name, "StatefulSet", labels)
        # Whatever the template says: the controller sets both.
        subdomain = text(spec.get("serviceName"))
        pods.append(pod._replace(hostname=pod_name, subdomain=subdomain))
    return Made(tuple(pods))


def _daemon_set(
    manifest: Body, version: Version, nodes: Sequence[Node], limit: int
) -> Made:
    template = _template_of(mapping(manifest.get("spec")).get("template"))
    annotations = strings(mapping(manifest.get("metadata")).get("annotations"))
    generation = annotations.get(_GENERATION_ANNOTATION, "")
    if not (generation.isascii() and generation.isdigit()) or int(generation) < 1:
        generation = "1"
    labels = {
        **template.labels,
        REVISION_HASH: HASH,
        TEMPLATE_GENERATION: str(int(generation)),
    }
    wanted = strings(template.spec.get("nodeSelector"))
    pod = _from_template(template, _generated(_name(manifest)), "DaemonSet", labels)
    return Made(
        tuple(
            _bound(pod, node) if version >= _ZONE_ON_PODS_SINCE else pod
            for node in nodes[:limit]
            if _node_fits(node, wanted)
        )
    )


def _node_fits(node: Node, wanted: Mapping[str, str]) -> bool:
    has = {_HOSTNAME: node.name, ZONE: node.zone}
    return all(has.get(key) == value for key, value in wanted.items())


def _job(manifest: Body, version: Version, nodes: Sequence[Node], limit: int) -> Made:
    spec = mapping(manifest.get("spec"))
    return Made(tuple(_pods_of_job(_name(manifest), spec, version, limit)))


def _pods_of_job(
    name: str, spec: Body, version: Version, limit: int
) -> Iterator[MadePod]:
    template = _template_of(spec.get("template"))
    labels = {**template.labels, **_job_labels(name, spec, version)}
    active = _active(spec)
    if spec.get("completionMode") != "Indexed":
        if active:
            yield _from_template(
                template, _generated(name), "Job", labels, copies=active
            )
        return
    for index in range(min(active, limit)):
        own = dict(labels)
        if version >= INDEX_LABELS_SINCE:
            own[COMPLETION_INDEX] = str(index)
        annotations = {**template.annotations, COMPLETION_INDEX: str(index)}
        if spec.get("backoffLimitPerIndex") is not None:
            annotations[_FAILURES_OF_INDEX] = "0"
        pod = _from_template(template, _indexed(name, index), "Job", own)
        yield pod._replace(
            hostname=f"{name}-{index}",
            annotations=annotations,
            variables=(_COMPLETION_INDEX_VARIABLE,),
        )


def _active(spec: Body) -> int:
    """Return how many pods of a Job run at once; absent numbers are 1."""
    if spec.get("suspend") is True:
        return 0
    parallelism = natural(spec.get("parallelism"), 1)
    if spec.get("completions") is None:
        return parallelism
    return min(parallelism, natural(spec.get("completions"), 1))


def _job_labels(name: str, spec: Body, version: Version) -> dict[str, str]:
    if spec.get("manualSelector") is True:
        return {}
    labels = {BARE_JOB_NAME: name, BARE_JOB_UID: UID}
    if version >= PREFIXED_JOB_LABELS_SINCE:
        labels |= {JOB_NAME: name, JOB_UID: UID}
    return labels


def _indexed(name: str, index: int) -> str:
    """Return the name of a pod of an Indexed Job, cut before its index."""
    ending = f"-{index}-"
    return f"{name[: _LONGEST_GENERATED_PREFIX - len(ending)]}{ending}{RANDOM}"


def _cron_job(
    manifest: Body, version: Version, nodes: Sequence[Node], limit: int
) -> Made:
    spec = mapping(manifest.get("spec"))
    if spec.get("suspend") is True:
        return Made()
    job = mapping(spec.get("jobTemplate"))
    job_spec = mapping(job.get("spec"))
    name = f"{_name(manifest)}-{TIME}"
    added = _job_labels(name, job_spec, version)
    labels = strings(mapping(job.get("metadata")).get("labels"))
    template = _template_of(job_spec.get("template"))
    if not labels and template.labels:
        # A Job without labels takes over the very map of its template, to which
        # the labels of the controller are added later.
        labels = {**template.labels, **added}
    selector: Body = mapping(job_spec.get("selector"))
    if added:
        prefixed = version >= PREFIXED_JOB_LABELS_SINCE
        selector = {"matchLabels": {JOB_UID if prefixed else BARE_JOB_UID: UID}}
    return Made(
        tuple(_pods_of_job(name, job_spec, version, limit)),
        (Intermediate("Job", name, labels, selector),),
    )


def _from_template(
    template: _Template,
    name: str,
    owner: str | None,
    labels: Mapping[str, str] | None = None,
    copies: int = 1,
) -> MadePod:
    return MadePod(
        name,
        template.labels if labels is None else labels,
        template.annotations,
        template.hostname,
        template.subdomain,
        owner,
        (),
        template.spec,
        copies,
    )


def _present(pod: MadePod) -> tuple[MadePod, ...]:
    return (pod,) if pod.copies else ()


def _generated(owner: str) -> str:
    """Return the name of a pod that is named after its owner, with ``*``."""
    return f"{f'{owner}-'[:_LONGEST_GENERATED_PREFIX]}{RANDOM}"


def _replicas(spec: Body) -> int:
    return natural(spec.get("replicas"), 1)


def _template_of(value: object) -> _Template:
    template = mapping(value)
    metadata = mapping(template.get("metadata"))
    return _Template(
        strings(metadata.get("labels")),
        strings(metadata.get("annotations")),
        mapping(template.get("spec")),
    )


def _name(manifest: Body) -> str:
    return text(mapping(manifest.get("metadata")).get("name"))


def _group(manifest: Body) -> str:
    group, slash, _ = text(manifest.get("apiVersion")).partition("/")
    return group if slash else ""


_Maker = Callable[[Body, Version, Sequence[Node], int], Made]

_MAKERS: Mapping[tuple[str, str], _Maker] = {
    ("", "Pod"): _pod,
    ("", "ReplicationController"): _replicated,
    ("apps", "Deployment"): _deployment,
    ("apps", "ReplicaSet"): _replicated,
    ("apps", "StatefulSet"): _stateful_set,
    ("apps", "DaemonSet"): _daemon_set,
    ("batch", "Job"): _job,
    ("batch", "CronJob"): _cron_job,
}
