"""The rule ``selector.workload-mismatch``."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import cache

from cip_lint.bodies import text_values
from cip_lint.cluster import WorkloadMember
from cip_lint.kube.faults import REQUIRED, Fault
from cip_lint.kube.workload_checks import MISMATCH
from cip_lint.model import Label, Path, Resource, Severity
from cip_lint.records import NamedTuple
from cip_lint.replay import ServiceRow
from cip_lint.rule import Context, Problem, Refusal, Stage, refusals, rule
from cip_lint_rules._refusals import clause, quote
from cip_lint_rules.selector._expressions import asked_values, unmet

_SELECTOR: Path = ("spec", "selector")
_SELECT_LABELS = "select the labels of the template; the selector is immutable"
_LABEL_PODS = "write labels in the template; they are the selector"
_MAKE_EQUAL = "make them equal; the selector is immutable"
_OR_MANUAL = ", or state manualSelector: true and labels of your own"


class _Mismatched(NamedTuple):
    refusal: Refusal
    asked: Callable[[], _Asked]

    @property
    def resource(self) -> Resource:
        """The workload that is refused."""
        return self.refusal.resource


def _mismatched(cx: Context) -> Iterator[_Mismatched]:
    asked = cache(lambda: _Asked(cx))
    for refusal in refusals("W-selector*")(cx):
        yield _Mismatched(refusal, asked)


@rule(
    "selector.workload-mismatch",
    severity=Severity.ERROR,
    on=_mismatched,
    needs=refusals("W-selector*"),
    stage=Stage.REFUSAL,
    since="0.1.0",
    hides=(
        "selector.matches-nothing",
        "selector.matches-other-namespace",
        "selector.unverifiable",
        "selector.too-broad",
        "selector.tied-to-release",
    ),
    kinds=(
        "Deployment",
        "StatefulSet",
        "DaemonSet",
        "ReplicaSet",
        "ReplicationController",
        "Job",
        "CronJob",
    ),
)
def workload_mismatch(mismatched: _Mismatched, _cx: Context) -> Iterator[Problem]:
    """A workload's own selector does not match its template, so it is refused.

    ## Why it matters

    A controller that made pods it does not select would make them for ever, so the
    API server refuses such an object. The selector cannot be changed later; the
    labels of the template can.

    ## Example

    ```yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: www}}
        spec: {containers: [{name: web, image: web}]}
    ```

    Use instead:

    ```yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {containers: [{name: web, image: web}]}
    ```

    ## References

    - [Deployment selectors](https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector)
    """
    refusal = mismatched.refusal
    member = refusal.member
    if not isinstance(member, WorkloadMember):
        return
    wanted = _wanted(refusal.resource)
    says = _by_itself(member, refusal.faults) or _against_pods(member, wanted)
    yield Problem(
        says.message,
        at=says.at,
        related=says.related,
        notes=tuple(quote(fault) for fault in refusal.faults),
        help=says.help,
        faults=refusal.faults,
        covers=mismatched.asked().services_of(member, wanted),
    )


class _Words(NamedTuple):
    """What to say of a selector, and where."""

    message: str
    at: Label
    help: str
    related: tuple[Label, ...] = ()


def _by_itself(member: WorkloadMember, faults: Sequence[Fault]) -> _Words | None:
    """Return what is wrong whatever the pods carry; None where nothing is."""
    who, resource = member.display, member.resource
    for fault in faults:
        if fault.cause.message.endswith("auto-generated"):
            at = resource.key_label(*fault.path, text="not for the manifest to say")
            message = f"{who} sets the selector, which the API server writes for a Job"
            manual = "" if member.resource.kind == "CronJob" else _OR_MANUAL
            return _Words(message, at, f"remove the selector{manual}")
    for fault in faults:
        if fault.cause.message.endswith(MISMATCH):
            continue
        if fault.path[-2:-1] == ("labels",):
            at = resource.label(*fault.path, text="not for the manifest to say")
            message = f"{who} sets the label {fault.path[-1]}, which the API server"
            return _Words(f"{message} writes for a Job", at, "remove the label")
        if "empty selector is invalid" in fault.cause.message:
            at = resource.key_label(*fault.path, text="selects every pod")
            return _Words(f"{who} has an empty selector", at, _SELECT_LABELS)
        if fault.reason != REQUIRED or fault.path != _SELECTOR:
            at = resource.label(*fault.path, text="refused")
            message = f"the selector of {who} is refused: {clause(fault)}"
            return _Words(message, at, "correct the selector; it is immutable")
    return None


def _against_pods(member: WorkloadMember, wanted: Mapping[str, str]) -> _Words:
    """Return how the selector and the labels of the pods differ."""
    who, labels, resource = member.display, member.workload.labels, member.resource
    if not resource.get(*_SELECTOR):
        if resource.kind == "ReplicationController":
            # Its selector is the labels of the pods, where it states none.
            at = _of_pods(member, None)
            return _Words(f"{who} gives its pods no labels", at, _LABEL_PODS)
        if resource.get("spec") is None:
            at = resource.label("metadata", "name", text="it has no spec")
        else:
            at = resource.key_label("spec", text="the selector belongs here")
        return _Words(f"{who} has no selector", at, _SELECT_LABELS)
    key = next((key for key in wanted if labels.get(key) != wanted[key]), None)
    if key is None:
        return _against_expression(member) or _Words(
            f"{who} has a selector that does not match its pods",
            _of_pods(member, None),
            _MAKE_EQUAL,
        )
    if key in labels:
        asked = f"{key}={wanted[key]}"
        message = f"{who} selects {asked} but its pods carry {key}={labels[key]}"
    else:
        message = f"{who} selects {key}={wanted[key]} but its pods have no label {key}"
    at = _of_pods(member, key)
    return _Words(message, at, _MAKE_EQUAL, _related(resource, key))


def _against_expression(member: WorkloadMember) -> _Words | None:
    """Return how the labels of the pods fail a set-based requirement."""
    labels, resource = member.workload.labels, member.resource
    failed = unmet(resource, labels)
    if failed is None:
        return None
    key = failed.requirement.key
    carried = f"carry {key}={labels[key]}" if key in labels else f"have no label {key}"
    return _Words(
        f"{member.display} selects {failed.requirement} but its pods {carried}",
        _of_pods(member, key),
        "choose a label that fits; the selector is immutable",
        (resource.label(*failed.path, text="the selector asks for this"),),
    )


def _wanted(resource: Resource) -> Mapping[str, str]:
    """Return the equalities of the workload's own selector."""
    selector = resource.get("spec", "selector")
    if not isinstance(selector, dict):
        return {}
    labels = selector.get("matchLabels", selector)
    return text_values(labels)


