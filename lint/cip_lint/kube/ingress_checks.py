"""What the API server refuses in an Ingress (``networking.k8s.io/v1``).

Follows ``pkg/apis/networking/validation/validation.go#ValidateIngressCreate``.
"""

from __future__ import annotations

from cip_lint.bodies import Body, items, mapping, text
from cip_lint.kube import faults as causes
from cip_lint.kube.addresses import parse_ip
from cip_lint.kube.checks import (
    Checks,
    check_metadata,
    number,
    path_segment,
    subdomain_name,
)
from cip_lint.kube.go_text import as_json, quoted
from cip_lint.kube.grammar import dns1123_subdomain, port_name, service_name, size
from cip_lint.kube.version import Version
from cip_lint.model import Path, field_path
from cip_lint.patterns import pattern

INGRESS = "I-spec"
BACKEND = "I-backend"
BACKEND_NAME = "I-backend-name"
BACKEND_PORT = "I-backend-port"
HOST = "I-host"
PATH = "I-path"

CLASS_ANNOTATION = "kubernetes.io/ingress.class"

_PATH_TYPES = ("Exact", "ImplementationSpecific", "Prefix")
_BAD_SEQUENCES = ("//", "/./", "/../", "%2f", "%2F")
_BAD_ENDINGS = ("/..", "/.")
_CLASS_MUST_MATCH_SINCE = Version(1, 31)

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_WILDCARD = rf"\*\.{_LABEL}(\.{_LABEL})*"
_WILDCARD_HOST = pattern(_WILDCARD)
_WILDCARD_MESSAGE = (
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS"
    " subdomain, which must consist of lower case alphanumeric characters, '-' or"
    " '.' and end with an alphanumeric character (e.g. '*.example.com', regex used"
    f" for validation is '{_WILDCARD}')"
)


def check_ingress(checks: Checks, body: Body) -> None:
    """Check an Ingress."""
    check_metadata(checks, body, subdomain_name)
    spec = mapping(body.get("spec"))
    default, rules = spec.get("defaultBackend"), spec.get("rules")
    if not rules and default is None:
        shown = as_json(rules)
        detail = "either `defaultBackend` or `rules` must be specified"
        checks.add(INGRESS, ("spec",), causes.invalid("spec", shown, detail))
    if default is not None:
        _check_backend(checks, mapping(default), ("spec", "defaultBackend"))
    for index, rule in enumerate(items(rules)):
        _check_rule(checks, mapping(rule), ("spec", "rules", index))
    for index, entry in enumerate(items(spec.get("tls"))):
        _check_tls(checks, mapping(entry), ("spec", "tls", index))
    class_name = spec.get("ingressClassName")
    if class_name is not None:
        path: Path = ("spec", "ingressClassName")
        messages = dns1123_subdomain(text(class_name))
        checks.invalid(INGRESS, path, text(class_name), messages)
    _check_class(checks, body, class_name)


def _check_class(checks: Checks, body: Body, class_name: object) -> None:
    annotations = mapping(mapping(body.get("metadata")).get("annotations"))
    if CLASS_ANNOTATION not in annotations:
        return
    stated = annotations[CLASS_ANNOTATION] or ""
    if class_name is None:
        checks.warnings.append(
            f"annotation {quoted(CLASS_ANNOTATION)} is deprecated, please use"
            " 'spec.ingressClassName' instead"
        )
    elif checks.version < _CLASS_MUST_MATCH_SINCE or stated != class_name:
        same_allowed = checks.version >= _CLASS_MUST_MATCH_SINCE
        detail = (
            "must match `ingressClassName` when both are specified"
            if same_allowed
            else "can not be set when the class field is also set"
        )
        field = f"annotations.{CLASS_ANNOTATION}"
        path = ("metadata", "annotations", CLASS_ANNOTATION)
        cause = causes.invalid(field, quoted(stated), detail)
        checks.add(INGRESS, path, cause, stated, ("spec", "ingressClassName"))


def _check_host(checks: Checks, host: str, path: Path) -> None:
    if "*" not in host:
        checks.invalid(HOST, path, host, dns1123_subdomain(host))
        return
    messages = []
    if size(host) > 253:
        messages.append("must be no more than 253 characters")
    if not _WILDCARD_HOST.fullmatch(host):
        messages.append(_WILDCARD_MESSAGE)
    checks.invalid(HOST, path, host, messages)


