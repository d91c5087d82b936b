"""What an API server keeps beside Services, above all the objects of its allocators.

ServiceCIDRs and IPAddresses decide which addresses there are; of all other kinds
only the names are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cip_lint.bodies import mapping, texts
from cip_lint.kube.addresses import parse_ip
from cip_lint.kube.admission import admit
from cip_lint.kube.allocator_objects import change_allocator_object
from cip_lint.kube.facts import ClusterFacts
from cip_lint.kube.faults import Admission
from cip_lint.replay.allocation.cluster_addresses import AddressAllocators
from cip_lint.replay.allocation.kept_objects import (
    Key,
    already_exists,
    body_of_cidr,
    body_of_ip_address,
    not_found,
)
from cip_lint.replay.allocation.service_ranges import ServiceRanges

_NETWORKING = "networking.k8s.io/v1"
_RANGE, _ADDRESS = "ServiceCIDR", "IPAddress"


class OtherObjects:
    """The objects of a cluster that are no Services.

    ``owners`` says which Service has which canonical address: the allocators make
    an IPAddress for each.
    """

    def __init__(
        self,
        facts: ClusterFacts,
        addresses: AddressAllocators,
        ranges: ServiceRanges,
        owners: dict[str, Key],
        validation: str,
    ) -> None:
        self._facts = facts
        self._addresses = addresses
        self._ranges = ranges
        self._owners = owners
        self._validation = validation
        self._kept: dict[tuple[str, str, str], Mapping[str, Any]] = {}

    def create(
        self, manifest: Mapping[str, Any], key: Key, now: float, *, dry_run: bool
    ) -> Admission:
        """Return the answer to a new object, and keep it."""
        answer = admit(
            manifest,
            self._facts,
            store=True,
            validation=self._validation,
            in_order=True,
        )
        if answer is None:
            answer = Admission(201, stored=manifest)
        if answer.refused:
            return answer
        api_version, kind = str(manifest["apiVersion"]), str(manifest["kind"])
        if self._exists(kind, key):
            return already_exists(api_version, kind, key[1], answer.warnings)
        if not dry_run and answer.stored is not None:
            self._keep(kind, key, answer.stored, now)
        return answer

    def _exists(self, kind: str, key: Key) -> bool:
        if kind == _RANGE:
            return key[1] in self._ranges
        address = parse_ip(key[1]) if kind == _ADDRESS else None
        if address is not None:
            return self._addresses.holds(address)
        return (kind, *key) in self._kept

    def _keep(self, kind: str, key: Key, stored: Mapping[str, Any], now: float) -> None:
        namespace, name = key
        if kind == _RANGE:
            self._ranges.create(name, _cidrs(stored), now)
            return
        address = parse_ip(name) if kind == _ADDRESS else None
        if address is not None:
            self._addresses.hold_object(address)
            namespace = ""
        self._kept[kind, namespace, name] = stored

    def change(
        self, manifest: Mapping[str, Any], kind: str, name: str, now: float
    ) -> Admission:
        """Return the answer to a whole ServiceCIDR or IPAddress sent to change one."""
        stored = self._stored(kind, name, now)
        if stored is None:
            return not_found(str(manifest.get("apiVersion")), kind, name)
        answer = change_allocator_object(
            stored, manifest, self._facts, validation=self._validation, in_order=True
        )
        if answer.stored is not None and kind == _RANGE:
            self._ranges.extend(name, _cidrs(answer.stored))
        return answer

    def delete(self, kind: str, name: str, now: float) -> Admission:
        """Return the answer to the deletion of a ServiceCIDR or an IPAddress.

        The address of an IPAddress is free at once, whoever has it.
        """
        if self._stored(kind, name, now) is None:
            return not_found(_NETWORKING, kind, name)
        if kind == _RANGE:
            self._ranges.delete(name, now)
            return Admission(200)
        self._kept.pop((kind, "", name), None)
        self._owners.pop(name, None)
        address = parse_ip(name)
        if address is not None:
            self._addresses.release_object(address)
        return Admission(200)

    def get(self, kind: str, name: str, now: float) -> Admission:
        """Return the answer to a GET of a ServiceCIDR or an IPAddress."""
        stored = self._stored(kind, name, now)
        if stored is None:
            return not_found(_NETWORKING, kind, name)
        return Admission(200, stored=stored)

    def _stored(self, kind: str, name: str, now: float) -> Mapping[str, Any] | None:
        if kind == _RANGE:
            known = name in self._ranges
            return body_of_cidr(self._ranges, name, now) if known else None
        made = self._kept.get((kind, "", name))
        if made is not None or kind != _ADDRESS or name not in self._owners:
            return made
        return body_of_ip_address(name, self._owners[name])


def _cidrs(stored: Mapping[str, Any]) -> list[str]:
    return texts(mapping(stored.get("spec")).get("cidrs"))
