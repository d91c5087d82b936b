"""``replay.outcomes``: a Service that lives is changed, and what that comes to."""

from __future__ import annotations

import pytest

from cip_lint.cluster import Cluster, default_settings
from cip_lint.replay import service_table
from cip_lint.replay.outcomes import Outcome, outcome
from support.clusters import FOLDER, cluster
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
