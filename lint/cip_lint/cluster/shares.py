"""Which files go to which cluster.

Without any configuration each command-line path is a cluster of its own. Paths that
the configuration binds to a cluster go there, and so does what its objects send; a
cluster without paths gets the rest. A chart that is rendered for one cluster alone goes
there, wherever its files go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from cip_lint.bodies import ABSENT
from cip_lint.cluster.landmarks import Landmarks
from cip_lint.cluster.settings import ClusterSettings
from cip_lint.manifests import FileAccount, Loss, Reading
from cip_lint.model import Resource
from cip_lint.records import NamedTuple
from cip_lint.words import counted


class Share(NamedTuple):
    """What one cluster gets of a reading."""

    name: str
    settings: ClusterSettings
    joined: bool
    """Whether somebody said that all of it goes to one cluster."""
    resources: Sequence[tuple[int, Resource]]
    """With their positions in kubectl's order."""
    files: Sequence[FileAccount]
    losses: Sequence[Loss]


def shares_of(
    reading: Reading,
    settings: Sequence[ClusterSettings],
    arguments: Mapping[str, str],
    landmarks: Landmarks,
) -> Iterator[Share]:
    """Yield what each cluster gets; ``arguments`` are the command-line paths by file."""
    settings = settings or (ClusterSettings(),)
    bound = _bound_files(arguments, settings)
    taken: set[str] = set().union(*bound.values())
    rest = frozenset(arguments) - taken
    everybody = [one for one in settings if not one.paths]
    if not everybody and rest:
        first = settings[0]
        everybody = [
            ClusterSettings(
                external=first.external,
                by_path=first.by_path,
                pod_template_kinds=first.pod_template_kinds,
                reference_kinds=first.reference_kinds,
            )
        ]
    clusters_of = _followed(reading, landmarks, bound)
    owned = _Owned(reading)
    for one in settings:
        files = bound.get(one.name, frozenset())
        if one.paths and (files or one.name in owned.clusters):
            own = owned.by(one.name)
            wanted_by = _wanted_by(one.name, clusters_of, own, or_nobody=False)
            yield _share(one.name, one, reading, files, wanted_by, joined=True)
    for one in everybody:
        own = owned.by(one.name)
        wanted_by = _wanted_by(one.name, clusters_of, own, or_nobody=True)
        files = rest | bound.get(one.name, frozenset())
        wanted = dict.fromkeys(arguments[path] for path in arguments if path in files)
        if one.one_cluster or len(wanted) < 2:
            joined = one.one_cluster
            yield _share(one.name, one, reading, files, wanted_by, joined=joined)
            continue
        for argument in wanted:
            part = frozenset(path for path in files if arguments[path] == argument)
            name = argument if one.name == "default" else f"{one.name} {argument}"
            own = owned.by(one.name, arguments, argument)
            wanted_by = _wanted_by(one.name, clusters_of, own, or_nobody=True)
            yield _share(name, one, reading, part, wanted_by, joined=False)


_Wants = Callable[[Resource], bool | None]
"""Whether a cluster gets an object; None: its files decide."""


def _followed(
    reading: Reading, landmarks: Landmarks, bound: Mapping[str, frozenset[str]]
) -> Callable[[Resource], frozenset[str]] | None:
    """Return what finds the clusters of an object; None where nothing is bound."""
    if not bound:
        return None
    from cip_lint.cluster.following import Following  # noqa: PLC0415 - rarely wanted

    names: dict[str, set[str]] = {}
    for name, files in bound.items():
        for path in files:
            names.setdefault(path, set()).add(name)

    def bound_to(path: str) -> frozenset[str]:
        return frozenset(names.get(path, ()))

    return Following(reading, landmarks, bound_to).clusters


