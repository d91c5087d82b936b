"""How one Service table differs from an earlier one."""

from __future__ import annotations

import json

import pytest

from cip_lint.errors import InputError, UsageError
from cip_lint.replay.diff import Differences, RowChange, TableDiff
from support.clusters import settings
from support.differences import difference
from support.written import deployment, obj, service

PORT = "ports: [{port: 80}]"
BALANCED = (
    "type: LoadBalancer, externalTrafficPolicy: Local,"
    " ports: [{port: 80, nodePort: 30080}]"
)


def svc(name: str, spec: str = PORT, ns: str = "shop") -> str:
    return obj("Service", name, f"spec: {{{spec}}}", ns=ns)


def only(found: Differences) -> TableDiff:
    (diff,) = found.clusters
    return diff


def of(before: str, after: str) -> TableDiff:
    """Return the difference of two states of one file."""
    return only(difference({"a.yaml": before}, {"a.yaml": after}, settings()))


def change(before: str, after: str) -> RowChange:
    (found,) = of(svc("web", before), svc("web", after)).changed
    return found


def columns(before: str, after: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    found = change(before, after).columns
    return {one.column: (one.before, one.after) for one in found}


def names(diff: TableDiff) -> tuple[list[str], list[str], list[str], int]:
    return (
        [one.row.ref.name for one in diff.added],
        [one.ref.name for one in diff.removed],
        [one.after.ref.name for one in diff.changed],
        diff.unchanged,
    )


def test_services_are_added_removed_changed_or_as_before() -> None:
    diff = of(
        svc("gone") + svc("same") + svc("web"),
        svc("new") + svc("same") + svc("web", "type: NodePort, " + PORT),
    )

    assert names(diff) == (["new"], ["gone"], ["web"], 1)
    assert (diff.refused, diff.risky, diff.different) == (0, False, True)


def test_nothing_differs_where_only_words_and_places_do() -> None:
    before = {"a.yaml": svc("web", "clusterIP: 10.96.0.10, " + PORT)}
    after = {
        "b/c.yaml": "# moved\n" + svc("web", f"{PORT}, clusterIP: '10.96.0.10'"),
    }

    assert names(only(difference(before, after))) == ([], [], [], 1)


def test_a_renamed_service_is_another_one() -> None:
    diff = of(
        svc("old", "clusterIP: 10.96.0.9, " + PORT),
        svc("new", "clusterIP: 10.96.0.9, " + PORT),
    )

    assert names(diff) == (["new"], ["old"], [], 0)
    assert diff.refused == 0
    assert diff.risky
    (passed,) = diff.passed_on
    assert (passed.value, passed.before.ref.name, passed.after.ref.name) == (
        "10.96.0.9",
        "old",
        "new",
    )


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            PORT,
            "type: NodePort, " + PORT,
            {
                "type": (("ClusterIP",), ("NodePort",)),
                "nodePort": ((), ("80/TCP: dynamic",)),
            },
        ),
        (
            PORT,
            "type: ExternalName, externalName: a.example",
            {
                "type": (("ClusterIP",), ("ExternalName",)),
                "clusterIP": (("dynamic",), ()),
                "ports": (("80/TCP",), ()),
                "externalName": ((), ("a.example",)),
            },
        ),
        (
            "ports: [{name: a, port: 80}, {name: b, port: 90, targetPort: x}]",
            "ports: [{name: a, port: 80, appProtocol: grpc}, {name: b, port: 90, protocol: UDP}]",
            {
                "ports": (
                    ("a 80/TCP", "b 90/TCP to x"),
                    ("a 80/TCP (grpc)", "b 90/UDP"),
                )
            },
        ),
        (
            f"selector: {{a: b, c: d}}, {PORT}",
            f"selector: {{c: d, a: x}}, {PORT}",
            {"selector": (("a=b", "c=d"), ("a=x", "c=d"))},
        ),
        (
            PORT,
            f"sessionAffinity: ClientIP, externalIPs: [1.2.3.4], {PORT}",
            {
                "externalIPs": ((), ("1.2.3.4",)),
                "sessionAffinity": (("None",), ("ClientIP",)),
            },
        ),
        (
            f"type: NodePort, externalTrafficPolicy: Local, {PORT}",
            PORT,
            {
                "type": (("NodePort",), ("ClusterIP",)),
                "nodePort": (("80/TCP: dynamic",), ()),
                "externalTrafficPolicy": (("Local",), ()),
            },
        ),
    ],
)
def test_columns_tell_what_changes(
    before: str, after: str, expected: dict[str, object]
) -> None:
    assert columns(before, after) == expected


