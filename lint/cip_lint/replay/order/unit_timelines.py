"""The timeline of one unit: the steps in which its engine sends it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from cip_lint.bodies import ABSENT, mapping, text_values
from cip_lint.cluster.engines import title_of
from cip_lint.model import Origin, OriginKind
from cip_lint.records import NamedTuple
from cip_lint.render.helm.subcharts import definition_depth
from cip_lint.replay.order.engines import (
    argocd,
    cli_utils,
    fleet,
    flux,
    helm,
    kapp,
    kubectl,
    kustomize,
    skaffold,
    tilt,
)
from cip_lint.replay.order.engines.objects import Gate, Plan, Sent

if TYPE_CHECKING:
    from cip_lint.cluster import Member, Unit


class Step(NamedTuple):
    """Objects that are sent one after the other, or all at once."""

    members: tuple[Member, ...]
    concurrent: bool
    gate: Gate
    """What is waited for before the next step."""
    label: str
    """What the engine calls it: ``Sync wave 1``, ``hook pre-install`` ..."""


class UnitTimeline:
    """The steps of one unit; none where its engine cannot be followed."""

    def __init__(self, unit: Unit, members: Sequence[Member]) -> None:
        self.unit = unit
        self.engine = unit.engine
        self.engine_origin: Origin = unit.engine_origin
        plan = _plan(unit, members) if unit.whole else None
        self.untold = plan.untold if plan is not None else ""
        """Why its order is not worked out though it could be; mostly empty."""
        if self.untold:
            plan = None
        self.known = plan is not None
        """Whether the order of its objects is known."""
        planned = plan.steps if plan is not None else ()
        self.steps: tuple[Step, ...] = tuple(
            Step(
                tuple(members[sent.number] for sent in step.objects),
                step.concurrent,
                step.gate,
                step.label,
            )
            for step in planned
        )
        self._after = plan.after if plan is not None else None
        self._stages = [step.stage for step in planned]
        waits = [step.gate.waits for step in self.steps]
        self._waits = [0, *accumulate(waits)]
        """How many waits stand before each step."""
        self._waited = {
            stage for stage, wait in zip(self._stages, waits, strict=True) if wait
        }

    def follows(self, first: int, second: int) -> bool:
        """Whether a step begins after an earlier one has been sent."""
        if self._after is None:
            return first < second
        return bool(self._after[second] >> first & 1)

    def waits_for(self, first: int, second: int) -> bool:
        """Whether what is in a step is awaited before a later one begins."""
        stage = self._stages[first]
        if self._stages[second] == stage:
            return False
        return stage in self._waited and self.follows(first, second)

    def waits_between(self, first: int, second: int) -> bool:
        """Whether anything is awaited between two steps."""
        return self._waits[second] > self._waits[first]

    @property
    def words(self) -> str:
        """What it is called in notes: ``kubectl in manifests``."""
        title = title_of(self.engine)
        return title if self.unit.root == "." else f"{title} in {self.unit.root}"

    @property
    def source(self) -> str:
        """Who says it: ``by --engine``, ``assumed (plain folder)``."""
        origin = self.engine_origin
        if origin.kind is OriginKind.DEFAULT:
            return f"assumed ({origin})"
        return f"by {origin}"


def unit_timeline(members: Sequence[Member]) -> UnitTimeline:
    """Return the timeline of a unit from its members, in the order they are read."""
    sent = [member for member in members if not member.partial]
    return UnitTimeline(members[0].unit, sent)


_Planner = Callable[["Unit", Sequence[Sent]], Plan | None]


def _plan(unit: Unit, members: Sequence[Member]) -> Plan | None:
    planner = PLANNERS.get(unit.engine)
    if planner is None:
        return None
    return planner(unit, [_sent(unit, m, number) for number, m in enumerate(members)])


def _sent(unit: Unit, member: Member, number: int) -> Sent:
    """Return a member as its engine sees it, namespaces from outside left out."""
    resource = member.resource
    namespace = ""
    if member.namespaced:
        namespace = resource.namespace
        stated = unit.namespace.value
        if stated and (not namespace or member.unit.overrides_namespace):
            namespace = member.namespace
    metadata = resource.body.get("metadata")
    stated_annotations = mapping(metadata).get("annotations")
    annotations: Mapping[str, str] = (
        text_values(stated_annotations) if stated_annotations else ABSENT
    )
    return Sent(
        resource.group,
        resource.api_version.rpartition("/")[2],
        resource.kind,
        namespace,
        resource.name,
        annotations,
        resource.places.path,
        number,
        resource.body,
        resource.places.in_list,
    )


def _kubectl(unit: Unit, objects: Sequence[Sent]) -> Plan:
    """Return what kubectl makes of a unit: of a kustomization with ``-k``."""
    if unit.kind == "kustomization":
        return _kustomize(unit, objects)
    return kubectl.plan(objects)


def _kustomize(unit: Unit, objects: Sequence[Sent]) -> Plan:
    return kustomize.plan(objects, unit.sending.sort_options, unit.sending.files)


def _helm(unit: Unit, objects: Sequence[Sent]) -> Plan:
    return _release(unit, objects, helm.HELM_4)


def _helm3(unit: Unit, objects: Sequence[Sent]) -> Plan:
    return _release(unit, objects, helm.HELM_3)


def _release(unit: Unit, objects: Sequence[Sent], kinds: Sequence[str]) -> Plan:
    """Return what Helm makes of a unit.

    What a chart was rendered to stands by path already, and by the names of
    sub-charts, which need not be those of their folders.
    """
    if unit.kind != "chart":
        return helm.plan(objects, kinds)
    depths = [definition_depth(unit.root, one.path) for one in objects]
    rendered = [
        one._replace(path="")
        for one, depth in zip(objects, depths, strict=True)
        if depth is None
    ]
    definitions = [
        (depth, one.number, one)
        for one, depth in zip(objects, depths, strict=True)
        if depth is not None
    ]
    return helm.plan(rendered, kinds, [one for _, _, one in sorted(definitions)])


PLANNERS: Mapping[str, _Planner] = {
    "kubectl": _kubectl,
    "kubectl-server-side": _kubectl,
    "kustomize": _kustomize,
    "helm": _helm,
    "helm3": _helm3,
    "helm4": _helm,
    "argocd": lambda _, objects: argocd.plan(objects),
    "flux": lambda _, objects: flux.plan(objects),
    "kapp": lambda _, objects: kapp.plan(objects),
    "cli-utils": lambda _, objects: cli_utils.plan(objects),
    "fleet": lambda _, objects: fleet.plan(objects),
    "skaffold": lambda unit, objects: skaffold.plan(objects, unit.sending.files),
    "tilt": lambda _, objects: tilt.plan(objects),
}
"""How each engine of ``cluster.engines`` orders the objects of a unit."""
