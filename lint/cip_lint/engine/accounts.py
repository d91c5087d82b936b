"""The numbers and settings of a run, as the report carries them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cip_lint.cluster import Cluster, ClusterSettings, Setting
from cip_lint.kube.version import Version
from cip_lint.manifests import (
    NOT_OPENED,
    REASONS,
    TOO_LARGE,
    UNREADABLE,
    Reading,
)
from cip_lint.model import (
    BaseReport,
    ClusterReport,
    Finding,
    Severity,
    Summary,
    UnitReport,
    Unread,
)
from cip_lint.replay.ranges import own_cidrs

_UNREAD = frozenset({UNREADABLE, NOT_OPENED, TOO_LARGE})
"""Why a whole file is not read although it may be a manifest."""

_NAMES = {
    "serviceCIDRs": "service_cidrs",
    "families": "families",
    "nodePortRange": "node_port_range",
    "clusterDomain": "cluster_domain",
    "kubernetesVersion": "kubernetes_version",
    "distribution": "distribution",
    "dnsAddress": "dns_address",
    "engine": "engine",
    "namespace": "namespace",
    "complete": "complete",
    "snapshot": "snapshot",
}
"""Key of the settings file -> attribute of ``ClusterSettings``.

No file states ``dnsAddress``: it follows from the distribution, or from what lives.
"""


def cluster(one: Cluster) -> ClusterReport:
    """Return what the report says of a cluster."""
    units = tuple(UnitReport(u.root or ".", u.engine, u.why) for u in one.units)
    base = None
    if one.base is not None:
        base = BaseReport(one.base.words, one.base.revision, one.base.live)
    known = one.settings._replace(service_cidrs=own_cidrs(one))
    return ClusterReport(one.name, settings(known), units, base)


def settings(of: ClusterSettings) -> Mapping[str, tuple[Any, str]]:
    """Return the settings of a cluster as printable values with their origins."""
    return {key: _printable(getattr(of, name)) for key, name in _NAMES.items()}


def _printable(setting: Setting[Any]) -> tuple[Any, str]:
    value = setting.value
    if isinstance(value, Version):
        value = str(value)
    elif isinstance(value, tuple):
        numbers = all(isinstance(item, int) for item in value)
        value = "-".join(map(str, value)) if value and numbers else list(value)
    return value, str(setting.origin)


def summary(
    reading: Reading,
    clusters: Sequence[Cluster],
    findings: Sequence[Finding],
    suppressed: int,
) -> Summary:
    """Return the numbers of a run."""
    severities = Counter(finding.severity for finding in findings)
    services = {id(member.resource) for one in clusters for member in one.services}
    return Summary(
        files=sum(1 for account in reading.files if account.documents),
        documents=reading.documents,
        objects=len(reading.resources),
        services=len(services),
        error=severities[Severity.ERROR],
        warning=severities[Severity.WARNING],
        info=severities[Severity.INFO],
        suppressed=suppressed,
    )


def unread(reading: Reading) -> tuple[Unread, ...]:
    """Return the files and documents that could not be read."""
    return tuple(_unread(reading))


def _unread(reading: Reading) -> Iterator[Unread]:
    seen = set()
    for loss in reading.losses:
        if loss.severity is Severity.ERROR:
            seen.add(loss.path)
            yield Unread(loss.path, loss.label.span.first.line, loss.message)
    for account in reading.files:
        if account.reason in _UNREAD and account.path not in seen:
            yield Unread(account.path, 0, account.reason)


def errors(reading: Reading) -> tuple[str, ...]:
    """Return the files and folders that could not be opened: the job is not done."""
    return tuple(
        f"{account.path}: {REASONS[NOT_OPENED]}"
        for account in reading.files
        if account.reason == NOT_OPENED
    )


def skipped(reading: Reading) -> Mapping[str, int]:
    """Return how many documents and files were not checked, by reason."""
    return reading.skipped
