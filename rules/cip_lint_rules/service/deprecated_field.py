"""The rule ``service.deprecated-field``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cip_lint.cluster import Member
from cip_lint.kube.version import Version
from cip_lint.model import Path, Resource, Severity, field_path
from cip_lint.patterns import pattern
from cip_lint.replay import ServiceRow
from cip_lint.rule import Context, Problem, Stage, rule, services
from cip_lint_rules._refusals import type_of
from cip_lint_rules._settings import version_note
from cip_lint_rules.service._deprecations import DEPRECATIONS, Deprecation

_ENDPOINTS_SINCE = Version(1, 33)
_SPELLING = pattern(
    r"spec\.(clusterIPs|externalIPs|loadBalancerIP|loadBalancerSourceRanges)"
    r"(?:\[(\d+)\])?: (.+)"
)
"""A warning of the API server about the spelling of an address."""
_HEIR = pattern(r'(?:use |\((?:should be )?)"([^"]+)"(?: or "([^"]+)")?')
"""What the warning proposes, and the other thing that an ambiguous range can mean."""


_FIELDS = frozenset(row.path[1] for row in DEPRECATIONS if row.path[0] == "spec")


def _subjects(cx: Context) -> Iterable[ServiceRow | Member]:
    """Yield Services that may use anything deprecated, and Endpoints."""
    for row in services(cx):
        body = row.resource.body
        spec, metadata = body.get("spec"), body.get("metadata")
        if (
            row.admission.warnings
            or (isinstance(spec, dict) and not _FIELDS.isdisjoint(spec))
            or (isinstance(metadata, dict) and metadata.get("annotations"))
        ):
            yield row
    yield from cx.cluster.judged("Endpoints")


@rule(
    "service.deprecated-field",
    severity=Severity.INFO,
    on=_subjects,
    stage=Stage.ADVICE,
    since="0.1.0",
    kinds=("Service", "Endpoints"),
)
def deprecated_field(subject: ServiceRow | Member, cx: Context) -> Iterator[Problem]:
    """A field, annotation, kind or spelling on its way out.

    ## Why it matters

    It still works, and a later version of Kubernetes warns of it, refuses it or
    stops reading it. Addresses with leading zeros or in another spelling than
    the standard one are among them: they are refused from 1.36 on.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      trafficDistribution: PreferClose
      ports:
        - port: 80
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      trafficDistribution: PreferSameZone
      ports:
        - port: 80
    ```

    ## References

    - [Deprecation policy](https://kubernetes.io/docs/reference/using-api/deprecation-policy/)
    - [Traffic distribution](https://kubernetes.io/docs/concepts/services-networking/service/#traffic-distribution)
    """
    version = cx.settings.kubernetes_version.value
    if isinstance(subject, Member):
        if subject.resource.api_version == "v1" and version >= _ENDPOINTS_SINCE:
            yield Problem(
                "kind Endpoints is deprecated since 1.33",
                at=subject.resource.label("kind"),
                notes=(version_note(cx),),
                help="write an EndpointSlice with the label kubernetes.io/service-name",
            )
        return
    resource = subject.resource
    for row in DEPRECATIONS:
        if version >= row.since and _is_used(row, resource):
            yield Problem(
                row.says,
                at=(
                    resource.label(*row.path)
                    if row.value
                    else resource.key_label(*row.path)
                ),
                notes=(version_note(cx),),
                help=row.help,
                topic=field_path(row.path),
            )
    for warning in subject.admission.warnings:
        if match := _SPELLING.fullmatch(warning):
            yield from _spelling(resource, match, cx)


def _is_used(row: Deprecation, resource: Resource) -> bool:
    value = resource.get(*row.path)
    if not value or (row.value and value != row.value):
        return False
    if row.types and type_of(resource) not in row.types:
        return False
    return row.headless or not _is_headless(resource)


def _is_headless(resource: Resource) -> bool:
    return (
        type_of(resource) == "ClusterIP" and resource.get("spec", "clusterIP") == "None"
    )


def _spelling(
    resource: Resource, match: re.Match[str], cx: Context
) -> Iterator[Problem]:
    """Yield the problem of a warning about the spelling of an address."""
    field, index, text = match.groups()
    heir = _HEIR.search(text)
    path: Path = ("spec", field) if index is None else ("spec", field, int(index))
    if field == "clusterIPs" and resource.get(*path) is None:
        path = ("spec", "clusterIP")
    if heir is None or resource.get(*path) is None:
        return
    written, proposed, other = resource.get(*path), heir[1], heir[2]
    message = f"{written} is a deprecated spelling of {proposed}"
    if other is not None:
        message = f"{written} names a host in a range, a deprecated spelling"
        proposed = f"{proposed}, or {other} for the one address"
    yield Problem(
        message,
        at=resource.label(*path),
        notes=(f"the API server warns: {match[0]}", version_note(cx)),
        help=f"write {proposed}",
        topic=field_path(path),
    )
