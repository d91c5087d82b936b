"""What of a cluster nobody sees: who may make objects, and what cannot be read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from posixpath import dirname

from cip_lint.cluster import gitops
from cip_lint.cluster.cluster import ScopeFacts
from cip_lint.cluster.landmarks import Landmarks
from cip_lint.cluster.members import Member
from cip_lint.cluster.placement import Placements
from cip_lint.cluster.shares import Share
from cip_lint.cluster.worlds import Unknown, Unknowns
from cip_lint.model import Label

_LIKE_MANIFESTS = frozenset({"template", "too-large", "unreadable"})
"""Reasons for which a file may hold pods that nobody sees."""


class Unseen:
    """Notes by scope what may be there besides the members of a cluster."""

    def __init__(
        self, share: Share, landmarks: Landmarks, placements: Placements
    ) -> None:
        self.facts: dict[str, ScopeFacts] = {}
        """What may hold pods or Services, by scope."""
        self.hidden: dict[tuple[str, ...], list[str]] = {}
        """What Argo CD and Flux objects send that is in no file, by unit."""
        self._share = share
        self._landmarks = landmarks
        self._placements = placements

    def note_maker(self, member: Member, *, pods: bool, services: bool) -> None:
        """Note an object that may make pods, or Services."""
        facts = self._facts_of(member.unit.scope)
        if pods:
            reason = f"{member.display} may make pods"
            facts.pods.add(Unknown(reason, member.resource), member)
        if services:
            reason = f"{member.display} may make Services"
            facts.services.add(Unknown(reason, member.resource), member)

    def note_hidden(self, members: Sequence[Member]) -> None:
        """Note what Argo CD and Flux objects send that is in no file."""
        hidden: dict[int, list[gitops.Hidden]] = {}
        for one in self._landmarks.gitops.hidden:
            hidden.setdefault(id(one.resource), []).append(one)
        if not hidden:
            return
        scopes = {unit.scope for unit in self._placements.units}
        noted: set[str] = set()
        for member in members:
            if member.partial:
                continue
            own = member.resource
            told = hidden.get(id(own))
            if told is None and member.unit.sender:
                told = hidden.get(id(own.written))
            for found in told or ():
                said = self.hidden.setdefault(member.unit.identity, [])
                said.append(found.reason)
                unknown = Unknown(found.reason, found.resource)
                if found.namespace is None:
                    facts = self._facts_of(member.unit.scope)
                    facts.pods.add_everywhere(unknown)
                    facts.services.add_everywhere(unknown)
                elif found.namespace not in noted:  # the first of each counts
                    noted.add(found.namespace)
                    self._note_namespace(unknown, found.namespace, scopes)

    def _note_namespace(
        self, unknown: Unknown, namespace: str, scopes: Iterable[str]
    ) -> None:
        for scope in scopes:
            facts = self._facts_of(scope)
            facts.pods.add_namespace(unknown, namespace)
            facts.services.add_namespace(unknown, namespace)

    def note_unread(self) -> None:
        """Note the files that may hold anything: broken ones and templates."""
        for loss in self._share.losses:
            self._note_file(loss.path, f"{loss.path} cannot be read", loss.label)
        for account in self._share.files:
            if account.reason in _LIKE_MANIFESTS and not self._is_of_chart(
                account.path
            ):
                self._note_file(account.path, f"{account.path} is not read", None)

    def _note_file(self, path: str, reason: str, place: Label | None) -> None:
        unknown = Unknown(reason, place=place)
        for unit, *_ in self._placements.of(path):
            facts = self._facts_of(unit.scope)
            facts.pods.add_unit(unknown, unit.path)
            facts.services.add_unit(unknown, unit.path)

    def _is_of_chart(self, path: str) -> bool:
        """Whether a file is a template of a chart, which is a unit of its own."""
        folder = dirname(path)
        if "templates" in folder.split("/"):
            return True
        return self._placements.chart_of(folder) is not None

    def _facts_of(self, scope: str) -> ScopeFacts:
        facts = self.facts.get(scope)
        if facts is None:
            facts = self.facts[scope] = ScopeFacts(Unknowns(), Unknowns())
        return facts
