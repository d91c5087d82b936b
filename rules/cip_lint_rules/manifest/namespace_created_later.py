"""The rule ``manifest.namespace-created-later``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cip_lint.model import Confidence, OriginKind, Severity
from cip_lint.replay import LateNamespace
from cip_lint.rule import Context, Problem, Stage, rule

_SHOWN = 3
"""So many of the objects that come too early are shown."""


def _late(cx: Context) -> Iterable[LateNamespace]:
    return cx.table.late_namespaces


@rule(
    "manifest.namespace-created-later",
    severity=Severity.WARNING,
    on=_late,
    stage=Stage.PLACEMENT,
    since="0.1.0",
    kinds=("Namespace",),
    replay=True,
)
def namespace_created_later(late: LateNamespace, _cx: Context) -> Iterator[Problem]:
    """An object is sent before the Namespace it lives in.

    ## Why it matters

    kubectl sends what it reads in the order of the files and of the documents in
    them. An object whose Namespace comes later is refused with 404 in the first run;
    everything else is created, and a second run repairs it. So the fault shows in
    new clusters only.

    Engines that send Namespaces first are silent: kustomize (unless the root says
    `sortOptions: {order: fifo}`), Helm, Argo CD, Flux. Where nobody says what sends
    a folder, its files may be sent one by one: the documents of each file are
    compared, and those of a folder only where it is checked by its name, holds no
    other and has a file for its Namespace. `engine: kubectl` in the settings, or
    `--engine kubectl`, says that each path is one command.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
      namespace: shop
    spec:
      ports:
        - port: 80
    ---
    apiVersion: v1
    kind: Namespace
    metadata:
      name: shop
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Namespace
    metadata:
      name: shop
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: web
      namespace: shop
    spec:
      ports:
        - port: 80
    ```

    ## References

    - [Namespaces](https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/)
    """
    namespace = late.namespace
    name, count = namespace.name, len(late.earlier)
    refused = "that object" if count == 1 else "them"
    yield Problem(
        f"Namespace {name} is created after {count} of its objects; "
        f"the first run refuses {refused}",
        at=namespace.resource.label("metadata", "name", text="created here"),
        related=tuple(
            member.resource.label(
                "metadata", "name", text=f"{member.display} is sent before it"
            )
            for member in late.earlier[:_SHOWN]
        ),
        notes=(f'404: namespaces "{name}" not found', _order(late)),
        help=_help(late),
        confidence=Confidence.LIKELY if late.assumed else Confidence.CERTAIN,
        resource=namespace.resource,
    )


def _order(late: LateNamespace) -> str:
    """Return what decides the order, and who says so."""
    unit = late.namespace.unit
    if unit.kind == "kustomization":
        return f"{unit.engine_origin} keeps the order of its resources"
    if unit.engine == "skaffold":
        return f"{unit.engine_origin} lists it behind them"
    if late.assumed:
        return (
            "kubectl sends files in the order of their names; one kubectl apply -f "
            "of the folder is assumed"
        )
    if unit.engine_origin.kind is OriginKind.DEFAULT:
        return "kubectl sends the documents of a file in their order"
    return (
        "kubectl sends files in the order of their names; "
        f"engine by {unit.engine_origin}"
    )


def _help(late: LateNamespace) -> str:
    namespace = late.namespace
    if all(member.path == namespace.path for member in late.earlier):
        return "move it to the beginning of the file"
    if namespace.unit.kind == "kustomization":
        return "name its file first in resources, or leave sortOptions out"
    if namespace.unit.engine == "skaffold":
        return f"name its file first in {namespace.unit.engine_origin}"
    return (
        "rename the file so that it sorts first (00-namespace.yaml), "
        "or use a kustomization"
    )
