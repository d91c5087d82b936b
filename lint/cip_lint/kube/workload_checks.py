"""What the API server refuses in workloads beyond their pods: above all selectors.

Follows ``pkg/apis/apps/validation/validation.go``, ``pkg/apis/batch/validation``
and ``ValidateReplicationController`` of ``pkg/apis/core/validation``, in order.
Update strategies, volume claims and schedules are not looked at.
"""

from __future__ import annotations

from typing import Any

from cip_lint.bodies import Body, mapping, text
from cip_lint.kube import faults as causes
from cip_lint.kube.checks import (
    NAME,
    Checks,
    check_metadata,
    label_name,
    name_of,
    number,
    string_map_text,
    subdomain_name,
)
from cip_lint.kube.faults import INVALID, Drawn
from cip_lint.kube.go_text import as_json, quoted
from cip_lint.kube.grammar import dns1123_label, size
from cip_lint.kube.pod_checks import (
    check_pod_spec,
    check_template,
    check_template_labels,
)
from cip_lint.kube.selectors import (
    EVERYTHING,
    NOTHING,
    Selector,
    SelectorError,
    from_label_selector,
    label_selector_causes,
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

JOB_UID = Drawn("<uid>")
"""The UID that the server draws for a Job, in the labels that it adds."""
_SAMPLE_UID = "00000000-0000-4000-8000-000000000000"
LEGACY_UID_LABEL = "controller-uid"
LEGACY_JOB_LABEL = "job-name"
UID_LABEL = "batch.kubernetes.io/controller-uid"
JOB_LABEL = "batch.kubernetes.io/job-name"

_SPEC: Path = ("spec",)
_SELECTOR: Path = ("spec", "selector")
_TEMPLATE: Path = ("spec", "template")
_JOB: Path = ("spec", "jobTemplate", "spec")

_JSON_SINCE = Version(1, 34)
_PREFIXED_JOB_LABELS_SINCE = Version(1, 27)
_LABEL_NAME_FOR_SETS_SINCE = Version(1, 27)
SERVICE_NAME_CHECKED_SINCE = Version(1, 34)
"""From here on a ``serviceName`` that no Service can have is refused
(``pkg/apis/apps/validation``)."""
_LONGEST_CRON_JOB_NAME = 52

MISMATCH = "`selector` does not match template `labels`"


def check_pod(checks: Checks, body: Body) -> None:
    """Check a Pod."""
    check_metadata(checks, body, subdomain_name)
    check_pod_spec(checks, mapping(body.get("spec")), _SPEC, pod=True)


def check_deployment(checks: Checks, body: Body) -> None:
    """Check a Deployment."""
    _check_replicated(checks, body, WITH_TEMPLATE_HASH)


def check_replica_set(checks: Checks, body: Body) -> None:
    """Check a ReplicaSet; the server says ``deployment`` here too."""
    _check_replicated(checks, body, WITH_TEMPLATE_HASH)


class _Words(NamedTuple):
    """How the server speaks of a kind's selector."""

    kind: str
    unreadable: str


WITH_TEMPLATE_HASH = _Words("deployment", "invalid label selector")
STATEFUL_SET = _Words("statefulset", "")


def _check_replicated(checks: Checks, body: Body, words: _Words) -> None:
    if is_ordinary(body, checks.version):
        return
    check_metadata(checks, body, subdomain_name)
    spec = mapping(body.get("spec"))
    _check_counts(checks, spec, ("replicas", "minReadySeconds"))
    selector = _check_label_selector(checks, spec, words)
    if selector is not None:
        _check_matching_template(checks, spec, selector)


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
        place = (*_SPEC, "serviceName")
        checks.invalid(SERVICE_NAME, place, service, dns1123_label(service))
    selector = _check_label_selector(checks, spec, STATEFUL_SET)
    if selector is None:
        return
    template = mapping(spec.get("template"))
    pods = mapping(template.get("spec"))
    if pods.get("hostname") or pods.get("subdomain"):
        pods = {key: pods[key] for key in pods if key not in {"hostname", "subdomain"}}
        template = {**template, "spec": pods}
    _check_match(checks, template, selector)
    check_template(checks, template, _TEMPLATE)
    check_template_labels(checks, mapping(template.get("metadata")), _TEMPLATE)
    _check_always(checks, pods)


def check_daemon_set(checks: Checks, body: Body) -> None:
    """Check a DaemonSet; an absent selector selects nothing here."""
    if is_ordinary(body, checks.version):
        return
    check_metadata(checks, body, subdomain_name)
    spec = mapping(body.get("spec"))
    stated = spec.get("selector")
    if stated is not None:
        found = label_selector_causes(mapping(stated), _SELECTOR, checks.version)
        checks.placed(SELECTOR, found)
    template = mapping(spec.get("template"))
    selector = _readable(stated, checks.version)
    if selector is not None:
        _check_match(checks, template, selector)
        if selector.everything:
            _empty_selector(checks, stated, "daemonset")
    check_template(checks, template, _TEMPLATE)
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
        checks.required(SELECTOR, _SELECTOR)
    _check_counts(checks, spec, ("replicas",))
    if stated is None:
        checks.required(WORKLOAD, _TEMPLATE)
        return
    if selector and not map_matches(_strings(selector), _strings(labels)):
        _mismatch(checks, template)
    check_template(checks, template, _TEMPLATE)
    _check_always(checks, mapping(template.get("spec")))


def _check_counts(checks: Checks, spec: Body, fields: tuple[str, ...]) -> None:
    for field in fields:
        value = spec.get(field)
        if value is not None:
            checks.non_negative(WORKLOAD, (*_SPEC, field), value)


def _check_label_selector(checks: Checks, spec: Body, words: _Words) -> Selector | None:
    """Check ``spec.selector``; None where it cannot be read as a selector."""
    stated = spec.get("selector")
    if stated is None:
        checks.required(SELECTOR, _SELECTOR)
        return NOTHING
    body = mapping(stated)
    version = checks.version
    checks.placed(SELECTOR, label_selector_causes(body, _SELECTOR, version))
    if not body.get("matchLabels") and not body.get("matchExpressions"):
        _empty_selector(checks, body, words.kind)
        return EVERYTHING
    selector = _readable(body, version)
    if selector is None:
        shown = f"Invalid value: {selector_text(body, version)}"
        said = f"{shown}: {words.unreadable}" if words.unreadable else shown
        cause = Cause(INVALID, "spec.selector", said)
        checks.add(SELECTOR, _SELECTOR, cause)
    return selector


def _readable(selector: object, version: Version) -> Selector | None:
    try:
        return from_label_selector(selector, version)
    except SelectorError:
        return None


def _empty_selector(checks: Checks, selector: object, kind: str) -> None:
    shown = selector_text(mapping(selector), checks.version)
    detail = f"empty selector is invalid for {kind}"
    checks.add(SELECTOR, _SELECTOR, causes.invalid("spec.selector", shown, detail))


def _check_matching_template(checks: Checks, spec: Body, selector: Selector) -> None:
    template = mapping(spec.get("template"))
    _check_match(checks, template, selector)
    check_template(checks, template, _TEMPLATE)
    _check_always(checks, mapping(template.get("spec")))


def _check_match(checks: Checks, template: Body, selector: Selector) -> None:
    labels = mapping(mapping(template.get("metadata")).get("labels"))
    if not selector.everything and not selector.matches(_strings(labels)):
        _mismatch(checks, template)


def _mismatch(checks: Checks, template: Body, labels: object = None) -> None:
    path: Path = (*_TEMPLATE, "metadata", "labels")
    stated = labels or mapping(template.get("metadata")).get("labels")
    shown = _with_token(string_map_text(stated, checks.version))
    cause = causes.invalid(field_path(path), shown, MISMATCH)
    checks.add(SELECTOR, path, cause, value=stated, other=_SELECTOR)


def _strings(labels: Body) -> dict[str, str]:
    if None in labels.values():
        return {key: value or "" for key, value in labels.items()}
    return labels  # type: ignore[return-value]


def _check_always(checks: Checks, pods: Body) -> None:
    restart = text(pods.get("restartPolicy"))
    path: Path = (*_TEMPLATE, "spec", "restartPolicy")
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


# Jobs.


def job_labels(
    name: str, labels: Body, version: Version, uid: str = JOB_UID
) -> dict[str, str]:
    """Return the labels of a Job's template with those that the server adds."""
    added = {LEGACY_JOB_LABEL: name, LEGACY_UID_LABEL: uid}
    if version >= _PREFIXED_JOB_LABELS_SINCE:
        added |= {JOB_LABEL: name, UID_LABEL: uid}
    return {**added, **_strings(labels)}


def job_selector(
    selector: Body, version: Version, uid: str = JOB_UID
) -> dict[str, Any]:
    """Return a Job's selector with the label that the server adds."""
    prefixed = version >= _PREFIXED_JOB_LABELS_SINCE
    key = UID_LABEL if prefixed else LEGACY_UID_LABEL
    labels = {key: uid, **_strings(mapping(selector.get("matchLabels")))}
    return {**selector, "matchLabels": labels}


def _with_token(text_: str) -> str:
    """Return a message text with the token in place of the sample."""
    return text_.replace(_SAMPLE_UID, JOB_UID)


def check_job(checks: Checks, body: Body) -> None:
    """Check a Job: its selector is the server's, unless it is a manual one."""
    check_metadata(checks, body, subdomain_name)
    spec = mapping(body.get("spec"))
    template = mapping(spec.get("template"))
    labels = mapping(mapping(template.get("metadata")).get("labels"))
    version = checks.version
    if spec.get("manualSelector") is True:
        stated = spec.get("selector")
        selector = None if stated is None else mapping(stated)
        pods: dict[str, str] = _strings(labels)
    else:
        name = name_of(body).checked
        selector = job_selector(mapping(spec.get("selector")), version, _SAMPLE_UID)
        pods = job_labels(name, labels, version, _SAMPLE_UID)
        _check_generated(checks, name, selector, pods)
    _check_job_spec(checks, spec, _SPEC)
    if selector is None:
        checks.required(SELECTOR, _SELECTOR)
    else:
        checks.placed(SELECTOR, label_selector_causes(selector, _SELECTOR, version))
    readable = _readable(selector, version)
    if readable is not None and not readable.matches(pods):
        _mismatch(checks, template, pods)


def _check_generated(
    checks: Checks, name: str, selector: Body, pods: dict[str, str]
) -> None:
    """Check that nothing contradicts what the server adds to a Job."""
    uid = _SAMPLE_UID
    expected = {LEGACY_UID_LABEL: uid, LEGACY_JOB_LABEL: name}
    if checks.version >= _PREFIXED_JOB_LABELS_SINCE:
        expected |= {UID_LABEL: uid, JOB_LABEL: name}
    shown = _with_token(string_map_text(pods, checks.version))
    for key, value in expected.items():
        if pods[key] != value:
            path: Path = (*_TEMPLATE, "metadata", "labels", key)
            field = f"{field_path(path[:-1])}[{key}]"
            detail = _with_token(f"must be '{value}'")
            checks.add(SELECTOR, path, causes.invalid(field, shown, detail))
    readable = _readable(selector, checks.version)
    if readable is not None and not readable.matches(expected):
        said = _with_token(selector_text(selector, checks.version))
        cause = causes.invalid("spec.selector", said, "`selector` not auto-generated")
        checks.add(SELECTOR, _SELECTOR, cause)


def check_cron_job(checks: Checks, body: Body) -> None:
    """Check a CronJob: its Jobs get their selectors from the server."""
    check_metadata(checks, body, subdomain_name)
    spec = mapping(body.get("spec"))
    if not spec.get("schedule"):
        checks.required(WORKLOAD, (*_SPEC, "schedule"))
    job = mapping(mapping(spec.get("jobTemplate")).get("spec"))
    _check_job_spec(checks, job, _JOB)
    selector = job.get("selector")
    if selector is not None:
        path = (*_JOB, "selector")
        shown = selector_text(mapping(selector), checks.version)
        detail = "`selector` will be auto-generated"
        checks.add(SELECTOR, path, causes.invalid(field_path(path), shown, detail))
    if job.get("manualSelector") is True:
        path = (*_JOB, "manualSelector")
        cause = causes.not_supported(field_path(path), "true", ("nil", "false"))
        checks.add(SELECTOR, path, cause)
    name = name_of(body).checked
    if size(name) > _LONGEST_CRON_JOB_NAME:
        checks.invalid(
            NAME, ("metadata", "name"), name, ("must be no more than 52 characters",)
        )


def _check_job_spec(checks: Checks, spec: Body, path: Path) -> None:
    for field in (
        "parallelism",
        "completions",
        "activeDeadlineSeconds",
        "backoffLimit",
        "ttlSecondsAfterFinished",
    ):
        if spec.get(field) is not None:
            checks.non_negative(WORKLOAD, (*path, field), number(spec[field]))
    template = mapping(spec.get("template"))
    check_template(checks, template, (*path, "template"))
    restart = text(mapping(template.get("spec")).get("restartPolicy")) or "Always"
    place = (*path, "template", "spec", "restartPolicy")
    if restart == "Always":
        checks.required(WORKLOAD, place, 'valid values: "OnFailure", "Never"')
    elif restart not in {"OnFailure", "Never"}:
        checks.not_supported(WORKLOAD, place, restart, ("OnFailure", "Never"))
