"""``replay.outcomes``: a Service that lives is changed, and what that comes to."""

from __future__ import annotations

import pytest

from cip_lint.cluster import Cluster, default_settings
from cip_lint.replay import service_table
from cip_lint.replay.outcomes import Outcome, outcome
from support.clusters import FOLDER, cluster, settings
from support.snapshots import snapshot

LIVE = """\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop, resourceVersion: "7", uid: u}
spec:
  type: ClusterIP
  clusterIP: 10.96.7.9
  clusterIPs: [10.96.7.9]
  internalTrafficPolicy: Cluster
  ipFamilies: [IPv4]
  ipFamilyPolicy: SingleStack
  sessionAffinity: None
  ports: [{port: 80, protocol: TCP, targetPort: 80}]
"""
HEADLESS = LIVE.replace("10.96.7.9", "None")
WEB = """\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{port: 80}]}
"""


def _outcome(text: str, live: str) -> Outcome:
    table = service_table(
        Cluster(
            default_settings(),
            (FOLDER,),
            cluster(text).members,
            snapshot=snapshot(live),
        )
    )
    return outcome(table, table.rows[0])


@pytest.mark.parametrize(
    ("text", "live", "verdict", "headless", "addresses"),
    [
        (WEB, LIVE, "created", False, [("snapshot", "10.96.7.9")]),
        (
            WEB.replace("spec: {", "spec: {clusterIP: 10.96.7.9, "),
            LIVE,
            "created",
            False,
            [("pinned", "10.96.7.9")],
        ),
        (
            WEB.replace("spec: {", "spec: {clusterIP: 10.96.7.10, "),
            LIVE,
            "refused",
            False,
            [("snapshot", "10.96.7.9")],
        ),
        (WEB, HEADLESS, "created", True, []),
        (
            WEB.replace("spec: {", "spec: {type: NodePort, "),
            HEADLESS,
            "refused",
            True,
            [],
        ),
        (
            WEB,
            LIVE.replace("name: web", "name: api"),
            "created",
            False,
            [("dynamic", None)],
        ),
        (
            WEB.replace("ports: [{port: 80}]", "type: ExternalName, externalName: a.b"),
            LIVE,
            "created",
            False,
            [],
        ),
    ],
)
def test_what_lives_is_kept_and_a_refusal_changes_nothing(
    text: str,
    live: str,
    verdict: str,
    headless: bool,
    addresses: list[tuple[str, str | None]],
) -> None:
    found = _outcome(text, live)

    assert found.verdict == verdict
    assert found.headless == headless
    assert [(plan.how, plan.text) for plan in found.addresses] == addresses
    assert (found.server is not None) == (verdict == "refused")
    assert bool(found.faults) == (verdict == "refused")


def _service(name: str, spec: str = "") -> str:
    return f"""---
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: shop}}
spec: {{ports: [{{port: 80}}], {spec}}}
"""


def _node_port(name: str, port: str = "port: 80") -> str:
    return f"""---
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: shop}}
spec: {{type: NodePort, ports: [{{{port}}}]}}
"""


FOURTEEN = "".join(_service(f"d{number}") for number in range(14))


@pytest.mark.parametrize(
    ("cidrs", "address", "verdict"),
    [
        (("10.96.0.0/27",), "10.96.0.20", "refused"),
        (("10.96.0.0/27",), "10.96.0.3", "created"),
        (("10.96.0.0/26",), "10.96.0.20", "created"),
        ((), "10.96.0.20", "created"),
    ],
)
def test_what_others_certainly_draw_first_is_refused(
    cidrs: tuple[str, ...], address: str, verdict: str
) -> None:
    text = FOURTEEN + _service("web", f"clusterIP: {address}")

    table = service_table(cluster(text, settings(cidrs)))
    found = outcome(table, table.rows[-1])

    assert found.verdict == verdict
    said = found.server.causes[0].message if found.server is not None else ""
    assert said.endswith("provided IP is already allocated" if said else "")
    assert bool(said) == bool(found.faults) == (verdict == "refused")


@pytest.mark.parametrize(
    ("ports", "verdict"),
    [((30000, 30002), "refused"), ((30000, 30003), "created"), (None, "created")],
)
def test_a_node_port_that_others_certainly_draw_first_is_refused(
    ports: tuple[int, int] | None, verdict: str
) -> None:
    text = "".join(_node_port(f"d{number}") for number in range(3))
    text += _node_port("web", "port: 80, nodePort: 30001")

    table = service_table(cluster(text, settings((), ports)))
    found = outcome(table, table.rows[-1])

    assert found.verdict == verdict
    assert [fault.path[-1] for fault in found.faults] == (
        ["nodePort"] if verdict == "refused" else []
    )


@pytest.mark.parametrize(
    ("cidrs", "count", "refused"),
    [
        (("10.96.0.0/29",), 6, ["d5"]),
        (("10.96.0.0/29",), 5, []),
        (("10.96.0.0/28",), 6, []),
        ((), 6, []),
    ],
)
def test_a_service_for_which_no_address_is_left_is_refused(
    cidrs: tuple[str, ...], count: int, refused: list[str]
) -> None:
    text = "".join(_service(f"d{number}") for number in range(count))
    text += _service("headless", "clusterIP: None")

    table = service_table(cluster(text, settings(cidrs)))
    found = {row.member.name: outcome(table, row) for row in table.rows}

    assert [name for name, one in found.items() if one.verdict == "refused"] == refused
    for name in refused:
        server = found[name].server
        assert server is not None
        assert server.code == 500
        assert server.message.endswith("range is full")
        assert found[name].faults
