"""The rule ``env.links-too-large``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from cip_lint.bodies import integer, items
from cip_lint.kube.service_variables import most_bytes
from cip_lint.kube.well_known import MASTER
from cip_lint.model import Label, Resource, Severity
from cip_lint.records import NamedTuple
from cip_lint.rule import Context, Problem, Stage, rule

if TYPE_CHECKING:
    from cip_lint.cluster import ServiceMember
    from cip_lint.replay.environment.links import Link

_LARGE = 256
"""KiB: about an eighth of what Linux gives arguments and environment together."""
_TOO_LARGE = 1536
"""KiB: the usual limit is 2 MiB, and arguments and stack want their part."""


class _Crowd(NamedTuple):
    """The Services that every container of a namespace is told of."""

    first: ServiceMember
    """The first of them in the set."""
    links: tuple[Link, ...]

    @property
    def resource(self) -> Resource:
        """The first Service."""
        return self.first.resource


def _crowds(cx: Context) -> Iterable[_Crowd]:
    """Yield what a workload of each namespace of many Services is told of."""
    fewest = _limit(cx, "warning", _LARGE) << 10
    firsts = {
        row.member.effective_namespace: row.member for row in reversed(cx.table.judged)
    }
    for namespace, most in _most_bytes(cx).items():
        first = firsts.get(namespace)
        if most <= fewest or first is None or not first.decided or first.piece:
            continue
        reader = cx.table.variables.reader_of(first)
        if reader is not None:
            links = cx.table.variables.links_of(reader)
            yield _Crowd(first, tuple(one for one in links if one.name != MASTER[1]))


def _most_bytes(cx: Context) -> Counter[str]:
    """Return no less than what the Services of each namespace, living or not, take."""
    found: Counter[str] = Counter()
    for row in cx.table.rows:
        found[row.member.effective_namespace] += _most(row.resource)
    snapshot = cx.cluster.snapshot
    for living in () if snapshot is None else snapshot.services:
        found[living.effective_namespace] += _most(living.resource)
    return found


def _most(service: Resource) -> int:
    """Return no less than what a Service takes, without reading its ports."""
    return most_bytes(service.name, len(items(service.get("spec", "ports"))))


@rule(
    "env.links-too-large",
    severity=Severity.WARNING,
    also=(Severity.ERROR,),
    on=_crowds,
    stage=Stage.NAMES,
    since="0.1.0",
)
def links_too_large(crowd: _Crowd, cx: Context) -> Iterator[Problem]:
    """The Services of a namespace fill the environment of its containers.

    ## Why it matters

    Every container gets seven or more variables for each Service of its namespace,
    unless its pod says `enableServiceLinks: false`. Linux gives a new process about
    2 MiB for arguments and environment together; beyond that it answers *argument
    list too long*, and the container never starts. Scripts that handle the
    environment as one text fail far earlier.

    It is a *warning* above 256 KiB, and an *error* above 1.5 MiB.

    ## Example

    ```config
    version: 1
    rules:
      env.links-too-large:
        warning: 1
    ```

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: queue-of-incoming-orders-to-be-checked-by-hand
      namespace: shop
    spec:
      ports:
        - name: transfer
          port: 8080
        - name: measurements
          port: 8081
        - name: administration
          port: 8082
        - name: replication
          port: 8083
    ---
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
      namespace: shop
    spec:
      containers:
        - name: web
          image: example.com/web
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: queue-of-incoming-orders-to-be-checked-by-hand
      namespace: shop
    spec:
      ports:
        - name: transfer
          port: 8080
        - name: measurements
          port: 8081
        - name: administration
          port: 8082
        - name: replication
          port: 8083
    ---
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
      namespace: shop
    spec:
      enableServiceLinks: false
      containers:
        - name: web
          image: example.com/web
    ```

    ## Options

    - `warning`, `error`: the bounds, in KiB; by default 256 and 1536.

    ## References

    - [Accessing the Service](https://kubernetes.io/docs/tutorials/services/connect-applications-service/#accessing-the-service)
    """
    sizes = [(link.size, link) for link in crowd.links]
    total = sum(size for size, _ in sizes)
    if total <= _limit(cx, "warning", _LARGE) << 10:
        return
    too_large = total > _limit(cx, "error", _TOO_LARGE) << 10
    first = crowd.first
    size, largest = max(sizes, key=lambda one: one[0])
    related: tuple[Label, ...] = ()
    if largest.member is not None and largest.member is not first:
        text = f"the largest: {size:,} bytes"
        related = (largest.member.resource.label("metadata", "name", text=text),)
    how_much = _written(total)
    yield Problem(
        f"{_services(len(sizes))} about {how_much} into every "
        f"container of namespace {first.effective_namespace}",
        at=first.resource.label("metadata", "name", text="the first of them"),
        related=related,
        notes=("with about 2 MiB for arguments and environment, the limit of Linux",),
        help="set enableServiceLinks: false in pod templates",
        severity=Severity.ERROR if too_large else Severity.WARNING,
        resource=first.resource,
    )


def _limit(cx: Context, name: str, default: int) -> int:
    """Return a bound in KiB, as configured."""
    stated = integer(cx.options.get(name))
    return default if stated is None or stated < 0 else stated


def _services(number: int) -> str:
    return f"{number:,} Services inject" if number > 1 else "1 Service injects"


def _written(size: int) -> str:
    mib = size / (1 << 20)
    return f"{mib:.1f} MiB" if mib >= 0.1 else f"{size / (1 << 10):.0f} KiB"