def test_the_order_of_ports_is_a_change() -> None:
    assert columns(
        "ports: [{name: a, port: 80}, {name: b, port: 90}]",
        "ports: [{name: b, port: 90}, {name: a, port: 80}]",
    ) == {"ports": (("a 80/TCP", "b 90/TCP"), ("b 90/TCP", "a 80/TCP"))}


def test_endpoints_change_with_the_pods() -> None:
    web = service("web", "app: web", "shop")
    diff = of(
        web + deployment("one", "app: web", "shop"),
        web + deployment("two", "app: web", "shop"),
    )
    (found,) = diff.changed

    assert [(one.column, one.before, one.after) for one in found.columns] == [
        ("endpoints", ("Deployment/one:no port",), ("Deployment/two:no port",))
    ]


def test_readiness_is_told_of_the_same_pods() -> None:
    def pods(container: str) -> str:
        spec = f"containers: [{{name: a, image: b{container}}}]"
        template = f"{{metadata: {{labels: {{app: web}}}}, spec: {{{spec}}}}}"
        return obj(
            "Deployment", "web", f"spec: {{template: {template}}}", api="apps/v1"
        )

    web = obj("Service", "web", f"spec: {{selector: {{app: web}}, {PORT}}}")
    (found,) = of(
        web + pods(", readinessProbe: {tcpSocket: {port: 80}}"), web + pods("")
    ).changed

    assert [(one.column, one.before, one.after) for one in found.columns] == [
        ("readiness", ("Deployment/web: probe",), ("Deployment/web: immediately",))
    ]


def test_places_are_those_of_the_values_that_differ() -> None:
    found = change(
        "ports: [{name: a, port: 80}, {name: b, port: 90}]",
        "ports: [{name: a, port: 80}, {name: b, port: 91}]",
    )
    (column,) = found.columns

    assert column.path == column.before_path == ("spec", "ports", 1)


def test_what_may_not_change_is_refused() -> None:
    found = change(f"clusterIP: 10.96.0.10, {PORT}", f"clusterIP: 10.96.0.11, {PORT}")

    assert found.server is not None
    assert [tuple(cause) for cause in found.server.causes] == [
        (
            "FieldValueInvalid",
            "spec.clusterIPs[0]",
            'Invalid value: ["10.96.0.11"]: may not change once set',
        )
    ]
    assert {one.column for one in found.columns} == {"clusterIP", "verdict"}


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        (f"clusterIP: 10.96.0.10, {PORT}", PORT, [("clusterIP", "10.96.0.10")]),
        (
            f"clusterIP: 10.96.0.10, clusterIPs: [10.96.0.10], {PORT}",
            PORT,
            [("clusterIP", "10.96.0.10")],
        ),
        (f"clusterIP: None, {PORT}", PORT, [("clusterIP", "None")]),
        (
            "type: NodePort, ports: [{port: 80, nodePort: 30080}]",
            "type: NodePort, ports: [{port: 80}]",
            [("nodePort", "30080")],
        ),
        (
            f"{BALANCED}, healthCheckNodePort: 30990",
            BALANCED,
            [("healthCheckNodePort", "30990")],
        ),
    ],
)
def test_what_is_no_longer_said_is_kept(
    before: str, after: str, kept: list[tuple[str, str]]
) -> None:
    found = change(before, after)

    assert [(one.field, one.value) for one in found.kept] == kept
    assert (found.columns, found.server) == ((), None)


def test_what_a_new_type_cannot_have_is_not_kept() -> None:
    found = change(
        "type: NodePort, ports: [{port: 80, nodePort: 30080}]", "ports: [{port: 80}]"
    )

    assert found.kept == ()
    assert {one.column for one in found.columns} == {"type", "nodePort"}


