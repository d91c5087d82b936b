"""The Service table: admission, claims, ranges and what it leaves open."""

from __future__ import annotations

import pytest

from cip_lint.cluster import Setting, default_settings
from cip_lint.kube.version import Version, parse
from cip_lint.replay import ServiceTable, service_table
from cip_lint.replay.ranges import own_cidrs
from support.clusters import FLAG, FOLDER, cluster, settings

CIDRS = ("10.96.0.0/16",)


def _service(name: str, spec: str = "", namespace: str = "shop") -> str:
    return f"""---
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: {namespace}}}
spec: {{ports: [{{port: 80}}], {spec}}}
"""


def _node_port(name: str, port: int, more: str = "") -> str:
    return f"""---
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: shop}}
spec: {{type: NodePort, ports: [{{port: 80, nodePort: {port}}}], {more}}}
"""


def _names(table: ServiceTable) -> list[tuple[str, list[str]]]:
    return [
        (
            canonical,
            [claim.member.name + ("!" if claim.last else "") for claim in claims],
        )
        for canonical, claims in table.address_collisions
    ]


def test_rows_are_sorted_by_namespace_and_name() -> None:
    text = _service("b") + _service("a") + _service("z", namespace="app")

    table = service_table(cluster(text))

    assert [row.display for row in table.rows] == [
        "Service app/z",
        "Service shop/a",
        "Service shop/b",
    ]
    assert [row.verdict for row in table.rows] == ["created"] * 3


def test_an_address_goes_to_the_one_whose_engine_sends_it_first() -> None:
    text = _service("b", "clusterIP: 10.96.0.10") + _service(
        "a", "clusterIP: 10.96.0.10"
    )

    def claims(engine: str) -> list[tuple[str, list[str]]]:
        return _names(service_table(cluster(text, unit=FOLDER._replace(engine=engine))))

    assert claims("kubectl") == [("10.96.0.10", ["b", "a!"])]
    assert claims("flux") == [("10.96.0.10", ["a", "b!"])]
    assert claims("pulumi") == [("10.96.0.10", ["b", "a!"])]


def test_a_node_port_goes_to_the_one_whose_engine_sends_it_first() -> None:
    text = _node_port("b", 30080) + _node_port("a", 30080)
    table = service_table(cluster(text, unit=FOLDER._replace(engine="kustomize")))

    (collision,) = table.node_port_collisions
    assert [claim.member.name for claim in collision.claims] == ["a", "b"]
    assert [row.verdict for row in table.rows] == ["created", "refused"]


def test_an_address_that_is_asked_for_twice_goes_to_the_first() -> None:
    text = _service("a", "clusterIP: 10.96.0.10") + _service(
        "b", "clusterIP: 10.96.0.10"
    )

    table = service_table(cluster(text))

    a, b = table.rows
    assert _names(table) == [("10.96.0.10", ["a", "b!"])]
    assert (a.verdict, b.verdict) == ("created", "refused")
    assert b.server is not None
    assert [cause.field for cause in b.server.causes] == ["spec.clusterIPs"]
    assert b.server.causes[0].message == (
        'Invalid value: ["10.96.0.10"]: failed to allocate IP 10.96.0.10:'
        " provided IP is already allocated"
    )
    assert [refused.member.name for refused in table.refused] == ["b"]


def test_what_validation_says_to_a_loser_comes_later() -> None:
    text = _service("a", "clusterIP: 10.96.0.10") + _service(
        "b", "clusterIP: 10.96.0.10, sessionAffinity: Sometimes"
    )

    row = service_table(cluster(text)).rows[1]

    assert [(fault.code, fault.later) for fault in row.admission.faults] == [
        ("L3", False),
        ("F1", True),
    ]


def test_addresses_are_compared_by_their_canonical_spelling() -> None:
    text = _service("a", "clusterIP: 'FD00:0::A'") + _service(
        "b", "clusterIP: 'fd00::a'"
    )

    assert _names(service_table(cluster(text))) == [("fd00::a", ["a", "b!"])]


@pytest.mark.parametrize(
    "other",
    [
        _service("a", "clusterIP: 10.96.0.10"),
        _service("b", "clusterIP: None"),
        _service("b", "type: ExternalName, externalName: x.y, clusterIP: 10.96.0.10"),
        _service("b", "clusterIP: 10.96.0.11"),
        _service("b", ""),
    ],
    ids=["same object", "headless", "ExternalName", "another", "dynamic"],
)
def test_what_claims_no_second_time_does_not_collide(other: str) -> None:
    table = service_table(cluster(_service("a", "clusterIP: 10.96.0.10") + other))

    assert table.address_collisions == ()


