"""Why a name leads nowhere, or cannot be known to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cip_lint.bodies import ABSENT
from cip_lint.kube.resolv_conf import asks_cluster_dns
from cip_lint.replay.dns.named_services import ADDRESS_LABEL, has_known_endpoints
from cip_lint.replay.tracing.absent import Evidence, Missing, missing_service
from cip_lint.replay.tracing.hops import Detail, Hop, State, Step, at
from cip_lint.replay.tracing.pods import why_nobody
from cip_lint.replay.tracing.service import refusal

if TYPE_CHECKING:
    from cip_lint.cluster import WorkloadMember
    from cip_lint.kube.resolv_conf import ResolverConfig
    from cip_lint.replay.dns.lookups import Lookup
    from cip_lint.replay.rows import ServiceRow
    from cip_lint.replay.table import ServiceTable
    from cip_lint.replay.tracing.meanings import Meanings, Meant

_LABELS_SHOWN = 3


class Unnamed:
    """Names that the pods of one workload do not find."""

    def __init__(
        self, table: ServiceTable, member: WorkloadMember, meanings: Meanings
    ) -> None:
        self._table = table
        self._member = member
        self._meanings = meanings

    def hop(
        self, lookup: Lookup, config: ResolverConfig, details: tuple[Detail, ...]
    ) -> Hop:
        """Return what becomes of a host without an answer."""
        if not lookup.steps:
            words = f"{lookup.host} can be no name: a part of it is empty or too long"
            return Hop(Step.NAME, State.BROKEN, words)
        if self._table.lookups.asks_cluster(config):
            return self._missing(lookup, details)
        return self._elsewhere(lookup.host, config, details)

    def _elsewhere(
        self, host: str, config: ResolverConfig, details: tuple[Detail, ...]
    ) -> Hop:
        """Return what becomes of a name that the cluster's DNS is not asked for."""
        member, lookups = self._member, self._table.lookups
        workload = member.workload
        usual = lookups.resolver(member, ABSENT)
        inside = lookups.look_up(host, member, usual)
        meant = None
        if inside.canonical and inside.steps:
            meant = self._meanings.of_name(inside.steps[-1].name)
        servers = " and ".join(config.nameservers) or "the DNS of its node"
        if meant is None:
            words = f"the pod asks {servers}: what that answers is not in the files"
            return Hop(Step.NAME, State.UNKNOWN, words, None, details)
        field = "dnsPolicy" if "dnsPolicy" in workload.pod_spec else "hostNetwork"
        place = at(member, *workload.spec_path, field)
        said = f"{host} is {meant} in the DNS of the cluster"
        if asks_cluster_dns(workload.pod_spec) or config.nameservers:
            words = f"{said}, but the pod asks {servers}"
            return Hop(Step.NAME, State.UNKNOWN, words, place, details)
        words = f"{said}, which the pod does not ask"
        return Hop(Step.NAME, State.BROKEN, words, place, details)

    def _missing(self, lookup: Lookup, details: tuple[Detail, ...]) -> Hop:
        """Return why the cluster's DNS has no address for a name."""
        intended = self._meanings.of_host(lookup.host)
        for meant in (
            intended,
            *(self._meanings.of_name(step.name) for step in lookup.steps),
        ):
            if meant is None or (meant.endpoint and meant != intended):
                continue
            row = self._table.lookups.row(meant.namespace, meant.name, self._member)
            if row is not None:
                return self._silent(row, meant, details)
        malformed = self._meanings.without_svc(lookup.host)
        if malformed is not None:
            name = self._meanings.full_name(malformed.namespace, malformed.name)
            words = f"{lookup.host} lacks the label svc; {malformed} is {name}"
            return Hop(Step.NAME, State.BROKEN, words, None, details)
        if intended is None:
            words = f"{lookup.host} is a name outside of the cluster, not known here"
            return Hop(Step.NAME, State.UNKNOWN, words, None, details)
        evidence = Evidence.ANY_HOST
        if self._meanings.is_explicit(lookup.host):
            evidence = Evidence.HOST_OF_A_SERVICE
        missing = Missing(self._table, self._member, intended, evidence)
        return missing_service(missing, details)

    def _silent(
        self, row: ServiceRow, meant: Meant, details: tuple[Detail, ...]
    ) -> Hop:
        """Return why a Service that is in the set has no record of a name."""
        refused = refusal(self._table, row)
        if refused is not None:
            return refused._replace(step=Step.NAME, details=details)
        if row.reason:
            words = f"it would be {row.display}, but {row.reason}"
            return Hop(Step.NAME, State.UNKNOWN, words, at(row.member), details)
        service = row.service
        if service.type == "ExternalName":
            words = (
                f"{row.display} is another name for {service.external_name}, for which "
                "DNS has no answer"
            )
            place = at(row.member, "spec", "externalName")
            return Hop(Step.NAME, State.BROKEN, words, place, details)
        if meant.endpoint:
            return self._without_endpoint(row, meant, details)
        why = why_nobody(self._table, row)
        words = f"{row.display} is headless and has no endpoint: {why.words}"
        return Hop(Step.NAME, why.state, words, why.place, (*details, *why.details))

    def _without_endpoint(
        self, row: ServiceRow, meant: Meant, details: tuple[Detail, ...]
    ) -> Hop:
        """Return why no endpoint of a Service has a name of its own."""
        table, ref = self._table, row.ref
        words = f"no endpoint of {row.display} is called {meant.endpoint}"
        scaled = any(
            given.replicas is None
            or table.cluster.is_governed_elsewhere(given.workload)
            for given in row.endpoints
        )
        place = at(row.member)
        if scaled or not has_known_endpoints(row):
            words += " as far as the files say"
            return Hop(Step.NAME, State.UNKNOWN, words, place, details)
        named = table.lookups.service(ref.namespace, ref.name, self._member)
        labels = [] if named is None else [one.label for one in named.endpoints]
        known = [one for one in dict.fromkeys(labels) if one != ADDRESS_LABEL]
        if known:
            more = ", ..." if len(known) > _LABELS_SHOWN else ""
            words += f"; there are {', '.join(known[:_LABELS_SHOWN])}{more}"
        else:
            words += "; its pods have no names of their own"
        return Hop(Step.NAME, State.BROKEN, words, place, details)
