"""Kinds come and go with versions, and only some make pods or Services."""

from __future__ import annotations

import pytest

from cip_lint.kube import discovery
from cip_lint.kube.version import Version


@pytest.mark.parametrize(
    ("api_version", "kind", "served"),
    [
        ("extensions/v1beta1", "Ingress", [True, True, False, False]),
        ("networking.k8s.io/v1beta1", "ServiceCIDR", [False, False, False, False]),
        ("networking.k8s.io/v1", "ServiceCIDR", [False, False, False, True]),
        ("batch/v1beta1", "CronJob", [True, True, True, False]),
        ("batch/v1", "CronJob", [False, True, True, True]),
        ("apps/v1beta1", "Deployment", [False, False, False, False]),
        ("discovery.k8s.io/v1beta1", "EndpointSlice", [True, True, True, False]),
        ("apps/v1", "Deploymnet", [False, False, False, False]),
        ("example.com/v1", "Shop", [None, None, None, None]),
    ],
)
def test_a_kind_is_served_by_some_versions(
    api_version: str, kind: str, served: list[bool | None]
) -> None:
    versions = (Version(1, 19), Version(1, 21), Version(1, 24), Version(1, 37))

    assert [discovery.served(api_version, kind, one) for one in versions] == served


def test_a_new_beta_is_there_but_off() -> None:
    beta = ("networking.k8s.io/v1beta1", "ServiceCIDR")

    assert discovery.optional(*beta, Version(1, 34)) is True
    assert discovery.optional(*beta, Version(1, 37)) is False


@pytest.mark.parametrize(
    ("api_version", "kind", "version", "replacement"),
    [
        ("extensions/v1beta1", "Deployment", Version(1, 37), "apps/v1"),
        ("extensions/v1beta1", "Ingress", Version(1, 37), "networking.k8s.io/v1"),
        ("apps/v1beta2", "StatefulSet", Version(1, 19), "apps/v1"),
        (
            "autoscaling/v2beta2",
            "HorizontalPodAutoscaler",
            Version(1, 26),
            "autoscaling/v2",
        ),
        ("policy/v1beta1", "PodSecurityPolicy", Version(1, 25), None),
        ("example.com/v1", "Shop", Version(1, 37), None),
    ],
)
def test_the_replacement_is_served_by_the_version_asked_for(
    api_version: str, kind: str, version: Version, replacement: str | None
) -> None:
    assert discovery.replacement(api_version, kind, version) == replacement


def test_a_removal_is_known_also_when_it_lies_ahead() -> None:
    assert discovery.removed_in("batch/v1beta1", "CronJob") == Version(1, 25)
    assert discovery.removed_in("storagemigration.k8s.io/v1beta1", "Nothing") is None
    assert discovery.removed_in("apps/v1", "Deployment") is None


@pytest.mark.parametrize(
    ("api_version", "kind", "pods", "services"),
    [
        ("apps/v1", "Deployment", True, False),
        ("v1", "Service", False, True),
        ("v1", "ConfigMap", False, False),
        ("monitoring.coreos.com/v1", "ServiceMonitor", False, False),
        ("monitoring.coreos.com/v1", "Prometheus", True, True),
        ("serving.knative.dev/v1", "Service", True, True),
        ("sqs.services.k8s.aws/v1alpha1", "Queue", False, False),
        ("example.com/v1", "Shop", None, None),
    ],
)
def test_what_a_kind_brings_about_is_known_or_unknown(
    api_version: str, kind: str, pods: bool | None, services: bool | None
) -> None:
    got = (
        discovery.makes_pods(api_version, kind),
        discovery.makes_services(api_version, kind),
    )

    assert got == (pods, services)


def test_the_scope_of_a_kind_is_known_for_listed_ones() -> None:
    kinds = (("v1", "Node"), ("v1", "Pod"), ("cert-manager.io/v1", "ClusterIssuer"))

    assert [discovery.namespaced(*one) for one in kinds] == [False, True, False]
    assert discovery.namespaced("example.com/v1", "Shop") is None


@pytest.mark.parametrize(
    ("api_version", "kind", "served"),
    [
        ("v2", "Service", False),
        ("v1beta1", "Service", False),
        ("core/v1", "Service", False),
        ("apps/v2", "Deployment", False),
        ("networking/v1", "Ingress", False),
        ("apps/v2alpha1", "Deployment", None),
        ("apps/next", "Deployment", None),
        ("example/v2", "Service", None),
        ("apps.example.com/v2", "Deployment", None),
    ],
)
def test_a_version_that_there_never_was_is_not_served(
    api_version: str, kind: str, served: bool | None
) -> None:
    assert discovery.served(api_version, kind) is served


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
    assert discovery.meant_kind(api_version, kind) == meant
