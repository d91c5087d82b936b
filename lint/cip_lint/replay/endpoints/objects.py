"""EndpointSlices and Endpoints as values, and how hand-made ones are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cip_lint.bodies import integer, items, mapping, mappings, strings, text
from cip_lint.records import NamedTuple


class SlicePort(NamedTuple):
    """A port of an EndpointSlice or of Endpoints; an unnamed one is ``""``."""

    name: str
    protocol: str
    port: int | None
    app_protocol: str | None = None

    @property
    def number(self) -> str:
        """``8080``, or ``53/UDP`` where it is not TCP."""
        return (
            str(self.port) if self.protocol == "TCP" else f"{self.port}/{self.protocol}"
        )


class Endpoint(NamedTuple):
    """An endpoint of a slice; a condition that is not stated is None."""

    addresses: tuple[str, ...]
    ready: bool | None = None
    serving: bool | None = None
    terminating: bool | None = None
    hostname: str = ""
    node: str = ""
    zone: str = ""
    pod: str = ""
    """The name of the pod it stands for; empty for others."""
    for_zones: tuple[str, ...] = ()
    for_nodes: tuple[str, ...] = ()


class Slice(NamedTuple):
    """An EndpointSlice; one that a controller makes has no name here."""

    address_type: str
    ports: tuple[SlicePort, ...]
    labels: Mapping[str, str]
    endpoints: tuple[Endpoint, ...]
    name: str = ""


class LegacyAddress(NamedTuple):
    """An address of Endpoints."""

    ip: str
    hostname: str = ""
    node: str = ""
    pod: str = ""


class Subset(NamedTuple):
    """Addresses of Endpoints that share their ports."""

    addresses: tuple[LegacyAddress, ...]
    not_ready: tuple[LegacyAddress, ...]
    ports: tuple[SlicePort, ...]


class LegacyEndpoints(NamedTuple):
    """The object ``Endpoints`` of a Service."""

    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    subsets: tuple[Subset, ...]


def read_slice(manifest: Mapping[str, Any]) -> Slice:
    """Return an EndpointSlice as it was written, with the defaults of the API."""
    metadata = mapping(manifest.get("metadata"))
    return Slice(
        text(manifest.get("addressType")),
        tuple(map(_read_port, mappings(manifest.get("ports")))),
        strings(metadata.get("labels")),
        tuple(map(_read_endpoint, mappings(manifest.get("endpoints")))),
        text(metadata.get("name")),
    )


def _read_endpoint(value: Mapping[str, Any]) -> Endpoint:
    conditions = mapping(value.get("conditions"))
    hints = mapping(value.get("hints"))
    return Endpoint(
        tuple(map(text, items(value.get("addresses")))),
        _condition(conditions, "ready"),
        _condition(conditions, "serving"),
        _condition(conditions, "terminating"),
        text(value.get("hostname")),
        text(value.get("nodeName")),
        text(value.get("zone")),
        _pod_of(value),
        tuple(text(one.get("name")) for one in mappings(hints.get("forZones"))),
        tuple(text(one.get("name")) for one in mappings(hints.get("forNodes"))),
    )


def _condition(conditions: Mapping[str, Any], name: str) -> bool | None:
    value = conditions.get(name)
    return value if isinstance(value, bool) else None


def read_endpoints(manifest: Mapping[str, Any]) -> LegacyEndpoints:
    """Return Endpoints as they were written, with the defaults of the API."""
    metadata = mapping(manifest.get("metadata"))
    return LegacyEndpoints(
        strings(metadata.get("labels")),
        strings(metadata.get("annotations")),
        tuple(map(_read_subset, mappings(manifest.get("subsets")))),
    )


def _read_subset(value: Mapping[str, Any]) -> Subset:
    return Subset(
        tuple(map(_read_address, mappings(value.get("addresses")))),
        tuple(map(_read_address, mappings(value.get("notReadyAddresses")))),
        tuple(map(_read_port, mappings(value.get("ports")))),
    )


def _read_address(value: Mapping[str, Any]) -> LegacyAddress:
    return LegacyAddress(
        text(value.get("ip")),
        text(value.get("hostname")),
        text(value.get("nodeName")),
        _pod_of(value),
    )


def _read_port(value: Mapping[str, Any]) -> SlicePort:
    return SlicePort(
        text(value.get("name")),
        text(value.get("protocol")) or "TCP",
        integer(value.get("port")),
        text(value.get("appProtocol")) or None,
    )


def _pod_of(value: Mapping[str, Any]) -> str:
    target = mapping(value.get("targetRef"))
    return text(target.get("name")) if target.get("kind") == "Pod" else ""
