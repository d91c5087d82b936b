"""Everything in the files of a run that says what is sent together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from posixpath import dirname
from types import MappingProxyType
from typing import TYPE_CHECKING

from cip_lint.bodies import ABSENT, Body
from cip_lint.cluster import gitops, senders
from cip_lint.cluster.gitops import Delivery, Gitops
from cip_lint.cluster.senders import Senders
from cip_lint.manifests import Sent, Unbuilt
from cip_lint.manifests.recognition import SOURCE_IGNORE
from cip_lint.model import Resource, SourceFile
from cip_lint.records import NamedTuple
from cip_lint.render.kustomize.kustomizations import NO_KUSTOMIZATIONS, Kustomizations

if TYPE_CHECKING:
    from cip_lint.cluster.homes import Lodger
    from cip_lint.render.gitops.source_ignores import SourceIgnores


class Landmarks(NamedTuple):
    """Everything in the files of a run that says what is sent together."""

    kustomizations: Kustomizations
    gitops: Gitops
    charts: frozenset[str]
    """Folders with a ``Chart.yaml``."""
    bundles: Mapping[str, Body]
    """Folders with a ``fleet.yaml``, and what it says."""
    deliveries: Mapping[str, Sequence[Delivery]]
    """Folder -> what delivers it."""
    senders: Senders
    """Programs that send plain manifests."""
    rendered: frozenset[str] = frozenset()
    """The paths of the kustomizations and charts (``Chart.yaml``) that were built."""
    reasons: Mapping[str, str] = MappingProxyType({})
    """Why kustomizations and charts were not built, by path."""
    releases: Mapping[tuple[str, str], Sent] = MappingProxyType({})
    """Path of a kustomization or chart and who sends it -> what that says."""

    lodgers: Mapping[str, Lodger] = MappingProxyType({})
    """Who sends others, by name; empty where Flux sends nothing."""
    ignores: SourceIgnores | None = None
    """What the sources of Flux leave out; None: nothing."""

    @property
    def claim_folders(self) -> bool:
        """Whether anything but kustomizations claims whole folders."""
        return bool(self.charts or self.bundles or self.deliveries)


_OWN_KINDS = frozenset({"chart", "fleet", "kustomization", SOURCE_IGNORE})
"""Landmarks that are no programs."""


def survey(
    files: Collection[str],
    landmarks: Mapping[str, Sequence[tuple[str, Body]]],
    resources: Iterable[Resource],
    applications: Sequence[Resource] = (),
    unbuilt: Iterable[Unbuilt] = (),
    sent: Iterable[Sent] = (),
    sources: Mapping[str, SourceFile] = ABSENT,
) -> Landmarks:
    """Return what says what is sent together.

    ``files`` are the paths of all files that were met, ``landmarks`` path and body
    of those that say so, by their kind. ``applications`` are those that sets make.
    ``unbuilt`` says what was not built, ``sent`` for whom the others were; ``sources``
    are the files that were read, by path.
    """
    resources = list(resources)
    unbuilt, sent = tuple(unbuilt), tuple(sent)
    reasons = {one.path: one.why for one in unbuilt}
    built = frozenset(one.built_by for one in resources if one.built_by)
    kustomized = landmarks.get("kustomization", ())
    overridden = frozenset(one.path for one in unbuilt if one.is_overridden)
    released = frozenset(one.release for one in resources if one.release)
    told = gitops.survey(
        (*resources, *applications), _directories(files), released, sources
    )
    deliveries: dict[str, list[Delivery]] = {}
    for delivery in told.deliveries:
        deliveries.setdefault(delivery.directory, []).append(delivery)
    programs = [
        (kind, path, body)
        for kind, found_of_kind in landmarks.items()
        if kind not in _OWN_KINDS
        for path, body in found_of_kind
    ]
    return Landmarks(
        _kustomizations(kustomized, files, built, reasons, overridden),
        told,
        frozenset(dirname(path) for path, _ in landmarks.get("chart", ())),
        {dirname(path): body for path, body in landmarks.get("fleet", ())},
        deliveries,
        senders.survey(programs, files),
        built,
        reasons,
        {(one.path, one.release): one for one in sent},
        _lodgers(told, sent, (*resources, *applications)),
        _ignores(told, resources, landmarks.get(SOURCE_IGNORE, ())),
    )


def _kustomizations(
    kustomized: Sequence[tuple[str, Body]],
    files: Collection[str],
    built: frozenset[str],
    reasons: Mapping[str, str],
    overridden: frozenset[str],
) -> Kustomizations:
    if not kustomized:
        return NO_KUSTOMIZATIONS
    from cip_lint.render.kustomize.kustomization_survey import (  # noqa: PLC0415 - where any is
        survey as survey_kustomizations,
    )

    return survey_kustomizations(
        kustomized,
        files,
        # What installs a chart that was fetched is no kustomization.
        built=built.intersection(path for path, _ in kustomized),
        reasons=reasons,
        overridden=overridden,
    )


def _lodgers(
    told: Gitops, sent: Iterable[Sent], resources: Iterable[Resource]
) -> Mapping[str, Lodger]:
    """Return who sends others; nothing where Flux sends nothing."""
    engines = {one.engine for one in told.deliveries} | {one.engine for one in sent}
    if "flux" not in engines:
        return {}
    from cip_lint.cluster.homes import lodgers  # noqa: PLC0415 - rare

    return lodgers(resources)


def _ignores(
    told: Gitops, resources: Iterable[Resource], files: Iterable[tuple[str, Body]]
) -> SourceIgnores | None:
    """Return what the sources of Flux leave out; None where they leave out nothing."""
    if not any(one.engine == "flux" for one in told.deliveries):
        return None
    from cip_lint.render.gitops.source_ignores import (  # noqa: PLC0415 - rare
        SourceIgnores,
    )

    return SourceIgnores(resources, files) or None


def _directories(files: Iterable[str]) -> set[str]:
    directories: set[str] = set()
    for path in files:
        directory = path.rpartition("/")[0]
        while directory not in directories:
            directories.add(directory)
            if not directory:
                break
            directory = directory.rpartition("/")[0]
    return directories


def nearest(directory: str, directories: Collection[str]) -> str | None:
    """Return the innermost of some folders that holds a folder."""
    if not directories:
        return None
    while directory not in directories:
        if not directory:
            return None
        directory = directory.rpartition("/")[0]
    return directory