def test_removed_services_free_what_they_asked_for() -> None:
    node_port = "type: NodePort, ports: [{port: 80, nodePort: 30080}]"
    diff = of(
        svc("a", f"clusterIP: 10.96.0.100, {node_port}")
        + svc("b", f"clusterIP: 10.96.0.20, {PORT}")
        + svc("c", f"clusterIP: 10.96.0.30, {PORT}"),
        svc("c", f"clusterIP: 10.96.0.30, {PORT}"),
    )

    assert [(one.value, one.row.ref.name) for one in diff.freed] == [
        ("10.96.0.20", "b"),
        ("10.96.0.100", "a"),
        ("30080", "a"),
    ]
    assert not diff.passed_on


def test_changed_services_free_what_their_new_type_cannot_have() -> None:
    ports = "ports: [{port: 80, nodePort: 30080}]"
    diff = of(
        svc("a", f"clusterIP: 10.96.0.10, type: NodePort, {ports}")
        + svc("b", f"clusterIP: 10.96.0.11, {PORT}")
        + svc("c", f"clusterIP: 10.96.0.12, {PORT}"),
        svc("a", f"clusterIP: 10.96.0.10, {PORT}")
        + svc("b", "type: ExternalName, externalName: a.example")
        + svc("c"),
    )

    assert [(one.value, one.row.ref.name, one.changed) for one in diff.freed] == [
        ("10.96.0.11", "b", True),
        ("30080", "a", True),
    ]


def test_a_new_service_comes_too_late_for_what_lives_already() -> None:
    """However the files are sent: the old Service has its address for long."""
    old = svc("old", f"clusterIP: 10.96.0.10, {PORT}")
    diff = only(
        difference(
            {"z.yaml": old},
            {"a.yaml": svc("new", f"clusterIP: 10.96.0.10, {PORT}"), "z.yaml": old},
        )
    )
    (new,) = diff.added

    assert new.server is not None
    assert new.server.causes[0].message.endswith("provided IP is already allocated")
    assert names(diff) == (["new"], [], [], 1)


def test_what_a_service_no_longer_says_it_still_holds() -> None:
    diff = of(
        svc("old", f"clusterIP: 10.96.0.10, {PORT}"),
        svc("old") + svc("new", f"clusterIP: 10.96.0.10, {PORT}"),
    )
    (new,) = diff.added
    (old,) = diff.changed

    assert new.server is not None
    assert old.kept
    assert old.server is None
    assert [one.value for one in diff.passed_on] == ["10.96.0.10"]


def test_a_node_port_that_another_one_has_cannot_be_changed_to() -> None:
    other = svc("other", "type: NodePort, ports: [{port: 80, nodePort: 30081}]")
    diff = of(
        other + svc("web", "type: NodePort, ports: [{port: 80, nodePort: 30080}]"),
        other + svc("web", "type: NodePort, ports: [{port: 80, nodePort: 30081}]"),
    )
    (found,) = diff.changed

    assert found.after.ref.name == "web"
    assert found.server is not None
    assert found.server.causes[0].message.endswith("provided port is already allocated")


def test_a_service_that_never_lived_is_judged_as_a_new_one() -> None:
    broken, mended = svc("web", "ports: [{port: 0}]"), svc("web")
    (found,) = of(broken, mended).changed
    (again,) = of(mended, broken).changed

    verdict = {one.column: (one.before, one.after) for one in found.columns}["verdict"]
    assert verdict == (("refused",), ("stored",))
    assert found.server is None
    assert again.server is not None


DYNAMIC = "".join(svc(f"d{number}") for number in range(14))
SMALL = settings(("10.96.0.0/27",))
"""A range with a dynamic band of 14 addresses."""


def sizes(before: str, after: str) -> tuple[TableDiff, list[str]]:
    """Return a difference in a small range, and which new Services are refused."""
    diff = only(difference({"a.yaml": before}, {"a.yaml": after}, SMALL))
    return diff, [one.row.ref.name for one in diff.added if one.server is not None]


def test_a_new_service_comes_too_late_for_what_others_certainly_drew() -> None:
    asks = svc("web", f"clusterIP: 10.96.0.20, {PORT}")
    first = svc("web", f"clusterIP: 10.96.0.3, {PORT}")

    assert sizes(DYNAMIC, DYNAMIC + asks)[1] == ["web"]
    assert sizes(DYNAMIC, DYNAMIC + first)[1] == []
    assert sizes("", DYNAMIC + asks)[1] == ["web"]
    assert sizes("", asks + DYNAMIC)[1] == []