def test_a_namespace_that_nobody_decides_may_be_that_of_the_other_object() -> None:
    undecided = _service("a", "clusterIP: 10.96.0.10").replace(", namespace: shop", "")

    table = service_table(cluster(_service("a", "clusterIP: 10.96.0.10") + undecided))

    assert table.address_collisions == ()


def test_an_address_object_with_another_parent_holds_its_address() -> None:
    def held(parent: str) -> str:
        return (
            "---\napiVersion: networking.k8s.io/v1\nkind: IPAddress\n"
            "metadata: {name: 10.96.0.10}\nspec: {parentRef: "
            f"{{group: '', resource: services, namespace: shop, name: {parent}}}}}\n"
        )

    service = _service("a", "clusterIP: 10.96.0.10")

    assert _names(service_table(cluster(held("b") + service))) == [
        ("10.96.0.10", ["10.96.0.10", "a!"])
    ]
    assert _names(service_table(cluster(held("a") + service))) == []


def test_a_node_port_belongs_to_one_service_whatever_the_protocol() -> None:
    text = _node_port("a", 30080) + _node_port("b", 30080).replace(
        "port: 80,", "port: 80, protocol: UDP,"
    )

    table = service_table(cluster(text))

    ((port, claims),) = table.node_port_collisions
    assert (port, [claim.member.name for claim in claims]) == (30080, ["a", "b"])
    assert table.rows[1].admission.faults[0].code == "L5"
    assert [row.verdict for row in table.rows] == ["created", "refused"]


def test_entries_with_one_port_number_may_share_a_node_port() -> None:
    shared = """
apiVersion: v1
kind: Service
metadata: {name: dns, namespace: shop}
spec:
  type: NodePort
  ports:
    - {name: a, port: 53, nodePort: 30053, protocol: UDP}
    - {name: b, port: 53, nodePort: 30053}
"""
    apart = shared.replace("name: b, port: 53", "name: b, port: 54")

    assert service_table(cluster(shared)).node_port_collisions == ()
    ((port, claims),) = service_table(cluster(apart)).node_port_collisions
    assert (port, [claim.path[2] for claim in claims]) == (30053, [0, 1])


def test_a_health_check_port_is_a_node_port() -> None:
    balancer = """---
apiVersion: v1
kind: Service
metadata: {name: lb, namespace: shop}
spec:
  type: LoadBalancer
  externalTrafficPolicy: Local
  healthCheckNodePort: 30080
  ports: [{port: 80}]
"""

    ((_, claims),) = service_table(
        cluster(_node_port("a", 30080) + balancer)
    ).node_port_collisions

    assert [(claim.member.name, claim.health_check) for claim in claims] == [
        ("a", False),
        ("lb", True),
    ]


def test_an_address_outside_a_stated_range_is_refused_and_an_assumed_one_is_not() -> (
    None
):
    text = _service("a", "clusterIP: 10.0.0.1")

    stated = service_table(cluster(text, settings(CIDRS))).rows[0]
    assumed = service_table(cluster(text)).rows[0]

    assert (stated.verdict, assumed.verdict) == ("refused", "created")
    assert [fault.code for fault in stated.admission.faults] == ["L3"]


SERVICE_CIDR = """---
apiVersion: networking.k8s.io/v1
kind: ServiceCIDR
metadata: {name: more}
spec: {cidrs: [10.112.0.0/24]}
"""


def test_a_service_cidr_object_adds_a_range() -> None:
    text = SERVICE_CIDR + _service("a", "clusterIP: 10.112.0.7")

    stated = service_table(cluster(text, settings(CIDRS)))
    alone = service_table(cluster(text))

    assert [one.cidr for one in stated.ranges] == ["10.96.0.0/16", "10.112.0.0/24"]
    assert stated.rows[0].verdict == "created"
    assert [(one.cidr, one.stated) for one in alone.ranges] == [
        ("10.96.0.0/16", False),
        ("10.112.0.0/24", True),
    ]


@pytest.mark.parametrize("version", [None, "1.31", "1.33"])
def test_a_service_cidr_object_alone_refuses_no_address(version: str | None) -> None:
    text = SERVICE_CIDR + _service("a", "clusterIP: 10.50.0.7")
    chosen = default_settings()
    if version is not None:
        chosen = chosen._replace(kubernetes_version=Setting(parse(version), FLAG))

    assert service_table(cluster(text, chosen)).rows[0].verdict == "created"


def test_the_service_cidr_of_the_api_server_takes_the_place_of_the_assumed() -> None:
    own = SERVICE_CIDR.replace("more", "kubernetes")
    text = own + _service("a", "clusterIP: 10.96.0.7")
    group = cluster(text)

    table = service_table(group)

    assert [one.cidr for one in table.ranges] == ["10.112.0.0/24"]
    assert table.rows[0].verdict == "refused"
    assert own_cidrs(group).value == ("10.112.0.0/24",)
    assert str(own_cidrs(group).origin) == "ServiceCIDR kubernetes"
    assert own_cidrs(cluster(text, settings(CIDRS))).value == CIDRS
    assert not own_cidrs(cluster(SERVICE_CIDR)).stated


