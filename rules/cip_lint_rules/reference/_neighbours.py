"""Which Service of the same namespace is probably meant by a name that has none."""

from __future__ import annotations

from functools import cached_property

from cip_lint.cluster import ServiceMember
from cip_lint.cluster.absence import Absence
from cip_lint.cluster.references import Reference
from cip_lint.rule import Context

_COMPARED = 64
"""From so many Services of a namespace on, only those of the same file are compared."""
_SHORTEST = 3


class Neighbours:
    """The Services of a set by unit and namespace, looked up once for a run."""

    def __init__(self, cx: Context) -> None:
        self._cx = cx

    @cached_property
    def _by_place(self) -> dict[tuple[str, str, str], list[ServiceMember]]:
        found: dict[tuple[str, str, str], list[ServiceMember]] = {}
        for member in self._cx.cluster.judged_services:
            unit = member.unit
            for place in (member.path, f"\0{unit.path}"):
                key = (unit.scope, place, member.namespace)
                found.setdefault(key, []).append(member)
        return found

    def nearest(self, one: Reference, absence: Absence) -> ServiceMember | None:
        """Return the only Service beside a reference, or the only one with its name in it.

        Beside is: in the same namespace, and in the same file, else in the unit where
        the witness is. Names are compared as a prefix or suffix makes them: one holds
        the other.
        """
        if absence.witness is None:
            return None
        places = [one.member.path]
        if one.member.unit.rendered:
            places.append(f"\0{one.member.unit.path}")
        found: dict[int, ServiceMember] = {}
        for place in places:
            key = (one.member.unit.scope, place, absence.witness.namespace)
            here = self._by_place.get(key, ())
            if len(here) <= _COMPARED:
                found.update(
                    (id(member), member)
                    for member in here
                    if self._cx.cluster.can_meet(one.member, member)
                )
        services = list(found.values())
        holding = [m for m in services if extends(m.name, one.said.name)]
        if len(holding) == 1:
            return holding[0]
        return services[0] if len(services) == 1 else None


def extends(name: str, other: str) -> bool:
    """Whether one of two names is the other with a word before or behind it."""
    short, long = sorted((name, other), key=len)
    return len(short) >= _SHORTEST and (
        long.startswith(f"{short}-") or long.endswith(f"-{short}")
    )