def test_what_gave_up_its_address_leaves_nothing_certain() -> None:
    """It keeps the address of the static band, and draws none of the dynamic one."""
    rest = "".join(svc(f"d{number}") for number in range(1, 14))
    pinned = svc("d0", f"clusterIP: 10.96.0.4, {PORT}") + rest
    asks = svc("web", f"clusterIP: 10.96.0.20, {PORT}")

    assert sizes(pinned, DYNAMIC + asks)[1] == []


def test_a_new_service_for_which_no_address_is_left_is_refused() -> None:
    full = DYNAMIC + "".join(svc(f"e{number}") for number in range(15))
    diff, refused = sizes(full, full + svc("one-more"))

    assert refused == ["one-more"]
    server = diff.added[0].server
    assert server is not None
    assert server.message.endswith("range is full")


def test_what_was_certainly_refused_is_judged_as_a_new_one() -> None:
    asks = svc("web", f"clusterIP: 10.96.0.20, {PORT}")
    diff, _ = sizes(DYNAMIC + asks, DYNAMIC + svc("web", "clusterIP: None, " + PORT))
    (found,) = diff.changed

    verdict = {one.column: (one.before, one.after) for one in found.columns}["verdict"]
    assert verdict == (("refused",), ("stored",))
    assert found.server is None


def test_an_undecided_namespace_written_out_is_another_service() -> None:
    diff = of(svc("web", ns=""), svc("web", ns="shop"))

    assert names(diff) == (["web"], ["web"], [], 0)


def test_services_without_a_name_are_known_by_their_places() -> None:
    unnamed = "apiVersion: v1\nkind: Service\nmetadata: {}\nspec: {ports: []}\n---\n"
    drawn = svc("web-").replace("name:", "generateName:")

    assert names(of(unnamed + drawn, unnamed + drawn)) == ([], [], [], 2)
    assert names(of(unnamed + drawn, unnamed)) == ([], ["web-"], [], 1)


def test_a_copy_in_another_file_is_new() -> None:
    web = svc("web")
    diff = only(difference({"a.yaml": web}, {"a.yaml": web, "b.yaml": web}))
    moved = only(difference({"a.yaml": web}, {"b.yaml": web, "c.yaml": web}))

    assert names(diff) == (["web"], [], [], 1)
    assert names(moved) == (["web"], [], [], 1)


def test_files_that_cannot_be_read_say_nothing_of_what_is_gone() -> None:
    before = {"a.yaml": svc("web"), "b.yaml": svc("api"), "c/d.yaml": svc("db")}
    broken = {"a.yaml": svc("web") + "a: [\n", "b.yaml": "a: [\n", "c/d.yaml": ""}
    diff = only(difference(before, broken))

    assert names(diff) == ([], ["db"], [], 1)
    assert diff.not_compared == 1

    found = only(difference(broken, before))
    assert names(found) == (["api", "db"], [], [], 1)


def test_what_another_repository_holds_is_not_compared() -> None:
    diff = only(
        difference(
            {}, {"sub/a.yaml": svc("web"), "b.yaml": svc("api")}, hidden=("sub",)
        )
    )

    assert names(diff) == (["api"], [], [], 0)
    assert diff.not_compared == 1


def live(spec: dict[str, object], **annotations: str) -> str:
    metadata = {"name": "web", "namespace": "shop", "uid": "5f0e"}
    body = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {**metadata, "annotations": annotations},
        "spec": spec,
        "status": {"loadBalancer": {}},
    }
    return json.dumps(body)


STORED: dict[str, object] = {
    "clusterIP": "10.96.41.7",
    "clusterIPs": ["10.96.41.7"],
    "internalTrafficPolicy": "Cluster",
    "ipFamilies": ["IPv4"],
    "ipFamilyPolicy": "SingleStack",
    "ports": [{"port": 80, "protocol": "TCP", "targetPort": 80}],
    "sessionAffinity": "None",
    "type": "ClusterIP",
}


def compared_with_live(stored: str, manifest: str) -> TableDiff:
    return only(
        difference({"a.yaml": stored}, {"a.yaml": manifest}, settings(), live=True)
    )


def test_a_living_service_is_as_its_manifest_although_more_is_said_of_it() -> None:
    diff = compared_with_live(live(STORED), svc("web"))

    assert names(diff) == ([], [], [], 1)


