"""Host names that the objects of a set say: in texts, and in fields for names."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from cip_lint.bodies import items, mapping
from cip_lint.cluster.cluster import Cluster
from cip_lint.cluster.literals import Literal, literals
from cip_lint.cluster.spelled_out import hosts_of
from cip_lint.kube.host_names import HostName


def said_hosts(cluster: Cluster) -> Iterator[tuple[Literal, HostName]]:
    """Yield the hosts in the texts of workloads and ConfigMaps, and in fields.

    The fields are ``spec.externalName`` of Services and the ``dnsNames`` of
    Certificates of cert-manager.
    """
    for _, texts in groupby(literals(cluster), key=lambda literal: id(literal.member)):
        yield from hosts_of([one for one in texts if not _is_dashboard(one)])
    for literal in (*_external_names(cluster), *_certified_names(cluster)):
        text = literal.text
        end = len(text)
        yield literal, HostName(0, end, text, "", False, None, end, end, True)


def _is_dashboard(literal: Literal) -> bool:
    """Whether a text is a dashboard of Grafana: it shows names, and calls none."""
    return literal.name.endswith(".json") and '"panels"' in literal.text


def _external_names(cluster: Cluster) -> Iterator[Literal]:
    for member in cluster.judged_services:
        spec = mapping(member.resource.body.get("spec"))
        name = spec.get("externalName")
        if isinstance(name, str) and spec.get("type") == "ExternalName":
            yield Literal(member, ("spec", "externalName"), name, "externalName")


def _certified_names(cluster: Cluster) -> Iterator[Literal]:
    for member in cluster.judged("Certificate", "cert-manager.io"):
        names = mapping(member.resource.body.get("spec")).get("dnsNames")
        for index, name in enumerate(items(names)):
            if isinstance(name, str):
                yield Literal(member, ("spec", "dnsNames", index), name, "dnsNames")
