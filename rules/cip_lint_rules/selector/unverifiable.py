"""The rule ``selector.unverifiable``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cip_lint.cluster import Cluster
from cip_lint.model import Confidence, Label, Severity
from cip_lint.replay import ServiceRow
from cip_lint.rule import Context, Problem, Stage, rule, whole_cluster
from cip_lint.words import counted
from cip_lint_rules._pods import weight_of_absence

_RELATED = 4


@rule(
    "selector.unverifiable",
    severity=Severity.INFO,
    on=whole_cluster,
    stage=Stage.SELECTION,
    since="0.1.0",
    pieces=True,
)
def unverifiable(_cluster: Cluster, cx: Context) -> Iterator[Problem]:
    """Cannot know whether selectors match: the pods are not in these files.

    ## Why it matters

    Charts, operators and other repositories make pods that no file here shows. A
    Service that selects such pods may be right or wrong, and cip-lint does not
    guess. It says so once for each apply unit and namespace.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec:
      selector: {app: web}
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
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: web, namespace: shop, labels: {app: web}}
    spec: {containers: [{name: web, image: web}]}
    ```

    ## References

    - [Services without pods behind them](https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors)
    """
    groups: dict[tuple[str, str, str], list[ServiceRow]] = {}
    for row in cx.table.judged:
        if _is_open(row):
            unit = row.member.unit
            key = unit.scope, unit.path, row.ref.namespace
            groups.setdefault(key, []).append(row)
    for rows in groups.values():
        yield _problem(sorted(rows, key=lambda row: row.member.order), cx.cluster)


def _is_open(row: ServiceRow) -> bool:
    selection = row.selection
    if selection.state == "nothing":
        is_open = weight_of_absence(selection) is None and not selection.nearest
    else:
        is_open = selection.state == "unknown"
    return is_open and not row.admission.faults


def _problem(rows: Sequence[ServiceRow], cluster: Cluster) -> Problem:
    first = rows[0]
    unknown = next((r.selection.unknown for r in rows if r.selection.unknown), None)
    reason = unknown.reason if unknown else _absence(rows, cluster)
    verb = "matches" if len(rows) == 1 else "match"
    related = [
        row.resource.label("spec", "selector", text="nor this one")
        for row in rows[1 : 1 + _RELATED]
    ]
    if unknown is not None and unknown.label is not None:
        related.append(Label(unknown.label.span, unknown.label.text or unknown.reason))
    return Problem(
        f"cannot know whether {counted(len(rows), 'selector')} {verb}: {reason}",
        at=first.resource.label("spec", "selector", text="its pods are not seen"),
        related=tuple(related),
        help="lint the rendered chart, or declare external: workloads",
        confidence=Confidence.POSSIBLE,
        resource=first.resource,
    )


def _absence(rows: Sequence[ServiceRow], cluster: Cluster) -> str:
    """Say that no pods fit: there are none, or none with these labels."""
    first = rows[0]
    namespace = f"of namespace {first.ref.namespace}"
    if not cluster.has_workloads(first.member):
        return f"no workloads {namespace} are in this set"
    labels = "these labels" if len(rows) == 1 else "their labels"
    return f"no workload {namespace} in this set has {labels}"
