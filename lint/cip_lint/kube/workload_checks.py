"""What the API server refuses in workloads beyond their pods: above all selectors.

Jobs and CronJobs, whose selectors the server makes, are those of ``job_checks``.

Follows ``pkg/apis/apps/validation/validation.go`` and
``ValidateReplicationController`` of ``pkg/apis/core/validation``, in order.
Update strategies and volume claims are not looked at.
"""

from __future__ import annotations

from typing import Any

from cip_lint.bodies import Body, mapping, text
from cip_lint.kube import faults as causes
from cip_lint.kube.checks import (
    Checks,
    check_metadata,
    label_name,
    string_map_text,
    subdomain_name,
)
from cip_lint.kube.faults import INVALID
from cip_lint.kube.go_text import as_json, quoted
from cip_lint.kube.grammar import dns1123_label
from cip_lint.kube.pod_checks import (
    check_pod_spec,
    check_template,
    check_template_labels,
)
from cip_lint.kube.selector_checks import label_selector_causes
from cip_lint.kube.selectors import (
    EVERYTHING,
    NOTHING,
    Selector,
    SelectorError,
    from_label_selector,
    map_matches,
)
from cip_lint.kube.version import Version
from cip_lint.kube.workload_ordinary import is_ordinary
from cip_lint.model import Cause, Path, field_path
from cip_lint.records import NamedTuple

SELECTOR = "W-selector"
"""Missing, empty, unreadable, or at odds with the labels of the template."""
SERVICE_NAME = "W-service-name"
WORKLOAD = "W-workload"

SPEC_PATH: Path = ("spec",)
SELECTOR_PATH: Path = ("spec", "selector")
TEMPLATE_PATH: Path = ("spec", "template")

_JSON_SINCE = Version(1, 34)
_LABEL_NAME_FOR_SETS_SINCE = Version(1, 27)
SERVICE_NAME_CHECKED_SINCE = Version(1, 34)
"""From here on a ``serviceName`` that no Service can have is refused
(``pkg/apis/apps/validation``)."""

MISMATCH = "`selector` does not match template `labels`"


def check_pod(checks: Checks, body: Body) -> None:
    """Check a Pod."""
    check_metadata(checks, body, subdomain_name)
    check_pod_spec(checks, mapping(body.get("spec")), SPEC_PATH, pod=True)


class _Words(NamedTuple):
    """How the server speaks of a kind's selector."""

    kind: str
    unreadable: str


_DEPLOYMENT = _Words("deployment", "invalid label selector")
_STATEFUL_SET = _Words("statefulset", "")


def check_deployment(checks: Checks, body: Body) -> None:
    """Check a Deployment or a ReplicaSet: the server says ``deployment`` of both."""
    if is_ordinary(body, checks.version):
        return
    check_metadata(checks, body, subdomain_name)
    spec = mapping(body.get("spec"))
    _check_counts(checks, spec, ("replicas", "minReadySeconds"))
    selector = _check_label_selector(checks, spec, _DEPLOYMENT)
    if selector is None:
        return
    template = mapping(spec.get("template"))
    _check_match(checks, template, selector)
    check_template(checks, template, TEMPLATE_PATH)
    _check_always(checks, mapping(template.get("spec")))


def check_stateful_set(checks: Checks, body: Body) -> None:
    """Check a StatefulSet; its pods' hostname and subdomain are overwritten."""
    if is_ordinary(body, checks.version):
        return
    sets_are_labels = checks.version >= _LABEL_NAME_FOR_SETS_SINCE
    check_metadata(checks, body, label_name if sets_are_labels else subdomain_name)
    spec = mapping(body.get("spec"))
    _check_counts(checks, spec, ("replicas", "minReadySeconds"))
    service = text(spec.get("serviceName"))
    if service and checks.version >= SERVICE_NAME_CHECKED_SINCE:
        place = (*SPEC_PATH, "serviceName")
        checks.invalid(SERVICE_NAME, place, service, dns1123_label(service))
    selector = _check_label_selector(checks, spec, _STATEFUL_SET)
    if selector is None:
        return
    template = mapping(spec.get("template"))
    pods = mapping(template.get("spec"))
    if pods.get("hostname") or pods.get("subdomain"):
        pods = {key: pods[key] for key in pods if key not in {"hostname", "subdomain"}}
        template = {**template, "spec": pods}
    _check_match(checks, template, selector)
    check_template(checks, template, TEMPLATE_PATH)
    check_template_labels(checks, mapping(template.get("metadata")), TEMPLATE_PATH)
    _check_always(checks, pods)


def check_daemon_set(checks: Checks, body: Body) -> None:
    """Check a DaemonSet; an absent selector selects nothing here."""
    if is_ordinary(body, checks.version):
        return
    check_metadata(checks, body, subdomain_name)
    spec = mapping(body.get("spec"))
    stated = spec.get("selector")
    if stated is not None:
        found = label_selector_causes(mapping(stated), SELECTOR_PATH, checks.version)
        checks.placed(SELECTOR, found)
    template = mapping(spec.get("template"))
    selector = readable(stated, checks.version)
    if selector is not None:
        _check_match(checks, template, selector)
        if selector.everything:
            _empty_selector(checks, stated, "daemonset")
    check_template(checks, template, TEMPLATE_PATH)
    _check_always(checks, mapping(template.get("spec")))
    _check_counts(checks, spec, ("minReadySeconds",))


