"""Which objects of a cluster name which Services."""

from __future__ import annotations

from cip_lint.cluster import Cluster, default_settings
from cip_lint.kube.reference_kinds import ReferenceKind
from cip_lint.replay import ServiceTable, service_table
from cip_lint.replay.references import distinct
from support.clusters import cluster
from support.snapshots import snapshot

SHOP = """\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: mail}
spec: {ports: [{port: 80}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  defaultBackend: {service: {name: web, port: {number: 80}}}
  rules:
    - http:
        paths:
          - backend: {service: {name: web, port: {number: 80}}}
          - backend: {service: {name: web, port: {number: 81}}}
          - backend: {service: {name: gone, port: {number: 80}}}
          - backend: {service: {name: "${NAME}", port: {number: 80}}}
          - backend: {service: {name: WEB_SERVICE, port: {number: 80}}}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: check}
webhooks: [{clientConfig: {service: {name: web, namespace: mail}}}]
---
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: mail}
spec: {hostname: a, subdomain: web}
"""


def table(text: str) -> ServiceTable:
    return service_table(cluster(text))


def told(made: ServiceTable) -> list[tuple[str, str, object]]:
    return [
        (one.member.display, one.display, one.said.port) for one in made.references.all
    ]


def test_every_reference_has_the_namespace_that_is_meant() -> None:
    assert told(table(SHOP)) == [
        ("Ingress shop/shop", "shop/web", 80),
        ("Ingress shop/shop", "shop/web", 80),
        ("Ingress shop/shop", "shop/web", 81),
        ("Ingress shop/shop", "shop/gone", 80),
        ("ValidatingWebhookConfiguration check", "mail/web", 443),
        ("Pod mail/a", "mail/web", None),
    ]


def test_references_lead_to_rows() -> None:
    made = table(SHOP)
    mail, shop = made.rows

    assert [made.references.target(one) for one in made.references.all] == [
        shop,
        shop,
        shop,
        None,
        mail,
        mail,
    ]
    assert [one.member.kind for one in made.references.of(mail)] == [
        "ValidatingWebhookConfiguration",
        "Pod",
    ]


def test_what_says_the_same_again_is_told_once() -> None:
    made = table(SHOP)

    some = distinct(made.references.of(made.rows[1]))

    assert [one.said.port for one in some] == [80, 81]
    assert some[0].said.path == ("spec", "defaultBackend", "service")


def test_without_references_there_are_none() -> None:
    made = table(SHOP.partition("---")[0])

    assert made.references.all == ()
    assert made.references.of(made.rows[0]) == ()


MESH = """\
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop, namespace: shop}
spec:
  http: [{route: [{destination: {host: web}}, {destination: {host: db}}]}]
"""
ENTRY = """\
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop}
spec: {hosts: [db, 5]}
"""


def test_hosts_of_service_entries_are_no_services() -> None:
    assert [one[1] for one in told(table(MESH))] == ["shop/web", "shop/db"]
    assert [one[1] for one in told(table(MESH + ENTRY))] == ["shop/web"]


def test_kinds_that_the_settings_teach_name_services() -> None:
    row = ReferenceKind("x.example", ("Gate",), "spec", ".cip-lint.yaml:1", name="to")
    chosen = default_settings()._replace(
        reference_kinds={("x.example", "Gate"): (row,)}
    )
    text = (
        "apiVersion: x.example/v1\nkind: Gate\n"
        "metadata: {name: gate, namespace: shop}\nspec: {to: web}\n"
    )

    made = service_table(cluster(text, chosen))

    assert told(made) == [("Gate shop/gate", "shop/web", None)]


def test_patches_name_nothing() -> None:
    assert told(service_table(cluster(SHOP, partial=True))) == []


LIVE = """\
apiVersion: v1
kind: Service
metadata: {name: gone, namespace: shop}
spec: {clusterIP: 10.96.7.9, clusterIPs: [10.96.7.9], ports: [{port: 80}]}
"""


def test_an_object_says_all_of_one_service_at_once() -> None:
    uses = table(SHOP).references.uses

    assert [(one.first.display, len(one.references)) for one in uses] == [
        ("shop/web", 3),
        ("shop/gone", 1),
        ("mail/web", 1),
    ]
    assert uses[1].row is None


def test_a_service_that_only_lives_is_used_and_is_no_row() -> None:
    known = cluster(SHOP)
    made = service_table(
        Cluster(known.settings, known.units, known.members, snapshot=snapshot(LIVE))
    )
    (use,) = [one for one in made.references.uses if one.first.said.name == "gone"]

    assert use.row is not None
    assert (use.row.display, use.row.member.living) == ("Service shop/gone", True)
    assert made.references.target(use.first) is None
