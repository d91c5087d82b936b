"""Which kinds each version of Kubernetes serves.

The table of built-in kinds follows the lifecycle marks of ``k8s.io/api`` and the
defaults of ``pkg/controlplane/instance.go``: stable versions are served, beta
versions that came with 1.24 or later are not, alpha versions never.
"""

from __future__ import annotations

from functools import lru_cache

from cip_lint.kube.version import NEWEST, OLDEST, Version
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple


class _Row(NamedTuple):
    """Kinds of one group version that came and went together."""

    api_version: str
    namespaced: bool
    since: int
    """The first minor version; 0: older than all versions described."""
    until: int
    """The first minor version without them; 0: still there."""
    kinds: tuple[str, ...]


# apiVersion, scope, first minor version (0: older than all described), first minor
# version without them (0: still there), kinds.
_TABLE = """\
v1 namespace 0 0 Binding ConfigMap Endpoints Event LimitRange PersistentVolumeClaim
  Pod PodTemplate ReplicationController ResourceQuota Secret Service ServiceAccount
v1 cluster 0 0 ComponentStatus Namespace Node PersistentVolume
apps/v1 namespace 0 0 ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet
apps/v1beta2 namespace 0 16 ControllerRevision DaemonSet Deployment ReplicaSet
  StatefulSet
apps/v1beta1 namespace 0 16 ControllerRevision Deployment StatefulSet
extensions/v1beta1 namespace 0 16 DaemonSet Deployment NetworkPolicy ReplicaSet
extensions/v1beta1 cluster 0 16 PodSecurityPolicy
extensions/v1beta1 namespace 0 22 Ingress
batch/v1 namespace 0 0 Job
batch/v1 namespace 21 0 CronJob
batch/v1beta1 namespace 0 25 CronJob
batch/v2alpha1 namespace 0 21 CronJob
autoscaling/v1 namespace 0 0 HorizontalPodAutoscaler
autoscaling/v2 namespace 23 0 HorizontalPodAutoscaler
autoscaling/v2beta1 namespace 0 25 HorizontalPodAutoscaler
autoscaling/v2beta2 namespace 0 26 HorizontalPodAutoscaler
policy/v1 namespace 21 0 PodDisruptionBudget
policy/v1beta1 namespace 0 25 PodDisruptionBudget
policy/v1beta1 cluster 0 25 PodSecurityPolicy
discovery.k8s.io/v1 namespace 21 0 EndpointSlice
discovery.k8s.io/v1beta1 namespace 0 25 EndpointSlice
networking.k8s.io/v1 namespace 0 0 Ingress NetworkPolicy
networking.k8s.io/v1 cluster 0 0 IngressClass
networking.k8s.io/v1 cluster 33 0 IPAddress ServiceCIDR
networking.k8s.io/v1beta1 namespace 0 22 Ingress
networking.k8s.io/v1beta1 cluster 0 22 IngressClass
networking.k8s.io/v1beta1 cluster 31 37 IPAddress ServiceCIDR
networking.k8s.io/v1alpha1 cluster 27 34 IPAddress
networking.k8s.io/v1alpha1 cluster 29 34 ServiceCIDR
rbac.authorization.k8s.io/v1 cluster 0 0 ClusterRole ClusterRoleBinding
rbac.authorization.k8s.io/v1 namespace 0 0 Role RoleBinding
rbac.authorization.k8s.io/v1beta1 cluster 0 22 ClusterRole ClusterRoleBinding
rbac.authorization.k8s.io/v1beta1 namespace 0 22 Role RoleBinding
apiextensions.k8s.io/v1 cluster 0 0 CustomResourceDefinition
apiextensions.k8s.io/v1beta1 cluster 0 22 CustomResourceDefinition
apiregistration.k8s.io/v1 cluster 0 0 APIService
apiregistration.k8s.io/v1beta1 cluster 0 22 APIService
admissionregistration.k8s.io/v1 cluster 0 0 MutatingWebhookConfiguration
  ValidatingWebhookConfiguration
admissionregistration.k8s.io/v1 cluster 30 0 ValidatingAdmissionPolicy
  ValidatingAdmissionPolicyBinding
admissionregistration.k8s.io/v1 cluster 36 0 MutatingAdmissionPolicy
  MutatingAdmissionPolicyBinding
admissionregistration.k8s.io/v1beta1 cluster 0 22 MutatingWebhookConfiguration
  ValidatingWebhookConfiguration
admissionregistration.k8s.io/v1beta1 cluster 28 34 ValidatingAdmissionPolicy
  ValidatingAdmissionPolicyBinding
admissionregistration.k8s.io/v1beta1 cluster 34 40 MutatingAdmissionPolicy
  MutatingAdmissionPolicyBinding
authentication.k8s.io/v1 cluster 0 0 TokenReview
authentication.k8s.io/v1 cluster 28 0 SelfSubjectReview
authentication.k8s.io/v1beta1 cluster 0 22 TokenReview
authorization.k8s.io/v1 cluster 0 0 SelfSubjectAccessReview SelfSubjectRulesReview
  SubjectAccessReview
authorization.k8s.io/v1 namespace 0 0 LocalSubjectAccessReview
authorization.k8s.io/v1beta1 cluster 0 22 SelfSubjectAccessReview
  SelfSubjectRulesReview SubjectAccessReview
authorization.k8s.io/v1beta1 namespace 0 22 LocalSubjectAccessReview
certificates.k8s.io/v1 cluster 0 0 CertificateSigningRequest
certificates.k8s.io/v1 cluster 37 0 ClusterTrustBundle
certificates.k8s.io/v1 namespace 37 0 PodCertificateRequest
certificates.k8s.io/v1beta1 cluster 0 22 CertificateSigningRequest
certificates.k8s.io/v1beta1 cluster 33 40 ClusterTrustBundle
certificates.k8s.io/v1beta1 namespace 35 40 PodCertificateRequest
coordination.k8s.io/v1 namespace 0 0 Lease
coordination.k8s.io/v1beta1 namespace 0 22 Lease
coordination.k8s.io/v1beta1 namespace 33 39 LeaseCandidate
events.k8s.io/v1 namespace 0 0 Event
events.k8s.io/v1beta1 namespace 0 25 Event
flowcontrol.apiserver.k8s.io/v1 cluster 29 0 FlowSchema PriorityLevelConfiguration
flowcontrol.apiserver.k8s.io/v1beta3 cluster 26 32 FlowSchema
  PriorityLevelConfiguration
flowcontrol.apiserver.k8s.io/v1beta2 cluster 23 29 FlowSchema
  PriorityLevelConfiguration
flowcontrol.apiserver.k8s.io/v1beta1 cluster 20 26 FlowSchema
  PriorityLevelConfiguration
node.k8s.io/v1 cluster 20 0 RuntimeClass
node.k8s.io/v1beta1 cluster 0 25 RuntimeClass
resource.k8s.io/v1 cluster 34 0 DeviceClass ResourceSlice
resource.k8s.io/v1 namespace 34 0 ResourceClaim ResourceClaimTemplate
resource.k8s.io/v1 cluster 37 0 DeviceTaintRule
resource.k8s.io/v1beta2 cluster 33 39 DeviceClass ResourceSlice
resource.k8s.io/v1beta2 namespace 33 39 ResourceClaim ResourceClaimTemplate
resource.k8s.io/v1beta2 cluster 36 42 DeviceTaintRule
resource.k8s.io/v1beta1 cluster 32 38 DeviceClass ResourceSlice
resource.k8s.io/v1beta1 namespace 32 38 ResourceClaim ResourceClaimTemplate
scheduling.k8s.io/v1 cluster 0 0 PriorityClass
scheduling.k8s.io/v1beta1 cluster 0 22 PriorityClass
scheduling.k8s.io/v1beta1 namespace 37 43 PodGroup Workload
storage.k8s.io/v1 cluster 0 0 CSIDriver CSINode StorageClass VolumeAttachment
storage.k8s.io/v1 namespace 24 0 CSIStorageCapacity
storage.k8s.io/v1 cluster 34 0 VolumeAttributesClass
storage.k8s.io/v1beta1 cluster 0 22 CSIDriver CSINode StorageClass VolumeAttachment
storage.k8s.io/v1beta1 namespace 21 27 CSIStorageCapacity
storage.k8s.io/v1beta1 cluster 31 37 VolumeAttributesClass
storagemigration.k8s.io/v1 cluster 37 0 StorageVersionMigration
storagemigration.k8s.io/v1beta1 cluster 35 40 StorageVersionMigration
settings.k8s.io/v1alpha1 namespace 0 20 PodPreset
"""


