"""The names of the Services that operators and add-ons make."""

from __future__ import annotations

from typing import Any

import pytest

from cip_lint.kube.add_on_services import add_on_of
from cip_lint.kube.kinds import makes_services
from cip_lint.kube.operator_services import (
    _READERS,
    MadeService,
    is_marked,
    known_kinds,
    services_made,
)
from cip_lint.model import Resource
from support.clusters import NoPlaces


def resource(api_version: str, kind: str, name: str, spec: object = None) -> Resource:
    return Resource(
        {
            "apiVersion": api_version,
            "kind": kind,
            "metadata": {"name": name},
            "spec": {} if spec is None else spec,
        },
        NoPlaces("x.yaml", 0),
    )


def names(made: tuple[MadeService, ...]) -> dict[str, bool]:
    return {one.name: one.always for one in made}


def test_a_kind_with_known_names_is_never_said_to_make_no_services() -> None:
    assert [
        key for key in known_kinds() if makes_services(f"{key[0]}/v1", key[1]) is False
    ] == []


def test_every_row_has_names_or_a_reader_and_a_source() -> None:
    for key, row in known_kinds().items():
        assert row.names or key in _READERS, key
        assert row.source, key
        assert all(word.count("{") <= 1 for word in row.names), key


@pytest.mark.parametrize(
    ("api_version", "kind", "expected"),
    [
        ("kafka.strimzi.io/v1beta2", "Kafka", {"x-kafka-bootstrap", "x-kafka-brokers"}),
        ("rabbitmq.com/v1beta1", "RabbitmqCluster", {"x", "x-nodes"}),
        ("acid.zalan.do/v1", "postgresql", {"x", "x-repl"}),
        ("kibana.k8s.elastic.co/v1", "Kibana", {"x-kb-http"}),
        ("monitoring.coreos.com/v1", "Prometheus", {"prometheus-operated"}),
        ("ceph.rook.io/v1", "CephObjectStore", {"rook-ceph-rgw-x"}),
        ("example.com/v1", "Kafka", set()),
    ],
)
def test_names_that_are_always_made(
    api_version: str, kind: str, expected: set[str]
) -> None:
    made = services_made(resource(api_version, kind, "x"))

    assert {one.name for one in made if one.always} == expected


def test_a_family_is_never_always_made() -> None:
    made = services_made(resource("serving.knative.dev/v1", "Service", "hello"))

    assert names(made) == {"hello": True, "hello-#": False, "hello-#-private": False}
    family = made[1]
    assert family.start == "hello-"
    assert [family.is_called(n) for n in ("hello-00001", "hello-x", "hello-")] == [
        True,
        False,
        False,
    ]


def test_cloudnative_pg_makes_what_is_not_disabled_and_what_is_asked_for() -> None:
    made = services_made(
        resource(
            "postgresql.cnpg.io/v1",
            "Cluster",
            "pg",
            {
                "managed": {
                    "services": {
                        "disabledDefaultServices": ["ro", "r"],
                        "additional": [
                            {"serviceTemplate": {"metadata": {"name": "pg-lb"}}}
                        ],
                    }
                }
            },
        )
    )

    assert names(made) == {"pg-rw": True, "pg-any": False, "pg-lb": True}
    assert made[-1].path[-2:] == ("metadata", "name")


def test_a_name_may_be_a_text_of_the_custom_resource() -> None:
    kind = ("opensearch.opster.io/v1", "OpenSearchCluster", "logs")
    stated = services_made(resource(*kind, {"general": {"serviceName": "search"}}))
    hostile = services_made(resource(*kind, {"general": {"serviceName": ["search"]}}))

    assert stated[0] == MadeService("search", True, ("spec", "general", "serviceName"))
    assert "search" not in names(hostile)
    assert names(hostile)["logs-discovery"]


def test_prometheus_makes_no_governing_service_where_another_is_named() -> None:
    own = resource(
        "monitoring.coreos.com/v1", "Prometheus", "k8s", {"serviceName": "p"}
    )

    assert services_made(own) == ()


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"targetRef": {"kind": "Deployment", "name": "web"}}, set()),
        (
            {
                "targetRef": {"kind": "Deployment", "name": "web"},
                "service": {"port": 80},
            },
            {"web", "web-primary", "web-canary"},
        ),
        (
            {"targetRef": {"name": "web"}, "service": {"port": 80, "name": "shop"}},
            {"shop", "shop-primary", "shop-canary"},
        ),
        (
            {"targetRef": {"kind": "Service", "name": "web"}, "service": {"port": 80}},
            {"web-primary", "web-canary"},
        ),
        (["service"], set()),
        ({"service": ["a"], "targetRef": 3}, set()),
    ],
)
def test_flagger_names_by_its_service_or_its_target(
    spec: object, expected: set[str]
) -> None:
    made = services_made(resource("flagger.app/v1beta1", "Canary", "canary", spec))

    assert set(names(made)) == expected


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({}, False),
        ({"labels": {"app": "pg"}}, False),
        ({"labels": {"cnpg.io/cluster": "pg"}}, True),
        ({"ownerReferences": [{"kind": "Cluster", "name": "pg"}]}, True),
        ({"labels": ["cnpg.io/cluster"], "ownerReferences": []}, False),
    ],
)
def test_what_an_operator_wrote_itself_is_marked(
    metadata: dict[str, Any], expected: bool
) -> None:
    service = {"metadata": metadata}

    assert is_marked(service, "postgresql.cnpg.io", "Cluster") is expected


def test_names_stand_in_the_table_or_are_read_and_never_both() -> None:
    by_table = {key for key, row in known_kinds().items() if row.names}

    assert set(_READERS) == set(known_kinds()) - by_table


def test_a_label_with_a_value_is_compared_with_its_value() -> None:
    by_helm = {"metadata": {"labels": {"app.kubernetes.io/managed-by": "Helm"}}}
    by_operator = {
        "metadata": {"labels": {"app.kubernetes.io/managed-by": "jaeger-operator"}}
    }

    assert not is_marked(by_helm, "jaegertracing.io", "Jaeger")
    assert is_marked(by_operator, "jaegertracing.io", "Jaeger")


def test_add_ons_are_known_in_their_namespace_only() -> None:
    istiod = add_on_of("istio-system", "istiod-1-22")

    assert istiod is not None
    assert not istiod.of_every_cluster
    assert not istiod.names_exactly("istiod-1-22")
    assert add_on_of("shop", "istiod") is None
    api = add_on_of("default", "kubernetes")
    assert api is not None
    assert api.of_every_cluster
    assert api.names_exactly("kubernetes")
    assert add_on_of("openshift-ingress", "router-internal-default") is not None
