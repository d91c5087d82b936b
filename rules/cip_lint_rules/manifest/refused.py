"""The rule ``manifest.refused``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.cluster import Member, WorkloadMember
from cip_lint.kube.admission import NOT_SERVED
from cip_lint.kube.decoding import WRONG_TYPE
from cip_lint.kube.faults import REQUIRED, Fault
from cip_lint.model import Severity
from cip_lint.rule import Context, Problem, Refusal, Stage, refusals, rule
from cip_lint_rules._refusals import by_field, ordinary_spelling, quote

_ELSEWHERE = frozenset({"W-selector", NOT_SERVED, WRONG_TYPE})
"""Codes that have a rule of their own."""


@rule(
    "manifest.refused",
    severity=Severity.ERROR,
    on=refusals("*"),
    stage=Stage.REFUSAL,
    since="0.1.0",
    kinds=(
        "EndpointSlice",
        "Endpoints",
        "Ingress",
        "ServiceCIDR",
        "IPAddress",
        "NetworkPolicy",
        "routes",
        "workloads",
    ),
)
def refused(refusal: Refusal, _cx: Context) -> Iterator[Problem]:
    """The API server refuses an object next to a Service; path and text are the server's.

    ## Why it matters

    A Service is worth nothing without what stands beside it: pods whose ports are
    refused, a slice with an address that may not be used, an Ingress whose backend
    says both a name and a number. Each field refused is a finding.

    ## Example

    ```yaml
    apiVersion: discovery.k8s.io/v1
    kind: EndpointSlice
    metadata:
      name: db-1
      labels:
        kubernetes.io/service-name: db
    addressType: IPv4
    endpoints:
      - addresses: [127.0.0.1]
    ports:
      - port: 5432
    ```

    Use instead:

    ```yaml
    apiVersion: discovery.k8s.io/v1
    kind: EndpointSlice
    metadata:
      name: db-1
      labels:
        kubernetes.io/service-name: db
    addressType: IPv4
    endpoints:
      - addresses: [192.0.2.7]
    ports:
      - port: 5432
    ```

    ## References

    - [Services without selectors](https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors)
    - [Pod API](https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/)
    """
    if refusal.row is not None:
        return
    resource = refusal.resource
    whole = not _looks_like_a_patch(refusal.member)
    rest = (
        fault
        for fault in refusal.faults
        if fault.code not in _ELSEWHERE and (whole or fault.reason != REQUIRED)
    )
    for faults in by_field(rest):
        first = faults[0]
        yield Problem(
            f"{refusal.member.display} is refused: {quote(first)}",
            at=resource.label(*first.path),
            notes=tuple(map(quote, faults[1:])),
            help=_help(first),
            faults=faults,
        )


def _looks_like_a_patch(member: Member) -> bool:
    """Whether no container has an image: what is absent stands elsewhere then."""
    if not isinstance(member, WorkloadMember):
        return False
    return not any(container.image for container in member.workload.containers)


_SPELLING = ("canonical form", "leading 0s", "bits set beyond")
_ADDRESS = ("may not be", "loopback", "link-local", "unspecified")


def _help(fault: Fault) -> str | None:
    message = fault.cause.message
    if "addresses" in fault.path and any(word in message for word in _ADDRESS):
        return "write the address of the real backend"
    if any(word in message for word in _SPELLING):
        spelling = ordinary_spelling(fault.value)
        return f"write {spelling}" if spelling else None
    if "must be no more than 15 characters" in message:
        return "shorten the name to 15 characters, in every place that uses it"
    if "Must have port for Service" in message:
        return "write the number of a port of the Service as port"
    if "must be of type integer" in message:
        return "write the number: a route cannot name a port of the Service"
    if "must contain at least one letter" in message:
        return "remove the quotes of the number, or write a name with a letter"
    return None
