"""Objects of other kinds than Service as the API server stores them.

Defaults are filled in and empty fields left out, as far as fields are judged;
``metadata`` keeps what the manifest states, and what the server adds to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from cip_lint.bodies import Body, items, mapping, text
from cip_lint.kube.checks import name_of
from cip_lint.kube.job_checks import job_labels, job_selector
from cip_lint.kube.stored_pods import (
    keep,
    keep_stated,
    stored_pod_spec,
    stored_template,
)
from cip_lint.kube.version import Version
from cip_lint.kube.webhook_checks import DEFAULT_PORT

_DEFAULT_UTILIZATION = 80
_TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"


def _metadata(body: Body) -> dict[str, Any]:
    metadata = mapping(body.get("metadata"))
    stated = keep(metadata, "namespace", "labels", "annotations")
    return {"name": name_of(body).shown, **stated}


def _pod(body: Body, version: Version) -> dict[str, Any]:
    return {"spec": stored_pod_spec(mapping(body.get("spec")), version, pod=True)}


def _workload(body: Body, version: Version) -> dict[str, Any]:
    spec = mapping(body.get("spec"))
    stored = keep_stated(spec, "replicas", "selector")
    if "selector" in stored:
        stored["selector"] = _selector(stored["selector"])
    template = mapping(spec.get("template"))
    stored["template"] = stored_template(template, version)
    return {"spec": stored}


def _selector(selector: Any) -> dict[str, Any]:
    stored = keep(mapping(selector), "matchLabels", "matchExpressions")
    if "matchExpressions" in stored:
        stored["matchExpressions"] = [
            {
                "key": text(mapping(one).get("key")),
                "operator": text(mapping(one).get("operator")),
                **keep(mapping(one), "values"),
            }
            for one in stored["matchExpressions"]
        ]
    return stored


def _stateful_set(body: Body, version: Version) -> dict[str, Any]:
    stored = _workload(body, version)
    service = text(mapping(body.get("spec")).get("serviceName"))
    stored["spec"]["serviceName"] = service
    return stored


def _daemon_set(body: Body, version: Version) -> dict[str, Any]:
    metadata = _metadata(body)
    annotations = metadata.get("annotations") or {}
    metadata["annotations"] = {**annotations, _TEMPLATE_GENERATION: "1"}
    return {**_workload(body, version), "metadata": metadata}


def _replication_controller(body: Body, version: Version) -> dict[str, Any]:
    metadata, spec = _metadata(body), mapping(body.get("spec"))
    template = stored_template(mapping(spec.get("template")), version)
    labels = template["metadata"].get("labels") or {}
    metadata.setdefault("labels", labels)
    selector = mapping(spec.get("selector")) or labels
    stored = {**keep_stated(spec, "replicas"), "selector": selector}
    return {"metadata": metadata, "spec": {**stored, "template": template}}


def _job(body: Body, version: Version) -> dict[str, Any]:
    metadata, spec = _metadata(body), mapping(body.get("spec"))
    stored = _workload(body, version)["spec"]
    manual = spec.get("manualSelector") is True
    stored["manualSelector"] = manual
    template = stored["template"]["metadata"]
    # A Job without labels of its own shares the map of its template.
    shares = "labels" in template and "labels" not in metadata
    if not manual:
        name = name_of(body).shown
        template["labels"] = job_labels(name, template.get("labels", {}), version)
        stored["selector"] = job_selector(stored.get("selector", {}), version)
    if shares:
        metadata["labels"] = template["labels"]
    return {"metadata": metadata, "spec": stored}


def _cron_job(body: Body, version: Version) -> dict[str, Any]:
    spec = mapping(body.get("spec"))
    job = mapping(mapping(spec.get("jobTemplate")).get("spec"))
    template = stored_template(mapping(job.get("template")), version)
    job_template = {"spec": {"template": template}}
    return {"spec": {**keep(spec, "schedule"), "jobTemplate": job_template}}


def _endpoint_slice(body: Body, _: Version) -> dict[str, Any]:
    endpoints = [_endpoint(mapping(one)) for one in items(body.get("endpoints"))]
    ports = [_slice_port(mapping(one)) for one in items(body.get("ports"))]
    return {
        "addressType": text(body.get("addressType")),
        "endpoints": endpoints or None,
        "ports": ports or None,
    }


def _endpoint(endpoint: Body) -> dict[str, Any]:
    conditions = mapping(endpoint.get("conditions"))
    stored = keep_stated(endpoint, "hostname", "nodeName", "zone")
    stored["addresses"] = endpoint.get("addresses")
    stored["conditions"] = keep_stated(conditions, "ready", "serving", "terminating")
    if endpoint.get("targetRef") is not None:
        stored["targetRef"] = _stated(endpoint["targetRef"])
    if endpoint.get("hints") is not None:
        stored["hints"] = keep(mapping(endpoint["hints"]), "forZones", "forNodes")
    return stored


def _stated(value: Any) -> dict[str, Any]:
    return keep(mapping(value), *mapping(value))


def _slice_port(port: Body) -> dict[str, Any]:
    stored = keep_stated(port, "port", "appProtocol")
    stored["name"] = text(port.get("name"))
    stored["protocol"] = "TCP" if port.get("protocol") is None else port["protocol"]
    return stored


def _endpoints(body: Body, _: Version) -> dict[str, Any]:
    subsets = [_subset(mapping(one)) for one in items(body.get("subsets"))]
    return {"subsets": subsets} if subsets else {}


def _subset(subset: Body) -> dict[str, Any]:
    stored: dict[str, Any] = {}
    for field in ("addresses", "notReadyAddresses"):
        if subset.get(field):
            stored[field] = [
                {
                    **keep(mapping(one), "ip", "hostname"),
                    **keep_stated(mapping(one), "nodeName", "targetRef"),
                }
                for one in subset[field]
            ]
    if subset.get("ports"):
        stored["ports"] = [
            {
                **keep(mapping(one), "name", "port"),
                **keep_stated(mapping(one), "appProtocol"),
                "protocol": text(mapping(one).get("protocol")) or "TCP",
            }
            for one in subset["ports"]
        ]
    return stored


def _ingress(body: Body, _: Version) -> dict[str, Any]:
    spec = mapping(body.get("spec"))
    stored = keep_stated(spec, "ingressClassName")
    if spec.get("defaultBackend") is not None:
        stored["defaultBackend"] = _backend(mapping(spec["defaultBackend"]))
    if spec.get("tls"):
        stored["tls"] = [
            keep(mapping(one), "hosts", "secretName") for one in spec["tls"]
        ]
    if spec.get("rules"):
        stored["rules"] = [_rule(mapping(one)) for one in spec["rules"]]
    return {"spec": stored}


def _backend(backend: Body) -> dict[str, Any]:
    stored: dict[str, Any] = {}
    if backend.get("service") is not None:
        service = mapping(backend["service"])
        port = keep(mapping(service.get("port")), "name", "number")
        stored["service"] = {"name": text(service.get("name")), "port": port}
    if backend.get("resource") is not None:
        resource = mapping(backend["resource"])
        stored["resource"] = {
            "apiGroup": resource.get("apiGroup"),
            "kind": text(resource.get("kind")),
            "name": text(resource.get("name")),
        }
    return stored


def _rule(rule: Body) -> dict[str, Any]:
    stored = keep(rule, "host")
    if rule.get("http") is not None:
        stored["http"] = {
            "paths": [
                {
                    **keep(mapping(one), "path"),
                    "pathType": mapping(one).get("pathType"),
                    "backend": _backend(mapping(mapping(one).get("backend"))),
                }
                for one in items(mapping(rule["http"]).get("paths"))
            ]
        }
    return stored


def _network_policy(body: Body, _: Version) -> dict[str, Any]:
    spec = mapping(body.get("spec"))
    stored: dict[str, Any] = {"podSelector": _selector(spec.get("podSelector"))}
    for side, peers in (("ingress", "from"), ("egress", "to")):
        if spec.get(side):
            stored[side] = [_policy_rule(mapping(one), peers) for one in spec[side]]
    stored["policyTypes"] = spec.get("policyTypes") or [
        "Ingress",
        *(["Egress"] if spec.get("egress") else ()),
    ]
    return {"spec": stored}


def _policy_rule(rule: Body, peers: str) -> dict[str, Any]:
    stored = keep(rule, peers)
    if rule.get("ports"):
        stored["ports"] = [
            {
                "protocol": "TCP",
                **keep_stated(mapping(one), "protocol", "port", "endPort"),
            }
            for one in rule["ports"]
        ]
    return stored


def _service_cidr(body: Body, _: Version) -> dict[str, Any]:
    return {"spec": keep(mapping(body.get("spec")), "cidrs")}


def _ip_address(body: Body, _: Version) -> dict[str, Any]:
    parent = mapping(mapping(body.get("spec")).get("parentRef"))
    reference = keep(parent, "group", "resource", "namespace", "name")
    return {"spec": {"parentRef": reference}}


def _webhooks(body: Body, _: Version) -> dict[str, Any]:
    webhooks = [_webhook(mapping(one)) for one in items(body.get("webhooks"))]
    return {"webhooks": webhooks} if webhooks else {}


def _webhook(webhook: Body) -> dict[str, Any]:
    client = mapping(webhook.get("clientConfig"))
    config = {**keep_stated(client, "url"), **keep(client, "caBundle")}
    if client.get("service") is not None:
        service = mapping(client["service"])
        config["service"] = {
            "namespace": text(service.get("namespace")),
            "name": text(service.get("name")),
            **keep_stated(service, "path"),
            "port": DEFAULT_PORT if service.get("port") is None else service["port"],
        }
    stored = keep(webhook, "name", "rules", "admissionReviewVersions")
    stored |= keep_stated(webhook, "sideEffects", "reinvocationPolicy")
    stored |= keep(webhook, "matchConditions")
    stored["clientConfig"] = config
    for field, default in (
        ("failurePolicy", "Fail"),
        ("matchPolicy", "Equivalent"),
        ("timeoutSeconds", 10),
    ):
        value = webhook.get(field)
        stored[field] = default if value is None else value
    for field in ("namespaceSelector", "objectSelector"):
        stored[field] = _selector(webhook.get(field))
    return stored


def _mutating_webhooks(body: Body, version: Version) -> dict[str, Any]:
    stored = _webhooks(body, version)
    for webhook in stored.get("webhooks", ()):
        webhook.setdefault("reinvocationPolicy", "Never")
    return stored


def _api_service(body: Body, _: Version) -> dict[str, Any]:
    spec = mapping(body.get("spec"))
    stored = keep(
        spec,
        "group",
        "version",
        "insecureSkipTLSVerify",
        "caBundle",
        "groupPriorityMinimum",
        "versionPriority",
    )
    if spec.get("service") is not None:
        service = mapping(spec["service"])
        port = service.get("port")
        stored["service"] = {
            **keep(service, "namespace", "name"),
            "port": DEFAULT_PORT if port is None else port,
        }
    return {"spec": stored}


def _autoscaler(body: Body, _: Version) -> dict[str, Any]:
    spec = mapping(body.get("spec"))
    target = mapping(spec.get("scaleTargetRef"))
    stored = keep_stated(spec, "minReplicas", "maxReplicas", "behavior")
    stored.setdefault("minReplicas", 1)
    stored["scaleTargetRef"] = keep(target, "kind", "name", "apiVersion")
    if body["apiVersion"] == "autoscaling/v1":
        percentage = spec.get("targetCPUUtilizationPercentage")
        stored["targetCPUUtilizationPercentage"] = percentage or _DEFAULT_UTILIZATION
        return {"spec": stored}
    metric = {
        "type": "Resource",
        "resource": {
            "name": "cpu",
            "target": {
                "type": "Utilization",
                "averageUtilization": _DEFAULT_UTILIZATION,
            },
        },
    }
    stored["metrics"] = spec.get("metrics") or [metric]
    return {"spec": stored}


_SHAPES: Mapping[str, Callable[[Body, Version], dict[str, Any]]] = MappingProxyType(
    {
        "APIService": _api_service,
        "CronJob": _cron_job,
        "DaemonSet": _daemon_set,
        "Deployment": _workload,
        "EndpointSlice": _endpoint_slice,
        "Endpoints": _endpoints,
        "HorizontalPodAutoscaler": _autoscaler,
        "IPAddress": _ip_address,
        "Ingress": _ingress,
        "Job": _job,
        "MutatingWebhookConfiguration": _mutating_webhooks,
        "NetworkPolicy": _network_policy,
        "Pod": _pod,
        "ReplicaSet": _workload,
        "ReplicationController": _replication_controller,
        "ServiceCIDR": _service_cidr,
        "StatefulSet": _stateful_set,
        "ValidatingWebhookConfiguration": _webhooks,
    }
)


def stored_object(body: Body, version: Version) -> dict[str, Any]:
    """Return an accepted object as it is stored, in so far as it is judged."""
    shape = _SHAPES[body["kind"]]
    identity = {"apiVersion": body["apiVersion"], "kind": body["kind"]}
    return {**identity, "metadata": _metadata(body), **shape(body, version)}
