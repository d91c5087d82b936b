"""The rule ``service.addresses-inconsistent``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.kube.faults import DUPLICATE, Fault
from cip_lint.model import Label, Path, Resource, Severity
from cip_lint.rule import Context, Problem, Refusal, Stage, rule, service_refusals
from cip_lint_rules._refusals import clause, ordinary_spelling, quote
from cip_lint_rules._words import spelt

_LATER_RULES = (
    "address.family-unavailable",
    "address.outside-range",
    "address.reserved",
    "address.taken",
    "address.cannot-be-placed",
    "address.can-be-taken-first",
    "address.in-dynamic-band",
)

_TWO = 2
_DUAL = ("PreferDualStack", "RequireDualStack")


@rule(
    "service.addresses-inconsistent",
    severity=Severity.ERROR,
    on=service_refusals(
        "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9", "C10", "L1", "L2"
    ),
    stage=Stage.REFUSAL,
    since="0.1.0",
    hides=_LATER_RULES,
)
def addresses_inconsistent(refusal: Refusal, _cx: Context) -> Iterator[Problem]:
    """ClusterIP, clusterIPs, ipFamilies and ipFamilyPolicy contradict each other.

    ## Why it matters

    `clusterIP` repeats the first entry of `clusterIPs`, `ipFamilies` names the
    family of each entry, and `ipFamilyPolicy` says how many there may be; it is
    `SingleStack` where nothing is written. The API server compares them and
    refuses a Service whose fields disagree.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      clusterIPs: [10.96.0.10]
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
      clusterIP: 10.96.0.10
      clusterIPs: [10.96.0.10]
      ports:
        - port: 80
    ```

    ## References

    - [IPv4/IPv6 dual-stack Services](https://kubernetes.io/docs/concepts/services-networking/dual-stack/#services)
    """
    resource = refusal.resource
    first = next((fault for fault in refusal.faults if fault.code != "L2"), None)
    if first is None:
        return  # nothing but a family that the cluster lacks
    message, help_text = _words(resource, first)
    yield Problem(
        message,
        at=resource.label(*first.path),
        related=_contradicted(resource, first),
        notes=tuple(map(quote, refusal.faults)),
        help=help_text,
        faults=refusal.faults,
    )


def _words(resource: Resource, fault: Fault) -> tuple[str, str]:
    """Return message and help for the first fault of an object."""
    single = resource.get("spec", "clusterIP")
    several = resource.get("spec", "clusterIPs") or [""]
    match fault.code:
        case "L1":
            return _too_many(resource, fault), "set ipFamilyPolicy: PreferDualStack"
        case "C2":
            return (
                f"clusterIPs[0] is {several[0]}, clusterIP is {single}",
                "write the same address in both",
            )
        case "C3":
            asked = f"clusterIP: {several[0]} as well{_policy_for(resource)}"
            return (
                "clusterIPs is set, clusterIP is not",
                f"write {asked}, or remove clusterIPs",
            )
        case "C6":
            return (
                "clusterIPs starts with None and lists more",
                "leave None alone in the list",
            )
        case "C8":
            return (
                f"clusterIPs lists {spelt(len(several))} addresses, two are the most",
                "keep one address of each family",
            )
        case "C9":
            return (
                "clusterIPs lists two addresses of one family",
                "keep one address of each family",
            )
    return _words_of_a_value(fault)


def _policy_for(resource: Resource) -> str:
    """Return what two addresses need besides."""
    policy = resource.get("spec", "ipFamilyPolicy")
    if len(resource.get("spec", "clusterIPs") or ()) < _TWO or policy in _DUAL:
        return ""
    return " and ipFamilyPolicy: PreferDualStack"


def _too_many(resource: Resource, fault: Fault) -> str:
    of_families = "families" in fault.cause.message
    field = "ipFamilies" if of_families else "clusterIPs"
    policy = resource.get("spec", "ipFamilyPolicy")
    count = spelt(len(resource.get("spec", field) or ()))
    what = "families" if of_families else "addresses"
    rest = f"is {policy}" if policy else "is not set, which means SingleStack"
    return f"{field} lists {count} {what} but ipFamilyPolicy {rest}"


def _words_of_a_value(fault: Fault) -> tuple[str, str]:
    """Return message and help for a fault that one value shows."""
    place = _place(fault.path)
    match fault.code:
        case "C4" if fault.reason == DUPLICATE:
            return f"ipFamilies lists {fault.value} twice", "name each family once"
        case "C4":
            return (
                f"{place} {fault.value} is no IP family: {clause(fault)}",
                "write IPv4 or IPv6",
            )
        case "C5":
            return (
                f"ipFamilyPolicy {fault.value} is refused: {clause(fault)}",
                "write SingleStack, PreferDualStack or RequireDualStack",
            )
        case "C7":
            return (
                f'{place} "{fault.value}" is refused: {clause(fault)}',
                f"write {ordinary_spelling(fault.value) or 'an address'}, or remove it",
            )
    return (
        f"{place} {fault.value} is of another family: {clause(fault)}",
        "write the families in the order of the addresses",
    )


def _place(path: Path) -> str:
    """Return ``clusterIPs[1]`` for a path below ``spec``."""
    text = str(path[1]) if len(path) > 1 else "spec"
    return text + "".join(f"[{step}]" for step in path[2:])


def _contradicted(resource: Resource, fault: Fault) -> tuple[Label, ...]:
    """Return a label on the field that the first one contradicts."""
    if fault.other is None or resource.get(*fault.other) is None:
        return ()
    return (resource.label(*fault.other, text="contradicts it"),)
