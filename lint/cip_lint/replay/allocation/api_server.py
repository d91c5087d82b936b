"""One API server over many requests: what each is answered, and what it leaves.

The answers to single objects are those of ``kube``. Here is what connects them:
names that exist, addresses and node ports that are held, and what is freed when.
Follows ``Store.Create`` of ``apiserver/pkg/registry/generic`` and
``pkg/registry/core/service/storage``. Pure: time passes when it is told to, and
randomness is an argument.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from cip_lint.bodies import mapping, text, texts
from cip_lint.kube.addresses import Address, parse_ip
from cip_lint.kube.facts import ClusterFacts
from cip_lint.kube.faults import Admission
from cip_lint.kube.pools import DEFAULT_NODE_PORT_RANGE
from cip_lint.kube.service_admission import admit_service
from cip_lint.kube.service_update import update_service
from cip_lint.kube.well_known import MASTER
from cip_lint.model import Origin, OriginKind
from cip_lint.replay.allocation.allocators import PortAllocator
from cip_lint.replay.allocation.bands import node_port_range
from cip_lint.replay.allocation.cluster_addresses import AddressAllocators
from cip_lint.replay.allocation.kept_objects import (
    KeptService,
    Key,
    already_exists,
    kubernetes_service,
    not_found,
)
from cip_lint.replay.allocation.other_objects import OtherObjects
from cip_lint.replay.allocation.repair import Orphans, hold_what_services_have
from cip_lint.replay.allocation.service_ranges import ServiceRanges
from cip_lint.replay.allocation.transactions import DryRun, Transaction

_SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
_SUFFIX_LENGTH = 5
_LONGEST_NAME_BASE = 58
_NAMES_TRIED = 8

# In 1.34 the repair loop deletes the address of a Service that was ExternalName
# before it sees what it is now: recorded in 107 of 150 runs.
_UNPROTECTED_VERSION = (1, 34)
_UNPROTECTED_CHANCE = 107 / 150

_FLAG = Origin(OriginKind.FLAG, "--service-node-port-range")
# What a client asks for that wants to know of every unknown field.
_STRICT = "Strict"


class ApiServer:
    """The memory of one cluster: its Services, and what they hold.

    ``facts`` are its settings: service CIDRs, node ports, version. Objects that
    name no namespace go to ``namespace``. ``guarded`` tells whether the controller
    manager guards ServiceCIDR objects. ``default/kubernetes`` is there from the
    start and holds the first address of the primary range.
    """

    def __init__(
        self,
        facts: ClusterFacts,
        random: Random,
        *,
        namespace: str = "default",
        guarded: bool = False,
    ) -> None:
        self._facts = facts
        self._random = random
        self._namespace = namespace
        self._now = 0.0
        self._services: dict[Key, KeptService] = {}
        self._owners: dict[str, Key] = {}
        self._unprotected: list[Address] = []
        self.addresses = AddressAllocators(facts.version, facts.service_cidrs)
        """Which cluster addresses are held."""
        bounds = facts.node_port_range or DEFAULT_NODE_PORT_RANGE
        self.ports = PortAllocator(node_port_range(bounds, facts.version, _FLAG))
        """Which node ports are held."""
        self._orphans = Orphans(self.addresses)
        self._ranges = ServiceRanges(
            self.addresses, facts.service_cidrs, self._used, guarded=guarded
        )
        self._others = OtherObjects(
            facts, self.addresses, self._ranges, self._owners, _STRICT
        )
        self._start()

    def _start(self) -> None:
        for held in self._facts.held_addresses:
            address = parse_ip(held)
            if address is not None:
                self.addresses.hold(address)
        for number in self._facts.held_node_ports:
            self.ports.held.add(number)
        own = kubernetes_service(self._facts.service_cidrs)
        if own is not None:
            self._services[MASTER] = kept = KeptService(own, ())
            for address in kept.addresses:
                self.addresses.hold(address)
                self._owners[address.canonical] = MASTER

    def _used(self) -> Iterator[Address]:
        """Yield the addresses that the allocators themselves have given away."""
        for canonical in self._owners:
            address = parse_ip(canonical)
            if address is not None:
                yield address

    def wait(self, seconds: float) -> None:
        """Let time pass: ranges become ready or go, and repair loops run."""
        before, self._now = self._now, self._now + seconds
        self._begin()
        hold_what_services_have(
            self._services.values(), self.addresses, self.ports, before, self._now
        )
        for address in self._orphans.due(self._now):
            self._owners.pop(address.canonical, None)

    def _begin(self) -> list[Address]:
        """Begin a request; return the addresses that it alone finds unprotected."""
        self._ranges.settle(self._now)
        exposed, self._unprotected = self._unprotected, []
        return exposed

    def create(
        self, manifest: Mapping[str, Any], *, dry_run: bool = False
    ) -> Admission:
        """Return the answer to a POST of an object, and keep what it makes."""
        exposed = self._begin()
        if manifest.get("kind") == "Service" and manifest.get("apiVersion") == "v1":
            answer = self._create_service(manifest, dry_run=dry_run)
        else:
            answer = self._others.create(
                manifest, self._key(manifest), self._now, dry_run=dry_run
            )
        self._protect(exposed)
        return answer

    def _protect(self, exposed: list[Address]) -> None:
        for address in exposed:
            self.addresses.hold_object(address)

    def _create_service(
        self, manifest: Mapping[str, Any], *, dry_run: bool
    ) -> Admission:
        manifest = self._named(manifest)
        pool: Transaction | DryRun
        if dry_run:
            pool = DryRun(self.addresses, self.ports, self._random)
        else:
            pool = Transaction(self.addresses, self.ports, self._random)
        answer = admit_service(
            manifest,
            self._facts,
            store=True,
            pool=pool,
            validation=_STRICT,
            in_order=True,
        )
        key = self._key(manifest)
        if not answer.refused and key in self._services:
            answer = already_exists("v1", "Service", key[1], answer.warnings)
        if isinstance(pool, Transaction):
            self._settle(pool, answer, key)
            if answer.stored is not None:
                self._services[key] = KeptService(answer.stored, _finalizers(manifest))
        return answer

    def _settle(self, pool: Transaction, answer: Admission, key: Key) -> None:
        """Keep or give back what a request took."""
        if not answer.refused:
            kept = pool.taken
        else:
            # A name that no IPAddress can refer to fails for each family alike.
            leaking = answer.faults[:1] and answer.faults[0].code != "M1"
            kept = pool.revert(leaking=bool(leaking))
            self._orphans.add(kept, self._now)
        for address in kept:
            self._owners[address.canonical] = key

    def _named(self, manifest: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a manifest with the name that ``generateName`` makes."""
        metadata = mapping(manifest.get("metadata"))
        prefix = metadata.get("generateName")
        if metadata.get("name") or not isinstance(prefix, str) or not prefix:
            return manifest
        for _ in range(_NAMES_TRIED):
            letters = self._random.choices(_SUFFIX_LETTERS, k=_SUFFIX_LENGTH)
            name = prefix[:_LONGEST_NAME_BASE] + "".join(letters)
            named = {**manifest, "metadata": {**metadata, "name": name}}
            if self._key(named) not in self._services:
                break
        return named

    def _key(self, manifest: Mapping[str, Any]) -> Key:
        metadata = mapping(manifest.get("metadata"))
        namespace = text(metadata.get("namespace")) or self._namespace
        return namespace, text(metadata.get("name"))

    def replace(self, manifest: Mapping[str, Any]) -> Admission:
        """Return the answer to a PUT of a whole object, and keep what it makes.

        A Service that is not there is created. Other kinds than Service,
        ServiceCIDR and IPAddress are not changed here.
        """
        exposed = self._begin()
        kind = text(manifest.get("kind"))
        namespace, name = self._key(manifest)
        if kind == "Service":
            kept = self._services.get((namespace, name))
            if kept is None:
                answer = self._create_service(manifest, dry_run=False)
            else:
                answer = self._change_service(kept, manifest, (namespace, name))
        else:
            answer = self._others.change(manifest, kind, name, self._now)
        self._protect(exposed)
        return answer

    def _change_service(
        self, kept: KeptService, manifest: Mapping[str, Any], key: Key
    ) -> Admission:
        pool = Transaction(self.addresses, self.ports, self._random)
        change = update_service(
            kept.body,
            manifest,
            self._facts,
            pool,
            store=True,
            validation=_STRICT,
            in_order=True,
        )
        answer = change.admission
        self._settle(pool, answer, key)
        if answer.stored is None:
            return answer
        for canonical in change.released_addresses:
            self._release(canonical)
        for number in change.released_ports:
            self.ports.release(int(number))
        self._note_unprotected(kept, pool.taken)
        kept.body, kept.finalizers = answer.stored, _finalizers(manifest)
        if kept.deleted and not kept.finalizers:
            self._drop(key)
        return answer

    def _note_unprotected(self, kept: KeptService, taken: list[Address]) -> None:
        if (
            taken
            and kept.type == "ExternalName"
            and self._facts.version == _UNPROTECTED_VERSION
            and self._random.random() < _UNPROTECTED_CHANCE
        ):
            self._unprotected = list(taken)
            for address in taken:
                self.addresses.release_object(address)

    def delete(self, kind: str, name: str, namespace: str = "") -> Admission:
        """Return the answer to a DELETE; a Service with finalizers stays for now."""
        exposed = self._begin()
        answer = self._delete(kind, name, namespace or self._namespace)
        self._protect(exposed)
        return answer

    def _delete(self, kind: str, name: str, namespace: str) -> Admission:
        if kind == "Service":
            kept = self._services.get((namespace, name))
            if kept is None:
                return not_found("v1", kind, name)
            kept.deleted = True
            if not kept.finalizers:
                self._drop((namespace, name))
            return Admission(200)
        return self._others.delete(kind, name, self._now)

    def _drop(self, key: Key) -> None:
        """Forget a Service, and free every number that it lists.

        An ExternalName Service lists node ports that it does not hold; they are
        freed all the same, whoever holds them.
        """
        kept = self._services.pop(key)
        for address in kept.addresses:
            self._release(address.canonical)
        for number in kept.node_ports:
            self.ports.release(number)

    def _release(self, canonical: str) -> None:
        address = parse_ip(canonical)
        if address is None:
            return
        self.addresses.release(address)
        if not self.addresses.holds(address):
            self._owners.pop(canonical, None)
        else:
            self._orphans.add([address], self._now)

    def get(self, kind: str, name: str, namespace: str = "") -> Admission:
        """Return the answer to a GET of a Service, a ServiceCIDR or an IPAddress."""
        self._ranges.settle(self._now)
        if kind == "Service":
            kept = self._services.get((namespace or self._namespace, name))
            if kept is None:
                return not_found("v1", kind, name)
            return Admission(200, stored=kept.body)
        return self._others.get(kind, name, self._now)


def _finalizers(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(texts(mapping(manifest.get("metadata")).get("finalizers")))
