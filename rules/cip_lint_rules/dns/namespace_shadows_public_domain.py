"""The rule ``dns.namespace-shadows-public-domain``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.cluster import Member
from cip_lint.cluster.literals import Mention
from cip_lint.model import Label, Resource, Severity
from cip_lint.records import NamedTuple
from cip_lint.replay import ServiceRow
from cip_lint.replay.calls import Call
from cip_lint.rule import Context, Problem, Stage, rule, services
from cip_lint_rules._public_domains import CAPTURING, ORDINARY
from cip_lint_rules._settings import source

_TREE = "svc"
_HTTPS = 443


class Shadow(NamedTuple):
    """A namespace that is called as a domain is, with the Services in it."""

    name: str
    namespace: Member | None
    """The Namespace of the set."""
    rows: tuple[ServiceRow, ...]
    """One or more."""
    use: Mention | None
    """A host of the world that one of them captures, where a program calls it."""

    @property
    def resource(self) -> Resource:
        """The Namespace, or the first of its Services."""
        if self.namespace is not None:
            return self.namespace.resource
        return self.rows[0].resource


def _shadows(cx: Context) -> Iterator[Shadow]:
    zone = cx.settings.cluster_domain.value.lower().partition(".")[0]
    names = CAPTURING | ORDINARY | {_TREE, zone}
    found: dict[tuple[str, str], list[ServiceRow]] = {}
    for row in cx.table.judged:
        member = row.member
        if member.namespace in names and member.decided and not member.piece:
            key = member.unit.scope, member.namespace
            found.setdefault(key, []).append(row)
    for (_, name), rows in found.items():
        use = _use(rows, cx)
        certain = use is not None or name not in ORDINARY or name == zone
        if certain or cx.strict:
            yield Shadow(name, _namespace(rows[0], name, cx), tuple(rows), use)


def _namespace(row: ServiceRow, name: str, cx: Context) -> Member | None:
    made = cx.cluster.named("Namespace", name)
    return next(
        (
            one
            for one in made
            if not one.partial and cx.cluster.can_meet(row.member, one)
        ),
        None,
    )


def _use(rows: list[ServiceRow], cx: Context) -> Mention | None:
    """Return a call that leads to one of the Services, and is not meant to."""
    ours = set(map(id, rows))
    return next(
        (
            call.mention
            for call in cx.table.calls.notable
            if call.row is not None and id(call.row) in ours and _is_public(call)
        ),
        None,
    )


def _is_public(call: Call) -> bool:
    """Whether a host that leads to a Service is one of the world all the same.

    It has a label before the Service, as hosts of a domain have and ordinary
    Services do not, or it is called by HTTPS where the Service does not listen.
    """
    row, host = call.row, call.host
    if row is None or host.host.lower().split(".")[-1] != row.ref.namespace:
        return False
    if call.pod:
        return not row.service.headless and not call.pod[-1].isdigit()
    if host.scheme.lower() != "https" or host.port not in (None, _HTTPS):
        return False
    return all(one.port != _HTTPS for one in row.service.ports)


@rule(
    "dns.namespace-shadows-public-domain",
    severity=Severity.WARNING,
    also=(Severity.INFO,),
    on=_shadows,
    needs=services,
    stage=Stage.NAMES,
    since="0.1.0",
    kinds=("Namespace", "Service"),
)
def namespace_shadows_public_domain(shadow: Shadow, cx: Context) -> Iterator[Problem]:
    """A namespace whose name captures public hosts through the search list.

    ## Why it matters

    The resolver of a pod appends its search list before it asks for a name as it is:
    `example.com` is first looked up as `example.com.svc.cluster.local`, which is
    Service `example` of namespace `com`. Every pod of the cluster then reaches that
    Service instead of the host, and with it whatever is called below `example.com`.
    A namespace called `svc`, or as the zone begins, does the same to names of Services.

    Names that are ordinary for namespaces as well, as `dev`, `app` and `net`, are told
    where a program of the set calls a host of the world that is captured; in the `strict`
    profile always.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: example
      namespace: com
    spec:
      ports:
        - port: 80
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: example
      namespace: com-example
    spec:
      ports:
        - port: 80
    ```

    ## References

    - [DNS for Services and Pods](https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/)
    - [Root zone database](https://www.iana.org/domains/root/db)
    """
    first, *others = shadow.rows
    host = f"{first.ref.name}.{shadow.name}"
    also = (f" and {len(others)} more", " and others") if others else ("", "")
    captures = "capture" if others else "captures"
    zone = cx.settings.cluster_domain
    ordinary = shadow.use is None and shadow.name in ORDINARY
    yield Problem(
        f"{first.display}{also[0]} {captures} {host}{also[1]} for every pod of the "
        "cluster",
        at=_at(shadow),
        related=tuple(_related(shadow)),
        notes=(
            f"pods look up {host} as {host}.svc.{zone.value} first",
            f"with the cluster domain {zone.value}, {source(zone)}",
        ),
        help="rename the namespace",
        severity=Severity.INFO if ordinary else None,
        covers=tuple(row.resource for row in shadow.rows),
    )


def _at(shadow: Shadow) -> Label:
    text = "answers for a part of DNS"
    if shadow.namespace is not None:
        return shadow.namespace.resource.label("metadata", "name", text=text)
    row = shadow.rows[0]
    place = "namespace" if row.resource.namespace else "name"
    return row.resource.label("metadata", place, text=text)


def _related(shadow: Shadow) -> Iterator[Label]:
    if shadow.use is not None:
        yield shadow.use.label("is called here")
    rows = shadow.rows if shadow.namespace is not None else shadow.rows[1:]
    for row in rows:
        text = f"captures {row.ref.name}.{shadow.name}"
        yield row.resource.label("metadata", "name", text=text)
