"""Host names that the objects of a set say: in texts, and in fields for names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from cip_lint.bodies import items, mapping
from cip_lint.cluster.cluster import Cluster
from cip_lint.cluster.literals import (
    Literal,
    hold_variables,
    of_config_map,
    of_workload,
)
from cip_lint.kube.annotated_hosts import annotated_hosts

if TYPE_CHECKING:
    from cip_lint.kube.host_names import HostName

_SIGNS = (":", "//", ".svc", "-h", "nc ", "netcat ", "telnet ", "nslookup ", "$(")
"""What a text holds that names a host, or a variable that may, unless a key says so."""
_KEYS = ("host", "addr", "server", "endpoint", "url", "uri")
_SHORT = 256
_may_name = re.compile(
    "|".join(map(re.escape, (*_SIGNS, *_KEYS))), re.ASCII | re.IGNORECASE
).search
"""Finds either in a short text; in long ones words are found faster one by one."""


def said_hosts(cluster: Cluster) -> Iterator[tuple[Literal, HostName]]:
    """Yield the hosts in the texts of workloads and ConfigMaps, and in fields.

    The fields are ``spec.externalName`` of Services and the ``dnsNames`` of
    Certificates of cert-manager. Of Ingresses, annotations that controllers read.
    """
    found = _texts(cluster)
    first = next(found, None)
    if first is not None:
        from cip_lint.cluster.spelled_out import hosts_of  # noqa: PLC0415 - if needed

        for texts in chain((first,), found):
            yield from hosts_of(texts)
    for literal in (*_external_names(cluster), *_certified_names(cluster)):
        from cip_lint.kube.host_names import HostName  # noqa: PLC0415 - if needed

        text = literal.text
        end = len(text)
        yield literal, HostName(0, end, text, "", False, None, end, end, True)


def _texts(cluster: Cluster) -> Iterator[list[Literal]]:
    """Yield the texts of each object that may name hosts, where there are any."""
    for member in cluster.judged_workloads:
        texts = [*of_workload(member, _may_name_hosts)]
        if texts and hold_variables(texts):
            texts = [*of_workload(member)]  # for the values of variables
        if texts := _without_dashboards(texts):
            yield texts
    for config in cluster.judged("ConfigMap"):
        if texts := _without_dashboards(of_config_map(config, _may_name_hosts)):
            yield texts
    if texts := _without_dashboards(_annotations(cluster)):
        yield texts


def _without_dashboards(literals: Iterable[Literal]) -> list[Literal]:
    return [literal for literal in literals if not _is_dashboard(literal)]


def _may_name_hosts(text: str, name: str) -> bool:
    """Whether a look at a text, or at what it is called, does not rule hosts out."""
    if _is_called_so(name):
        return True
    if text.isalnum():
        return False
    if len(text) <= _SHORT:
        return _may_name(text) is not None
    if any(sign in text for sign in _SIGNS):
        return True
    lowered = text.lower()
    return any(key in lowered for key in _KEYS)


@lru_cache(maxsize=4096)
def _is_called_so(name: str) -> bool:
    """Whether the name of a text may say that it is a host."""
    lowered = name.lower()
    return name == "-h" or any(key in lowered for key in _KEYS)


def _is_dashboard(literal: Literal) -> bool:
    """Whether a text is a dashboard of Grafana: it shows names, and calls none.

    A file by its name, any other text by the version that each dashboard has.
    """
    return '"panels"' in literal.text and (
        literal.name.endswith(".json") or '"schemaVersion"' in literal.text
    )


def _annotations(cluster: Cluster) -> Iterator[Literal]:
    for member in cluster.judged("Ingress"):
        for key, value in annotated_hosts(member.resource.body):
            name = key.rpartition("/")[2]
            if _may_name_hosts(value, name):
                path = ("metadata", "annotations", key)
                yield Literal(member, path, value, name)


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
