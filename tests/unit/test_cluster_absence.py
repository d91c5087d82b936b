"""What it means that a Service is not in the set."""

from __future__ import annotations

from pathlib import Path

import pytest

from cip_lint.cluster import Declared, External, Member, Setting, default_settings
from cip_lint.cluster.absence import Absence, absence
from cip_lint.cluster.cluster import Cluster
from cip_lint.model import Origin, OriginKind
from support.written import Gather, deployment, gatherer, obj, service

CLOSED = default_settings()._replace(
    complete=Setting(True, Origin(OriginKind.FLAG, "--complete")),
)


@pytest.fixture
def gather(tmp_path: Path) -> Gather:
    return gatherer(tmp_path)


def caller(cluster: Cluster, name: str = "web") -> Member:
    return next(m for m in cluster.workloads if m.name == name)


def gone(
    cluster: Cluster, name: str, namespace: str | None = None, of: str = "web"
) -> Absence:
    member = caller(cluster, of)
    assert cluster.service(member, name, namespace) is None
    return absence(cluster, member, name, namespace)


WEB = deployment("web", "app: web", ns="shop")
PG = obj("Cluster", "pg", api="postgresql.cnpg.io/v1", ns="shop")


def test_an_operator_makes_it_for_an_object_of_the_namespace(gather: Gather) -> None:
    (cluster,) = gather({"a.yaml": WEB, "b.yaml": PG})

    assert gone(cluster, "pg-rw").why_exists == ("Cluster shop/pg makes Service pg-rw")
    assert gone(cluster, "pg-rw", "shop").why_exists
    assert gone(cluster, "pg-rw", "data").why_exists == ""
    assert gone(cluster, "pg").why_exists == ""


def test_a_family_of_services_is_found_by_its_start(gather: Gather) -> None:
    ceph = obj("CephCluster", "c", api="ceph.rook.io/v1", ns="shop")
    (cluster,) = gather({"a.yaml": WEB + ceph})

    assert gone(cluster, "rook-ceph-mon-a").why_exists == (
        "CephCluster shop/c makes Service rook-ceph-mon-*"
    )
    assert gone(cluster, "rook-ceph-mon-").why_exists == ""


def test_what_the_configuration_declares_exists(gather: Gather) -> None:
    settings = default_settings()._replace(
        external=External(services=(Declared("data", "db"),))
    )
    (cluster,) = gather({"a.yaml": WEB}, settings)

    assert gone(cluster, "db", "data").why_exists == (
        "the configuration declares Service data/db as external"
    )
    assert gone(cluster, "db").why_exists == ""


def test_well_known_programs_bring_services_into_open_worlds(gather: Gather) -> None:
    (open_world,) = gather({"a.yaml": WEB})
    (closed,) = gather({"a.yaml": WEB}, CLOSED)

    asked = [("istiod", "istio-system"), ("kubernetes", "default")]
    assert [bool(gone(open_world, *one).why_exists) for one in asked] == [True, True]
    assert [bool(gone(closed, *one).why_exists) for one in asked] == [False, True]


def test_a_slip_is_no_service_that_a_program_is_known_by_in_part(
    gather: Gather,
) -> None:
    server = service("argocd-server", ns="argocd")
    (cluster,) = gather({"a.yaml": WEB + server})

    slip = gone(cluster, "argocd-sever", "argocd")
    assert slip.why_exists == ""
    assert slip.near is not None
    assert slip.near.name == "argocd-server"
    assert gone(cluster, "argocd-repo-server", "argocd").why_exists == (
        "Argo CD brings Service argocd/argocd-repo-server"
    )


def test_closed_worlds_are_those_of_the_namespace_named(gather: Gather) -> None:
    settings = default_settings()._replace(
        complete=Setting(("data",), Origin(OriginKind.FLAG, "--complete")),
    )
    (cluster,) = gather({"a.yaml": WEB}, settings)

    assert not gone(cluster, "db").closed
    closed = gone(cluster, "db", "data")
    assert (closed.closed, closed.origin) == (True, "--complete")


def test_a_witness_is_of_the_namespace_named(gather: Gather) -> None:
    files = {
        "a.yaml": WEB + service("api", ns="data"),
        "b.yaml": service("b", ns="shop"),
    }
    (cluster,) = gather(files)

    assert gone(cluster, "db").witness is None
    witness = gone(cluster, "db", "data").witness
    assert witness is not None
    assert witness.name == "api"


def test_what_may_make_services_is_of_the_namespace_named(gather: Gather) -> None:
    farm = obj("Farm", "farm", api="example.com/v1", ns="data")
    (cluster,) = gather({"a.yaml": WEB, "b.yaml": farm})

    assert gone(cluster, "db").unknown is None
    unknown = gone(cluster, "db", "data").unknown
    assert unknown is not None
    assert unknown.reason == "Farm data/farm may make Services"


def test_the_nearest_name_is_of_the_namespace_and_first_of_the_unit(
    gather: Gather,
) -> None:
    (cluster,) = gather(
        {
            "a.yaml": WEB + service("frontend", ns="shop"),
            "b.yaml": service("payments", ns="data"),
        }
    )

    near = gone(cluster, "front-end")
    assert near.near is not None
    assert near.near.name == "frontend"
    assert near.near_in_unit
    assert gone(cluster, "payment").near is None
    other = gone(cluster, "payment", "data").near
    assert other is not None
    assert other.namespace == "data"


def test_a_name_that_another_namespace_has_is_no_slip(gather: Gather) -> None:
    files = {
        "a.yaml": WEB + service("payments", ns="shop") + service("payment", ns="b")
    }
    (cluster,) = gather(files)

    assert gone(cluster, "payment").near is None


def test_a_name_that_is_filled_in_later_is_near_none(gather: Gather) -> None:
    (cluster,) = gather({"a.yaml": WEB + service("${A}db-main", ns="shop")})

    assert gone(cluster, "${B}db-main").near is None
