"""The rule ``selector.tied-to-release``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cip_lint.cluster import WorkloadMember
from cip_lint.model import Label, Severity
from cip_lint.patterns import pattern
from cip_lint.rule import Context, Problem, Stage, rule
from cip_lint_rules._pods import pod_label
from cip_lint_rules._selectors import (
    MAYBE_OF_RELEASES,
    OF_RELEASES,
    Selector,
    at,
    of_policies,
    of_services,
)
from cip_lint_rules._words import listed

_CHANGING = frozenset({*OF_RELEASES, *MAYBE_OF_RELEASES})
_CHART_VALUE = pattern(r"[a-z0-9][a-z0-9.-]*-v?\d+\.\d+\.\d+([-+_.].*)?")


def _selectors(cx: Context) -> Iterator[Selector]:
    yield from of_services(cx, _CHANGING)
    for member in cx.cluster.judged_workloads:
        if not member.piece:
            yield from at(member, ("spec", "selector", "matchLabels"), _CHANGING)
    for policy in of_policies(cx, _CHANGING):
        if not policy.member.piece:
            yield policy


@rule(
    "selector.tied-to-release",
    severity=Severity.WARNING,
    on=_selectors,
    stage=Stage.SELECTION,
    since="0.1.0",
    kinds=("Service", "NetworkPolicy", "workloads"),
)
def tied_to_release(selector: Selector, cx: Context) -> Iterator[Problem]:
    """The selector asks for a label whose value changes with every release.

    ## Why it matters

    During an upgrade the Service loses the old pods at once, before new ones are
    ready. A workload's own selector cannot be changed at all, so the upgrade of a
    workload that selects by its chart's version is refused.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec:
      selector: {app: web, helm.sh/chart: web-1.4.0}
      ports: [{port: 80}]
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec:
      selector: {app: web}
      ports: [{port: 80}]
    ```

    ## References

    - [Labels of charts](https://helm.sh/docs/chart_best_practices/labels/)
    """
    keys = [
        key
        for key, value in selector.labels.items()
        if _changes(key, value) and not _is_on_purpose(selector, key, value, cx)
    ]
    if not keys:
        return
    resource = selector.resource
    asked = listed([f"{key}={selector.labels[key]}" for key in keys])
    yield Problem(
        f"selector key {asked} changes with every release"
        if len(keys) == 1
        else f"selector keys {asked} change with every release",
        at=resource.key_label(
            *selector.path, keys[0], text="changes with every release"
        ),
        related=(
            *(
                resource.key_label(*selector.path, key, text="so does this")
                for key in keys[1:]
            ),
            *_template_label(selector, keys[0]),
        ),
        help="select by name and instance only",
    )


def _changes(key: str, value: object) -> bool:
    if not isinstance(value, str):
        return False
    if key in OF_RELEASES:
        return True
    return key in MAYBE_OF_RELEASES and _CHART_VALUE.fullmatch(value) is not None


def _is_on_purpose(selector: Selector, key: str, value: object, cx: Context) -> bool:
    """Whether another workload carries another version beside this one."""
    rest = {k: v for k, v in selector.labels.items() if k != key and isinstance(v, str)}
    if not rest or selector.member.kind == "Rollout":
        return selector.member.kind == "Rollout"
    return any(
        member.kind == "Rollout" or member.workload.labels.get(key, value) != value
        for member in cx.cluster.pods_for(rest, selector.member)
    )


def _template_label(selector: Selector, key: str) -> tuple[Label, ...]:
    for member in _workloads(selector):
        if key in member.workload.labels:
            return (pod_label(member, key, f"{member.display} carries it now"),)
    return ()


def _workloads(selector: Selector) -> Sequence[WorkloadMember]:
    """Return what it selects, where that is known."""
    if selector.row is not None:
        return selector.row.selection.workloads
    member = selector.member
    return (member,) if isinstance(member, WorkloadMember) else ()
