"""Why nobody can say that a selector which picks nothing is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from cip_lint.cluster.external import External
from cip_lint.cluster.labelled_later import LabelledLater
from cip_lint.cluster.labelled_workloads import LabelledWorkloads, Selector
from cip_lint.cluster.labels import (
    is_an_add_on,
    is_of_an_operator,
    program_that_sets,
)
from cip_lint.cluster.members import Member
from cip_lint.cluster.worlds import Unknown, Unknowns
from cip_lint.kube.placeholders import Placeholders

_MANY = 256
"""So many workloads of other examples are looked at for one selector."""


class UnknownPods:
    """What may make or label pods of a cluster that no file shows as they will be."""

    def __init__(
        self,
        external: External,
        labelled: LabelledWorkloads,
        config_maps: Sequence[Member],
        makers: Mapping[str, Unknowns],
        placeholders: Placeholders,
    ) -> None:
        """Take by scope what may make pods as ``makers``."""
        self._external = external
        self._labelled = labelled
        self._config_maps = config_maps
        self._makers = makers
        self._placeholders = placeholders
        self._later: dict[str, LabelledLater] = {}

    def why(self, selector: Selector, of: Member) -> Unknown | None:
        """Return why nobody can say that a selector which fits nothing is wrong.

        None where nothing stands in the way: the world and its witnesses decide.
        """
        namespace = of.namespace
        if self._external.covers_workloads(namespace, selector):
            return Unknown("the configuration declares these pods as external")
        for key in selector:
            reason = self._unknown_key(key)
            if reason:
                return Unknown(reason, of.resource, ("spec", "selector", key))
        if is_an_add_on(namespace, selector):
            return Unknown("clusters come with these pods")
        later = self._labelled_later(of.unit.scope).why(selector, of)
        if later is not None:
            return later
        makers = self._makers.get(of.unit.scope)
        pods = makers.of(of) if makers is not None else None
        if pods is not None:
            return pods
        if of.piece:
            return Unknown(of.unit.why_pieces)
        unlabelled = self._unlabelled.get(of.unit.scope)
        pods = unlabelled.of(of) if unlabelled is not None else None
        return (
            pods
            or self._unbuilt_match(selector, of)
            or self._in_another_example(selector, of)
        )

    def _labelled_later(self, scope: str) -> LabelledLater:
        found = self._later.get(scope)
        if found is None:
            found = self._later[scope] = LabelledLater(
                self._labelled.by_scope.get(scope, ()),
                (one for one in self._config_maps if one.unit.scope == scope),
            )
        return found

    def _in_another_example(self, selector: Selector, of: Member) -> Unknown | None:
        """Return the pods that fit in an example on which that of ``of`` may build."""
        if self._labelled.all_meet:
            return None
        fitting = self._labelled.index(of.unit.scope).matching(selector, of)
        for member in fitting[:_MANY]:
            if of.environment.may_build_on(member.environment):
                reason = f"{member.display} is in another example"
                return Unknown(reason, member.resource)
        return None

    def _unknown_key(self, key: str) -> str:
        if self._external.is_run_time_label(key):
            return f"the configuration calls label {key} one that programs set"
        program = program_that_sets(key)
        if program is not None:
            return f"label {key} is set by {program} while it runs"
        if is_of_an_operator(key):
            return f"label {key} belongs to {key.partition('/')[0]}"
        return ""

    def _unbuilt_match(self, selector: Selector, of: Member) -> Unknown | None:
        """Return a workload of a build or another unit that would fit, if any."""
        if self._labelled.by_scope.keys() <= {of.unit.scope}:
            return None
        for member in self._labelled.anywhere.everywhere(selector):
            if member.unit.scope == of.unit.scope:
                continue
            if of.namespace in {"", member.namespace} or not member.namespace:
                return Unknown(
                    f"{member.display} of another unit carries these labels",
                    member.resource,
                    ("metadata", "name"),
                )
        return None

    @cached_property
    def _unlabelled(self) -> dict[str, Unknowns]:
        """By scope, the workloads whose labels a placeholder stands for, all at once."""
        found: dict[str, Unknowns] = {}
        for scope, members in self._labelled.by_scope.items():
            for member in members:
                workload = member.workload
                if workload.labels or not self._placeholders.leave_open(
                    member.resource, workload.labels_path
                ):
                    continue
                reason = f"a placeholder stands for the labels of {member.display}"
                unknown = Unknown(reason, member.resource, ("metadata", "name"))
                found.setdefault(scope, Unknowns()).add(unknown, member)
        return found
