"""The rule ``env.link-collision``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from cip_lint.kube.service_variables import service_variables
from cip_lint.model import Resource, Severity
from cip_lint.records import NamedTuple
from cip_lint.rule import Context, Problem, ServiceRow, Stage, rule, services
from cip_lint_rules._words import first_few

if TYPE_CHECKING:
    from cip_lint.replay.environment.reads import ServiceRead

_JOINTS = ("-service", "-port-")
"""Where the longer of two names that collide goes on behind the shorter."""
_DRAWN = "..."
"""Stands for an address, which no two Services share."""


class _Collision(NamedTuple):
    """Two Services of one namespace that make the same variables."""

    first: ServiceRow
    second: ServiceRow
    """The one with the longer name."""
    values: Mapping[str, tuple[str, str]]
    """By the name of the variable: what the first says, and the second."""

    @property
    def resource(self) -> Resource:
        """The second Service."""
        return self.second.member.resource


def _collisions(cx: Context) -> Iterable[_Collision]:
    """Yield the pairs, in time that is linear.

    Two prefixes never are equal; so one name must begin with the other, and go on
    as variables do.
    """
    by_name: dict[tuple[str, str], list[ServiceRow]] | None = None
    for second in cx.table.judged:
        name = second.member.name
        if not any(joint in name for joint in _JOINTS):
            continue
        if by_name is None:
            by_name = {}
            for row in cx.table.judged:
                by_name.setdefault((row.ref.namespace, row.member.name), []).append(row)
        for prefix in _prefixes(name):
            for first in by_name.get((second.ref.namespace, prefix), ()):
                if _meet(first, second, cx):
                    values = _contested(first, second)
                    if values:
                        yield _Collision(first, second, values)


def _prefixes(name: str) -> Iterator[str]:
    for joint in _JOINTS:
        at = name.find(joint, 1)
        while at > 0:
            yield name[:at]
            at = name.find(joint, at + 1)


def _meet(first: ServiceRow, second: ServiceRow, cx: Context) -> bool:
    one, other = first.member, second.member
    return not one.piece and not other.piece and cx.cluster.can_meet(one, other)


def _contested(first: ServiceRow, second: ServiceRow) -> Mapping[str, tuple[str, str]]:
    """Return the variables of two Services that have different values."""
    one, other = _made(first), _made(second)
    return {
        name: (value, other[name])
        for name, value in one.items()
        if name in other and (value != other[name] or _DRAWN in value)
    }


def _made(row: ServiceRow) -> Mapping[str, str]:
    service = row.service
    if service.headless or service.type == "ExternalName":
        return {}
    made = service_variables(service.name, service.ports, _DRAWN)
    return {one.name: one.value for one in made}


@rule(
    "env.link-collision",
    severity=Severity.WARNING,
    also=(Severity.INFO,),
    on=_collisions,
    needs=services,
    stage=Stage.NAMES,
    since="0.1.0",
    asks_pods=True,
)
def link_collision(pair: _Collision, cx: Context) -> Iterator[Problem]:
    """Two Services make one variable with different values.

    ## Why it matters

    `foo` makes `FOO_SERVICE_PORT` for its port, and `foo-service` makes a variable of
    the same name for its URL. The kubelet keeps the last one that it meets in a map,
    which is another one at each start of a container. It is a *warning* where a
    workload of the namespace reads the variable; profile `strict` adds an *info*
    where none is seen to, for Services of one folder or build.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: foo
      namespace: shop
    spec:
      ports:
        - port: 80
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: foo-service
      namespace: shop
    spec:
      ports:
        - port: 8080
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
          args:
            - --port=$(FOO_SERVICE_PORT)
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: foo
      namespace: shop
    spec:
      ports:
        - port: 80
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: foo-backend
      namespace: shop
    spec:
      ports:
        - port: 8080
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
          args:
            - --port=$(FOO_SERVICE_PORT)
    ```

    ## References

    - [Environment variables](https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables)
    """
    reads = list(_reads(pair, cx))
    if not reads and not (cx.strict and _may_be_read(pair, cx)):
        return
    name = reads[0].read.name if reads else next(iter(pair.values))
    one, other = pair.values[name]
    first, second = pair.first.member, pair.second.member
    others = [other for other in pair.values if other != name]
    yield Problem(
        f"{name} comes from Service {first.name} ({one}) "
        f"and from Service {second.name} ({other}), at random",
        at=second.resource.label("metadata", "name", text="makes it"),
        related=(
            first.resource.label("metadata", "name", text="makes it too"),
            *(
                read.read.mention.label(f"{read.read.member.display} reads it")
                for read in reads
            ),
        ),
        notes=(f"so does {first_few(others)}",) if others else (),
        help="rename one, or use DNS",
        severity=Severity.WARNING if reads else Severity.INFO,
    )


def _may_be_read(pair: _Collision, cx: Context) -> bool:
    """Whether some container is told of both, as far as the files say.

    Services of different folders that nobody builds may belong to different programs.
    """
    first, second = pair.first.member, pair.second.member
    if not second.unit.rendered and _folder(first.path) != _folder(second.path):
        return False
    return cx.table.variables.reader_of(second) is not None


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _reads(pair: _Collision, cx: Context) -> Iterator[ServiceRead]:
    """Yield where a variable is read that may be of either."""
    both = {id(pair.first.member), id(pair.second.member)}
    for name in pair.values:
        for read in cx.table.reads.by_name.get(name, ()):
            if both <= {id(link.member) for link in read.makers}:
                yield read
