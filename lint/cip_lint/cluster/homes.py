"""In which cluster the objects of Flux live: what they send goes there, too.

A Kustomization or HelmRelease without a ``kubeConfig`` sends to the cluster in which
its controller found it (``spec.kubeConfig`` of kustomize-controller and
helm-controller). That is where whatever sends the object itself sends it: another
Kustomization, up to the one that holds its own file, or one file or build.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from cip_lint.bodies import mapping
from cip_lint.cluster.environment import environment_of
from cip_lint.cluster.gitops import Delivery
from cip_lint.model import Resource
from cip_lint.records import NamedTuple
from cip_lint.render.gitops.argo_cd import destination_cluster
from cip_lint.render.gitops.sending_kinds import (
    APPLICATION,
    HELM_RELEASE,
    KUSTOMIZATION,
    remote_cluster,
)
from cip_lint.render.kustomize.kustomizations import Build
from cip_lint.render.surroundings.outcomes import release_name


class Lodger(NamedTuple):
    """An object that sends others, and the cluster that it names for them."""

    resource: Resource
    cluster: str
    """Empty: the one it lives in, or what an Application leaves out."""


def lodgers(resources: Iterable[Resource]) -> Mapping[str, Lodger]:
    """Return the objects that send others, by their names."""
    found: dict[str, Lodger] = {}
    for resource in resources:
        if resource.kind not in _KINDS:
            continue
        sort = (resource.group, resource.kind)
        if sort == APPLICATION:
            cluster = destination_cluster(resource)
        elif sort in _OF_FLUX:
            cluster = remote_cluster(mapping(resource.get("spec")))
        else:
            continue
        found[release_name(resource)] = Lodger(resource, cluster)
    return found


_OF_FLUX = frozenset({KUSTOMIZATION, HELM_RELEASE})
_KINDS = frozenset({APPLICATION[1], *(kind for _, kind in _OF_FLUX)})


class Homes:
    """The scopes of the clusters in which the objects of Flux live."""

    def __init__(
        self,
        found: Mapping[str, Lodger],
        builds: Mapping[str, Build],
        senders_of: Callable[[str], Sequence[Delivery]],
    ) -> None:
        """Take the objects by name, who builds a file, and what tells who sends it."""
        self._lodgers = found
        self._builds = builds
        self._senders_of = senders_of
        self._known: dict[str, str] = {}

    def of(self, sender: str) -> str:
        """Return the scope of what an object of Flux sends; empty: one of its own.

        It is that of nobody else where several send the object, or it is no object
        of Flux.
        """
        scope = self._known.get(sender)
        if scope is None:
            scope = self._known[sender] = self._look(sender)
        return scope

    def shared_by(self, deliveries: Iterable[Delivery]) -> str:
        """Return the scope of a folder that some send; empty where they differ."""
        found = {self.of(one.words) for one in deliveries}
        return found.pop() if len(found) == 1 else ""

    def _look(self, sender: str) -> str:
        met: dict[str, None] = {}
        name = sender
        while name not in met:
            lodger = self._lodgers.get(name)
            if lodger is None:
                return ""
            if lodger.cluster:
                return f"cluster {lodger.cluster}"
            if lodger.resource.kind == APPLICATION[1]:
                return ""
            met[name] = None
            above = self._above(lodger.resource)
            if above is None:
                return f"home {self._place(lodger.resource)}"
            name = above
        # It sends its own file, or some do each other's.
        circle = list(met)
        return f"home {min(circle[circle.index(name) :])}"

    def _above(self, resource: Resource) -> str | None:
        """Return who sends an object; empty for several, None for nobody known."""
        if resource.release:
            return resource.release
        by = self._senders_of(resource.built_by or resource.path)
        if not by:
            return None
        return by[0].words if len(by) == 1 else ""

    def _place(self, resource: Resource) -> str:
        """Return what goes to one cluster as a whole, with an object that nobody sends.

        A build, the folder of a cluster (``clusters/alpha``), or else the file.
        """
        path = resource.built_by or resource.path
        build = self._builds.get(path)
        if resource.built_by or (build is not None and build.whole):
            return resource.built_by or (build.path if build is not None else "")
        clusters = sorted(environment_of(path).clusters)
        return repr(clusters) if clusters else path
