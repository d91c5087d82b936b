"""Which Applications and Flux Kustomizations send a file, of those that name its folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from posixpath import dirname

from cip_lint.cluster.gitops import OWN_CLUSTER, Delivery
from cip_lint.cluster.landmarks import Landmarks, nearest
from cip_lint.cluster.left_out import Globs
from cip_lint.model import Resource, SourceFile
from cip_lint.records import NamedTuple
from cip_lint.render.kustomize.kustomizations import Build


class Deliverers(NamedTuple):
    """Who delivers a file."""

    by: Sequence[Delivery]
    """One of each that do it alike."""
    alike: Sequence[Delivery]
    """All of them."""
    several: bool = False
    """Whether several deliver its folder, each in its own way; this file or not."""
    above: Sequence[Delivery] = ()
    """Those of Flux that deliver it with a folder above, also to other clusters."""

    def like(self, delivery: Delivery) -> Sequence[Delivery]:
        """Return all that deliver the file as one of them does."""
        own = _way(delivery)
        return [other for other in self.alike if _way(other) == own]


class _Way(NamedTuple):
    """How a folder is delivered: those that do it so do the same."""

    namespace: str | None
    cluster: str | None
    changes: bool


def _way(delivery: Delivery) -> _Way:
    return _Way(delivery.namespace, delivery.cluster, delivery.changes)


class Deliveries:
    """The deliveries of one cluster, asked file by file."""

    def __init__(
        self,
        landmarks: Landmarks,
        has: Callable[[Resource], bool],
        sources: Mapping[str, SourceFile],
        name: str,
        *,
        joined: bool,
    ) -> None:
        """Take what is known of a cluster, with its name.

        ``has`` tells whether it gets an object; ``sources`` are the files that were
        read, by path; ``joined`` whether everything goes to it, because somebody said so.
        """
        self._landmarks = landmarks
        self._has = has
        self._sources = sources
        self._name = name
        self._joined = joined
        self._globs = Globs()
        self.left_out: set[str] = set()
        """The files met so far that nobody sends with the folder they lie in."""

    def of(self, path: str, build: Build | None) -> Deliverers | None:
        """Return who delivers a file, one of those that do it alike; None: nobody.

        Where the nearest that claims its folder leaves it out, one above may send it.
        """
        deliveries = self._landmarks.deliveries
        directory = path.rpartition("/")[0] if build is None else build.directory
        if nearest(directory, deliveries) is None:
            return None
        claims: Sequence[Delivery] = ()
        first = True
        while True:
            here = [
                one for one in deliveries.get(directory, ()) if first or one.recurse
            ]
            if here:
                told = self._told_apart(here)
                senders: Sequence[Delivery] = here
                if build is None and path not in self._landmarks.rendered:
                    senders = self._that_send(path, directory, here)
                if senders:
                    alike = [one for one in senders if self._has(one.resource)]
                    return Deliverers(
                        self._told_apart(senders),
                        alike or senders,
                        len(told) > 1,
                        self._above(path, build, directory),
                    )
                claims = claims or told[:1]
            if not directory:
                break
            directory, first = dirname(directory), False
        if not claims:
            return None
        self.left_out.add(path)
        return Deliverers(claims, claims)

    def _above(
        self, path: str, build: Build | None, directory: str
    ) -> Sequence[Delivery]:
        """Return the Kustomizations of Flux that send a file with folders above one.

        What lies below the folder of one is sent with it, whoever sends it besides.
        """
        found: list[Delivery] = []
        while directory:
            directory = dirname(directory)
            here = [
                one
                for one in self._landmarks.deliveries.get(directory, ())
                if one.engine == "flux" and one.recurse and self._has(one.resource)
            ]
            if here and build is None and path not in self._landmarks.rendered:
                here = [*self._that_send(path, directory, here)]
            found += here
        return found

    def _that_send(
        self, path: str, directory: str, deliveries: Sequence[Delivery]
    ) -> Sequence[Delivery]:
        """Return those that send a file of their folder."""
        if directory not in self._landmarks.charts:
            source = self._sources.get(path)
            text = source.text if source is not None else ""
            ignores = self._landmarks.ignores
            deliveries = [
                one
                for one in self._globs.senders(deliveries, path, text)
                if not (ignores and ignores.leaves_out(one.resource, path))
            ]
        return deliveries

    def _told_apart(self, deliveries: Sequence[Delivery]) -> Sequence[Delivery]:
        """Return the deliveries of one folder to this cluster, one of those alike.

        Those that another cluster gets say nothing here, unless all of them are.
        """
        if len(deliveries) == 1:
            return deliveries
        here = [one for one in deliveries if self._has(one.resource)] or deliveries
        if self._joined:
            names = OWN_CLUSTER | {self._name}
            known = [one for one in here if one.knows_cluster]
            here = [one for one in known if (one.cluster or "") in names] or here
        found: dict[tuple[object, ...], Delivery] = {}
        for one in here:
            way = _way(one)
            found.setdefault(way._replace(cluster=None) if self._joined else way, one)
        return list(found.values())
