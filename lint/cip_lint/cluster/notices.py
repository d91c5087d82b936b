"""What of a cluster was not judged as it will be, as counts for the footer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from posixpath import basename

from cip_lint.cluster.landmarks import Landmarks
from cip_lint.cluster.members import Member, ServiceMember
from cip_lint.cluster.placement import Placements
from cip_lint.cluster.shares import Share
from cip_lint.manifests import FileAccount
from cip_lint.manifests.recognition import (
    KUSTOMIZATION_NAMES,
    LINK,
    TOO_LARGE,
    UNREADABLE,
)
from cip_lint.render.surroundings.outcomes import NO_HELM, NO_PROGRAM
from cip_lint.words import counted

_Count = tuple[int, str, str, str]
"""How many, what one and several are called, and what became of them."""


def notices(
    share: Share,
    members: Sequence[Member],
    placements: Placements,
    landmarks: Landmarks,
) -> tuple[str, ...]:
    """Return clauses for the footer: what was not rendered, built, judged, or sent."""
    templates = sum(account.reason == "template" for account in share.files)
    pieces = [member for member in members if not member.unit.whole]
    unbuilt = {one.unit.path for one in pieces if one.unit.listed}
    unlisted = {
        one.resource.path for one in pieces if not one.unit.listed and not one.partial
    }
    unsent = placements.left_out
    patches = sum(
        _is_patch(member) and member.resource.path not in unsent for member in members
    )
    reasons = landmarks.reasons
    without = {
        one.path: reasons[one.path]
        for one in landmarks.kustomizations.roots_to_build
        if one.whole and one.path in reasons
    }
    lacking = _because("judged without generated ConfigMaps", _of_builds(without))
    for_pieces = {path: why for path, why in reasons.items() if path not in without}
    not_built = _because("not built", _of_builds(for_pieces))
    charts = {path: why for path, why in reasons.items() if _is_chart(path)}
    not_rendered = _because("not rendered", _of_charts(charts.values()))
    built = {one.resource.built_by for one in members}
    others = {path: why for path, why in charts.items() if path in built}
    for_some = _because(
        "not rendered for all that install it", _of_charts(others.values())
    )
    return _clauses(
        (
            *_unopened(share.files),
            (templates, "template", "templates", not_rendered),
            (len(others), "chart", "charts", for_some),
            (len(unbuilt), "kustomization", "kustomizations", not_built),
            (len(without), "kustomization", "kustomizations", lacking),
            (len(unlisted), "file", "files", "in no kustomization"),
            (patches, "patch", "patches", "not judged"),
            (len(unsent), "file", "files", "left out by who sends the folder"),
        )
    )


def _is_patch(member: Member) -> bool:
    return member.partial or (isinstance(member, ServiceMember) and member.may_be_patch)


def _unopened(files: Sequence[FileAccount]) -> tuple[_Count, ...]:
    """Return how many files and folders were met of which nobody saw a byte.

    What is broken in a file that was read is a finding, and no part of them.
    """
    reasons = [account.reason for account in files if not account.documents]
    return (
        (reasons.count(LINK), "linked folder", "linked folders", "not followed"),
        (reasons.count(UNREADABLE), "link", "links", "to no file"),
        (reasons.count(TOO_LARGE), "file", "files", "too large"),
    )


def _because(what: str, reasons: Collection[str]) -> str:
    """Return what was not done; with the reason, where it is one for all."""
    return f"{what}: {next(iter(reasons))}" if len(reasons) == 1 else what


def _of_builds(reasons: Mapping[str, str]) -> Collection[str]:
    """Return why kustomizations are not built, each reason once."""
    found = {
        why for path, why in reasons.items() if basename(path) in KUSTOMIZATION_NAMES
    }
    return {NO_PROGRAM} if NO_PROGRAM in found else found


def _is_chart(path: str) -> bool:
    return basename(path) == "Chart.yaml"


def _of_charts(reasons: Collection[str]) -> Collection[str]:
    """Return why charts are not rendered, each reason once."""
    return {NO_HELM} if NO_HELM in reasons else set(reasons)


def _clauses(counts: Sequence[_Count]) -> tuple[str, ...]:
    """Write counts as clauses: (24, "template", "templates", "not rendered")."""
    return tuple(
        f"{counted(count, one, several)} {what}"
        for count, one, several, what in counts
        if count
    )
