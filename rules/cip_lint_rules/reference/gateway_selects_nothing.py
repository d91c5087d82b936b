"""The rule ``reference.gateway-selects-nothing``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice

from cip_lint.bodies import text_values
from cip_lint.cluster import Member, WorkloadMember
from cip_lint.cluster.near import nearness
from cip_lint.model import Confidence, Resource, Severity
from cip_lint.records import NamedTuple
from cip_lint.rule import Context, Problem, Stage, referring, rule
from cip_lint_rules._pods import pod_label, written

_MOST = 256
"""How many workloads that share a label key are compared with one selector."""
_KEY = "istio"
"""The label by which the gateways of Istio are told apart."""


class _Selecting(NamedTuple):
    """A Gateway, and the pods that may be its."""

    member: Member
    selector: Mapping[str, str]
    pods: _Gateways

    @property
    def resource(self) -> Resource:
        """The Gateway."""
        return self.member.resource


class _Gateways:
    """The workloads of all namespaces, by the label keys that Gateways ask for.

    Each scope has its own: a Gateway meets no workload of another one.
    """

    def __init__(self, cx: Context) -> None:
        self._cx = cx

    @cached_property
    def _by_key(self) -> Mapping[tuple[str, str], list[WorkloadMember]]:
        found: dict[tuple[str, str], list[WorkloadMember]] = {}
        for member in self._cx.cluster.judged_workloads:
            scope = member.unit.scope
            for key in member.workload.labels:
                found.setdefault((scope, key), []).append(member)
        return found

    def _with(self, of: Member, key: str) -> Sequence[WorkloadMember]:
        return self._by_key.get((of.unit.scope, key), ())

    def with_key(self, of: Member, key: str) -> Iterator[WorkloadMember]:
        """Yield workloads that carry a label key, whatever its value; at most a few."""
        for member in islice(self._with(of, key), _MOST):
            if self._cx.cluster.can_meet(of, member):
                yield member

    def fit(self, of: Member, selector: Mapping[str, str]) -> bool:
        """Whether the pods of some workload carry all labels of a selector."""
        rarest = min(selector, key=lambda key: len(self._with(of, key)))
        return any(
            selector.items() <= member.workload.labels.items()
            and self._cx.cluster.can_meet(of, member)
            for member in self._with(of, rarest)
        )


def _selecting(cx: Context) -> Iterable[_Selecting]:
    pods = _Gateways(cx)
    for member in cx.cluster.judged("Gateway", "networking.istio.io"):
        selector = text_values(member.resource.get("spec", "selector"))
        if selector and not member.piece:
            yield _Selecting(member, selector, pods)


@rule(
    "reference.gateway-selects-nothing",
    severity=Severity.WARNING,
    on=_selecting,
    needs=referring,
    stage=Stage.NAMES,
    since="0.1.0",
    profile="mesh",
    kinds=("Gateway", "workloads"),
)
def gateway_selects_nothing(found: _Selecting, cx: Context) -> Iterator[Problem]:
    """An Istio Gateway's selector finds no gateway pods.

    ## Why it matters

    A Gateway is given to the proxies whose pods carry the labels of its selector, in
    any namespace. Where no pod does, nobody opens its ports, and nothing says so.

    Gateways are often installed apart from what uses them. So it speaks only in a
    closed world, or where the gateway pods of the set carry nearly that label.

    ## Example

    ```yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: istio-ingressgateway, namespace: istio-system}
    spec:
      selector: {matchLabels: {istio: ingressgateway}}
      template:
        metadata: {labels: {istio: ingressgateway}}
        spec: {containers: [{name: istio-proxy, image: auto}]}
    ---
    apiVersion: networking.istio.io/v1
    kind: Gateway
    metadata: {name: public, namespace: shop}
    spec:
      selector: {istio: ingress}
      servers:
        - port: {number: 80, name: http, protocol: HTTP}
          hosts: [shop.example.com]
    ```

    Use instead:

    ```yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: istio-ingressgateway, namespace: istio-system}
    spec:
      selector: {matchLabels: {istio: ingressgateway}}
      template:
        metadata: {labels: {istio: ingressgateway}}
        spec: {containers: [{name: istio-proxy, image: auto}]}
    ---
    apiVersion: networking.istio.io/v1
    kind: Gateway
    metadata: {name: public, namespace: shop}
    spec:
      selector: {istio: ingressgateway}
      servers:
        - port: {number: 80, name: http, protocol: HTTP}
          hosts: [shop.example.com]
    ```

    ## References

    - [Gateway](https://istio.io/latest/docs/reference/config/networking/gateway/)
    """
    member, selector, pods = found
    if cx.cluster.unresolved(member, ("spec", "selector")):
        return
    if pods.fit(member, selector) or _lives(found, cx):
        return
    if cx.cluster.why_unknown(selector, member) is not None:
        return
    near = _nearest(found)
    origin = _complete(found, cx)
    if near is None and not origin:
        return
    key = near.key if near is not None else next(iter(selector))
    has = near.value if near is not None else ""
    yield Problem(
        f"{member.display} selects {written({key: selector[key]})}, "
        + (f"the gateway pods carry {key}={has}" if has else "no pod carries it"),
        at=member.resource.label("spec", "selector", key),
        label="no pod carries this",
        related=(
            (pod_label(near.workload, key, f"{near.workload.display} carries this"),)
            if near is not None
            else ()
        ),
        notes=(f"nothing else exists here: {origin}",) if origin else (),
        help=f"write {key}: {has}" if has else "label the pods of a gateway with it",
        confidence=Confidence.CERTAIN if origin else Confidence.POSSIBLE,
    )


class _Near(NamedTuple):
    """A workload that misses a selector by the spelling of one value."""

    workload: WorkloadMember
    key: str

    @property
    def value(self) -> str:
        """What its pods carry."""
        return self.workload.workload.labels[self.key]


def _nearest(found: _Selecting) -> _Near | None:
    for key, wanted in found.selector.items():
        rest = {k: v for k, v in found.selector.items() if k != key}
        for member in found.pods.with_key(found.member, key):
            labels = member.workload.labels
            if rest.items() <= labels.items() and _is_near(wanted, labels[key]):
                return _Near(member, key)
    return None


def _is_near(wanted: str, has: str) -> bool:
    """Whether two names of gateways are probably meant to be one."""
    if _way(wanted) != _way(has):
        return False
    return _bare(wanted) == _bare(has) or nearness(wanted, has) is not None


def _way(name: str) -> str:
    """Return which way traffic goes: two edits lie between ingress and egress."""
    return next((way for way in ("ingress", "egress") if way in name), "")


def _bare(name: str) -> str:
    """Return the name of a gateway without what only some write in it."""
    bare = name.removeprefix("istio-").removesuffix("gateway").rstrip("-_")
    return bare or name


def _lives(found: _Selecting, cx: Context) -> bool:
    snapshot = cx.cluster.snapshot
    return snapshot is not None and bool(snapshot.pods_for(found.selector, None))


def _complete(found: _Selecting, cx: Context) -> str:
    """Return who says that no other gateway pods exist; empty where some may."""
    setting = cx.settings.completeness_for(found.member.sent_by)
    installed_elsewhere = _KEY in found.selector and not any(
        found.pods.with_key(found.member, _KEY)
    )
    if (
        setting.value is not True
        or installed_elsewhere
        or cx.cluster.may_hide_pods
        or cx.settings.external.workloads
    ):
        return ""
    return str(setting.origin)
