"""What the API server refuses in Jobs and CronJobs, and what it adds to a Job.

Follows ``pkg/apis/batch/validation`` and, for the labels and the selector of a Job,
``pkg/registry/batch/job/strategy.go``, in order. Schedules are not looked at.
"""

from __future__ import annotations

from typing import Any

from cip_lint.bodies import Body, mapping, strings, text
from cip_lint.kube import faults as causes
from cip_lint.kube.checks import (
    NAME,
    Checks,
    check_metadata,
    name_of,
    number,
    string_map_text,
    subdomain_name,
)
from cip_lint.kube.faults import Drawn
from cip_lint.kube.grammar import size
from cip_lint.kube.pod_checks import check_template
from cip_lint.kube.selector_checks import label_selector_causes
from cip_lint.kube.version import Version
from cip_lint.kube.well_known import (
    BARE_JOB_NAME,
    BARE_JOB_UID,
    JOB_NAME,
    JOB_UID,
    PREFIXED_JOB_LABELS_SINCE,
)
from cip_lint.kube.workload_checks import (
    SELECTOR,
    SELECTOR_PATH,
    SPEC_PATH,
    TEMPLATE_PATH,
    WORKLOAD,
    mismatch,
    readable,
    selector_text,
)
from cip_lint.model import Path, field_path

_DRAWN_UID = Drawn("<uid>")
"""The UID that the server draws for a Job, in the labels that it adds."""
_SAMPLE_UID = "00000000-0000-4000-8000-000000000000"

_LONGEST_CRON_JOB_NAME = 52
_JOB: Path = ("spec", "jobTemplate", "spec")


def job_labels(
    name: str, labels: Body, version: Version, uid: str = _DRAWN_UID
) -> dict[str, str]:
    """Return the labels of a Job's template with those that the server adds."""
    added = {BARE_JOB_NAME: name, BARE_JOB_UID: uid}
    if version >= PREFIXED_JOB_LABELS_SINCE:
        added |= {JOB_NAME: name, JOB_UID: uid}
    return {**added, **strings(labels)}


def job_selector(
    selector: Body, version: Version, uid: str = _DRAWN_UID
) -> dict[str, Any]:
    """Return a Job's selector with the label that the server adds."""
    prefixed = version >= PREFIXED_JOB_LABELS_SINCE
    key = JOB_UID if prefixed else BARE_JOB_UID
    labels = {key: uid, **strings(mapping(selector.get("matchLabels")))}
    return {**selector, "matchLabels": labels}


def _with_token(text_: str) -> str:
    """Return a message text with the token in place of the sample."""
    return text_.replace(_SAMPLE_UID, _DRAWN_UID)


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
        pods: dict[str, str] = strings(labels)
    else:
        name = name_of(body).checked
        selector = job_selector(mapping(spec.get("selector")), version, _SAMPLE_UID)
        pods = job_labels(name, labels, version, _SAMPLE_UID)
        _check_generated(checks, name, selector, pods)
    _check_job_spec(checks, spec, SPEC_PATH)
    if selector is None:
        checks.required(SELECTOR, SELECTOR_PATH)
    else:
        checks.placed(SELECTOR, label_selector_causes(selector, SELECTOR_PATH, version))
    known = readable(selector, version)
    if known is not None and not known.matches(pods):
        stated = pods or mapping(template.get("metadata")).get("labels")
        mismatch(checks, stated, _with_token(string_map_text(stated, version)))


def _check_generated(
    checks: Checks, name: str, selector: Body, pods: dict[str, str]
) -> None:
    """Check that nothing contradicts what the server adds to a Job."""
    uid = _SAMPLE_UID
    expected = {BARE_JOB_UID: uid, BARE_JOB_NAME: name}
    if checks.version >= PREFIXED_JOB_LABELS_SINCE:
        expected |= {JOB_UID: uid, JOB_NAME: name}
    shown = _with_token(string_map_text(pods, checks.version))
    for key, value in expected.items():
        if pods[key] != value:
            path: Path = (*TEMPLATE_PATH, "metadata", "labels", key)
            field = f"{field_path(path[:-1])}[{key}]"
            detail = _with_token(f"must be '{value}'")
            checks.add(SELECTOR, path, causes.invalid(field, shown, detail))
    known = readable(selector, checks.version)
    if known is not None and not known.matches(expected):
        said = _with_token(selector_text(selector, checks.version))
        cause = causes.invalid("spec.selector", said, "`selector` not auto-generated")
        checks.add(SELECTOR, SELECTOR_PATH, cause)


def check_cron_job(checks: Checks, body: Body) -> None:
    """Check a CronJob: its Jobs get their selectors from the server."""
    check_metadata(checks, body, subdomain_name)
    spec = mapping(body.get("spec"))
    if not spec.get("schedule"):
        checks.required(WORKLOAD, (*SPEC_PATH, "schedule"))
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