def _check_rule(checks: Checks, rule: Body, path: Path) -> None:
    host = text(rule.get("host"))
    if host:
        place = (*path, "host")
        if parse_ip(host) is not None:
            detail = "must be a DNS name, not an IP address"
            checks.invalid(HOST, place, host, (detail,))
        _check_host(checks, host, place)
    http = rule.get("http")
    if http is None:
        return
    place = (*path, "http", "paths")
    paths = items(mapping(http).get("paths"))
    if not paths:
        checks.required(INGRESS, place)
    for index, entry in enumerate(paths):
        _check_path(checks, mapping(entry), (*place, index))


def _check_path(checks: Checks, entry: Body, path: Path) -> None:
    kind, value = entry.get("pathType"), text(entry.get("path"))
    if kind is None:
        checks.required(PATH, (*path, "pathType"), "pathType must be specified")
        return
    place = (*path, "path")
    if kind in {"Exact", "Prefix"}:
        messages = [] if value.startswith("/") else ["must be an absolute path"]
        messages += [
            f"must not contain '{bad}'" for bad in _BAD_SEQUENCES if bad in value
        ]
        messages += [
            f"cannot end with '{end}'" for end in _BAD_ENDINGS if value.endswith(end)
        ]
        checks.invalid(PATH, place, value, messages)
    elif kind == "ImplementationSpecific":
        if value and not value.startswith("/"):
            checks.invalid(PATH, place, value, ("must be an absolute path",))
    else:
        checks.not_supported(PATH, (*path, "pathType"), text(kind), _PATH_TYPES)
    _check_backend(checks, mapping(entry.get("backend")), (*path, "backend"))


def _check_backend(checks: Checks, backend: Body, path: Path) -> None:
    resource, service = backend.get("resource"), backend.get("service")
    if resource is not None and service is not None:
        _backend_wrong(checks, path, "cannot set both resource and service backends")
    elif resource is not None:
        _check_resource(checks, mapping(resource), (*path, "resource"))
    elif service is not None:
        _check_service(checks, mapping(service), path)
    else:
        _backend_wrong(checks, path, "resource or service backend is required")


def _backend_wrong(checks: Checks, path: Path, detail: str) -> None:
    checks.add(BACKEND, path, causes.invalid(field_path(path), '""', detail))


def _check_resource(checks: Checks, resource: Body, path: Path) -> None:
    group = resource.get("apiGroup")
    if group is not None:
        messages = dns1123_subdomain(text(group))
        checks.invalid(BACKEND, (*path, "apiGroup"), text(group), messages)
    for field in ("kind", "name"):
        value = text(resource.get(field))
        if value:
            checks.invalid(BACKEND, (*path, field), value, path_segment(value))
        else:
            checks.required(BACKEND, (*path, field))


def _check_service(checks: Checks, service: Body, path: Path) -> None:
    place: Path = (*path, "service", "name")
    name = text(service.get("name"))
    if name:
        checks.invalid(BACKEND_NAME, place, name, service_name(name, checks.version))
    else:
        checks.required(BACKEND_NAME, place)
    port = mapping(service.get("port"))
    named, numbered = text(port.get("name")), number(port.get("number"))
    place = (*path, "service", "port")
    if named and numbered:
        field, shown = field_path(path), '""'
        cause = causes.invalid(field, shown, "cannot set both port name & port number")
        checks.add(BACKEND_PORT, place, cause)
    elif named:
        checks.invalid(BACKEND_PORT, (*place, "name"), named, port_name(named))
    elif numbered:
        checks.port_number(BACKEND_PORT, (*place, "number"), numbered)
    else:
        cause = causes.required(field_path(path), "port name or number is required")
        checks.add(BACKEND_PORT, place, cause)


def _check_tls(checks: Checks, entry: Body, path: Path) -> None:
    for index, value in enumerate(items(entry.get("hosts"))):
        _check_host(checks, text(value), (*path, "hosts", index))
    secret = text(entry.get("secretName"))
    if secret:
        messages = dns1123_subdomain(secret)
        checks.invalid(INGRESS, (*path, "secretName"), secret, messages)
