"""Groups ``dns`` and ``resolvconf``: what DNS answers, and how a pod asks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from cip_lint.kube.admission import admit
from cip_lint.kube.facts import ClusterFacts
from cip_lint.kube.resolv_conf import (
    NodeDns,
    NodeResolverError,
    ResolverConfig,
    pod_resolver,
)
from cip_lint.kube.service import Service
from cip_lint.kube.version import Version, parse
from cip_lint.kube.well_known import SERVICE_NAME
from cip_lint.kube.workloads import Workload
from cip_lint.replay.dns.lookups import look_up
from cip_lint.replay.dns.records import (
    NamedService,
    Names,
    Record,
    endpoints_of,
    host_of,
    names_of,
)
from cip_lint.replay.dns.server import NO_SUCH_NAME, Answer, DnsServer, DnsSettings
from cip_lint.replay.endpoints.objects import SlicePort
from cip_lint.replay.endpoints.slices import PodState, RunningPod, publish, publisher
from conformance.agreement import Adapter, Disagreement, RunContext, Vector

Json = dict[str, Any]

KEPT = Path(__file__).resolve().parents[1] / "vectors"
RANGES = ("10.96.0.0/16", "fd00:10:96::/112")
SERVERS = {
    "default": DnsSettings(),
    "verified": DnsSettings(pods="verified"),
    "corp": DnsSettings("corp.internal", pods="disabled", reverse=False, ttl=5),
}
"""What the description of each server in the world means."""
SERIAL = re.compile(r"( SOA \S+ \S+) \d+")
WITH_POD_NAMES = frozenset({"verified"})
API_SERVER = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "kubernetes", "namespace": "default"},
    "spec": {"clusterIP": "10.96.0.1", "ports": [{"name": "https", "port": 443}]},
}
"""The Service that every API server makes for itself."""


def dns(vector: Vector, context: RunContext) -> Iterator[Disagreement]:
    """Ask for a name, or resolve a host as a pod does."""
    given, expected = vector["input"], vector["answer"]
    name = given.get("server") or "default"
    server = _server(_world(given, context), name, parse(vector["version"]))
    if "resolve" in given:
        got, wanted = _resolved(given, server), _sorted(expected, "addresses")
    else:
        got = _answer(server.ask(given["name"], given["type"]))
        wanted = _sorted(_without_serial(expected), "answer", "additional")
    if got != wanted:
        yield Disagreement(wanted, got)


def _answer(answer: Answer) -> Json:
    got: Json = {"rcode": answer.rcode, "answer": _texts(answer.records)}
    if answer.no_data:
        got["note"] = "NODATA"
    if not answer.records:
        got["authority"] = "SOA"
    if answer.additional:
        got["additional"] = _texts(answer.additional)
    return got


def _without_serial(expected: Json) -> Json:
    """Return an answer whose serial numbers, which nobody can predict, are ``*``."""
    records = [re.sub(SERIAL, r"\1 *", text) for text in expected["answer"]]
    return {**expected, "answer": records}


def _texts(records: Sequence[Record]) -> list[str]:
    return sorted(record.text for record in records)


def _sorted(expected: Json, *keys: str) -> Json:
    return {
        key: sorted(value) if key in keys else value for key, value in expected.items()
    }


def _resolved(given: Json, server: DnsServer) -> Json:
    options = tuple(given["options"].split())
    found = look_up(
        given["resolve"],
        given["search"],
        ResolverConfig(options=options).ndots,
        server.ask,
    )
    if not found.found:
        return {"addresses": [], "notFound": True}
    return {"addresses": sorted(found.addresses), "canonicalName": found.canonical}


def _world(given: Json, context: RunContext) -> Path:
    """Return the file of the objects: beside the vectors, else the one kept here."""
    name: str = given["world"]
    beside = context.folder / name
    return beside if beside.is_file() else KEPT / name


@cache
def _server(world: Path, name: str, version: Version) -> DnsServer:
    settings = SERVERS[name]
    objects = _read(world)
    known = objects["outside"]

    def outside(asked: str, record_type: str) -> Answer:
        address = known.get(f"{asked.removesuffix('.')} {record_type}")
        if address is None:
            return NO_SUCH_NAME
        return Answer("NOERROR", (Record(asked, 60, record_type, address),))

    pod_names = name in WITH_POD_NAMES
    return DnsServer(_names(objects, version, pod_names=pod_names), settings, outside)


@cache
def _read(world: Path) -> Json:
    objects: Json = json.loads(world.read_text(encoding="utf-8"))
    return objects


def _names(objects: Json, version: Version, *, pod_names: bool) -> Names:
    return names_of(
        [
            _service(manifest, objects, version, pod_names=pod_names)
            for manifest in (*objects["services"], API_SERVER)
        ],
        objects["namespaces"],
        [
            (pod["state"]["ips"][0], pod["manifest"]["metadata"]["namespace"])
            for pod in objects["pods"]
        ],
    )


def _service(
    manifest: Json, objects: Json, version: Version, *, pod_names: bool
) -> NamedService:
    facts = ClusterFacts(version, RANGES, node_port_range=(30000, 32767))
    admission = admit(manifest, facts, store=True)
    assert admission is not None
    assert admission.stored is not None, admission.message
    service, name = Service(admission.stored), manifest["metadata"]["name"]
    namespace = manifest["metadata"]["namespace"]
    endpoints = [
        one for one in _in(namespace, objects["endpoints"]) if _name(one) == name
    ]
    published = publish(
        publisher(admission.stored),
        [_running(one) for one in objects["pods"] if _is_in(namespace, one)],
        [
            one
            for one in _in(namespace, objects["endpointSlices"])
            if one["metadata"]["labels"].get(SERVICE_NAME) == name
        ],
        endpoints[0] if endpoints else None,
    )
    external = service.external_name if service.type == "ExternalName" else None
    return NamedService(
        namespace,
        name,
        tuple(SlicePort(one.name, one.protocol, one.port) for one in service.ports),
        tuple(host_of(one.canonical) for one in service.cluster_ips),
        service.headless,
        None if external is None else host_of(external),
        endpoints_of(published.slices, pod_names=pod_names),
    )


def _in(namespace: str, manifests: Sequence[Json]) -> list[Json]:
    return [one for one in manifests if one["metadata"]["namespace"] == namespace]


def _is_in(namespace: str, pod: Json) -> bool:
    return bool(pod["manifest"]["metadata"]["namespace"] == namespace)


def _name(manifest: Json) -> str:
    return str(manifest["metadata"]["name"])


def _running(pod: Json) -> RunningPod:
    workload, state = Workload(pod["manifest"]), pod["state"]
    return RunningPod(
        workload.name,
        workload.labels,
        workload.hostname,
        workload.subdomain,
        workload,
        PodState(
            tuple(state["ips"]),
            ready=state["ready"] is True,
            node=state["node"] or "",
            phase=state["phase"],
            terminating=state["terminating"],
        ),
    )


def resolvconf(vector: Vector, _context: RunContext) -> Iterator[Disagreement]:
    """Ask for the resolver configuration of a pod."""
    given, expected = vector["input"], vector["answer"]
    pod = given["pod"]
    node = NodeDns(
        given["clusterDomain"],
        tuple(given["clusterDNS"]),
        given.get("nodeResolvConf"),
    )
    metadata = pod["metadata"]
    try:
        config = pod_resolver(
            pod["spec"],
            metadata["namespace"],
            node,
            parse(vector["version"]),
            metadata["name"],
        )
    except NodeResolverError as error:
        got: Json = {"error": str(error)}
    else:
        got = {
            "nameservers": list(config.nameservers),
            "searches": list(config.searches),
            "options": sorted(config.options),
        }
        if config.events:
            got["events"] = list(config.events)
    # An empty list and none are one thing; the order of options has no meaning.
    wanted = {key: value or [] for key, value in expected.items()}
    if "options" in wanted:
        wanted["options"] = sorted(wanted["options"])
    if got != wanted:
        yield Disagreement(wanted, got)


GROUPS: dict[str, Adapter] = {"dns": dns, "resolvconf": resolvconf}
