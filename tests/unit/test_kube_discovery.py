"""Kinds come and go with versions."""

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