def _of_pods(member: WorkloadMember, key: str | None) -> Label:
    """Return the label that differs, or where it is missing."""
    resource, workload = member.resource, member.workload
    if key is not None and key in workload.labels:
        path = (*workload.labels_path, key)
        return resource.label(*path, text="not what the selector asks for")
    if workload.labels:
        path = workload.labels_path
        return resource.key_label(*path, text="these labels do not fit the selector")
    return resource.key_label(*workload.template_path, text="its pods have no labels")


def _related(resource: Resource, key: str | None) -> tuple[Label, ...]:
    if key is None:
        return ()
    for path in ((*_SELECTOR, "matchLabels", key), (*_SELECTOR, key)):
        if resource.get(*path) is not None:
            return (resource.label(*path, text="the selector asks for this"),)
    return ()


class _Asked:
    """The Services of a set by one label that each asks for: a look-up, no search."""

    def __init__(self, cx: Context) -> None:
        self._cluster = cx.cluster
        self._by_pair: dict[tuple[str, str], list[ServiceRow]] = {}
        for row in cx.table.judged:
            for pair in (row.service.selector or {}).items():
                self._by_pair.setdefault(pair, []).append(row)
                break

    def services_of(
        self, member: WorkloadMember, wanted: Mapping[str, str]
    ) -> tuple[Resource, ...]:
        """Return the Services that mean a workload by either side of a mismatch."""
        labels = member.workload.labels
        other = {**labels, **wanted}
        asked = frozenset(asked_values(member.resource))
        found: dict[int, Resource] = {}
        for pair in (*labels.items(), *other.items(), *asked):
            for row in self._by_pair.get(pair, ()):
                fits = _fits(row, labels) or _fits(row, other, asked)
                if fits and self._cluster.can_meet(row.member, member):
                    found[id(row.resource)] = row.resource
        return tuple(found.values())


def _fits(
    row: ServiceRow,
    labels: Mapping[str, str],
    besides: Container[tuple[str, str]] = (),
) -> bool:
    """Whether pods with labels, and with any ``besides``, have all that a Service asks."""
    selector = row.service.selector or {}
    return all(
        labels.get(pair[0]) == pair[1] or pair in besides for pair in selector.items()
    )