@lru_cache(maxsize=1)
def _built_in() -> tuple[_Row, ...]:
    rows = []
    for line in _TABLE.replace("\n  ", " ").splitlines():
        api_version, scope, since, until, kinds = line.split(" ", 4)
        rows.append(
            _Row(
                api_version,
                scope == "namespace",
                int(since),
                int(until),
                tuple(kinds.split()),
            )
        )
    return tuple(rows)


_NEW_BETAS_ARE_OFF_SINCE = 24
# The successors of a beta that was on by default stayed on.
_BETAS_KEPT_ON = frozenset({"flowcontrol.apiserver.k8s.io/v1beta3"})

_STABLE_OR_BETA = pattern(r"(?:[^/]*/)?v[1-9][0-9]*(?:beta[1-9][0-9]*)?")

_SUCCESSORS = {
    ("extensions", "DaemonSet"): "apps",
    ("extensions", "Deployment"): "apps",
    ("extensions", "ReplicaSet"): "apps",
    ("extensions", "Ingress"): "networking.k8s.io",
    ("extensions", "NetworkPolicy"): "networking.k8s.io",
    ("extensions", "PodSecurityPolicy"): "policy",
}


def group_of(api_version: str) -> str:
    """Return the group of an ``apiVersion``; empty for the core group."""
    group, slash, _ = api_version.rpartition("/")
    return group if slash else ""


