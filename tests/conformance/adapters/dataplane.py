"""Groups ``endpoints`` and ``podlabels``: what the controllers make of objects."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cip_lint.kube.admission import admit
from cip_lint.kube.facts import ClusterFacts
from cip_lint.kube.version import Version, parse
from cip_lint.kube.well_known import SERVICE_NAME
from cip_lint.kube.workloads import Workload
from cip_lint.replay.endpoints.objects import (
    Endpoint,
    LegacyAddress,
    LegacyEndpoints,
    Slice,
    SlicePort,
    read_slice,
)
from cip_lint.replay.endpoints.pods import Intermediate, MadePod, Node, made_by
from cip_lint.replay.endpoints.slices import (
    PodState,
    Published,
    RunningPod,
    publish,
    publisher,
)
from conformance.agreement import Adapter, Disagreement, RunContext, Vector

Json = dict[str, Any]

DUAL_STACK = ("10.96.0.0/16", "fd00:10:96::/112")
NODES = (Node("node-a", "z1"), Node("node-b", "z2"), Node("node-c"))
STORED = ("type", "selector", "ipFamilies", "ipFamilyPolicy", "ports")


def endpoints(vector: Vector, _context: RunContext) -> Iterator[Disagreement]:
    """Ask for the endpoints of every Service of the vector."""
    given, answer = vector["input"], vector["answer"]
    version = parse(vector["version"])
    pods = [_running(pod, given["nodes"]) for pod in given["pods"]]
    others = given.get("others", [])
    for manifest in given["services"]:
        name = manifest["metadata"]["name"]
        stored = _stored(manifest, version)
        published = publish(
            publisher(stored),
            pods,
            [one for one in _of_kind(others, "EndpointSlice") if _serves(one, name)],
            next(
                (one for one in _of_kind(others, "Endpoints") if _is(one, name)), None
            ),
        )
        expected = answer["services"][name]
        got = {
            "stored": _stored_part(stored, expected["stored"]),
            "headless": publisher(stored).headless,
            **_published(published),
        }
        wanted = {
            **expected,
            "slices": _sorted_slices(expected["slices"]),
            "endpoints": _sorted_endpoints(expected["endpoints"]),
        }
        if got != wanted:
            yield Disagreement(wanted, got, f"Service {name}")
    if "otherSlices" in answer:
        names = {manifest["metadata"]["name"] for manifest in given["services"]}
        strangers = _sorted_slices(
            [
                _slice(read_slice(one))
                for one in _of_kind(others, "EndpointSlice")
                if not any(_serves(one, name) for name in names)
            ]
        )
        if strangers != _sorted_slices(answer["otherSlices"]):
            yield Disagreement(answer["otherSlices"], strangers, "other slices")


def _running(pod: Json, nodes: Json) -> RunningPod:
    manifest, state = pod["manifest"], pod["state"]
    workload = Workload(manifest)
    node = state["node"] or ""
    return RunningPod(
        workload.name,
        workload.labels,
        workload.hostname,
        workload.subdomain,
        workload,
        PodState(
            ips=tuple(state["ips"]),
            ready=state["ready"] is True,
            node=node,
            node_exists=node in nodes,
            zone=nodes.get(node) or "",
            phase=state.get("phase", "Running"),
            terminating=state.get("terminating", False),
        ),
    )


def _stored(manifest: Json, version: Version) -> Mapping[str, Any]:
    facts = ClusterFacts(version, DUAL_STACK, node_port_range=(30000, 32767))
    admission = admit(manifest, facts, store=True)
    assert admission is not None
    assert admission.stored is not None, admission.message
    return admission.stored


def _stored_part(stored: Mapping[str, Any], expected: Json) -> Json:
    spec = stored["spec"]
    part = {key: spec[key] for key in STORED if key in spec}
    part["ports"] = [_without_node_port(port) for port in part.get("ports", [])]
    if not part["ports"]:
        del part["ports"]
    if "selector" in expected:
        part.setdefault("selector", None)
    return part


def _without_node_port(port: Json) -> Json:
    return {key: value for key, value in port.items() if key != "nodePort"}


def _of_kind(manifests: Sequence[Json], kind: str) -> list[Json]:
    return [manifest for manifest in manifests if manifest["kind"] == kind]


def _is(manifest: Json, name: str) -> bool:
    return bool(manifest["metadata"]["name"] == name)


def _serves(manifest: Json, name: str) -> bool:
    labels = manifest["metadata"].get("labels") or {}
    return bool(labels.get(SERVICE_NAME) == name)


def _published(published: Published) -> Json:
    return {
        "slices": _sorted_slices([_slice(one) for one in published.slices]),
        "endpoints": _sorted_endpoints(_endpoints(published.endpoints)),
    }


def _slice(one: Slice) -> Json:
    result: Json = {
        "addressType": one.address_type,
        "labels": dict(one.labels),
        "ports": [_port(port, named=True) for port in one.ports] or None,
        "endpoints": [_endpoint(endpoint) for endpoint in one.endpoints],
    }
    if one.name:
        result["object"] = one.name
    return result


def _port(port: SlicePort, *, named: bool) -> Json:
    result: Json = {"port": port.port, "protocol": port.protocol}
    if named or port.name:
        result["name"] = port.name
    if port.app_protocol:
        result["appProtocol"] = port.app_protocol
    return {key: value for key, value in result.items() if value is not None}


def _endpoint(endpoint: Endpoint) -> Json:
    conditions = {
        "ready": endpoint.ready,
        "serving": endpoint.serving,
        "terminating": endpoint.terminating,
    }
    hints = {
        "forZones": [{"name": name} for name in endpoint.for_zones],
        "forNodes": [{"name": name} for name in endpoint.for_nodes],
    }
    result = {
        "pod": endpoint.pod,
        "hostname": endpoint.hostname,
        "nodeName": endpoint.node,
        "zone": endpoint.zone,
        "hints": {key: value for key, value in hints.items() if value},
    }
    return {
        "addresses": list(endpoint.addresses),
        "conditions": {k: v for k, v in conditions.items() if v is not None},
        **{key: value for key, value in result.items() if value},
    }


def _endpoints(one: LegacyEndpoints | None) -> Json | None:
    if one is None:
        return None
    return {
        "labels": dict(one.labels),
        "annotations": dict(one.annotations),
        "subsets": [
            {
                "addresses": [_address(address) for address in subset.addresses],
                "notReadyAddresses": [_address(one) for one in subset.not_ready],
                "ports": [_port(port, named=False) for port in subset.ports],
            }
            for subset in one.subsets
        ],
    }


def _address(address: LegacyAddress) -> Json:
    result = {
        "ip": address.ip,
        "hostname": address.hostname,
        "nodeName": address.node,
        "pod": address.pod,
    }
    return {key: value for key, value in result.items() if value}


def _sorted_slices(slices: Sequence[Json]) -> list[Json]:
    """Return slices in one order, without empty ones that a controller leaves over."""
    kept = [
        {
            **one,
            "ports": _sorted(one["ports"]) if one["ports"] else None,
            "endpoints": _sorted(one["endpoints"]),
        }
        for one in slices
        if one["endpoints"]
        or "object" in one
        or not any(
            other is not one
            and other["addressType"] == one["addressType"]
            and other["endpoints"]
            for other in slices
        )
    ]
    return _sorted(kept)


def _sorted_endpoints(one: Json | None) -> Json | None:
    if one is None:
        return None
    subsets = [
        {key: _sorted(values) for key, values in subset.items()}
        for subset in one["subsets"]
    ]
    return {**one, "subsets": _sorted(subsets)}


def _sorted(values: Sequence[Json]) -> list[Json]:
    return sorted(values, key=lambda value: json.dumps(value, sort_keys=True))


def podlabels(vector: Vector, _context: RunContext) -> Iterator[Disagreement]:
    """Ask which pods the workloads make, and which Services pick them."""
    given, answer = vector["input"], vector["answer"]
    version = parse(vector["version"])
    facts = ClusterFacts(version)
    pods: list[MadePod] = []
    intermediate: list[Intermediate] = []
    errors: list[str] = []
    for manifest in given["objects"]:
        admission = admit(manifest, facts, store=True)
        if admission is not None and admission.refused:
            name = manifest["metadata"]["name"]
            errors.append(f"{manifest['kind']} {name}: {admission.message}")
            continue
        made = made_by(manifest, version, NODES)
        pods += made.pods
        intermediate += made.intermediate
    got: Json = {
        "pods": _sorted([_pod(pod) for pod in pods]),
        "intermediate": _sorted([_intermediate(one) for one in intermediate]),
        "createErrors": errors,
        "endpoints": {
            manifest["metadata"]["name"]: _picked(_stored(manifest, version), pods)
            for manifest in given.get("services", [])
        },
    }
    wanted = {
        "pods": _sorted(answer["pods"]),
        "intermediate": _sorted(answer.get("intermediate", [])),
        "createErrors": answer.get("createErrors", []),
        "endpoints": {
            name: _sorted(picked)
            for name, picked in answer.get("endpoints", {}).items()
        },
    }
    if got != wanted:
        yield Disagreement(wanted, got)


def _pod(pod: MadePod) -> Json:
    result = {
        "annotations": dict(pod.annotations),
        "env": list(pod.variables),
        "hostNetwork": pod.host_network,
        "hostname": pod.hostname,
        "subdomain": pod.subdomain,
    }
    return {
        "name": pod.name,
        "owner": pod.owner,
        "labels": dict(pod.labels),
        "dnsPolicy": pod.dns_policy,
        "enableServiceLinks": pod.enable_service_links,
        "count": pod.copies,
        **{key: value for key, value in result.items() if value},
    }


def _intermediate(one: Intermediate) -> Json:
    return {
        "kind": one.kind,
        "name": one.name,
        "labels": dict(one.labels),
        "selector": dict(one.selector),
    }


def _picked(stored: Mapping[str, Any], pods: Sequence[MadePod]) -> list[Json]:
    running = [
        RunningPod(
            pod.name,
            pod.labels,
            pod.hostname,
            pod.subdomain,
            Workload({"apiVersion": "v1", "kind": "Pod", "spec": pod.spec}),
            PodState(ips=(f"10.1.0.{index}",), node="node-a"),
        )
        for index, pod in enumerate(pods)
    ]
    counts = Counter({f"10.1.0.{index}": pod.copies for index, pod in enumerate(pods)})
    picked = []
    for one in publish(publisher(stored), running).slices:
        ports = sorted(port.port for port in one.ports if port.port is not None)
        for endpoint in one.endpoints:
            entry = {"pod": endpoint.pod, "ports": ports}
            if endpoint.hostname:
                entry["hostname"] = endpoint.hostname
            picked += [entry] * counts[endpoint.addresses[0]]
    return _sorted(picked)


GROUPS: dict[str, Adapter] = {"endpoints": endpoints, "podlabels": podlabels}