def _wanted_by(
    name: str,
    clusters_of: Callable[[Resource], frozenset[str]] | None,
    owns: _Wants | None,
    *,
    or_nobody: bool,
) -> _Wants | None:
    """Return what tells whether a cluster gets an object; None: its files decide."""
    if owns is None and clusters_of is None:
        return None

    def wants(resource: Resource) -> bool | None:
        said = None if owns is None else owns(resource)
        if said is not None or clusters_of is None:
            return said
        clusters = clusters_of(resource)
        if clusters:
            return name in clusters
        return None if or_nobody else False

    return wants


def goes_to(
    path: str, cluster: ClusterSettings, settings: Sequence[ClusterSettings]
) -> bool:
    """Whether a file goes to a cluster, one of those that the settings know."""
    bound = [one.name for one in settings if _is_bound(path, one)]
    return cluster.name in bound if bound else not cluster.paths


def why_nothing(
    cluster: ClusterSettings,
    settings: Sequence[ClusterSettings],
    paths: Iterable[str],
) -> str:
    """Return why a cluster gets no object of the files at some paths."""
    paths = list(paths)
    own = sum(goes_to(path, cluster, settings) for path in paths)
    if own:
        return f"no object goes there: none in {counted(own, 'file')} is for it"
    if not cluster.paths:
        others = "all that is read goes to other clusters"
        return f"no object goes there: {others if paths else 'nothing is read'}"
    return f"no object goes there: nothing read lies in {', '.join(cluster.paths)}"


class _Owned:
    """What was rendered for one cluster alone, as somebody said."""

    def __init__(self, reading: Reading) -> None:
        self._clusters = {
            (one.path, one.release): one.bound for one in reading.sent if one.bound
        }
        self.clusters = frozenset(self._clusters.values())

    def by(
        self,
        cluster: str,
        arguments: Mapping[str, str] = ABSENT,
        argument: str | None = None,
    ) -> _Wants | None:
        """Return what tells whether a cluster owns an object; None: nobody does.

        With an ``argument``, only what was found by this command-line path.
        """
        if not self._clusters:
            return None

        def owns(resource: Resource) -> bool | None:
            owner = self._clusters.get((resource.built_by, resource.release))
            if owner is None:
                return None
            here = argument is None or arguments.get(resource.built_by) == argument
            return owner == cluster and here

        return owns


def _bound_files(
    arguments: Mapping[str, str], settings: Sequence[ClusterSettings]
) -> dict[str, frozenset[str]]:
    """Return the files that the configuration binds to a cluster, by its name."""
    bound: dict[str, set[str]] = {}
    if any(one.paths or one.by_path for one in settings):
        for path in arguments:
            for one in settings:
                if _is_bound(path, one):
                    bound.setdefault(one.name, set()).add(path)
    return {name: frozenset(files) for name, files in bound.items()}


def _is_bound(path: str, one: ClusterSettings) -> bool:
    if one.paths and any(is_below(path, below) for below in one.paths):
        return True
    return one.cluster_for(path) == one.name


def is_below(path: str, below: str) -> bool:
    """Whether a file lies in a folder, or is or matches what the settings name."""
    folder = below.removeprefix("./").rstrip("/")
    if folder in {"", "."} or path == folder or path.startswith(folder + "/"):
        return True
    return fnmatchcase(path, folder) or fnmatchcase(path, folder + "/*")


def _share(
    name: str,
    settings: ClusterSettings,
    reading: Reading,
    files: frozenset[str],
    wants: _Wants | None,
    *,
    joined: bool,
) -> Share:
    everything = len(files) == len(reading.files)

    def is_wanted(resource: Resource) -> bool:
        said = None if wants is None else wants(resource)
        if said is None:
            path = resource.built_by or resource.places.path
            return everything or path in files
        return said

    numbered = enumerate(reading.resources)
    return Share(
        name,
        settings,
        joined,
        list(numbered)
        if everything and wants is None
        else [(order, resource) for order, resource in numbered if is_wanted(resource)],
        [account for account in reading.files if everything or account.path in files],
        [loss for loss in reading.losses if everything or loss.path in files],
    )