@lru_cache(maxsize=1)
def _index() -> dict[tuple[str, str], tuple[_Row, ...]]:
    index: dict[tuple[str, str], tuple[_Row, ...]] = {}
    for row in _built_in():
        for kind in row.kinds:
            key = row.api_version, kind
            index[key] = (*index.get(key, ()), row)
    return index


@lru_cache(maxsize=1)
def _built_in_groups() -> frozenset[str]:
    groups = {group_of(row.api_version) for row in _built_in()}
    return frozenset((*groups, "core", *(one.partition(".")[0] for one in groups)))


def is_built_in_group(api_version: str) -> bool:
    """Return whether the group of an ``apiVersion`` belongs to Kubernetes itself.

    So do its short names, such as ``core`` and ``networking``, under which nothing
    is served: a custom group has a dot (``ValidateCustomResourceDefinition``).
    """
    return group_of(api_version) in _built_in_groups()


def _exists(row: _Row, version: Version) -> bool:
    return row.since <= version.minor and not 0 < row.until <= version.minor


def _on_by_default(row: _Row) -> bool:
    if "alpha" in row.api_version:
        return False
    if "beta" not in row.api_version or row.api_version in _BETAS_KEPT_ON:
        return True
    return row.since < _NEW_BETAS_ARE_OFF_SINCE


@lru_cache(maxsize=1024)
def served(api_version: str, kind: str, version: Version = NEWEST) -> bool | None:
    """Return whether an API server of that version serves a kind by default.

    None where the kind is unknown: a custom resource, or a group of Kubernetes
    that is not described.
    """
    rows = _index().get((api_version, kind))
    if rows is not None:
        return any(_exists(row, version) and _on_by_default(row) for row in rows)
    if is_built_in_group(api_version):
        return _serves_no_such_kind(api_version)
    return None


def _serves_no_such_kind(api_version: str) -> bool | None:
    if any(row.api_version == api_version for row in _built_in()):
        return None if "alpha" in api_version else False
    # An alpha version may be one that is not described, other text is no version.
    return False if _STABLE_OR_BETA.fullmatch(api_version) else None


def optional(api_version: str, kind: str, version: Version = NEWEST) -> bool:
    """Return whether a version has the kind, but serves it only when told to."""
    rows = _index().get((api_version, kind), ())
    return any(_exists(row, version) and not _on_by_default(row) for row in rows)


def kinds_of(api_version: str, version: Version = NEWEST) -> dict[str, bool]:
    """Return the kinds that one group version serves by default.

    Each with whether it lives in a namespace; empty where the group version is
    not served.
    """
    return {
        kind: row.namespaced
        for row in _built_in()
        if row.api_version == api_version
        and _exists(row, version)
        and _on_by_default(row)
        for kind in row.kinds
    }


def is_group_served(group: str, version: Version = NEWEST) -> bool:
    """Return whether any version of a built-in group is served by default."""
    return any(
        group_of(row.api_version) == group
        and _exists(row, version)
        and _on_by_default(row)
        for row in _built_in()
    )


def introduced_in(api_version: str, kind: str) -> Version | None:
    """Return the first version with a built-in kind; never older than ``OLDEST``."""
    rows = _index().get((api_version, kind))
    if rows is None:
        return None
    return max(OLDEST, Version(1, min(row.since for row in rows)))


def removed_in(api_version: str, kind: str) -> Version | None:
    """Return the first version without a built-in kind; None if it is still there.

    A removal that is only announced is returned as well.
    """
    rows = _index().get((api_version, kind))
    if rows is None or any(not row.until for row in rows):
        return None
    return Version(1, max(row.until for row in rows))


def replacement(api_version: str, kind: str, version: Version = NEWEST) -> str | None:
    """Return the ``apiVersion`` under which a version serves a built-in kind instead.

    None where nothing else is served, or the kind is unknown.
    """
    group = group_of(api_version)
    groups = {group, _SUCCESSORS.get((group, kind), group)}
    found = [
        candidate
        for candidate, candidate_kind in _index()
        if candidate_kind == kind
        and candidate != api_version
        and group_of(candidate) in groups
        and served(candidate, kind, version)
    ]
    return min(found, key=_maturity) if found else None


def _maturity(api_version: str) -> tuple[bool, int]:
    """Order stable before beta, and newer before older."""
    name = api_version.rpartition("/")[2]
    digits = "".join(c if c.isdigit() else " " for c in name).split()
    number = int("".join(part.rjust(2, "0") for part in digits) or "0")
    return ("beta" in name or "alpha" in name), -number


def is_namespaced(api_version: str, kind: str) -> bool | None:
    """Return whether objects of a built-in kind live in a namespace; None for others."""
    rows = _index().get((api_version, kind))
    return None if rows is None else rows[0].namespaced


@lru_cache(maxsize=1)
def all_kinds() -> frozenset[str]:
    """Return the kinds of Kubernetes itself, in any version."""
    return frozenset(kind for row in _built_in() for kind in row.kinds)
