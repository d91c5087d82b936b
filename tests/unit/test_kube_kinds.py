"""Only some kinds make pods or Services, and some live in no namespace."""

from __future__ import annotations

import pytest

from cip_lint.kube.kinds import makes_pods, makes_services, namespaced


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
        makes_pods(api_version, kind),
        makes_services(api_version, kind),
    )

    assert got == (pods, services)


def test_the_scope_of_a_kind_is_known_for_listed_ones() -> None:
    kinds = (("v1", "Node"), ("v1", "Pod"), ("cert-manager.io/v1", "ClusterIssuer"))

    assert [namespaced(*one) for one in kinds] == [False, True, False]
    assert namespaced("example.com/v1", "Shop") is None
