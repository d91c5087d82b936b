"""What the API server refuses where it is told to call a Service.

Webhook configurations follow ``apiserver/pkg/util/webhook/validation.go``,
APIService ``kube-aggregator/pkg/apis/apiregistration/validation``. Only the
references are looked at.
"""

from __future__ import annotations

from cip_lint.bodies import Body, items, mapping, text
from cip_lint.kube import faults as causes
from cip_lint.kube.checks import (
    Checks,
    check_metadata,
    number,
    path_segment,
    subdomain_name,
)
from cip_lint.kube.go_text import as_json, quoted
from cip_lint.kube.grammar import dns1035_label, dns1123_subdomain, port_number
from cip_lint.kube.version import Version
from cip_lint.model import Path, field_path

REFERENCE = "H-service"
API_SERVICE = "H-api-service"
DEFAULT_PORT = 443


def check_webhooks(checks: Checks, body: Body) -> None:
    """Check a validating or mutating webhook configuration."""
    check_metadata(checks, body, subdomain_name)
    for index, entry in enumerate(items(body.get("webhooks"))):
        client = mapping(mapping(entry).get("clientConfig"))
        path: Path = ("webhooks", index, "clientConfig")
        url, service = client.get("url"), client.get("service")
        if (url is None) == (service is None):
            detail = "exactly one of url or service is required"
            checks.required(REFERENCE, path, detail)
        elif service is not None:
            _check_service(checks, mapping(service), (*path, "service"))


def _check_service(checks: Checks, service: Body, path: Path) -> None:
    # The server swaps name and namespace when it says which one is missing.
    for field, said in (("namespace", "name"), ("name", "namespace")):
        if not text(service.get(field)):
            cause = causes.required(field_path((*path, said)))
            checks.add(REFERENCE, (*path, field), cause)
    _check_port(checks, service, path)
    url_path = service.get("path")
    if url_path is not None:
        _check_url_path(checks, text(url_path), (*path, "path"))


def _check_port(checks: Checks, service: Body, path: Path) -> None:
    stated = service.get("port")
    port = DEFAULT_PORT if stated is None else number(stated)
    messages = port_number(port)
    if messages:
        detail = "port is not valid: " + ", ".join(messages)
        checks.invalid(REFERENCE, (*path, "port"), port, (detail,))


def _check_url_path(checks: Checks, value: str, path: Path) -> None:
    if value in {"", "/"}:
        return
    if value == "//":
        checks.invalid(REFERENCE, path, value, ("segment[0] may not be empty",))
        return
    messages = [] if value.startswith("/") else ["must start with a '/'"]
    for index, segment in enumerate(value[1:].removesuffix("/").split("/")):
        if not segment:
            messages.append(f"segment[{index}] may not be empty")
        messages.extend(
            f"segment[{index}]: {said}"
            for said in dns1123_subdomain(segment)
            if segment
        )
    checks.invalid(REFERENCE, path, value, messages)


def check_api_service(checks: Checks, body: Body) -> None:
    """Check an APIService; without a Service it is served by the API server."""
    spec = mapping(body.get("spec"))
    group, version = text(spec.get("group")), text(spec.get("version"))
    wanted = f"{version}.{group}"

    def check_name(name: str, _: Version) -> tuple[str, ...]:
        messages = path_segment(name)
        if messages or name == wanted:
            return messages
        return (f'must be `spec.version+"."+spec.group`: {quoted(wanted)}',)

    check_metadata(checks, body, check_name)
    if not group and version != "v1":
        detail = "only v1 may have an empty group and it better be legacy kube"
        checks.required(API_SERVICE, ("spec", "group"), detail)
    elif group:
        path: Path = ("spec", "group")
        checks.invalid(API_SERVICE, path, group, dns1123_subdomain(group))
    path = ("spec", "version")
    checks.invalid(API_SERVICE, path, version, dns1035_label(version))
    for field, most in (("groupPriorityMinimum", 20000), ("versionPriority", 1000)):
        value = number(spec.get(field))
        if not 0 < value <= most:
            detail = f"must be positive and less than {most}"
            checks.invalid(API_SERVICE, ("spec", field), value, (detail,))
    _check_target(checks, spec)


def _check_target(checks: Checks, spec: Body) -> None:
    service, bundle = spec.get("service"), text(spec.get("caBundle"))
    skips = spec.get("insecureSkipTLSVerify") is True
    path: Path = ("spec", "insecureSkipTLSVerify")
    if service is None:
        if skips:
            detail = "local APIServices may not have insecureSkipTLSVerify"
            cause = causes.invalid(field_path(path), as_json(True), detail)
            checks.add(API_SERVICE, path, cause)
        return
    reference = mapping(service)
    for field in ("namespace", "name"):
        if not text(reference.get(field)):
            checks.required(REFERENCE, ("spec", "service", field))
    _check_port(checks, reference, ("spec", "service"))
    if skips and bundle:
        detail = "may not be true if caBundle is present"
        cause = causes.invalid(field_path(path), as_json(True), detail)
        checks.add(API_SERVICE, path, cause)
