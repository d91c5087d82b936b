"""The rule ``selector.stale-hash``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.model import Severity
from cip_lint.rule import Context, Problem, Stage, rule
from cip_lint_rules._selectors import HASHES, Selector, of_policies, of_services

_HASHES = frozenset(HASHES)


def _selectors(cx: Context) -> Iterator[Selector]:
    yield from of_services(cx, _HASHES)
    yield from of_policies(cx, _HASHES)


@rule(
    "selector.stale-hash",
    severity=Severity.WARNING,
    on=_selectors,
    stage=Stage.SELECTION,
    since="0.1.0",
    hides=("selector.matches-nothing",),
    kinds=("Service", "NetworkPolicy"),
)
def stale_hash(selector: Selector, _cx: Context) -> Iterator[Problem]:
    """The selector asks for a label that changes with every rollout.

    ## Why it matters

    Controllers compute these labels from the pod template. A selector that holds one
    was probably copied from a running object: it fits the pods of one revision, and
    none after the next rollout.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec:
      selector: {app: web, pod-template-hash: 5d4f8c7b9}
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

    - [The label pod-template-hash](https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#pod-template-hash-label)
    """
    resource = selector.resource
    exported = resource.get("status") or resource.get("metadata", "uid")
    for key in HASHES:
        if key in selector.labels:
            yield Problem(
                f"selector key {key} changes at the next rollout",
                at=resource.key_label(
                    *selector.path, key, text="a controller computes this"
                ),
                notes=("the object was exported from a cluster",) if exported else (),
                help="remove it",
            )
