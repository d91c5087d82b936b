"""What the API server refuses in a pod spec.

Follows ``pkg/apis/core/validation/validation.go#ValidatePodSpec`` in its order,
for everything that decides where traffic goes: containers, names and the pod's
own name resolution. Volumes, resources, security and scheduling are not looked at.
"""

from __future__ import annotations

from cip_lint.bodies import Body, items, mapping, text
from cip_lint.kube import faults as causes
from cip_lint.kube.addresses import ip_complaints
from cip_lint.kube.checks import LABEL, Checks, check_annotations
from cip_lint.kube.container_checks import (
    CONTAINER,
    check_containers,
    check_host_network,
    check_init_containers,
)
from cip_lint.kube.go_text import string_list
from cip_lint.kube.grammar import (
    dns1123_label,
    dns1123_subdomain,
    size,
)
from cip_lint.kube.version import Version
from cip_lint.model import Path, field_path
from cip_lint.patterns import pattern

POD_FIELD = "K-pod"

_DNS_POLICIES = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
_RESTART_POLICIES = ("Always", "OnFailure", "Never")

_HOSTNAME_OVERRIDE_SINCE = Version(1, 35)
_32_SEARCH_PATHS_SINCE = Version(1, 26)

_UNDERSCORED_LABEL = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
_UNDERSCORED = rf"{_UNDERSCORED_LABEL}(\.{_UNDERSCORED_LABEL})*"
_UNDERSCORED_MESSAGE = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric"
    " characters, '_', '-' or '.', and must start and end with an alphanumeric"
    f" character (e.g. 'example.com', regex used for validation is '{_UNDERSCORED}')"
)
_UNDERSCORED_TEXT = pattern(_UNDERSCORED)


def check_template(checks: Checks, template: Body, path: Path) -> None:
    """Check a pod template at ``path`` (``ValidatePodTemplateSpec``).

    The server calls the labels of a template ``template.labels``.
    """
    metadata = mapping(template.get("metadata"))
    check_template_labels(checks, metadata, path)
    check_pod_spec(checks, mapping(template.get("spec")), (*path, "spec"), pod=False)


def check_template_labels(checks: Checks, metadata: Body, path: Path) -> None:
    """Check labels and annotations of a template at ``path``."""
    labels = metadata.get("labels")
    if labels:
        field = ".".join(map(str, (*path, "labels")))
        place = (*path, "metadata", "labels")
        checks.labels(LABEL, mapping(labels), field, place)
    annotations = metadata.get("annotations")
    if annotations:
        field = ".".join(map(str, (*path, "annotations")))
        place = (*path, "metadata", "annotations")
        check_annotations(checks, mapping(annotations), field, place)


def check_pod_spec(checks: Checks, spec: Body, path: Path, *, pod: bool) -> None:
    """Check a pod spec at ``path``; ``pod`` tells a Pod from a template."""
    containers = items(spec.get("containers"))
    init_containers = items(spec.get("initContainers"))
    host_network = spec.get("hostNetwork") is True
    check_containers(
        checks, containers, (*path, "containers"), host_network=pod and host_network
    )
    if init_containers:
        check_init_containers(
            checks,
            init_containers,
            containers,
            (*path, "initContainers"),
            host_network=pod and host_network,
        )
    if host_network:
        check_host_network(checks, containers, (*path, "containers"))
    restart = text(spec.get("restartPolicy"))
    if restart and restart not in _RESTART_POLICIES:
        place = (*path, "restartPolicy")
        checks.not_supported(POD_FIELD, place, restart, _RESTART_POLICIES)
    _check_name_resolution(checks, spec, path)
    _check_names(checks, spec, path, host_network=host_network)
    if pod and spec.get("ephemeralContainers"):
        place = (*path, "ephemeralContainers")
        checks.forbidden(CONTAINER, place, "cannot be set on create")
    elif spec.get("ephemeralContainers"):
        place = (*path, "ephemeralContainers")
        checks.forbidden(
            CONTAINER, place, "ephemeral containers not allowed in pod template"
        )


