"""A plan in which every state occurs, that every format is tried on."""

from __future__ import annotations

from cip_lint.cluster import (
    Cluster,
    ClusterSettings,
    Reservation,
    Reservations,
    Setting,
)
from cip_lint.kube.addresses import parse_cidr
from cip_lint.replay import service_table
from cip_lint.replay.planning.plan import Plan, Zoom, plan
from support.clusters import FLAG, FOLDER, cluster, settings
from support.snapshots import snapshot

HOSTILE_NAME = "a|b\\x1b[31m<script>`x`]]>&@octocat"


def service(name: str, spec: str = "", namespace: str = "shop") -> str:
    """Return a Service as a YAML document."""
    return f"""---
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: {namespace}}}
spec: {{ports: [{{port: 80}}], {spec}}}
"""


SHOP = "".join(
    (
        service("mail", "clusterIP: 10.96.0.25"),
        service("relay", "clusterIP: 10.96.0.25"),
        service("first", "clusterIP: 10.96.0.1"),
        service("web", "clusterIP: 10.96.0.40"),
        service("far", "clusterIP: 10.96.7.4"),
        service("bad", "clusterIP: 10.96.0.70, sessionAffinity: Sometimes"),
        service("outside", "clusterIP: 10.97.0.1"),
        service("drawn"),
        service("door", "type: NodePort"),
        """---
apiVersion: v1
kind: Service
metadata: {name: gate, namespace: shop}
spec: {type: NodePort, ports: [{port: 80, nodePort: 30080}]}
---
apiVersion: networking.k8s.io/v1
kind: IPAddress
metadata: {name: 10.96.0.90}
spec: {parentRef: {group: "", resource: services, namespace: other, name: x}}
""",
    )
)


def reserved(
    cidr: str, owner: str = "", purpose: str = "", *, ports: bool = False
) -> Reservation:
    """Return an entry of an address plan; of node ports ``first-last``."""
    if ports:
        first, _, last = cidr.partition("-")
        return Reservation(
            "", int(first), int(last or first), cidr, owner, purpose, FLAG
        )
    network = parse_cidr(
        cidr if "/" in cidr else f"{cidr}/{128 if ':' in cidr else 32}"
    )
    assert network is not None
    return Reservation(
        network.family, network.first, network.last, cidr, owner, purpose, FLAG
    )


def chosen(
    cidrs: tuple[str, ...] = ("10.96.0.0/16",),
    entries: tuple[Reservation, ...] = (),
    distribution: str | None = None,
) -> ClusterSettings:
    """Return settings with stated ranges and an address plan."""
    return settings(cidrs)._replace(
        reserved=Reservations(entries),
        distribution=Setting(distribution, FLAG),
    )


def plan_of(
    text: str = SHOP,
    cidrs: tuple[str, ...] = ("10.96.0.0/16",),
    entries: tuple[Reservation, ...] = (),
    distribution: str | None = None,
    zoom: Zoom | None = None,
    live: str = "",
    seed: int | None = None,
) -> Plan:
    """Return the plan of some documents, over what lives in the cluster."""
    made = cluster(text, chosen(cidrs, entries, distribution))
    if live:
        made = Cluster(made.settings, (FOLDER,), made.members, snapshot=snapshot(live))
    return plan(service_table(made), zoom, seed)


def shop(zoom: Zoom | None = None, seed: int | None = None) -> Plan:
    """Return a plan of every state that needs no snapshot; none is simulated."""
    entries = (
        reserved("10.96.0.32/28", "ops/*", "platform"),
        reserved("10.96.0.20", "shop/mail"),
        reserved("30010-30012", "shop/*", ports=True),
    )
    return plan_of(entries=entries, distribution="kubeadm", zoom=zoom, seed=seed)