def check_replication_controller(checks: Checks, body: Body) -> None:
    """Check a ReplicationController: a plain map, by default the pods' labels."""
    check_metadata(checks, body, subdomain_name)
    spec = mapping(body.get("spec"))
    _check_counts(checks, spec, ("minReadySeconds",))
    stated = spec.get("template")
    template = mapping(stated)
    labels = mapping(mapping(template.get("metadata")).get("labels"))
    selector = mapping(spec.get("selector")) or labels
    if not selector:
        checks.required(SELECTOR, SELECTOR_PATH)
    _check_counts(checks, spec, ("replicas",))
    if stated is None:
        checks.required(WORKLOAD, TEMPLATE_PATH)
        return
    if selector and not map_matches(_strings(selector), _strings(labels)):
        _mismatch(checks, template)
    check_template(checks, template, TEMPLATE_PATH)
    _check_always(checks, mapping(template.get("spec")))


def _check_counts(checks: Checks, spec: Body, fields: tuple[str, ...]) -> None:
    for field in fields:
        value = spec.get(field)
        if value is not None:
            checks.non_negative(WORKLOAD, (*SPEC_PATH, field), value)


def _check_label_selector(checks: Checks, spec: Body, words: _Words) -> Selector | None:
    """Check ``spec.selector``; None where it cannot be read as a selector."""
    stated = spec.get("selector")
    if stated is None:
        checks.required(SELECTOR, SELECTOR_PATH)
        return NOTHING
    body = mapping(stated)
    version = checks.version
    checks.placed(SELECTOR, label_selector_causes(body, SELECTOR_PATH, version))
    if not body.get("matchLabels") and not body.get("matchExpressions"):
        _empty_selector(checks, body, words.kind)
        return EVERYTHING
    selector = readable(body, version)
    if selector is None:
        shown = f"Invalid value: {selector_text(body, version)}"
        said = f"{shown}: {words.unreadable}" if words.unreadable else shown
        cause = Cause(INVALID, "spec.selector", said)
        checks.add(SELECTOR, SELECTOR_PATH, cause)
    return selector


def readable(selector: object, version: Version) -> Selector | None:
    """Return the selector that a LabelSelector describes; None where it is refused."""
    try:
        return from_label_selector(selector, version)
    except SelectorError:
        return None


def _empty_selector(checks: Checks, selector: object, kind: str) -> None:
    shown = selector_text(mapping(selector), checks.version)
    detail = f"empty selector is invalid for {kind}"
    checks.add(SELECTOR, SELECTOR_PATH, causes.invalid("spec.selector", shown, detail))


def _check_match(checks: Checks, template: Body, selector: Selector) -> None:
    labels = mapping(mapping(template.get("metadata")).get("labels"))
    if not selector.everything and not selector.matches(_strings(labels)):
        _mismatch(checks, template)


def _mismatch(checks: Checks, template: Body) -> None:
    stated = mapping(template.get("metadata")).get("labels")
    mismatch(checks, stated, string_map_text(stated, checks.version))


def mismatch(checks: Checks, labels: object, shown: str) -> None:
    """Note that the selector does not pick the labels of the template.

    ``shown`` is how the server prints the labels.
    """
    path: Path = (*TEMPLATE_PATH, "metadata", "labels")
    cause = causes.invalid(field_path(path), shown, MISMATCH)
    checks.add(SELECTOR, path, cause, value=labels, other=SELECTOR_PATH)


def _strings(labels: Body) -> dict[str, str]:
    if None in labels.values():
        return {key: value or "" for key, value in labels.items()}
    return labels  # type: ignore[return-value]


def _check_always(checks: Checks, pods: Body) -> None:
    restart = text(pods.get("restartPolicy"))
    path: Path = (*TEMPLATE_PATH, "spec", "restartPolicy")
    if restart and restart != "Always":
        checks.not_supported(WORKLOAD, path, restart, ("Always",))


def selector_text(selector: Body, version: Version) -> str:
    """Return a LabelSelector as the server prints it, empty fields left out."""
    labels = selector.get("matchLabels")
    expressions = selector.get("matchExpressions")
    if version < _JSON_SINCE:
        listed = ", ".join(map(_go_requirement, expressions or ()))
        return (
            f"v1.LabelSelector{{MatchLabels:{string_map_text(labels, version)},"
            " MatchExpressions:[]v1.LabelSelectorRequirement"
            + (f"{{{listed}}}}}" if expressions is not None else "(nil)}")
        )
    shown: dict[str, Any] = {}
    if labels:
        shown["matchLabels"] = {key: labels[key] or "" for key in sorted(labels)}
    if expressions:
        shown["matchExpressions"] = [_requirement(entry) for entry in expressions]
    return as_json(shown)


def _requirement(entry: object) -> dict[str, Any]:
    body = mapping(entry)
    shown = {field: text(body.get(field)) for field in ("key", "operator")}
    values = [text(value) for value in body.get("values") or ()]
    return {**shown, **({"values": values} if values else {})}


def _go_requirement(entry: object) -> str:
    body = mapping(entry)
    values = body.get("values")
    if values is None:
        listed = "[]string(nil)"
    else:
        listed = "[]string{" + ", ".join(quoted(text(one)) for one in values) + "}"
    return (
        f"v1.LabelSelectorRequirement{{Key:{quoted(text(body.get('key')))},"
        f" Operator:{quoted(text(body.get('operator')))}, Values:{listed}}}"
    )