def _check_name_resolution(checks: Checks, spec: Body, path: Path) -> None:
    policy = text(spec.get("dnsPolicy"))
    if policy and policy not in _DNS_POLICIES:
        place = (*path, "dnsPolicy")
        checks.not_supported(POD_FIELD, place, policy, _DNS_POLICIES)
    settings = spec.get("dnsConfig")
    if policy == "None":
        if settings is None:
            detail = "must provide `dnsConfig` when `dnsPolicy` is None"
            checks.required(POD_FIELD, (*path, "dnsConfig"), detail)
            return
        if not mapping(settings).get("nameservers"):
            detail = "must provide at least one DNS nameserver when `dnsPolicy` is None"
            checks.required(POD_FIELD, (*path, "dnsConfig", "nameservers"), detail)
            return
    if settings:
        _check_dns_config(checks, mapping(settings), (*path, "dnsConfig"))


def _check_dns_config(checks: Checks, settings: Body, path: Path) -> None:
    servers = [text(server) for server in items(settings.get("nameservers"))]
    if len(servers) > 3:
        detail = "must not have more than 3 nameservers"
        _check_list(checks, servers, (*path, "nameservers"), detail)
    for index, server in enumerate(servers):
        messages = ip_complaints(server, checks.version)
        checks.invalid(POD_FIELD, (*path, "nameservers", index), server, messages)
    searches = [text(search) for search in items(settings.get("searches"))]
    place: Path = (*path, "searches")
    new = checks.version >= _32_SEARCH_PATHS_SINCE
    most_paths, most_bytes = (32, 2048) if new else (6, 256)
    if len(searches) > most_paths:
        detail = f"must not have more than {most_paths} search paths"
        _check_list(checks, searches, place, detail)
    if size(" ".join(searches)) > most_bytes:
        detail = (
            f"must not have more than {most_bytes} characters (including spaces)"
            " in the search list"
        )
        _check_list(checks, searches, place, detail)
    for index, search in enumerate(searches):
        if search != ".":
            name = search.removesuffix(".")
            messages = subdomain_with_underscores(name)
            checks.invalid(POD_FIELD, (*place, index), name, messages)
    for index, option in enumerate(items(settings.get("options"))):
        if not mapping(option).get("name"):
            place = (*path, "options", index)
            checks.required(POD_FIELD, place, "must not be empty")


def _check_list(checks: Checks, values: list[str], path: Path, detail: str) -> None:
    shown = string_list(values, checks.version)
    checks.add(POD_FIELD, path, causes.invalid(field_path(path), shown, detail))


def subdomain_with_underscores(value: str) -> tuple[str, ...]:
    """Check an entry of a search list: a subdomain that may have underscores."""
    messages = []
    if size(value) > 253:
        messages.append("must be no more than 253 characters")
    if _UNDERSCORED_TEXT.fullmatch(value) is None:
        messages.append(_UNDERSCORED_MESSAGE)
    return tuple(messages)


def _check_names(checks: Checks, spec: Body, path: Path, *, host_network: bool) -> None:
    override = spec.get("hostnameOverride")
    if override is not None and checks.version >= _HOSTNAME_OVERRIDE_SINCE:
        _check_override(checks, spec, text(override), path, host_network=host_network)
    node = text(spec.get("nodeName"))
    if node:
        checks.invalid(POD_FIELD, (*path, "nodeName"), node, dns1123_subdomain(node))
    for field in ("hostname", "subdomain"):
        name = text(spec.get(field))
        if name:
            checks.invalid(POD_FIELD, (*path, field), name, dns1123_label(name))
    for index, entry in enumerate(items(spec.get("hostAliases"))):
        alias, place = mapping(entry), (*path, "hostAliases", index)
        address = text(alias.get("ip"))
        messages = ip_complaints(address, checks.version)
        checks.invalid(POD_FIELD, (*place, "ip"), address, messages)
        for name_index, value in enumerate(items(alias.get("hostnames"))):
            name = text(value)
            checks.invalid(
                POD_FIELD,
                (*place, "hostnames", name_index),
                name,
                dns1123_subdomain(name),
            )


def _check_override(
    checks: Checks, spec: Body, name: str, path: Path, *, host_network: bool
) -> None:
    place = (*path, "hostnameOverride")
    if spec.get("setHostnameAsFQDN") is True:
        detail = "may not be specified when setHostnameAsFQDN is true"
        checks.forbidden(POD_FIELD, place, detail)
    if host_network:
        detail = "may not be specified when hostNetwork is true"
        checks.forbidden(POD_FIELD, place, detail)
    if size(name) > 64:
        cause = causes.too_long(field_path(place), 64, checks.version)
        checks.add(POD_FIELD, place, cause, name)
    checks.invalid(POD_FIELD, place, name, dns1123_subdomain(name))
