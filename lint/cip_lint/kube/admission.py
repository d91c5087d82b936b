"""The API server's answer to one new object of any kind that is judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from cip_lint.bodies import Body, mapping
from cip_lint.kube import discovery
from cip_lint.kube.autoscaling_checks import check_autoscaler
from cip_lint.kube.checks import Checks, name_of
from cip_lint.kube.decoding import Decoded, decode
from cip_lint.kube.endpoint_checks import check_endpoint_slice, check_endpoints
from cip_lint.kube.facts import ClusterFacts
from cip_lint.kube.faults import Admission, Fault, each_once, standard_message
from cip_lint.kube.ingress_checks import check_ingress
from cip_lint.kube.network_checks import (
    check_ip_address,
    check_network_policy,
    check_service_cidr,
)
from cip_lint.kube.schema import type_of
from cip_lint.kube.service_admission import admit_service
from cip_lint.kube.version import Version
from cip_lint.kube.webhook_checks import check_api_service, check_webhooks
from cip_lint.kube.workload_checks import (
    check_daemon_set,
    check_deployment,
    check_pod,
    check_replication_controller,
    check_stateful_set,
)
from cip_lint.model import Cause, Path
from cip_lint.records import NamedTuple

NOT_SERVED = "not-served"
"""The code of the fault of an ``apiVersion`` that the version does not serve."""

_NO_SUCH_GROUP = "404 page not found\n"
_NO_SUCH_RESOURCE = "the server could not find the requested resource"
_ENDPOINTS_DEPRECATED_SINCE = Version(1, 33)
_ENDPOINTS_DEPRECATED = (
    "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"
)


class _Kind(NamedTuple):
    """How objects of one kind are judged."""

    check: Callable[[Checks, Body], None]
    pods: Path | None = None
    """Where the pod spec stands; None for a kind without pods."""
    names_pods: bool = False
    """Whether a name that is no DNS label is warned of."""


def _check_job(checks: Checks, body: Body) -> None:
    from cip_lint.kube.job_checks import check_job  # noqa: PLC0415 - seldom there

    check_job(checks, body)


def _check_cron_job(checks: Checks, body: Body) -> None:
    from cip_lint.kube.job_checks import check_cron_job  # noqa: PLC0415 - seldom there

    check_cron_job(checks, body)


_TEMPLATE: Path = ("spec", "template", "spec")
_WEBHOOKS = _Kind(check_webhooks)
_AUTOSCALER = _Kind(check_autoscaler)
_KINDS: Mapping[tuple[str, str], _Kind] = MappingProxyType(
    {
        ("v1", "Pod"): _Kind(check_pod, ("spec",), names_pods=True),
        ("v1", "Endpoints"): _Kind(check_endpoints),
        ("v1", "ReplicationController"): _Kind(
            check_replication_controller, _TEMPLATE, names_pods=True
        ),
        ("apps/v1", "Deployment"): _Kind(check_deployment, _TEMPLATE, names_pods=True),
        ("apps/v1", "ReplicaSet"): _Kind(check_deployment, _TEMPLATE, names_pods=True),
        ("apps/v1", "StatefulSet"): _Kind(check_stateful_set, _TEMPLATE),
        ("apps/v1", "DaemonSet"): _Kind(check_daemon_set, _TEMPLATE),
        ("batch/v1", "Job"): _Kind(_check_job, _TEMPLATE, names_pods=True),
        ("batch/v1", "CronJob"): _Kind(
            _check_cron_job, ("spec", "jobTemplate", *_TEMPLATE), names_pods=True
        ),
        ("autoscaling/v1", "HorizontalPodAutoscaler"): _AUTOSCALER,
        ("autoscaling/v2", "HorizontalPodAutoscaler"): _AUTOSCALER,
        ("discovery.k8s.io/v1", "EndpointSlice"): _Kind(check_endpoint_slice),
        ("networking.k8s.io/v1", "Ingress"): _Kind(check_ingress),
        ("networking.k8s.io/v1", "NetworkPolicy"): _Kind(check_network_policy),
        ("networking.k8s.io/v1", "ServiceCIDR"): _Kind(check_service_cidr),
        ("networking.k8s.io/v1", "IPAddress"): _Kind(check_ip_address),
        (
            "admissionregistration.k8s.io/v1",
            "ValidatingWebhookConfiguration",
        ): _WEBHOOKS,
        ("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration"): _WEBHOOKS,
        ("apiregistration.k8s.io/v1", "APIService"): _Kind(check_api_service),
    }
)

_GATEWAY = "gateway.networking.k8s.io/"
_ROUTES = frozenset({"GRPCRoute", "HTTPRoute", "TCPRoute", "TLSRoute", "UDPRoute"})
"""Kinds whose definitions come from outside, of which some facts are known."""


def admit(
    manifest: Mapping[str, Any],
    facts: ClusterFacts,
    *,
    validation: str = "Ignore",
    in_order: bool = False,
    store: bool = False,
) -> Admission | None:
    """Return what the API server answers to the creation of an object.

    None for a kind that is not judged. ``validation`` and ``in_order`` are those of
    ``decode``. The stored object, and the warnings of other kinds than Service, are
    only worked out when ``store`` asks for them.
    """
    api_version, kind = manifest.get("apiVersion"), manifest.get("kind")
    if not (isinstance(api_version, str) and isinstance(kind, str)):
        return None
    if api_version == "v1" and kind == "Service":
        return admit_service(
            manifest, facts, validation=validation, in_order=in_order, store=store
        )
    known = _KINDS.get((api_version, kind))
    if known is None and kind in _ROUTES and api_version.startswith(_GATEWAY):
        return _judge_route(manifest, facts.version)
    if known is None or discovery.served(api_version, kind, facts.version) is False:
        return _unserved(api_version, kind, facts.version)
    wanted = type_of(api_version, kind, facts.version)
    assert wanted is not None
    decoded = decode(manifest, wanted, validation=validation, in_order=in_order)
    return _judge(manifest, known, decoded, facts.version, store=store)


def _unserved(api_version: str, kind: str, version: Version) -> Admission | None:
    if discovery.served(api_version, kind, version) is not False:
        return None
    group = discovery.group_of(api_version)
    message = (
        _NO_SUCH_RESOURCE
        if discovery.is_group_served(group, version)
        else _NO_SUCH_GROUP
    )
    fault = Fault(
        NOT_SERVED, ("apiVersion",), Cause("", "", message), "decode", value=api_version
    )
    return Admission(404, (fault,), message)


def _judge(
    manifest: Mapping[str, Any],
    known: _Kind,
    decoded: Decoded,
    version: Version,
    *,
    store: bool,
) -> Admission:
    kind, warnings = manifest["kind"], decoded.warnings
    if kind == "Endpoints" and version >= _ENDPOINTS_DEPRECATED_SINCE:
        warnings = (_ENDPOINTS_DEPRECATED, *warnings)
    if decoded.faults:
        return Admission(400, decoded.faults, decoded.message, warnings)
    checks = Checks(version)
    known.check(checks, manifest)
    if checks.faults:
        return _refusal(manifest, checks, warnings)
    if not store:
        return Admission(201, (), "", warnings)
    from cip_lint.kube.stored import stored_object  # noqa: PLC0415 - if asked for

    _warn_of_pods(checks, manifest, known)
    warnings = (*warnings, *checks.warnings)
    return Admission(201, (), "", warnings, stored_object(manifest, version))


def _warn_of_pods(checks: Checks, manifest: Mapping[str, Any], known: _Kind) -> None:
    from cip_lint.kube.pod_warnings import (  # noqa: PLC0415 - if asked for
        warn_of_name,
        warn_of_pod_spec,
    )

    is_pod = manifest["kind"] == "Pod"
    if known.names_pods:
        warn_of_name(checks, manifest, pod=is_pod)
    if known.pods is not None:
        spec: Body = manifest
        for step in known.pods:
            spec = mapping(spec.get(str(step)))
        warn_of_pod_spec(checks, spec, known.pods, pod=is_pod)


def _judge_route(manifest: Mapping[str, Any], version: Version) -> Admission | None:
    """Return the refusal of a route; None where nothing known speaks against it."""
    from cip_lint.kube.route_checks import check_route  # noqa: PLC0415 - seldom there

    checks = Checks(version)
    check_route(checks, manifest)
    return _refusal(manifest, checks, ()) if checks.faults else None


def _refusal(
    manifest: Mapping[str, Any], checks: Checks, warnings: tuple[str, ...]
) -> Admission:
    """Return the answer to an object with faults."""
    faults = each_once(checks.faults, checks.version)
    group, kind = discovery.group_of(manifest["apiVersion"]), manifest["kind"]
    said = standard_message(
        f"{kind}.{group}" if group else kind,
        name_of(manifest).shown,
        (fault.cause for fault in faults),
    )
    return Admission(422, faults, said, warnings)
