"""Labels that pods carry although no template says so.

Two sorts: those that controllers add by kind and version, of which some values are
known beforehand; and those that programs set on their own pods while they run, of
which nothing is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from cip_lint.bodies import mapping
from cip_lint.cluster.run_time_labels import RUN_TIME_LABELS
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
    ROLLOUT_HASH,
    TEMPLATE_GENERATION,
)
from cip_lint.records import NamedTuple

_ZONE_SINCE = Version(1, 35)
_ZONE_LABELS = frozenset(
    {"topology.kubernetes.io/zone", "topology.kubernetes.io/region"}
)
_STATEFUL = frozenset({POD_NAME, POD_INDEX, REVISION_HASH})
_JOB_UIDS = frozenset({BARE_JOB_UID, JOB_UID})
_JOB = _JOB_UIDS | {BARE_JOB_NAME, JOB_NAME, COMPLETION_INDEX}
_REVISION = "serving.knative.dev/revision"
_REVISION_UID = "serving.knative.dev/revisionUID"
_KNATIVE = frozenset({"app", _REVISION, _REVISION_UID})
MACHINE_NAME = "vm.kubevirt.io/name"
_MACHINE = frozenset({"kubevirt.io", "kubevirt.io/created-by"})
"""Of every pod that runs a virtual machine (kubevirt ``pkg/virt-controller/services``)."""

_ADDED: Mapping[str, frozenset[str]] = {
    "Deployment": frozenset({POD_TEMPLATE_HASH}),
    "StatefulSet": _STATEFUL,
    "DaemonSet": frozenset({REVISION_HASH, TEMPLATE_GENERATION}),
    "Job": _JOB,
    "CronJob": _JOB,
    "Rollout": frozenset({ROLLOUT_HASH}),
    "CloneSet": frozenset(
        {
            "apps.kruise.io/cloneset-instance-id",
            REVISION_HASH,
            POD_TEMPLATE_HASH,
        }
    ),
    "DeploymentConfig": frozenset({"deploymentconfig", "deployment"}),
    "VirtualMachine": _MACHINE | {MACHINE_NAME, "vmi.kubevirt.io/id"},
    "VirtualMachineInstance": _MACHINE | {MACHINE_NAME, "vmi.kubevirt.io/id"},
    "VirtualMachineInstanceReplicaSet": _MACHINE,
    "Service": _KNATIVE,
    "Configuration": _KNATIVE,
}
"""The label keys that the controller of a kind of workload may add."""

ADDED_KEYS = frozenset().union(*_ADDED.values(), _ZONE_LABELS) - {
    "app",
    "deployment",
    "deploymentconfig",
}
"""All of them, but those that people write themselves as well."""

_OWN_DOMAINS = ("app.kubernetes.io/", "helm.sh/")


def may_carry(
    body: Mapping[str, Any],
    key: str,
    value: str,
    version: Version,
    *,
    scaled: bool = False,
) -> bool | None:
    """Return whether a controller gives pods of a workload this label and value.

    None where it adds no label of this key; True also where it adds the key with a
    value that cannot be known. ``scaled``: the number of replicas is not the one
    written, because something else decides about it.
    """
    kind = body.get("kind")
    if key in _ZONE_LABELS:
        return True if version >= _ZONE_SINCE else None
    if not isinstance(kind, str) or key not in _ADDED.get(kind, ()):
        return None
    if kind == "StatefulSet":
        return _of_stateful_set(body, key, value, version, scaled=scaled)
    if kind in {"Job", "CronJob"}:
        return _of_job(body, kind, key, value, version)
    if key in _KNATIVE:
        return _of_knative(body, key, value)
    if key in {"deploymentconfig", MACHINE_NAME}:
        return value == _name(body)
    if key == "kubevirt.io":
        return value == "virt-launcher"
    return True


def _of_stateful_set(
    body: Mapping[str, Any], key: str, value: str, version: Version, *, scaled: bool
) -> bool | None:
    if key == POD_NAME:
        name, dash, ordinal = value.rpartition("-")
        return bool(dash) and name == _name(body) and _has(body, ordinal, scaled=scaled)
    if key == POD_INDEX:
        if version < INDEX_LABELS_SINCE:
            return None
        return _has(body, value, scaled=scaled)
    return True


def _of_knative(body: Mapping[str, Any], key: str, value: str) -> bool:
    """Whether pods of Knative get a label: ``app`` is theirs, else the revision's name.

    ``makeLabels`` of knative/serving ``pkg/reconciler/revision/resources/meta.go``. A
    revision is named by its template, else by its configuration and a number of five
    digits or more.
    """
    if key == _REVISION_UID:
        return True
    template = mapping(mapping(body.get("spec")).get("template"))
    metadata = mapping(template.get("metadata"))
    own = mapping(metadata.get("labels")).get(key)
    if key == "app" and own is not None:
        return bool(own == value)
    named = metadata.get("name")
    if named:
        return bool(value == named)
    name, dash, number = value.rpartition("-")
    return bool(dash) and name == _name(body) and number.isdigit() and len(number) >= 5


def _has(body: Mapping[str, Any], ordinal: str, *, scaled: bool) -> bool:
    if not (ordinal.isascii() and ordinal.isdigit()) or len(ordinal) > 9:
        return False
    if ordinal != "0" and ordinal.startswith("0"):
        return False
    first, last = _ordinals(body, scaled=scaled)
    return first <= int(ordinal) and (last is None or int(ordinal) <= last)


def _ordinals(body: Mapping[str, Any], *, scaled: bool) -> tuple[int, int | None]:
    """Return the first and the last ordinal of a StatefulSet; None: not known."""
    spec = mapping(body.get("spec"))
    first = mapping(spec.get("ordinals")).get("start")
    start = first if isinstance(first, int) else 0
    replicas = spec.get("replicas", 1)
    if scaled or not isinstance(replicas, int) or replicas <= 0:
        return start, None
    return start, start + replicas - 1


def numbered_values(
    body: Mapping[str, Any], key: str, version: Version, *, scaled: bool = False
) -> tuple[str, str] | None:
    """Return the first and the last value of a label that tells pods of a set apart.

    The last is empty where the number of pods is not known; None for another label
    and another kind than StatefulSet (``pkg/controller/statefulset`` adds them).
    """
    known = key == POD_NAME or (key == POD_INDEX and version >= INDEX_LABELS_SINCE)
    if body.get("kind") != "StatefulSet" or not known:
        return None
    stem = f"{_name(body)}-" if key == POD_NAME else ""
    first, last = _ordinals(body, scaled=scaled)
    return f"{stem}{first}", "" if last is None else f"{stem}{last}"


def _of_job(
    body: Mapping[str, Any], kind: str, key: str, value: str, version: Version
) -> bool | None:
    spec = mapping(body.get("spec"))
    if kind == "CronJob":
        spec = mapping(mapping(spec.get("jobTemplate")).get("spec"))
    if key == COMPLETION_INDEX:
        indexed = spec.get("completionMode") == "Indexed"
        return True if indexed and version >= INDEX_LABELS_SINCE else None
    if spec.get("manualSelector") is True:
        return None
    if key.startswith("batch.") and version < PREFIXED_JOB_LABELS_SINCE:
        return None
    if key in _JOB_UIDS:
        return True
    if kind == "CronJob":
        return value.startswith(f"{_name(body)}-")
    return value == _name(body)


def _name(body: Mapping[str, Any]) -> object:
    return mapping(body.get("metadata")).get("name")


@lru_cache(maxsize=4096)
def program_that_sets(key: str) -> str | None:
    """Return the program known to set a label on its own pods while it runs."""
    row = _EXACT.get(key)
    if row is not None:
        return row.program
    for row in _PATTERNS:
        if fnmatchcase(key, row.key):
            return row.program
    return None


def is_of_an_operator(key: str) -> bool:
    """Whether a key has the domain of somebody's operator: its pods are unknown."""
    return "/" in key and not key.startswith(_OWN_DOMAINS) and key not in ADDED_KEYS


class _Row(NamedTuple):
    key: str
    program: str
    source: str


_ROWS = tuple(_Row(*row) for row in RUN_TIME_LABELS)
_EXACT = {row.key: row for row in _ROWS if "*" not in row.key}
_PATTERNS = tuple(row for row in _ROWS if "*" in row.key)

_ADD_ONS: Mapping[str, frozenset[str]] = {
    "k8s-app": frozenset(
        {
            "kube-dns",
            "coredns",
            "kube-proxy",
            "kube-apiserver",
            "kube-controller-manager",
            "kube-scheduler",
            "metrics-server",
            "calico-node",
            "cilium",
        }
    ),
    "component": frozenset(
        {
            "etcd",
            "kube-apiserver",
            "kube-controller-manager",
            "kube-scheduler",
            "kube-proxy",
        }
    ),
    "tier": frozenset({"control-plane"}),
}


def is_an_add_on(namespace: str, selector: Mapping[str, str]) -> bool:
    """Whether a selector means pods that clusters come with, in ``kube-system``."""
    return namespace == "kube-system" and any(
        value in _ADD_ONS.get(key, ()) for key, value in selector.items()
    )
