"""Host names as the DNS of a cluster reads them: ``web.shop.svc.cluster.local``.

Follows the specification ``kubernetes/dns:docs/specification.md`` and the search
list that the kubelet gives to pods: the namespace's domain, that of all Services,
the zone.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache

from cip_lint.kube.grammar import dns1123_label
from cip_lint.records import NamedTuple

_SVC = "svc"
_POD = "pod"
"""Stands where ``svc`` does in the names of pods by their addresses."""
_PROTOCOLS = ("_tcp", "_udp", "_sctp")
_ASSUMED_ZONE = "cluster.local"


class Form(Enum):
    """How much of its full name a Service is called by."""

    SHORT = "web"
    WITH_NAMESPACE = "web.shop"
    SVC = "web.shop.svc"
    FULL = "web.shop.svc.cluster.local"
    NO_SVC = "web.shop.cluster.local"
    """Is no name of a Service: the label ``svc`` is missing."""
    OTHER_ZONE = "web.shop.svc.other.zone"
    """Is no name of this cluster, as far as its zone is known."""


class ServiceName(NamedTuple):
    """A host name read as that of a Service, or of an endpoint of it."""

    form: Form
    service: str
    namespace: str | None
    """As written; None where the search list decides."""
    pod: str = ""
    """The label of the endpoint before the Service; mostly the name of a pod."""
    zone: str = ""
    """As written, without final dot."""


@lru_cache(maxsize=4096)
def service_names(host: str, zone: str) -> tuple[ServiceName, ...]:
    """Return what a host may be in a cluster, in the order in which DNS is asked.

    Nothing for what can be no Service. ``zone`` is that of the cluster. An SRV name
    stands for its Service. Many call the same few, so the last ones are remembered.
    """
    lowered = host.lower()
    labels = lowered.removesuffix(".").split(".")
    if labels[0].startswith("_") and labels[1:2] and labels[1] in _PROTOCOLS:
        labels = labels[2:] or [""]
    if _SVC in labels[2:4]:
        found = _with_svc(labels, labels.index(_SVC, 2), zone)
    else:
        found = _without_svc(labels, zone)
    if lowered.endswith("."):
        found = tuple(one for one in found if one.zone)
    return tuple(filter(_is_well_formed, found))


def _with_svc(labels: list[str], at: int, zone: str) -> tuple[ServiceName, ...]:
    pod = labels[0] if at > 2 else ""
    service, namespace = labels[at - 2 : at]
    written = ".".join(labels[at + 1 :])
    form = Form.SVC
    if written:
        form = Form.FULL if written == zone.lower() else Form.OTHER_ZONE
    return (ServiceName(form, service, namespace, pod, written),)


def _without_svc(labels: list[str], zone: str) -> tuple[ServiceName, ...]:
    for one in dict.fromkeys((zone.lower(), _ASSUMED_ZONE)):
        parts = one.split(".")
        if labels[2:] == parts:
            return (ServiceName(Form.NO_SVC, labels[0], labels[1], zone=one),)
        if labels[3:] == parts and labels[2] != _POD:
            pod, service, namespace = labels[:3]
            return (ServiceName(Form.NO_SVC, service, namespace, pod, one),)
        if labels[-len(parts) :] == parts:
            return ()
    if len(labels) == 1:
        return (ServiceName(Form.SHORT, labels[0], None),)
    if len(labels) == 2:
        return (
            ServiceName(Form.SHORT, labels[1], None, labels[0]),
            ServiceName(Form.WITH_NAMESPACE, *labels),
        )
    if len(labels) == 3:
        return (ServiceName(Form.WITH_NAMESPACE, labels[1], labels[2], labels[0]),)
    return ()


def _is_well_formed(name: ServiceName) -> bool:
    service, namespace, pod = name.service, name.namespace, name.pod
    return not (
        service.isdigit()
        or dns1123_label(service)
        or (namespace is not None and dns1123_label(namespace))
        or (pod and dns1123_label(pod))
    )
