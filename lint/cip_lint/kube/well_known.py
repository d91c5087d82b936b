"""Labels, annotations and values by which objects of endpoints are known.

``staging/src/k8s.io/api/discovery/v1/well_known_labels.go``, and the names that the
controllers give themselves.
"""

from __future__ import annotations

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
