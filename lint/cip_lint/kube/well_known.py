"""Names that Kubernetes itself gives: labels, annotations, controllers, objects.

``staging/src/k8s.io/api/discovery/v1/well_known_labels.go``, the names that the
controllers give themselves, and ``staging/src/k8s.io/api/{apps,batch}/v1/types.go``.
"""

from __future__ import annotations

from cip_lint.kube.version import Version

SERVICE_NAME = "kubernetes.io/service-name"
"""The label of an EndpointSlice that names its Service."""
MANAGED_BY = "endpointslice.kubernetes.io/managed-by"
"""The label of an EndpointSlice that names who keeps it."""
HEADLESS = "service.kubernetes.io/headless"
"""The label of what controllers write for a headless Service."""
LEADER = "control-plane.alpha.kubernetes.io/leader"
"""The annotation of Endpoints that are a lock and no endpoints."""

SLICE_CONTROLLER = "endpointslice-controller.k8s.io"
MIRRORING_CONTROLLER = "endpointslicemirroring-controller.k8s.io"
SLICE_CONTROLLERS = frozenset({SLICE_CONTROLLER, MIRRORING_CONTROLLER})
"""The controllers of Kubernetes that keep slices."""

ENDPOINTS_MANAGED_BY = "endpoints.kubernetes.io/managed-by"
"""The label of Endpoints that names who keeps them."""
ENDPOINTS_CONTROLLER = "endpoint-controller"
"""The controller of Kubernetes that keeps Endpoints."""

PROXY_NAME = "service.kubernetes.io/service-proxy-name"
"""The label of a Service that leaves it to another proxy than kube-proxy."""

MASTER = ("default", "kubernetes")
"""Namespace and name of the API server's own Service, of which every pod is told."""
API_SERVER_RANGES = "kubernetes"
"""The ServiceCIDR that the API server makes of its own flags."""

POD_TEMPLATE_HASH = "pod-template-hash"
"""The label of the pods of one ReplicaSet of a Deployment."""
ROLLOUT_HASH = "rollouts-pod-template-hash"
"""The same of a Rollout, whose controller puts it in the selectors of its Services, too
(argoproj/argo-rollouts ``pkg/apis/rollouts/v1alpha1``)."""
REVISION_HASH = "controller-revision-hash"
"""The label of the pods of one revision of a StatefulSet or DaemonSet."""
TEMPLATE_GENERATION = "pod-template-generation"
"""The label of the pods of one generation of a DaemonSet."""
POD_NAME = "statefulset.kubernetes.io/pod-name"
"""The label of a pod of a StatefulSet with its own name."""
POD_INDEX = "apps.kubernetes.io/pod-index"
"""The label of a pod of a StatefulSet with its ordinal."""
COMPLETION_INDEX = "batch.kubernetes.io/job-completion-index"
"""The annotation of a pod of an Indexed Job with its index; a label, too."""
INDEX_LABELS_SINCE = Version(1, 28)
"""From here on pods have ``POD_INDEX`` and the label ``COMPLETION_INDEX``."""
BARE_JOB_NAME = "job-name"
BARE_JOB_UID = "controller-uid"
"""The labels of a pod with the name and the UID of its Job."""
JOB_NAME = f"batch.kubernetes.io/{BARE_JOB_NAME}"
JOB_UID = f"batch.kubernetes.io/{BARE_JOB_UID}"
"""The same under a domain."""
PREFIXED_JOB_LABELS_SINCE = Version(1, 27)
"""From here on pods of Jobs have these, too."""