def test_the_ranges_of_the_api_server_come_first() -> None:
    again = SERVICE_CIDR.replace("10.112.0.0/24", "10.96.0.0/16")
    text = SERVICE_CIDR + again.replace("more", "kubernetes")

    table = service_table(cluster(text, settings(CIDRS)))

    assert [(one.cidr, one.from_object) for one in table.ranges] == [
        ("10.96.0.0/16", False),
        ("10.112.0.0/24", True),
    ]


def test_a_service_cidr_object_says_nothing_about_other_families() -> None:
    text = SERVICE_CIDR + _service("a", "clusterIP: 'fd00::7', ipFamilies: [IPv6]")
    dual = SERVICE_CIDR + _service("a", "ipFamilyPolicy: RequireDualStack")

    assert service_table(cluster(text)).rows[0].verdict == "created"
    assert service_table(cluster(dual)).rows[0].verdict == "created"
    assert service_table(cluster(dual, settings(CIDRS))).rows[0].verdict == "refused"


@pytest.mark.parametrize("cidrs", [(), CIDRS, ("fd00::/112",), ("fd00::/112", *CIDRS)])
@pytest.mark.parametrize("families", [None, ("IPv4",), ("IPv6", "IPv4")])
@pytest.mark.parametrize("more", ["", SERVICE_CIDR])
def test_a_service_that_states_no_family_gets_what_is_stored(
    cidrs: tuple[str, ...], families: tuple[str, ...] | None, more: str
) -> None:
    chosen = settings(cidrs)
    if families:
        chosen = chosen._replace(families=Setting(families, FLAG))
    specs = ("", "type: NodePort", "ipFamilyPolicy: PreferDualStack", "type: Wrong")
    text = more + "".join(_service(f"s{n}", one) for n, one in enumerate(specs))

    for row in service_table(cluster(text, chosen)).rows:
        stored = row.stored.get("spec", {}).get("ipFamilies")
        assert row.families == tuple(stored or chosen.families.value[:1])


def test_a_pinned_address_has_a_band_and_a_dynamic_one_has_the_dynamic_band() -> None:
    text = (
        _service("a", "clusterIP: 10.96.0.10")
        + _service("b", "clusterIP: 10.96.7.4")
        + _service("c")
        + _service("d", "clusterIP: None")
    )

    table = service_table(cluster(text, settings(CIDRS)))

    assert [[tuple(plan) for plan in row.addresses] for row in table.rows] == [
        [("IPv4", "pinned", "10.96.0.10", "static")],
        [("IPv4", "pinned", "10.96.7.4", "dynamic")],
        [("IPv4", "dynamic", None, "dynamic")],
        [],
    ]


def test_free_values_are_neither_claimed_nor_kept_for_the_cluster() -> None:
    text = _service("a", "clusterIP: 10.96.0.9") + _node_port("b", 30001)

    table = service_table(cluster(text, settings(CIDRS)))

    assert table.offers.address("IPv4") == "10.96.0.2"
    assert table.offers.address("IPv4", near="10.96.0.9") == "10.96.0.11"
    assert table.offers.address("IPv6") is None
    assert table.offers.in_static_band(table.ranges[0]) == 253
    assert table.offers.node_port() == 30002


@pytest.mark.parametrize("place", ["name", "port"])
@pytest.mark.parametrize("answered", [False, True])
def test_a_placeholder_is_seen_whatever_has_been_asked_before(
    place: str, answered: bool
) -> None:
    port = "{port: 80, appProtocol: %s}" % ("YOUR_APP" if place == "port" else "http")
    name = "web-YOUR-TEAM" if place == "name" else "web"
    table = service_table(
        cluster(
            f"apiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\n"
            f"spec: {{ports: [{port}]}}\n"
        )
    )
    if answered:
        assert table.refused is not None

    assert table.templates == 1


def test_placeholders_are_no_faults_and_leave_the_verdict_open() -> None:
    text = _service("a", "clusterIP: '${CLUSTER_IP}'")

    (row,) = service_table(cluster(text)).rows

    assert (row.verdict, row.admission.faults) == ("unknown", ())
    assert row.reason == "placeholders in it are not filled in"


@pytest.mark.parametrize(
    ("name", "namespace", "port", "faults"),
    [
        ("$(NAME)", "shop", "$(PORT)", 0),
        ("web", "$(NAMESPACE)", "$(PORT)", 0),
        ("$(NAME)", "shop", "'80'", 1),
        ("web", "shop", "$(PORT)", 1),
    ],
)
def test_a_variable_is_no_fault_where_names_await_one_too(
    name: str, namespace: str, port: str, faults: int
) -> None:
    (row,) = service_table(
        cluster(
            f"apiVersion: v1\nkind: Service\n"
            f"metadata: {{name: {name}, namespace: {namespace}}}\n"
            f"spec: {{ports: [{{port: {port}}}]}}\n"
        )
    ).rows

    assert len(row.admission.faults) == faults


