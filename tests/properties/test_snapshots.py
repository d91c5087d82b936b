"""No snapshot, however wrong, makes the table stumble."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cip_lint.cluster import Cluster, Snapshot, default_settings
from cip_lint.errors import InputError
from cip_lint.manifests.snapshots import snapshot_of
from cip_lint.replay import Claim, PortClaim, service_table
from cip_lint.replay.outcomes import outcome
from support.clusters import FOLDER, cluster

_SET = cluster("""\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  type: LoadBalancer
  externalTrafficPolicy: Local
  selector: {app: web}
  clusterIP: 10.96.0.10
  ports: [{port: 80, nodePort: 30082}, {name: b, port: 81}]
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {selector: {app: db}, ports: [{port: 80}]}
---
apiVersion: networking.k8s.io/v1
kind: IPAddress
metadata: {name: 10.96.0.9}
spec: {parentRef: {resource: services, namespace: shop, name: web}}
""").members

_LIVE: list[Any] = list(
    yaml.safe_load_all("""\
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
  annotations: {kubectl.kubernetes.io/last-applied-configuration: "{}"}
spec:
  type: LoadBalancer
  externalTrafficPolicy: Local
  healthCheckNodePort: 31000
  clusterIP: 10.96.0.9
  clusterIPs: [10.96.0.9]
  ipFamilies: [IPv4]
  ports:
  - {port: 80, protocol: TCP, targetPort: 80, nodePort: 30080}
  - {name: b, port: 81, protocol: TCP, nodePort: 30081}
---
apiVersion: v1
kind: Service
metadata: {name: other, namespace: shop}
spec: {type: NodePort, clusterIP: 10.96.0.10, ports: [{port: 80, nodePort: 30082}]}
---
apiVersion: networking.k8s.io/v1
kind: IPAddress
metadata: {name: 10.96.0.9}
spec: {parentRef: {group: "", resource: services, namespace: shop, name: web}}
---
apiVersion: networking.k8s.io/v1
kind: ServiceCIDR
metadata: {name: kubernetes}
spec: {cidrs: [10.96.0.0/16]}
status: {conditions: [{type: Ready, status: "True"}]}
---
apiVersion: v1
kind: Pod
metadata:
  name: p
  namespace: shop
  labels: {app: db}
  ownerReferences: [{kind: ReplicaSet, name: db-a}]
status: {phase: Running}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: s, namespace: shop, labels: {kubernetes.io/service-name: db}}
addressType: IPv4
""")
)

Path = tuple[Any, ...]


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    children: Any = ()
    if isinstance(value, dict):
        children = value.items()
    elif isinstance(value, list):
        children = enumerate(value)
    for key, child in children:
        yield from _paths(child, (*path, key))


_JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [None, 1, -1, 2**70, "", "None", "\0", "10.96.0.300", [], {}, [None], {"a": []}]
)
_APPLIED = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "web"},
    "spec": {"clusterIP": "10.96.0.9", "ports": [{"port": 80, "nodePort": 30080}]},
}


def _changed(value: Any, path: Path, junk: Any) -> Any:
    changed = copy.deepcopy(value)
    at = changed
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = junk
    return changed


_CHANGES = st.lists(st.tuples(st.sampled_from(list(_paths(_LIVE))), _JUNK), max_size=2)
_LAST = st.tuples(st.sampled_from(list(_paths(_APPLIED))), _JUNK)


@settings(max_examples=300, deadline=None)
@given(_CHANGES, _LAST)
def test_a_hostile_snapshot_is_refused_or_understood(
    changes: list[tuple[Path, Any]], last: tuple[Path, Any]
) -> None:
    live: Any = copy.deepcopy(_LIVE)
    applied = json.dumps(_changed(_APPLIED, *last))
    annotations = live[0]["metadata"]["annotations"]
    annotations["kubectl.kubernetes.io/last-applied-configuration"] = applied
    for path, junk in changes:
        try:
            live = _changed(live, path, junk)
        except (KeyError, IndexError, TypeError):
            continue  # the first change took the place away
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": live})
    try:
        file = snapshot_of("live.json", text.encode())
    except InputError:
        return
    table = service_table(
        Cluster(default_settings(), (FOLDER,), _SET, snapshot=Snapshot([file]))
    )

    for row in table.rows:
        assert outcome(table, row).verdict in {"created", "refused"}
        assert len(row.node_ports) == len(row.service.ports)
        assert row.selection.state in {"living", "nothing"}
    claims: list[Claim | PortClaim] = [
        *(claim for one in table.address_collisions for claim in one.claims),
        *(claim for one in table.node_port_collisions for claim in one.claims),
    ]
    for claim in claims:
        if claim.member.living:
            assert claim.member.resource.label(*claim.path).span.text
    assert table.losses is not None
    assert table.draws(1) is not None
    assert table.offers.address("IPv4")
