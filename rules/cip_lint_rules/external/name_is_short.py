"""The rule ``external.name-is-short``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.cluster import ServiceMember
from cip_lint.model import Confidence, Label, Resource, Severity
from cip_lint.records import NamedTuple
from cip_lint.rule import Context, Problem, Stage, external_names, rule
from cip_lint_rules._public_domains import DOTLESS_HOSTS, may_be_public
from cip_lint_rules._settings import source, statement
from cip_lint_rules.external._aliases import NAME_PATH, Alias, aliases


class Short(NamedTuple):
    """An alias that would have to be completed by a search list."""

    alias: Alias
    name: str
    """Of the Service that is meant."""
    namespace: str
    """As the alias names it; empty where it names none."""
    meant: ServiceMember | None
    """The Service of the set."""
    confidence: Confidence

    @property
    def resource(self) -> Resource:
        """The Service as it was written."""
        return self.alias.resource


def _shorts(cx: Context) -> Iterator[Short]:
    for alias in aliases(cx):
        if alias.written.endswith("."):
            continue
        match alias.target.split("."):
            case [name]:
                short = _of_one_label(alias, name, cx)
            case [name, namespace]:
                known = namespace in cx.table.lookups.namespaces
                short = _of_two_labels(alias, name, namespace, cx) if known else None
            case [name, namespace, "svc"]:
                meant = _service(alias, name, namespace, cx)
                short = Short(alias, name, namespace, meant, Confidence.CERTAIN)
            case _:
                short = None
        if short is not None:
            yield short


def _of_one_label(alias: Alias, name: str, cx: Context) -> Short | None:
    if name in DOTLESS_HOSTS:
        return None
    own = alias.row.member
    meant = cx.cluster.service(own, name)
    if meant is None or meant is own:
        others = [
            one
            for one in cx.cluster.services_named(name, own)
            if one is not own and cx.cluster.can_meet(own, one)
        ]
        meant = others[0] if len(others) == 1 else None
    return Short(alias, name, "", meant, Confidence.CERTAIN)


def _of_two_labels(
    alias: Alias, name: str, namespace: str, cx: Context
) -> Short | None:
    """Return it, unless the namespace may as well be a domain of the world."""
    meant = _service(alias, name, namespace, cx)
    if meant is None and may_be_public(namespace):
        return None
    sure = Confidence.POSSIBLE if meant is None else Confidence.LIKELY
    return Short(alias, name, namespace, meant, sure)


def _service(
    alias: Alias, name: str, namespace: str, cx: Context
) -> ServiceMember | None:
    meant = cx.cluster.service(alias.row.member, name, namespace)
    return meant if meant is not None and meant.decided else None


@rule(
    "external.name-is-short",
    severity=Severity.WARNING,
    on=_shorts,
    needs=external_names,
    stage=Stage.NAMES,
    since="0.1.0",
)
def name_is_short(short: Short, cx: Context) -> Iterator[Problem]:
    """An ExternalName of one label, or an in-cluster short name.

    ## Why it matters

    Short names of Services work in pods because the resolver appends the search list
    of the pod. An ExternalName Service is an alias in DNS, and nobody appends
    anything to what an alias leads to: `db.data.svc` is looked up as a public name,
    and no such domain exists.

    Not told are a name with a final dot, a top-level domain that is a host itself, and
    a name whose last label may be a public domain, as `db.data`, unless the set has
    that Service.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: db
      namespace: shop
    spec:
      type: ExternalName
      externalName: db.data.svc
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: db
      namespace: shop
    spec:
      type: ExternalName
      externalName: db.data.svc.cluster.local
    ```

    ## References

    - [Type ExternalName](https://kubernetes.io/docs/concepts/services-networking/service/#externalname)
    """
    alias, meant, zone = short.alias, short.meant, cx.settings.cluster_domain
    full = _full_name(short, cx)
    notes = ["the search list of a pod is not applied to what an alias leads to"]
    related: tuple[Label, ...] = ()
    if full:
        notes.append(f"with the cluster domain {zone.value}, {source(zone)}")
        related = statement(zone, "the zone of the cluster")
    if meant is not None:
        label = meant.resource.label(
            "metadata", "name", text=f"{meant.display} is meant"
        )
        related = (label, *related)
    yield Problem(
        f"externalName {alias.written} is looked up as a public name",
        at=alias.resource.label(*NAME_PATH, text="not completed"),
        related=related,
        notes=tuple(notes),
        help=_help(short, full),
        confidence=short.confidence,
    )


def _help(short: Short, full: str) -> str:
    if short.meant is short.alias.row.member:  # in full it would be a loop
        return "name the real host: this is the Service itself"
    return f"write {full}" if full else "write the full name of the host"


def _full_name(short: Short, cx: Context) -> str:
    """Return the name to write; empty where nobody knows which Service is meant."""
    namespace = short.namespace
    if not namespace:
        if short.meant is None or not short.meant.decided:
            return ""
        namespace = short.meant.ref.namespace
    return f"{short.name}.{namespace}.svc.{cx.settings.cluster_domain.value}"
