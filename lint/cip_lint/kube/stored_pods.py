"""Pod specs as the API server stores them: defaults in, empty fields out.

Only the fields that are judged are kept.
"""

from __future__ import annotations

from typing import Any

from cip_lint.bodies import Body, items, mapping, text
from cip_lint.kube.checks import number
from cip_lint.kube.probes import KINDS
from cip_lint.kube.version import Version

_HOSTNAME_OVERRIDE_SINCE = Version(1, 35)
_ANY_CONTAINER_RESTARTS_SINCE = Version(1, 35)
_PROBE_DEFAULTS = (
    ("timeoutSeconds", 1),
    ("periodSeconds", 10),
    ("successThreshold", 1),
    ("failureThreshold", 3),
)


def keep(body: Body, *fields: str) -> dict[str, Any]:
    """Return the fields that are neither null nor empty: ``omitempty``."""
    return {field: body[field] for field in fields if body.get(field)}


def keep_stated(body: Body, *fields: str) -> dict[str, Any]:
    """Return the fields that are not null: those that are pointers."""
    return {field: body[field] for field in fields if body.get(field) is not None}


def stored_template(template: Body, version: Version) -> dict[str, Any]:
    """Return a pod template."""
    metadata = mapping(template.get("metadata"))
    spec = stored_pod_spec(mapping(template.get("spec")), version, pod=False)
    return {"metadata": keep(metadata, "labels", "annotations"), "spec": spec}


def stored_pod_spec(spec: Body, version: Version, *, pod: bool) -> dict[str, Any]:
    """Return a pod spec; ``pod`` tells a Pod from a template."""
    host_network = spec.get("hostNetwork") is True
    stored = keep(spec, "hostNetwork", "hostname", "subdomain")
    stored["dnsPolicy"] = text(spec.get("dnsPolicy")) or "ClusterFirst"
    if spec.get("dnsConfig") is not None:
        stored["dnsConfig"] = keep(
            mapping(spec["dnsConfig"]), "nameservers", "searches", "options"
        )
    links = spec.get("enableServiceLinks")
    if links is not None or pod:
        stored["enableServiceLinks"] = True if links is None else links
    if version >= _HOSTNAME_OVERRIDE_SINCE:
        stored |= keep_stated(spec, "hostnameOverride")
    aliases = items(spec.get("hostAliases"))
    if aliases:
        stored["hostAliases"] = [
            {"ip": text(mapping(one).get("ip")), **keep(mapping(one), "hostnames")}
            for one in aliases
        ]
    for field, init in (("initContainers", True), ("containers", False)):
        if spec.get(field):
            stored[field] = [
                _container(mapping(one), version, init, pod and host_network)
                for one in spec[field]
            ]
    return stored


def _container(
    container: Body, version: Version, init: bool, host_ports_filled: bool
) -> dict[str, Any]:
    stored: dict[str, Any] = {"name": text(container.get("name"))}
    if container.get("image"):
        stored["image"] = container["image"]
    if container.get("ports"):
        stored["ports"] = [
            _port(mapping(port), host_ports_filled) for port in container["ports"]
        ]
    if container.get("env"):
        stored["env"] = [
            {
                "name": text(mapping(one).get("name")),
                **keep(mapping(one), "value"),
                **keep_stated(mapping(one), "valueFrom"),
            }
            for one in container["env"]
        ]
    for kind in KINDS:
        if container.get(kind) is not None:
            stored[kind] = _probe(mapping(container[kind]))
    restart = container.get("restartPolicy")
    kept = version >= _ANY_CONTAINER_RESTARTS_SINCE or (init and restart == "Always")
    if restart is not None and kept:
        stored["restartPolicy"] = restart
    return stored


def _port(port: Body, host_ports_filled: bool) -> dict[str, Any]:
    stored = keep(port, "name", "hostPort", "containerPort", "hostIP")
    if host_ports_filled and "hostPort" not in stored:
        stored["hostPort"] = port.get("containerPort")
    stored["protocol"] = text(port.get("protocol")) or "TCP"
    return stored


def _probe(probe: Body) -> dict[str, Any]:
    stored = keep(probe, "initialDelaySeconds")
    stored |= keep_stated(probe, "terminationGracePeriodSeconds")
    for field, default in _PROBE_DEFAULTS:
        stored[field] = number(probe.get(field)) or default
    for name in ("exec", "httpGet", "tcpSocket", "grpc"):
        if probe.get(name) is not None:
            stored[name] = _action(name, mapping(probe[name]))
    return stored


def _action(name: str, action: Body) -> dict[str, Any]:
    if name == "exec":
        return keep(action, "command")
    stored = {"port": action.get("port") or 0, **keep(action, "host")}
    if name == "httpGet":
        stored["path"] = text(action.get("path")) or "/"
        stored["scheme"] = text(action.get("scheme")) or "HTTP"
        stored |= keep(action, "httpHeaders")
    elif name == "grpc":
        stored["service"] = text(action.get("service"))
    return stored
