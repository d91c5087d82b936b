"""Host names that the objects of a set say: in texts, and in fields for names."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, groupby
from typing import TYPE_CHECKING

from cip_lint.bodies import items, mapping
from cip_lint.cluster.cluster import Cluster
from cip_lint.cluster.literals import Literal, literals
from cip_lint.kube.annotated_hosts import annotated_hosts

if TYPE_CHECKING:
    from cip_lint.kube.host_names import HostName

_SIGNS = (":", "//", ".svc", " -h ", "nc ", "telnet ", "nslookup ")
"""What a text holds that names a host, unless a key says so."""
_KEYS = ("host", "addr", "server", "endpoint", "url", "uri")


def said_hosts(cluster: Cluster) -> Iterator[tuple[Literal, HostName]]:
    """Yield the hosts in the texts of workloads and ConfigMaps, and in fields.

    The fields are ``spec.externalName`` of Services and the ``dnsNames`` of
    Certificates of cert-manager. Of Ingresses, annotations that controllers read.
    """
    texts_of_all = chain(literals(cluster), _annotations(cluster))
    for _, found in groupby(texts_of_all, key=lambda literal: id(literal.member)):
        texts = [literal for literal in found if not _is_dashboard(literal)]
        if any(map(_may_name_hosts, texts)):
            from cip_lint.cluster.spelled_out import hosts_of  # noqa: PLC0415

            yield from hosts_of(texts)
    for literal in (*_external_names(cluster), *_certified_names(cluster)):
        from cip_lint.kube.host_names import HostName  # noqa: PLC0415 - if needed

        text = literal.text
        end = len(text)
        yield literal, HostName(0, end, text, "", False, None, end, end, True)


def _may_name_hosts(literal: Literal) -> bool:
    """Whether a look at a text, or at what it is called, does not rule hosts out."""
    text, name = literal.text, literal.name
    if any(sign in text for sign in _SIGNS) or name == "-h":
        return True
    lowered = (name + text).lower()
    return any(key in lowered for key in _KEYS)


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
            yield Literal(member, ("metadata", "annotations", key), value, name)


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