def test_what_lives_and_is_in_no_file_is_not_gone() -> None:
    other = live(STORED).replace('"web"', '"other"')
    diff = compared_with_live(f"{live(STORED)}\n{other}", svc("web"))

    assert names(diff) == ([], [], [], 1)
    assert not diff.freed


def test_what_lives_was_not_refused_and_has_pods_of_its_own() -> None:
    stored = live({**STORED, "selector": {"app": "web"}})
    stored = stored.replace('"uid"', '"resourceVersion": "7", "uid"')
    manifest = svc("web", f"selector: {{app: web}}, {PORT}")
    pods = deployment("web", "app: web", "shop")
    diff = compared_with_live(stored, manifest + pods)

    assert names(diff) == ([], [], [], 1)


def test_a_new_service_comes_too_late_for_what_lives_in_no_file() -> None:
    diff = compared_with_live(
        live(STORED), svc("new", f"clusterIP: 10.96.41.7, {PORT}")
    )
    (new,) = diff.added

    assert new.server is not None
    assert new.server.causes[0].message.endswith("provided IP is already allocated")
    assert [one.before.ref.name for one in diff.passed_on] == ["web"]


def test_a_living_headless_service_stays_so_whoever_made_it() -> None:
    stored = {**STORED, "clusterIP": "None", "clusterIPs": ["None"]}
    (found,) = compared_with_live(live(stored), svc("web")).changed

    assert [(one.value, one.before_path) for one in found.kept] == [
        ("None", ("spec", "clusterIP"))
    ]


def test_a_living_headless_service_stays_so() -> None:
    applied = json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "web", "namespace": "shop"},
            "spec": {"clusterIP": "None", "ports": [{"port": 80}]},
        }
    )
    stored = {**STORED, "clusterIP": "None", "clusterIPs": ["None"]}
    key = "kubectl.kubernetes.io/last-applied-configuration"
    diff = compared_with_live(live(stored, **{key: applied}), svc("web"))
    (found,) = diff.changed

    assert [(one.field, one.value) for one in found.kept] == [("clusterIP", "None")]


@pytest.mark.parametrize("applied", ["", "[", "[]", "[" * 100_000, '{"metadata": 1}'])
def test_what_was_applied_last_may_be_anything(applied: str) -> None:
    key = "kubectl.kubernetes.io/last-applied-configuration"
    diff = compared_with_live(live(STORED, **{key: applied}), svc("web"))

    assert names(diff) == ([], [], [], 1)


def test_an_address_is_refused_where_another_one_lives() -> None:
    diff = compared_with_live(live(STORED), svc("web", f"clusterIP: 10.96.0.9, {PORT}"))

    assert diff.refused == 1


def test_each_path_is_a_cluster_of_its_own() -> None:
    before = {"a/web.yaml": svc("web"), "b/web.yaml": svc("web"), "c/x.yaml": ""}
    after = {"a/web.yaml": svc("web"), "b/web.yaml": "", "c/x.yaml": svc("api")}
    found = difference(before, after, None, "a", "b", "c")

    assert {one.cluster: names(one) for one in found.clusters} == {
        "a": ([], [], [], 1),
        "b": ([], ["web"], [], 0),
        "c": (["api"], [], [], 0),
    }


def test_one_earlier_set_stands_against_one_cluster() -> None:
    with pytest.raises(UsageError, match="is one cluster, and there are 2 here"):
        difference(
            {"a/x.yaml": live(STORED)},
            {"a/x.yaml": svc("web"), "b/x.yaml": svc("api")},
            None,
            "a",
            "b",
            live=True,
        )


def test_two_empty_states_cannot_be_compared() -> None:
    with pytest.raises(
        InputError, match="nothing to compare: no manifest here, and none in"
    ):
        difference({"a.yaml": "a: 1\n"}, {"a.yaml": "a: 1\n"})


def test_hostile_objects_are_compared_like_others() -> None:
    hostile = [
        "spec: []",
        "spec: {ports: {a: b}, selector: [], clusterIPs: {}, ipFamilies: a}",
        "spec: {ports: [1, null, {port: [80], nodePort: {a: 1}}], clusterIP: 5}",
        "spec: {type: {a: b}, externalIPs: [[1]], selector: {a: [b]}}",
        "metadata: []",
    ]
    for before in [*hostile, f"spec: {{{PORT}}}"]:
        for after in hostile:
            of(obj("Service", "web", before), obj("Service", "web", after))
