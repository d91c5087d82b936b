"""The rule ``selector.tied-to-release``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from cip_lint.cluster import Member, WorkloadMember
from cip_lint.model import Label, Path, Severity
from cip_lint.rule import Context, Problem, Stage, rule
from cip_lint_rules._pods import pod_label
from cip_lint_rules._words import listed

_ALWAYS = ("helm.sh/chart", "app.kubernetes.io/version")
_BY_VALUE = ("chart", "version", "app.kubernetes.io/chart")
_CHANGING = frozenset({*_ALWAYS, *_BY_VALUE})
_CHART_VALUE = re.compile(r"[a-z0-9][a-z0-9.-]*-v?\d+\.\d+\.\d+([-+_.].*)?")


class _Selector(NamedTuple):
    member: Member
    path: Path
    labels: Mapping[str, object]
    workloads: Sequence[WorkloadMember]
    """What it selects, where that is known."""


def _selectors(cx: Context) -> Iterable[_Selector]:
    """Yield the selectors with a label that may change; few have any."""
    for row in cx.table.judged:
        selector = row.service.selector
        if selector and not row.member.piece and not _CHANGING.isdisjoint(selector):
            path: Path = ("spec", "selector")
            chosen = row.selection.workloads
            yield _Selector(row.member, path, selector, chosen)
    for member in cx.cluster.judged_workloads:
        yield from _of(member, ("spec", "selector", "matchLabels"), (member,))
    for policy in cx.cluster.judged("NetworkPolicy"):
        yield from _of(policy, ("spec", "podSelector", "matchLabels"), ())


def _of(
    member: Member, path: Path, workloads: Sequence[WorkloadMember]
) -> Iterator[_Selector]:
    labels = member.resource.get(*path)
    if (
        isinstance(labels, dict)
        and not member.piece
        and not _CHANGING.isdisjoint(labels)
    ):
        yield _Selector(member, path, labels, workloads)


@rule(
    "selector.tied-to-release",
    severity=Severity.WARNING,
    on=_selectors,
    stage=Stage.SELECTION,
    since="0.1.0",
    kinds=("Service", "NetworkPolicy", "workloads"),
)
def tied_to_release(selector: _Selector, cx: Context) -> Iterator[Problem]:
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
    resource = selector.member.resource
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
        resource=resource,
    )


def _changes(key: str, value: object) -> bool:
    if not isinstance(value, str):
        return False
    if key in _ALWAYS:
        return True
    return key in _BY_VALUE and _CHART_VALUE.fullmatch(value) is not None


def _is_on_purpose(selector: _Selector, key: str, value: object, cx: Context) -> bool:
    """Whether another workload carries another version beside this one."""
    rest = {k: v for k, v in selector.labels.items() if k != key and isinstance(v, str)}
    if not rest or selector.member.kind == "Rollout":
        return selector.member.kind == "Rollout"
    return any(
        member.kind == "Rollout" or member.workload.labels.get(key, value) != value
        for member in cx.cluster.pods_for(rest, selector.member)
    )


def _template_label(selector: _Selector, key: str) -> tuple[Label, ...]:
    for member in selector.workloads:
        if key in member.workload.labels:
            return (pod_label(member, key, f"{member.display} carries it now"),)
    return ()
