"""Ports of the proxies that meshes put into pods, which no template shows.

A namespace can be marked for injection by another repository, so nothing beside a
workload has to say that its pods get one.
"""

from __future__ import annotations

from typing import Final

SIDECAR_PORTS: Final = {
    "http-envoy-prom": 15090,
    "linkerd-admin": 4191,
    "linkerd-proxy": 4143,
}
"""Names that the injected containers give to their ports, all of them for TCP.

``istio/istio:manifests/charts/istio-control/istio-discovery/files``,
``linkerd/linkerd2:charts/partials/templates/_proxy.tpl``.
"""

SIDECAR_NUMBERS: Final = frozenset({15020, 15021, *SIDECAR_PORTS.values()})
"""Those ports, and Istio's merged telemetry and health checks.

https://istio.io/latest/docs/ops/deployment/application-requirements/
"""
