"""The rule ``reference.rollout-selector-misses``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cip_lint.cluster import WorkloadMember
from cip_lint.cluster.references import Reference
from cip_lint.kube.well_known import ROLLOUT_HASH
from cip_lint.model import Resource, Severity
from cip_lint.records import NamedTuple
from cip_lint.replay import ServiceRow
from cip_lint.rule import Context, Problem, Stage, referring, rule
from cip_lint_rules._pods import pod_label, written

_FIELDS = frozenset(
    {
        "activeService",
        "previewService",
        "stableService",
        "canaryService",
        "pingService",
        "pongService",
    }
)
"""The fields whose Services Argo Rollouts compares with the pod template."""


class _Named(NamedTuple):
    """A Service that a Rollout names, and the labels of the pods it is to select."""

    reference: Reference
    row: ServiceRow
    pods: WorkloadMember
    """The Rollout, or the Deployment whose template it takes over."""
    several: bool
    """Whether the Rollout names exactly two Services, and both are in the set."""

    @property
    def resource(self) -> Resource:
        """The Rollout."""
        return self.reference.member.resource


def _named(cx: Context) -> Iterable[_Named]:
    rollouts = cx.cluster.judged("Rollout", "argoproj.io")
    if not rollouts:
        return
    by_rollout: dict[int, list[tuple[Reference, ServiceRow]]] = {}
    for reference in cx.table.references.all:
        if reference.member.kind == "Rollout" and reference.said.name_path:
            row = cx.table.references.target(reference)
            if reference.said.name_path[-1] in _FIELDS and row is not None:
                found = by_rollout.setdefault(id(reference.member), [])
                found.append((reference, row))
    for member in rollouts:
        named = by_rollout.get(id(member), ())
        pods = _pods_of(member, cx) if named else None
        if pods is not None and not member.piece:
            rows = {id(row): (reference, row) for reference, row in reversed(named)}
            for reference, row in reversed(rows.values()):
                yield _Named(reference, row, pods, len(rows) == 2)


def _pods_of(rollout: object, cx: Context) -> WorkloadMember | None:
    """Return what has the pod template of a Rollout; None where it is not in the set."""
    if not isinstance(rollout, WorkloadMember):
        return None
    if rollout.workload.readable:
        return rollout
    ref = rollout.resource.get("spec", "workloadRef")
    if not isinstance(ref, dict):
        return None
    kind, name = ref.get("kind"), ref.get("name")
    if not isinstance(kind, str) or not isinstance(name, str):
        return None
    for member in cx.cluster.named(kind, name):
        if isinstance(member, WorkloadMember) and cx.cluster.may_mean(rollout, member):
            return None if member.partial else member
    return None


@rule(
    "reference.rollout-selector-misses",
    severity=Severity.ERROR,
    on=_named,
    needs=referring,
    stage=Stage.NAMES,
    since="0.1.0",
    hides=("selector.matches-nothing",),
    kinds=("Rollout", "Service"),
)
def rollout_selector_misses(named: _Named, cx: Context) -> Iterator[Problem]:
    """A Rollout's active, preview, stable or canary Service does not select its pods.

    ## Why it matters

    Argo Rollouts adds the hash of one revision to the selector of each of these
    Services. So the rest of the selector must fit all pods of the Rollout: the
    controller refuses to go on where it asks for a label that the pod template does not
    have, and until then the Service has no endpoints.

    ## Example

    ```yaml
    apiVersion: argoproj.io/v1alpha1
    kind: Rollout
    metadata: {name: web, namespace: shop}
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {containers: [{name: web, image: web}]}
      strategy:
        canary: {stableService: web, canaryService: web-canary}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec:
      selector: {app: web}
      ports: [{port: 80}]
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: web-canary, namespace: shop}
    spec:
      selector: {app: web-canary}
      ports: [{port: 80}]
    ```

    Use instead:

    ```yaml
    apiVersion: argoproj.io/v1alpha1
    kind: Rollout
    metadata: {name: web, namespace: shop}
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {containers: [{name: web, image: web}]}
      strategy:
        canary: {stableService: web, canaryService: web-canary}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec:
      selector: {app: web}
      ports: [{port: 80}]
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: web-canary, namespace: shop}
    spec:
      selector: {app: web}
      ports: [{port: 80}]
    ```

    ## References

    - [Canary deployments of Argo Rollouts](https://argo-rollouts.readthedocs.io/en/stable/features/canary/)
    """
    row, pods = named.row, named.pods
    selector = row.service.selector or {}
    labels = pods.workload.labels
    misses = {
        key: value
        for key, value in selector.items()
        if key != ROLLOUT_HASH and labels.get(key) != value
    }
    if not misses or row.member.piece or _is_unresolved(named, cx):
        return
    has = {key: labels[key] for key in misses if key in labels}
    said = named.reference.said
    first = next(iter(misses))
    related = [row.resource.label("spec", "selector", first, text="it asks for this")]
    if has:
        related.append(pod_label(pods, next(iter(has)), "the pods carry this"))
    yield Problem(
        f"{named.reference.member.display}: Service {said.name} selects "
        f"{written(misses)}, {_carried(misses, has)}",
        at=named.resource.label(*said.name_path),
        label="this Service does not select the pods",
        related=tuple(related),
        help=_help(named, misses, has),
        covers=(row.resource,),
    )


def _is_unresolved(named: _Named, cx: Context) -> bool:
    return cx.cluster.unresolved(
        named.row.member, ("spec", "selector")
    ) or cx.cluster.unresolved(named.pods, named.pods.workload.labels_path)


def _carried(misses: Mapping[str, str], has: Mapping[str, str]) -> str:
    lacks = [key for key in misses if key not in has]
    if not lacks:
        return f"the pods carry {written(has)}"
    if not has:
        return f"the pods have no label {' and '.join(lacks)}"
    return f"the pods carry {written(has)} and no label {' and '.join(lacks)}"


def _help(named: _Named, misses: Mapping[str, str], has: Mapping[str, str]) -> str:
    who = "both Services" if named.several else f"Service {named.row.member.name}"
    kept = {
        key: has.get(key, value)
        for key, value in (named.row.service.selector or {}).items()
        if key != ROLLOUT_HASH and (key in has or key not in misses)
    }
    if not kept:
        return f"give {who} a selector of labels that the pods carry"
    pairs = ", ".join(f"{key}: {value}" for key, value in kept.items())
    return f"give {who} the selector {pairs}"
