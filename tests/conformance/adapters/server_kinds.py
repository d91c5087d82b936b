"""Other kinds than Service, compared with what API servers said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from cip_lint.kube import discovery, version
from cip_lint.kube.admission import admit
from cip_lint.kube.facts import ClusterFacts
from cip_lint.model import Cause
from conformance.agreement import Adapter, Disagreement, RunContext, Vector


def answer_discovery(vector: Vector, _: RunContext) -> Iterator[Disagreement]:
    """Compare the kinds of a group version, absent answers included."""
    group_version = vector["input"]["groupVersion"]
    expected = {
        text: recorded["answer"]
        for recorded in vector["answers"]
        for text in recorded["versions"]
    }
    for recorded_version in version.RECORDED:
        kinds = discovery.kinds_of(group_version, recorded_version)
        got = {
            "code": 200,
            "kinds": sorted(kinds),
            "namespaced": sorted(kind for kind, inside in kinds.items() if inside),
        }
        wanted = expected.get(str(recorded_version))
        if wanted != (got if kinds else None):
            yield Disagreement(wanted, got, str(recorded_version))


# Objects that every recorded cluster had before the request.
_EXISTING = {
    ("IPAddress", "10.96.0.1"): "ipaddresses.networking.k8s.io",
    ("ServiceCIDR", "kubernetes"): "servicecidrs.networking.k8s.io",
}
_POD_FIELDS = (
    "hostNetwork",
    "dnsPolicy",
    "dnsConfig",
    "enableServiceLinks",
    "hostname",
    "subdomain",
    "hostnameOverride",
    "hostAliases",
)
_CONTAINER_FIELDS = (
    "name",
    "ports",
    "env",
    "readinessProbe",
    "livenessProbe",
    "restartPolicy",
)
_WHOLE = {
    "EndpointSlice",
    "Endpoints",
    "Ingress",
    "IPAddress",
    "NetworkPolicy",
    "ServiceCIDR",
}


def _take(body: dict[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    return {field: body[field] for field in fields if field in body}


def _pod_view(spec: dict[str, Any]) -> dict[str, Any]:
    view = _take(spec, _POD_FIELDS)
    for group in ("initContainers", "containers"):
        if group in spec:
            view[group] = [_take(one, _CONTAINER_FIELDS) for one in spec[group]]
    return view


def _template_view(template: dict[str, Any]) -> dict[str, Any]:
    labels = template["metadata"].get("labels")
    return {"labels": labels, "spec": _pod_view(template["spec"])}


def _view(stored: dict[str, Any]) -> dict[str, Any]:
    """Return the part of a stored object that the vectors record."""
    kind, spec = stored["kind"], stored.get("spec") or {}
    view: dict[str, Any]
    if kind in _WHOLE:
        outside = ("apiVersion", "kind", "metadata")
        view = {key: value for key, value in stored.items() if key not in outside}
    elif kind == "Pod":
        view = {"spec": _pod_view(spec)}
    elif kind == "CronJob":
        view = {"template": _template_view(spec["jobTemplate"]["spec"]["template"])}
    elif "template" in spec:
        view = {"spec": _take(spec, ("selector", "serviceName", "manualSelector"))}
        view["spec"]["template"] = _template_view(spec["template"])
    else:
        view = _take(stored, ("webhooks", "spec"))
    metadata = {
        key: value
        for key, value in stored["metadata"].items()
        if key in ("labels", "annotations") and value
    }
    return {**view, "metadata": metadata} if metadata else view


def _cause(cause: Cause) -> dict[str, str]:
    return {"reason": cause.reason, "field": cause.field, "message": cause.message}


def _answer(manifest: dict[str, Any], asked: version.Version) -> dict[str, Any]:
    admission = admit(
        manifest, ClusterFacts(asked), validation="Strict", in_order=True, store=True
    )
    if admission is None:
        return {"code": None}
    answer: dict[str, Any] = {"code": admission.code}
    existing = (manifest["kind"], manifest["metadata"].get("name"))
    if admission.code == 201 and existing in _EXISTING:
        said = f'{_EXISTING[existing]} "{existing[1]}" already exists'
        answer |= {"code": 409, "reason": "AlreadyExists", "message": said}
    elif admission.code == 201:
        assert admission.stored is not None
        answer["stored"] = _view(dict(admission.stored))
    elif admission.code == 422:
        answer |= {"reason": "Invalid", "message": "="}
        answer["causes"] = _sorted([_cause(one) for one in admission.causes])
    else:
        found = admission.message.startswith("the server")
        reason = "BadRequest" if admission.code == 400 else "NotFound" if found else ""
        answer |= {"reason": reason, "message": admission.message}
    if admission.warnings:
        answer["warnings"] = list(admission.warnings)
    return answer


def _sorted(causes: list[dict[str, str]]) -> list[dict[str, str]]:
    return sorted(causes, key=lambda cause: (cause["field"], cause["message"]))


def answer_kind(vector: Vector, _: RunContext) -> Iterator[Disagreement]:
    """Compare the whole answer of every recorded version; causes in any order."""
    for recorded in vector["answers"]:
        expected = recorded["answer"]
        if "causes" in expected:
            expected = {**expected, "causes": _sorted(expected["causes"])}
        for text in recorded["versions"]:
            got = _answer(vector["input"]["manifest"], version.parse(text))
            if got != expected:
                yield Disagreement(expected, got, text)


GROUPS: dict[str, Adapter] = {"discovery": answer_discovery, "kind": answer_kind}
