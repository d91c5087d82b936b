"""How a pod finds the addresses of a host: each name that its resolver asks for.

Follows glibc (``getaddrinfo`` over ``resolv/res_query.c``), the resolver of most
images. musl differs: it gives up at the first name that exists without addresses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from cip_lint.records import NamedTuple
from cip_lint.replay.dns.names import absolute, is_well_formed, numeric_address
from cip_lint.replay.dns.records import AAAA, CNAME, A, Record
from cip_lint.replay.dns.server import Answer

Ask = Callable[[str, str], Answer]
"""Answers a question for an absolute name and a type."""


class Step(NamedTuple):
    """One name that was asked for, and the records that it led to."""

    name: str
    """Absolute."""
    search: str
    """The entry of the search list behind it; empty: the name as it is."""
    records: tuple[Record, ...]
    exists: bool
    """Whether there is such a name."""
    known: bool = True
    """Whether it is known what DNS answers; not so of names of the outside world."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses found, those of IPv4 first."""
        return tuple(one.value for one in self.records if one.type in (A, AAAA))

    @property
    def canonical(self) -> str:
        """The name that has the addresses, without final dot; empty for none.

        Where a further name leads out of what is known, that one.
        """
        found = [one.name for one in self.records if one.type in (A, AAAA)]
        found += [one.value for one in reversed(self.records) if one.type == CNAME]
        return found[0].removesuffix(".") if found else ""


class Lookup(NamedTuple):
    """What became of a host."""

    host: str
    addresses: tuple[str, ...]
    """None: it was not found, or it is not known where it is."""
    canonical: str
    """The name that has the addresses, or the last one that is known."""
    steps: tuple[Step, ...] = ()
    """What DNS was asked; nothing for an address and for a name of the hosts file."""

    @property
    def found(self) -> bool:
        """Whether it has an address."""
        return bool(self.addresses)

    @property
    def known(self) -> bool:
        """Whether nothing depends on what the outside world answers."""
        return all(step.known for step in self.steps)


def look_up(
    host: str,
    searches: Sequence[str],
    ndots: int,
    ask: Ask,
    hosts: Mapping[str, Sequence[str]] | None = None,
) -> Lookup:
    """Return how a host is resolved.

    ``searches`` and ``ndots`` are those of ``resolv.conf``; ``hosts`` the hosts file,
    name in lower case -> addresses, which comes before DNS. A name of which nobody
    knows what it leads to is passed over, as one that does not exist.
    """
    numeric = numeric_address(host)
    if numeric is not None:
        return Lookup(host, (numeric,), host)
    listed = (hosts or {}).get(host.lower(), ())
    if listed:
        return Lookup(host, tuple(listed), host)
    steps: list[Step] = []
    for name, search in names_to_try(host, searches, ndots):
        step = _asked(name, search, ask)
        steps.append(step)
        # A further name that leads nowhere ends the search as well.
        if step.records:
            return Lookup(host, step.addresses, step.canonical, tuple(steps))
    return Lookup(host, (), "", tuple(steps))


def names_to_try(
    host: str, searches: Sequence[str], ndots: int
) -> Iterator[tuple[str, str]]:
    """Yield the absolute names of a host in order, each with its search entry.

    A name with a final dot is tried as it is only; one with at least ``ndots`` dots
    first as it is; any other as it is at last. What no name can be is left out.
    """
    if not is_well_formed(host):
        return
    if host.endswith("."):
        yield host, ""
        return
    as_it_is = absolute(host), ""
    first = host.count(".") >= ndots
    if first:
        yield as_it_is
    for search in searches:
        name = absolute(f"{host}.{search}") if search.strip(".") else absolute(host)
        if is_well_formed(name):
            yield name, search
    if not first and not any(not search.strip(".") for search in searches):
        yield as_it_is


def _asked(name: str, search: str, ask: Ask) -> Step:
    """Ask for both families, as ``getaddrinfo`` does where none is wished for."""
    answers = [ask(name, record_type) for record_type in (A, AAAA)]
    records = [record for answer in answers for record in answer.records]
    exists = any(answer.rcode == "NOERROR" for answer in answers)
    aliases = [one for one in records if one.type == CNAME]
    others = [one for one in records if one.type != CNAME]
    known = all(answer.rcode != "UNKNOWN" for answer in answers)
    return Step(name, search, (*dict.fromkeys(aliases), *others), exists, known)
