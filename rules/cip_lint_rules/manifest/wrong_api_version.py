"""The rule ``manifest.wrong-api-version``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cip_lint.cluster import Member
from cip_lint.kube import discovery
from cip_lint.kube.admission import admit
from cip_lint.kube.misspelt_kinds import meant_kind
from cip_lint.kube.version import NEWEST, Version
from cip_lint.model import Resource, Severity
from cip_lint.rule import Context, Problem, Stage, rule
from cip_lint_rules._settings import version_note

_EXACT_SINCE = Version(1, 33)
"""Where no version is stated, what is served from here on is let pass."""

_WRITE_SELECTOR = "write spec.selector"
_MOVES = {
    "Ingress": "move serviceName/servicePort to service.name/service.port",
    "EndpointSlice": "move topology to nodeName and zone",
    "Deployment": _WRITE_SELECTOR,
    "DaemonSet": _WRITE_SELECTOR,
    "ReplicaSet": _WRITE_SELECTOR,
    "StatefulSet": _WRITE_SELECTOR,
}
"""What else must change with the version."""


_KINDS = (
    "Service",
    "Ingress",
    "EndpointSlice",
    "Endpoints",
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "ReplicaSet",
    "ReplicationController",
    "Job",
    "CronJob",
    "Pod",
    "ServiceCIDR",
    "IPAddress",
    "NetworkPolicy",
)


def _unserved(cx: Context) -> Iterable[Member]:
    """Yield the objects that the target version does not serve."""
    version = cx.settings.kubernetes_version
    bad: dict[tuple[str, str], bool] = {}
    for kind in _KINDS:
        for member in cx.cluster.judged(kind):
            key = member.resource.api_version, kind
            if key not in bad:
                bad[key] = _is_unserved(*key, version.value, stated=version.stated)
            if bad[key]:
                yield member
    for kind in cx.cluster.kinds:
        if meant_kind("v1", kind):
            yield from cx.cluster.judged(kind)


def _is_unserved(
    api_version: str, kind: str, version: Version, *, stated: bool
) -> bool:
    if discovery.served(api_version, kind, version) is not False:
        return False
    return stated or not any(
        discovery.served(api_version, kind, Version(1, minor))
        for minor in range(_EXACT_SINCE.minor, NEWEST.minor + 1)
    )


@rule(
    "manifest.wrong-api-version",
    severity=Severity.ERROR,
    on=_unserved,
    stage=Stage.DECODE,
    since="0.1.0",
    kinds=("Service", "Ingress", "EndpointSlice", "workloads", "ServiceCIDR"),
    hides=("ALL",),
    pieces=True,
)
def wrong_api_version(member: Member, cx: Context) -> Iterator[Problem]:
    """The target version does not serve this kind under this apiVersion.

    ## Why it matters

    The API server answers 404 to a kind that it does not serve under the group
    and version written, and the object is not stored. Where no Kubernetes version
    is stated, only what no version from 1.33 on serves is reported. Kinds are written
    in one way: there is no `service`, and no `Statefulset`.

    ## Example

    ```yaml
    apiVersion: extensions/v1beta1
    kind: Ingress
    metadata:
      name: shop
    spec:
      backend:
        serviceName: web
        servicePort: 80
    ```

    Use instead:

    ```yaml
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: shop
    spec:
      defaultBackend:
        service:
          name: web
          port:
            number: 80
    ```

    ## References

    - [Deprecated API migration guide](https://kubernetes.io/docs/reference/using-api/deprecation-guide/)
    """
    resource = member.resource
    api_version, kind = resource.api_version, resource.kind
    version = cx.settings.kubernetes_version.value
    answer = admit(resource.body, cx.cluster.facts)
    meant = meant_kind(api_version, kind)
    if meant:
        home = discovery.served(api_version, meant, version)
        yield Problem(
            f"{api_version} has no kind {kind}; it is written {meant}",
            at=resource.label("kind", text="no kind of Kubernetes"),
            notes=(f'kubectl finds no matches for kind "{kind}"',),
            help=f"write {meant}" if home else f"write {_HOMES[meant]} and {meant}",
            answer=answer.answer() if answer is not None else None,
        )
        return
    yield Problem(
        _message(api_version, kind, version),
        at=resource.label("apiVersion", text=f"not an apiVersion of {kind}"),
        notes=(version_note(cx),),
        help=_help(resource, version),
        answer=answer.answer() if answer is not None else None,
    )


def _message(api_version: str, kind: str, version: Version) -> str:
    removed = discovery.removed_in(api_version, kind)
    introduced = discovery.introduced_in(api_version, kind)
    says = f"{kind} is not served as {api_version}"
    if removed is not None and removed <= version:
        return f"{says} since {removed}"
    if discovery.optional(api_version, kind, version):
        return f"{says} unless the API server is told to"
    if introduced is not None and introduced > version:
        return f"{says} before {introduced}"
    return says


def _help(resource: Resource, version: Version) -> str | None:
    api_version, kind = resource.api_version, resource.kind
    heir = discovery.replacement(api_version, kind, version) or _HOMES.get(kind)
    if heir is None:
        return None
    move = _MOVES.get(kind) if "beta" in api_version else None
    if move == _WRITE_SELECTOR and resource.get("spec", "selector"):
        move = None
    return f"use {heir} and {move}" if move else f"use {heir}"


_HOMES = {
    "Service": "v1",
    "Endpoints": "v1",
    "Pod": "v1",
    "ReplicationController": "v1",
    "Deployment": "apps/v1",
    "StatefulSet": "apps/v1",
    "DaemonSet": "apps/v1",
    "ReplicaSet": "apps/v1",
    "Job": "batch/v1",
    "CronJob": "batch/v1",
    "Ingress": "networking.k8s.io/v1",
    "NetworkPolicy": "networking.k8s.io/v1",
    "EndpointSlice": "discovery.k8s.io/v1",
    "ConfigMap": "v1",
}
"""Where a kind is at home, for those written under the group of another."""