def test_of_a_piece_only_what_no_build_mends_is_refused() -> None:
    text = _service("a", "clusterIP: 10.96.0.10") + _service(
        "a", "clusterIP: 10.96.0.10"
    ).replace("port: 80", "port: 80, protocol: tcp")
    nameless = text.replace("ports: [{port: 80}]", "ports: [{port: 80}, {port: 81}]")

    table = service_table(cluster(nameless, piece=True))

    assert table.address_collisions == ()
    assert [[fault.code for fault in refused.faults] for refused in table.refused] == [
        ["P5"]
    ]
    assert [row.verdict for row in table.rows] == ["unknown", "refused"]


def test_a_patch_is_no_row_and_is_not_judged() -> None:
    table = service_table(cluster(_service("a", "type: Nonsense"), partial=True))

    assert (table.rows, table.refused) == ((), ())


def test_other_kinds_are_refused_too() -> None:
    text = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: www}}
    spec: {containers: [{name: c, image: i}]}
"""

    (refused,) = service_table(cluster(text)).refused

    assert (refused.member.display, refused.row) == ("Deployment shop/web", None)


WORKLOADS = """---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: c
          image: i
          ports: [{name: http, containerPort: 8080}]
          readinessProbe: {httpGet: {port: http}}
"""


def test_a_selector_picks_workloads_and_each_gives_endpoints() -> None:
    text = WORKLOADS + _service("web", "selector: {app: web}").replace(
        "{port: 80}", "{port: 80, targetPort: http}"
    )

    (row,) = service_table(cluster(text)).rows

    (given,) = row.endpoints
    assert row.selection.state == "matched"
    assert (given.workload.display, given.replicas, given.ready) == (
        "Deployment shop/web",
        3,
        "probe",
    )
    assert [(s.address_type, [p.port for p in s.ports]) for s in given.slices] == [
        ("IPv4", [8080])
    ]
    assert row.target(row.service.ports[0], given.workload).number == 8080


@pytest.mark.parametrize(
    ("spec", "state"),
    [
        ("", "none"),
        ("selector: {}", "empty"),
        ("type: ExternalName, externalName: x.y, selector: {app: web}", "external-name"),
        ("selector: {app: web}", "matched"),
        ("selector: {app: wep}", "nothing"),
        ("selector: {vault-active: 'true', app: x}", "unknown"),
        ("selector: {app: '${APP}'}", "unknown"),
        ("selector: '${LABELS}'", "unknown"),
        ("selector: app", "none"),
    ],
)  # fmt: skip
def test_a_selection_has_a_state(spec: str, state: str) -> None:
    (row,) = service_table(cluster(WORKLOADS + _service("s", spec))).rows

    assert row.selection.state == state
    assert (row.selection.unknown is not None) == (state == "unknown")


def test_labels_that_fit_in_another_namespace_are_named() -> None:
    text = WORKLOADS + _service("s", "selector: {app: web}", namespace="other")

    (row,) = service_table(cluster(text)).rows

    assert row.selection.state == "other-namespace"
    assert [one.display for one in row.selection.elsewhere] == ["Deployment shop/web"]


def test_hand_made_endpoints_are_found_by_label_and_by_name() -> None:
    text = (
        _service("db")
        + """---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: db-1, namespace: shop, labels: {kubernetes.io/service-name: db}}
addressType: IPv4
endpoints: []
---
apiVersion: v1
kind: Endpoints
metadata: {name: db, namespace: shop}
---
apiVersion: v1
kind: Endpoints
metadata: {name: db, namespace: other}
"""
    )

    (row,) = service_table(cluster(text)).rows

    assert [member.display for member in row.manual] == [
        "EndpointSlice shop/db-1",
        "Endpoints shop/db",
    ]


def test_drawn_values_are_left_out_of_the_stored_object() -> None:
    text = _node_port("a", 0).replace(", nodePort: 0", "")

    (row,) = service_table(cluster(text, settings(CIDRS))).rows

    spec = row.stored["spec"]
    assert "clusterIP" not in spec
    assert "clusterIPs" not in spec
    assert spec["ports"] == [{"protocol": "TCP", "port": 80, "targetPort": 80}]


def test_bands_follow_the_version() -> None:
    old = settings(CIDRS, version=Version(1, 24))

    table = service_table(cluster(_service("a"), old))

    assert (table.ranges[0].static, table.node_ports.static) == (None, None)
