"""The rule ``service.name-refused``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cip_lint.kube.faults import Fault
from cip_lint.kube.grammar import service_name
from cip_lint.model import Severity
from cip_lint.rule import (
    Context,
    Problem,
    Refusal,
    Stage,
    rule,
    service_refusals,
    services,
)
from cip_lint_rules._refusals import clause, quote
from cip_lint_rules._settings import version_note
from cip_lint_rules._words import as_label

_NAME = ("metadata", "name")
_LIMIT = 63


def _names(cx: Context) -> Iterable[Refusal]:
    """Yield refused names, then names that only older versions refuse."""
    yield from service_refusals("M1", "M2", "M3")(cx)
    if cx.settings.kubernetes_version.stated:
        return
    for row in services(cx):
        member = row.member
        if member.resource.name[:1].isdigit() and not member.piece:
            yield Refusal(member, (), row)


@rule(
    "service.name-refused",
    severity=Severity.ERROR,
    also=(Severity.WARNING,),
    on=_names,
    needs=services,
    stage=Stage.REFUSAL,
    since="0.1.0",
)
def name_refused(refusal: Refusal, cx: Context) -> Iterator[Problem]:
    """The Service's name is not acceptable.

    ## Why it matters

    A Service name becomes a DNS label and part of environment variables, so the
    API server takes lower-case letters, digits and dashes only, at most 63 of
    them. Up to 1.35 the first one must be a letter. Whatever refers to the
    Service by this name fails with it.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: whoami-HTTP
    spec:
      ports:
        - port: 80
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: whoami-http
    spec:
      ports:
        - port: 80
    ```

    ## References

    - [Defining a Service](https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service)
    - [Relaxed validation for Service names](https://kubernetes.io/blog/2025/09/04/)
    """
    resource = refusal.resource
    name = resource.name
    if not refusal.faults:
        if refusal.row is not None and refusal.row.verdict != "refused":
            yield Problem(
                f"Service name {name} starts with a digit, "
                "which the API server refuses up to 1.35",
                at=resource.label(*_NAME, text="starts with a digit"),
                notes=(
                    version_note(cx),
                    "variables of such a Service start with a digit too",
                ),
                help="start the name with a letter, or state the Kubernetes version",
                severity=Severity.WARNING,
            )
        return
    first = refusal.faults[0]
    path = _NAME if resource.get(*_NAME) is not None else first.path
    says = f"Service name {name} is refused: {clause(first)}"
    if not name:
        says = "the Service has no name"
    at = resource.label(*path, text="this name is refused" if name else "")
    yield Problem(
        says,
        at=at,
        # Variables in a place are explained of every finding.
        related=() if "${" in at.span.text else resource.places.because(at.span),
        notes=(*dict.fromkeys(map(quote, refusal.faults)), version_note(cx)),
        help=_help(refusal, first, cx),
        faults=refusal.faults,
    )


def _help(refusal: Refusal, fault: Fault, cx: Context) -> str:
    name = refusal.resource.name
    if not name:
        return "write metadata.name"
    if len(name) > _LIMIT:
        return f"shorten it to {_LIMIT} characters and follow the references"
    if "." in name and as_label(name.replace(".", "")) == name.replace(".", ""):
        return "replace the dots by dashes and follow the references"
    near = as_label(name)
    if service_name(near, cx.settings.kubernetes_version.value):
        near = ""
    if near and cx.cluster.services_named(near, refusal.member):
        return f"choose another name: {near} is taken"
    if near and near != name:
        return f"write {near} and follow the references"
    if name[:1].isdigit():
        return "start it with a letter and follow the references"
    return f"choose another name: {clause(fault)}"
