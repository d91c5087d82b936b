"""In which cluster the objects of Flux live: what they send goes there, too.

A Kustomization or HelmRelease without a ``kubeConfig`` sends to the cluster in which
its controller found it (``spec.kubeConfig`` of kustomize-controller and
helm-controller). That is where whatever sends the object itself sends it: another
Kustomization, up to the one that holds its own file, or one file or build.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

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


_MOST_ABOVE = 256
"""Of an object that more others may send, nobody knows where it lives."""
_PASSING = "where those live that send it"
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
        """Take the objects by name, who builds a file, and what tells who sends it.

        That is everybody, also those who send it as another one does.
        """
        self._lodgers = found
        self._builds = builds
        self._senders_of = senders_of
        self._known: dict[str, tuple[str, ...]] = {}
        self._above_by_name: dict[str, frozenset[str]] = {}
        self._guessed: set[str] = set()
        """Scopes of files and builds that nobody sends: two may be of one cluster."""

    def knows(self, sender: str) -> bool:
        """Whether somebody who sends others is an object of Flux."""
        lodger = self._lodgers.get(sender)
        return lodger is not None and lodger.resource.kind != APPLICATION[1]

    def is_guessed(self, scope: str) -> bool:
        """Whether another scope may be of the same cluster."""
        return scope in self._guessed

    def by_scope(self, alike: Sequence[Delivery]) -> Mapping[str, Delivery]:
        """Return the scopes of what some send in one way, each with who sends it there.

        One that is empty where not all of them are known, or to be clusters apart.
        """
        found: dict[str, Delivery] = {}
        for delivery in alike:
            scopes = self.all_of(delivery.words)
            if not scopes:
                return {"": alike[0]}
            for scope in scopes:
                found.setdefault(scope, delivery)
        return {"": alike[0]} if self._may_be_one(found) else found

    def _may_be_one(self, scopes: Collection[str]) -> bool:
        return len(scopes) > 1 and not self._guessed.isdisjoint(scopes)

    def all_of(self, sender: str) -> tuple[str, ...]:
        """Return the scopes of all clusters that an object of Flux lives in.

        Nothing where one of them is not known, or where two may be one.
        """
        scopes = self._known.get(sender)
        if scopes is None:
            scopes = self._known[sender] = self._look(sender)
        return scopes

    def _look(self, sender: str) -> tuple[str, ...]:
        met = {sender, *self._above(sender)}
        if len(met) > _MOST_ABOVE:
            return ()
        found = {self._home(name) for name in met} - {_PASSING}
        return () if "" in found or self._may_be_one(found) else tuple(sorted(found))

    def _home(self, name: str) -> str:
        """Return where an object lives that nothing else decides; empty: unknown."""
        lodger = self._lodgers.get(name)
        if lodger is None:
            return ""
        if lodger.cluster:
            return f"cluster {lodger.cluster}"
        if lodger.resource.kind == APPLICATION[1]:
            return ""
        above = self._above(name)
        if not above:
            return self._place(lodger.resource)
        if name in above and all(name in self._above(one) for one in above):
            # It sends its own file, or some do each other's.
            return f"home {min(above)}"
        return _PASSING

    def _above(self, name: str) -> frozenset[str]:
        """Return who sends an object, who sends those, and so on."""
        found = self._above_by_name.get(name)
        if found is None:
            met: dict[str, None] = {}
            waiting = [name]
            while waiting and len(met) <= _MOST_ABOVE:
                for one in self._directly_above(waiting.pop()):
                    if one not in met:
                        met[one] = None
                        waiting.append(one)
            found = self._above_by_name[name] = frozenset(met)
        return found

    def _directly_above(self, name: str) -> Iterable[str]:
        lodger = self._lodgers.get(name)
        if lodger is None or lodger.cluster or lodger.resource.kind == APPLICATION[1]:
            return ()
        resource = lodger.resource
        if resource.release:
            return (resource.release,)
        sent_by = self._senders_of(resource.built_by or resource.path)
        return dict.fromkeys(one.words for one in sent_by)

    def _place(self, resource: Resource) -> str:
        """Return the scope of what goes to one cluster with an object nobody sends.

        That is the folder of a cluster (``clusters/alpha``), a build, or the file.
        """
        path = resource.built_by or resource.path
        clusters = sorted(environment_of(path).clusters)
        if clusters:
            return f"home {clusters!r}"
        build = self._builds.get(path)
        if not resource.built_by and build is not None and build.whole:
            path = build.path
        scope = f"home {path}"
        self._guessed.add(scope)
        return scope
