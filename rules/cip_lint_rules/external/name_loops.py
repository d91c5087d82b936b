"""The rule ``external.name-loops``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cip_lint.model import Resource, Severity
from cip_lint.records import NamedTuple
from cip_lint.rule import Context, Problem, Stage, external_names, rule
from cip_lint_rules._settings import source, statement
from cip_lint_rules._words import listed
from cip_lint_rules.external._aliases import NAME_PATH, Alias, aliases

_SHOWN = 3
_LABELS = 3
"""Of the name of a Service before the zone: its own, its namespace, ``svc``."""


class Cycle(NamedTuple):
    """ExternalName Services of which each leads to the next, the last to the first."""

    links: tuple[Alias, ...]
    """The first is the one that is applied first."""

    @property
    def resource(self) -> Resource:
        """The Service at which the cycle is told."""
        return self.links[0].resource


def _cycles(cx: Context) -> Iterator[Cycle]:
    """Yield each cycle once, in the order of the Services."""
    found = list(aliases(cx))
    following = _following(found, cx) if found else {}
    done: set[int] = set()
    for start in found:
        way: list[Alias] = []
        at: Alias | None = start
        while at is not None and id(at) not in done:
            done.add(id(at))
            way.append(at)
            at = following.get(id(at))
        entry = next((i for i, one in enumerate(way) if one is at), None)
        if entry is not None:
            yield _from_the_first(way[entry:])


def _from_the_first(links: list[Alias]) -> Cycle:
    first = min(range(len(links)), key=lambda i: links[i].row.member.order)
    return Cycle((*links[first:], *links[:first]))


def _following(found: list[Alias], cx: Context) -> Mapping[int, Alias]:
    """Return for each alias, by its identity, the one that it leads to."""
    of_member = {id(one.row.member): one for one in found}
    ending = "." + cx.settings.cluster_domain.value.lower().strip(".")
    following: dict[int, Alias] = {}
    for one in found:
        labels = one.target.removesuffix(ending).split(".")
        if not one.target.endswith(ending) or len(labels) != _LABELS:
            continue
        name, namespace, tree = labels
        if tree != "svc":
            continue
        meant = cx.cluster.service(one.row.member, name, namespace)
        further = of_member.get(id(meant))
        # A namespace that nobody decides may be another one.
        if further is not None and further.row.member.decided:
            following[id(one)] = further
    return following


@rule(
    "external.name-loops",
    severity=Severity.ERROR,
    on=_cycles,
    needs=external_names,
    stage=Stage.NAMES,
    since="0.1.0",
    hides=("external.name-is-address", "external.name-is-short"),
)
def name_loops(cycle: Cycle, cx: Context) -> Iterator[Problem]:
    """ExternalName Services point at themselves or at each other.

    ## Why it matters

    An ExternalName Service is an alias in DNS. An alias that comes back to itself,
    be it over other Services, never ends at an address, and the cluster's DNS
    answers nothing for any name of the circle.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: db
      namespace: shop
    spec:
      type: ExternalName
      externalName: db.shop.svc.cluster.local
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
      externalName: db.example.com
    ```

    ## References

    - [Type ExternalName](https://kubernetes.io/docs/concepts/services-networking/service/#externalname)
    """
    first, *others = cycle.links
    zone = cx.settings.cluster_domain
    yield Problem(
        _message(cycle),
        at=first.resource.label(*NAME_PATH, text=_leads_to(cycle, 0)),
        related=(
            *(
                link.resource.label(*NAME_PATH, text=_leads_to(cycle, index))
                for index, link in enumerate(others, 1)
            ),
            *statement(zone, "the zone of the cluster"),
        ),
        notes=(
            "DNS answers nothing for a name that leads back to itself",
            f"with the cluster domain {zone.value}, {source(zone)}",
        ),
        help="let one name the real host" if others else "name the real host",
        covers=tuple(link.resource for link in others),
    )


def _message(cycle: Cycle) -> str:
    names = [link.row.display for link in cycle.links]
    if len(names) == 1:
        return f"{names[0]} points at itself"
    if len(names) > _SHOWN:
        names = [*names[:_SHOWN], f"{len(names) - _SHOWN} more"]
    each = "point at each other" if len(cycle.links) == 2 else "point in a circle"
    return f"{listed(names)} {each}"


def _leads_to(cycle: Cycle, index: int) -> str:
    following = cycle.links[(index + 1) % len(cycle.links)]
    return f"leads to {following.row.display}"
