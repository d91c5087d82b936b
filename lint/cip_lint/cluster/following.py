"""What controllers of a cluster send goes to that cluster, wherever its files lie.

A person binds ``clusters/prod`` to a cluster, and the Flux Kustomizations in it send
folders of the whole repository. What the settings bind to one cluster stays there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from posixpath import dirname

from cip_lint.cluster import gitops
from cip_lint.cluster.landmarks import Landmarks
from cip_lint.manifests import Reading
from cip_lint.model import Resource
from cip_lint.render.surroundings.outcomes import release_name

_DEEPEST = 50
"""How many senders may each be sent by the next."""

_NOBODY: frozenset[str] = frozenset()

Bound = Callable[[str], frozenset[str]]
"""The names of the clusters that the settings bind a path to."""


class Following:
    """Finds the clusters that each object goes to, by the settings and its senders."""

    def __init__(self, reading: Reading, landmarks: Landmarks, bound: Bound) -> None:
        self._reading = reading
        self._landmarks = landmarks
        self._bound = bound
        self._found: dict[tuple[str, str], frozenset[str]] = {}
        self._depth = 0

    def clusters(self, resource: Resource) -> frozenset[str]:
        """Return the names of the clusters that get an object; none: nobody says."""
        path = resource.built_by or resource.places.path
        key = (path, resource.release)
        if key not in self._found:
            # Senders that send each other in a circle say nothing.
            self._found[key] = self._bound(path)
            if self._depth < _DEEPEST:
                self._depth += 1
                self._found[key] = self._decided(*key)
                self._depth -= 1
        return self._found[key]

    def _decided(self, path: str, release: str) -> frozenset[str]:
        own = self._bound(path)
        if len(own) == 1:
            return own
        followed = self._of_release(path, release) if release else self._sent(path)
        return (followed & own or own) if own else followed

    def _of_release(self, path: str, release: str) -> frozenset[str]:
        """Return the clusters of who installs something in a way of its own."""
        sender = self._senders.get(release)
        told = self._landmarks.releases.get((path, release))
        if sender is None or (told.cluster if told else "") not in gitops.OWN_CLUSTER:
            return _NOBODY
        return self.clusters(sender)

    def _sent(self, path: str) -> frozenset[str]:
        """Return the clusters of everything that delivers the folder of a path."""
        build = self._landmarks.kustomizations.build_of.get(path)
        directory = dirname(path) if build is None else build.directory
        first = True
        while self._landmarks.deliveries:
            here = [
                one
                for one in self._landmarks.deliveries.get(directory, ())
                if first or one.recurse
            ]
            if here:
                own = [one for one in here if _is_of_its_own(one)]
                return _NOBODY.union(*(self.clusters(one.resource) for one in own))
            if not directory:
                break
            directory, first = dirname(directory), False
        return _NOBODY

    @cached_property
    def _senders(self) -> Mapping[str, Resource]:
        """The objects that send others, by the names of what they send."""
        every = (*self._reading.resources, *self._reading.applications)
        return {
            release_name(one): one
            for one in every
            if (one.group, one.kind) in gitops.KINDS
        }


def _is_of_its_own(delivery: gitops.Delivery) -> bool:
    """Whether something is sent to the cluster that its sender lives in."""
    return delivery.knows_cluster and (delivery.cluster or "") in gitops.OWN_CLUSTER
