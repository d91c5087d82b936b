"""ServiceMonitors: which Services they select, by the labels of the Services themselves.

Follows ``prometheus-operator/prometheus-operator:pkg/prometheus/promcfg.go``: a
monitor looks in its own namespace, in those that it names, or in all.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from cip_lint.bodies import mapping, strings, texts
from cip_lint.cluster.cluster import Cluster
from cip_lint.cluster.members import Member, ServiceMember
from cip_lint.kube.selectors import Selector, SelectorError, from_label_selector
from cip_lint.model import Resource
from cip_lint.records import NamedTuple

_GROUPS = ("monitoring.coreos.com", "azmonitoring.coreos.com")

_Label = tuple[str, str]


class Monitor(NamedTuple):
    """A ServiceMonitor, and where it looks for Services with which labels."""

    member: Member
    selector: Selector
    namespaces: tuple[str, ...] | None
    """Those that it names; empty: its own; None: every one."""

    @property
    def resource(self) -> Resource:
        """The ServiceMonitor as it was written."""
        return self.member.resource


class Monitors:
    """The ServiceMonitors of a cluster, and the Services that each selects."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    @cached_property
    def all(self) -> tuple[Monitor, ...]:
        """Those that may be judged and whose selector can be read, in order."""
        found = []
        for group in _GROUPS:
            for member in self._cluster.judged("ServiceMonitor", group):
                selector = self._selector(member)
                if selector is not None:
                    found.append(Monitor(member, selector, _namespaces(member)))
        return tuple(found)

    def _selector(self, member: Member) -> Selector | None:
        path = ("spec", "selector")
        if self._cluster.unresolved(member, ("spec",)):
            return None
        try:
            return from_label_selector(member.resource.get(*path, default={}))
        except SelectorError:
            return None

    def services_of(self, monitor: Monitor) -> tuple[ServiceMember, ...]:
        """Return the Services of the set that a monitor selects, in order."""
        return tuple(
            service
            for service in self._candidates(monitor.selector)
            if self.looks_at(monitor, service)
            and monitor.selector.matches(labels_of(service))
        )

    def looks_at(self, monitor: Monitor, service: ServiceMember) -> bool:
        """Whether a Service is in a namespace in which a monitor looks for some."""
        cluster, member = self._cluster, monitor.member
        if monitor.namespaces is None:
            return cluster.can_meet(member, service)
        if not monitor.namespaces:
            return cluster.may_mean(member, service)
        return any(cluster.may_mean(member, service, n) for n in monitor.namespaces)

    def _candidates(self, selector: Selector) -> Iterable[ServiceMember]:
        """Return the fewest Services among which all that fit are."""
        asked = [
            self._by_label.get((one.key, one.values[0]), ())
            for one in selector.requirements
            if one.operator == "=" and one.values
        ]
        return min(asked, key=len, default=self._cluster.judged_services)

    @cached_property
    def _by_label(self) -> dict[_Label, list[ServiceMember]]:
        found: dict[_Label, list[ServiceMember]] = {}
        for service in self._cluster.judged_services:
            for label in labels_of(service).items():
                found.setdefault(label, []).append(service)
        return found


def labels_of(service: ServiceMember) -> dict[str, str]:
    """Return the labels of a Service itself; those it selects by are others."""
    return strings(service.resource.get("metadata", "labels"))


def _namespaces(member: Member) -> tuple[str, ...] | None:
    stated = mapping(member.resource.get("spec", "namespaceSelector"))
    if stated.get("any") is True:
        return None
    return tuple(texts(stated.get("matchNames")))
