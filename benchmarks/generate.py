"""Writes a tree of Kubernetes manifests to measure on.

    python benchmarks/generate.py OUT --files 1000 --pairs 1

Each file holds ``--pairs`` Services and the Deployment behind each. A pair depends
on its index alone, so that the files of a small tree are the first files of a
large one, byte for byte; nothing depends on the clock, on hashes or on the order
of a directory. Every 50th Service (``--statics N``: every Nth) has a static address,
every 70th is headless, every 400th has a node port of its own. With ``--faults N`` every Nth Service has
one of four faults in turn: a selector that matches nothing, a target port that no
container names, a second port without a name, an address that is taken already.
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path
from typing import NamedTuple

FAULTS = ("selector", "target-port", "port-name", "address")
STATIC_EVERY, HEADLESS_EVERY, NODE_PORT_EVERY = 50, 70, 400
PORTS = (
    ("http", 80, 8080),
    ("metrics", 9090, 9090),
    ("grpc", 50051, 50051),
    ("https", 443, 8443),
    ("admin", 8081, 8081),
)
FIRST = [
    "amber",
    "birch",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grove",
    "heron",
    "islet",
    "juniper",
]
SECOND = [
    "api",
    "auth",
    "billing",
    "cache",
    "cart",
    "catalog",
    "events",
    "ledger",
    "orders",
    "search",
]


class Pair(NamedTuple):
    """What the YAML of one Service and its Deployment is made from."""

    number: int
    name: str
    namespace: str
    ports: tuple[tuple[str, int, int], ...]
    fault: str | None


def pair(index: int, namespaces: int, faults: int) -> Pair:
    """Return the pair with this index."""
    draw = random.Random(f"pair {index}")
    fault = None
    if faults and index % faults == faults - 1:
        fault = FAULTS[index // faults % len(FAULTS)]
    count = 2 if fault == "port-name" else draw.choice((1, 1, 1, 2, 2, 3))
    name = f"{draw.choice(FIRST)}-{draw.choice(SECOND)}-{index:06d}"
    ports = tuple(draw.sample(PORTS, count))
    return Pair(index, name, f"team-{index % namespaces}", ports, fault)


def address(index: int) -> str:
    """Return the static address of this index, from 10.96.0.16 on."""
    value = (10 << 24) + (96 << 16) + 16 + index
    return ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0))


def service(of: Pair, static_every: int = STATIC_EVERY) -> str:
    """Return the Service as YAML; each ``static_every``th asks for an address."""
    node_port = (
        of.number % NODE_PORT_EVERY == 10 and of.number // NODE_PORT_EVERY < 2700
    )
    lines = [
        "apiVersion: v1",
        "kind: Service",
        "metadata:",
        f"  name: {of.name}",
        f"  namespace: {of.namespace}",
        "  labels:",
        f"    app.kubernetes.io/name: {of.name}",
        "    app.kubernetes.io/part-of: shop",
        "spec:",
    ]
    if node_port:
        lines.append("  type: NodePort")
    if of.fault == "address":
        lines.append(
            f"  clusterIP: {address(of.number // static_every * static_every)}"
        )
    elif of.number % static_every == 0:
        lines.append(f"  clusterIP: {address(of.number)}")
    elif of.number % HEADLESS_EVERY == 0 and not node_port:
        lines.append("  clusterIP: None")
    selected = f"{of.name}-gone" if of.fault == "selector" else of.name
    lines += ["  selector:", f"    app.kubernetes.io/name: {selected}", "  ports:"]
    headless = "  clusterIP: None" in lines
    for at, (name, port, target) in enumerate(of.ports):
        named: str | int = name if (of.number + at) % 2 else target
        if of.fault == "target-port" and at == 0:
            named = f"{name}-gone"
        item = [] if of.fault == "port-name" and at == 1 else [f"name: {name}"]
        item += [f"port: {target if headless else port}", f"targetPort: {named}"]
        if node_port and at == 0:
            item.append(f"nodePort: {30000 + of.number // NODE_PORT_EVERY}")
        lines.append(f"    - {item[0]}")
        lines += [f"      {line}" for line in item[1:]]
    return "\n".join(lines) + "\n"


def deployment(of: Pair, peer: Pair) -> str:
    """Return the Deployment as YAML; one variable names the Service of ``peer``."""
    draw = random.Random(f"deployment {of.number}")
    lines = [
        "apiVersion: apps/v1",
        "kind: Deployment",
        "metadata:",
        f"  name: {of.name}",
        f"  namespace: {of.namespace}",
        "spec:",
        f"  replicas: {draw.randint(1, 5)}",
        "  selector:",
        "    matchLabels:",
        f"      app.kubernetes.io/name: {of.name}",
        "  template:",
        "    metadata:",
        "      labels:",
        f"        app.kubernetes.io/name: {of.name}",
        f"        tier: {draw.choice(('gold', 'silver', 'bronze'))}",
        "    spec:",
        "      containers:",
        "        - name: main",
        f"          image: registry.example.com/{of.name}:{draw.randint(1, 9)}.0",
        "          ports:",
    ]
    for name, _, target in of.ports:
        lines += [
            f"            - name: {name}",
            f"              containerPort: {target}",
        ]
    host = f"{peer.name}.{peer.namespace}.svc.cluster.local"
    lines += [
        "          env:",
        "            - name: PEER_URL",
        f'              value: "http://{host}:{peer.ports[0][1]}/"',
    ]
    for at in range(draw.randint(2, 7)):
        lines += [
            f"            - name: SETTING_{at}",
            f'              value: "{draw.getrandbits(48):012x}"',
        ]
    for probe, path in (("readinessProbe", "/ready"), ("livenessProbe", "/live")):
        lines += [
            f"          {probe}:",
            "            httpGet:",
            f"              path: {path}",
            f"              port: {of.ports[0][0]}",
        ]
    lines += [
        "          resources:",
        "            requests:",
        f"              cpu: {draw.choice((50, 100, 250))}m",
        f"              memory: {draw.choice((64, 128, 256))}Mi",
    ]
    return "\n".join(lines) + "\n"


def write(
    out: Path,
    *,
    files: int,
    pairs: int,
    per_folder: int = 100,
    namespaces: int = 10,
    faults: int = 100,
    static_every: int = STATIC_EVERY,
) -> None:
    """Write the tree below ``out``; ``per_folder`` 0 puts all files in one folder."""
    for file in range(files):
        documents = []
        for index in range(file * pairs, (file + 1) * pairs):
            of = pair(index, namespaces, faults)
            peer = pair(index // 2 // namespaces * namespaces, namespaces, faults)
            documents += [service(of, static_every), deployment(of, peer)]
        folder = out / f"part-{file // per_folder:04d}" if per_folder else out
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"app-{file:05d}.yaml").write_text("---\n".join(documents))


def main() -> int:
    """Write the tree that the arguments describe."""
    parser = argparse.ArgumentParser(description="Write a tree of manifests.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--pairs", type=int, default=1, help="Services in each file")
    parser.add_argument("--per-folder", type=int, default=100)
    parser.add_argument("--namespaces", type=int, default=10)
    parser.add_argument("--faults", type=int, default=100, help="0: none")
    parser.add_argument("--statics", type=int, default=STATIC_EVERY)
    given = parser.parse_args()
    write(
        given.out,
        files=given.files,
        pairs=given.pairs,
        per_folder=given.per_folder,
        namespaces=given.namespaces,
        faults=given.faults,
        static_every=given.statics,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
