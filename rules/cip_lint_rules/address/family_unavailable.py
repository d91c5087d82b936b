"""The rule ``address.family-unavailable``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cip_lint.kube.faults import Fault
from cip_lint.model import Severity
from cip_lint.rule import Context, Problem, Refusal, Stage, rule, service_refusals
from cip_lint_rules._refusals import quote
from cip_lint_rules._settings import source, statement
from cip_lint_rules._words import listed


@rule(
    "address.family-unavailable",
    severity=Severity.ERROR,
    on=service_refusals("L2"),
    stage=Stage.REFUSAL,
    since="0.1.0",
    replay=True,
    hides=(
        "address.outside-range",
        "address.reserved",
        "address.taken",
        "address.cannot-be-placed",
        "address.can-be-taken-first",
        "address.in-dynamic-band",
    ),
)
def family_unavailable(refusal: Refusal, cx: Context) -> Iterator[Problem]:
    """A Service needs an IP family the cluster does not have.

    ## Why it matters

    The families of a cluster are those of the CIDRs its API server was started
    with. `RequireDualStack`, a family or an address of a family that is not among
    them is refused. Without stated families nothing is said.

    ## Example

    ```config
    cluster:
      serviceCIDRs: [10.96.0.0/16]
    ```

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      ipFamilyPolicy: RequireDualStack
      ports:
        - port: 80
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      ipFamilyPolicy: PreferDualStack
      ports:
        - port: 80
    ```

    ## References

    - [IPv4/IPv6 dual-stack](https://kubernetes.io/docs/concepts/services-networking/dual-stack/)
    """
    first = refusal.faults[0]
    settings = cx.settings
    stated = settings.families if settings.families.stated else settings.service_cidrs
    families = listed(settings.facts().families) or "the stated families"
    yield Problem(
        f"{_what(first)} on a cluster with {families} only",
        at=refusal.resource.label(*first.path),
        related=statement(stated, "states the families of the cluster"),
        notes=(
            *map(quote, refusal.faults),
            f"with {families}, {source(stated)}",
        ),
        help=_help(refusal.faults),
        faults=refusal.faults,
    )


def _what(fault: Fault) -> str:
    field = str(fault.path[1]) if len(fault.path) > 1 else "spec"
    return f"{field} {fault.value}"


def _help(faults: Sequence[Fault]) -> str:
    if faults[0].path[-1] != "ipFamilyPolicy":
        return "leave it out, or state the families of the cluster"
    lacking = list(dict.fromkeys(map(_what, faults[1:])))
    if not lacking:
        return "write PreferDualStack"
    return f"write PreferDualStack, and leave {listed(lacking)} out"
