"""A kind in another spelling stands for one of Kubernetes, or for none."""

from __future__ import annotations

import pytest

from cip_lint.kube.misspelt_kinds import meant_kind


@pytest.mark.parametrize(
    ("api_version", "kind", "meant"),
    [
        ("v1", "service", "Service"),
        ("v1", "Services", "Service"),
        ("v1", "Serivce", "Service"),
        ("v1", "Sevice", "Service"),
        ("v1", "Servicee", "Service"),
        ("v1", "Endpoint", "Endpoints"),
        ("v1", "pods", "Pod"),
        ("apps/v1", "Statefulset", "StatefulSet"),
        ("apps/v1", "Deploiment", "Deployment"),
        ("apps/v1", "Deplyment", "Deployment"),
        ("networking.k8s.io/v1", "Ingresses", "Ingress"),
        ("v1", "Service", ""),
        ("v1", "ServiceAccount", ""),
        ("apps/v1", "Job", ""),
        ("v1", "Route", ""),
        ("v1", "DeploymentConfig", ""),
        ("v1", "Template", ""),
        ("v1", "Rod", ""),
        ("v1", "ServiceList", ""),
        ("v1", "", ""),
        ("v1", "S" * 300, ""),
        ("example.com/v1", "service", ""),
        ("serving.knative.dev/v1", "Services", ""),
    ],
)
def test_a_misspelt_kind_of_kubernetes_has_one_that_is_meant(
    api_version: str, kind: str, meant: str
) -> None:
    assert meant_kind(api_version, kind) == meant
