"""The environment of a workload as text: a table of variables, then what to know."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from cip_lint.bodies import texts
from cip_lint.cluster.variable_reads import script_path
from cip_lint.model import Path, field_path
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple
from cip_lint.replay.environment.assembly import Given
from cip_lint.replay.environment.links import UNKNOWN_ADDRESS
from cip_lint.replay.order.guarantee import Guarantee
from cip_lint.report.cells import CELL_LIMIT, aligned, widths_of
from cip_lint.report.visible import shown
from cip_lint.words import counted

if TYPE_CHECKING:
    from cip_lint.cluster import Member
    from cip_lint.cluster.variable_reads import VariableRead
    from cip_lint.replay.environment.assembly import Unresolved
    from cip_lint.replay.environment.links import Link
    from cip_lint.replay.environment.variables import Late
    from cip_lint.replay.environment.workloads import (
        ContainerEnvironment,
        WorkloadEnvironment,
    )


class _Lateness(NamedTuple):
    """How a Service that may be late is spoken of."""

    note: str
    """Behind each of its variables."""
    words: str
    """How it stands to its consumer."""


_LATE: Final[Mapping[Guarantee, _Lateness]] = MappingProxyType(
    {
        Guarantee.LIKELY: _Lateness(
            "most likely in time", "sent right after the workload"
        ),
        Guarantee.RACY: _Lateness(
            "may be missing", "sent together with the workload, or far behind"
        ),
        Guarantee.REVERSED: _Lateness(
            "missing at first", "sent when the workload is ready or has finished"
        ),
        Guarantee.UNKNOWN: _Lateness(
            "order unknown", "not known to be sent before the workload"
        ),
    }
)
_NAME: Final = pattern(r"[-._a-zA-Z][-._a-zA-Z0-9]*")
"""What a person would call a variable."""

_API_SERVER = "made by the API server"
_TITLES = ("VARIABLE", "VALUE", "FROM", "PLACE", "NOTE")


def render_text(made: WorkloadEnvironment) -> str:
    """Return the environments of a workload's containers for a person."""
    lines: list[str] = []
    for one in made.containers:
        if lines:
            lines.append("")
        lines += _container(made, one)
    if not made.containers:
        lines.append(f"{_cell(made.member.display)}: no container")
    lines += _late(made)
    return "".join(f"{line}\n" for line in lines)


def _cell(text: str) -> str:
    return shown(text, CELL_LIMIT)


def place(member: Member, path: Path) -> str:
    """Return where a value stands, as ``shop/web.yaml:12``."""
    return f"{member.path}:{member.resource.span(*path).first.line}"


def _of_link(link: Link) -> str:
    return f"Service {link.namespace}/{link.name}"


def _place_of_link(link: Link) -> str:
    member = link.member
    if member is None:
        return _API_SERVER
    return f"{member.path}:{member.resource.key_span('kind').first.line}"


def _container(made: WorkloadEnvironment, one: ContainerEnvironment) -> Iterator[str]:
    member, container = made.member, one.container
    what = "init container" if container.init else "container"
    where = place(member, container.path)
    yield _cell(f"{member.display}, {what} {container.name} ({where})")
    rows = list(_rows(made, one))
    if rows:
        table = [list(_TITLES), *([_cell(cell) for cell in row] for row in rows)]
        widths = widths_of(table)
        yield from (aligned(cells, widths) for cells in table)
    yield f"{counted(one.injected, 'variable')} of Services, {one.size} bytes"
    yield from _section("started with:", _arguments(one))
    yield from _section("does not start:", _problems(made, one))
    yield from _section("overridden by the container:", _masked(made, one))
    yield from _section("stays as it is:", _unresolved(made, one))
    yield from _section("read before it is defined:", _early_reads(made, one))
    yield from _section("empty for the shell:", _empty(made, one))
    yield from _section("cannot be seen:", _unseen(made, one))
    if any(_holds_unknown(row) for row in rows):
        yield f"{UNKNOWN_ADDRESS} stands for an address that the API server draws"


def _holds_unknown(row: list[str]) -> bool:
    return UNKNOWN_ADDRESS in row[1]


def _rows(made: WorkloadEnvironment, one: ContainerEnvironment) -> Iterator[list[str]]:
    late = {
        id(linked.link): _LATE[linked.late.guarantee].note
        for linked in made.services
        if linked.late is not None
    }
    for name, variable in sorted(one.environment.variables.items()):
        link = one.origins.get(name)
        note = ""
        if link is None:
            given, where = variable.given.value, place(made.member, variable.path)
        else:
            given, where = _of_link(link), _place_of_link(link)
            note = late.get(id(link), "")
        contest = one.contested.get(name)
        if contest is not None:
            given = " or ".join(_of_link(link) for link, _ in contest.claims)
            note = "at random"
        yield [name, variable.value.text, given, where, note]


def _section(title: str, lines: Iterator[str]) -> Iterator[str]:
    for index, line in enumerate(lines):
        if not index:
            yield title
        yield f"  {shown(line)}"


def _arguments(one: ContainerEnvironment) -> Iterator[str]:
    """Yield the arguments in which a variable has been replaced."""
    environment, body = one.environment, one.container.body
    for field, values in (("command", environment.command), ("args", environment.args)):
        written = texts(body.get(field))
        for index, (value, text) in enumerate(zip(values, written, strict=True)):
            if value.text != text:
                yield f"{field}[{index}] {value.text}"


def _problems(made: WorkloadEnvironment, one: ContainerEnvironment) -> Iterator[str]:
    for problem in one.environment.problems:
        yield f"{problem.complaint} ({place(made.member, problem.path)})"


def _masked(made: WorkloadEnvironment, one: ContainerEnvironment) -> Iterator[str]:
    for masked in one.masked:
        variable = masked.variable
        kind = "env" if variable.given is Given.ENV else "envFrom"
        yield (
            f"{variable.name} by {kind} ({place(made.member, variable.path)}), "
            f"in the place of {masked.value.text} of {_of_link(masked.link)}"
        )


def _unresolved(made: WorkloadEnvironment, one: ContainerEnvironment) -> Iterator[str]:
    script = script_path(one.container)
    for found in one.environment.unresolved:
        for_shell = found.path == script
        if for_shell and not _NAME.fullmatch(found.name):
            continue  # a command line, which the shell is meant to run
        why = _why(made, one, found)
        if for_shell:
            why += "; the shell runs it as a command"
        yield (
            f"$({found.name}) in {field_path(found.path)} "
            f"({place(made.member, found.path)}): {why}"
        )


def _why(made: WorkloadEnvironment, one: ContainerEnvironment, of: Unresolved) -> str:
    if of.later is not None and of.later == of.path[:-1]:
        return "it is the entry itself, which has no value yet"
    if of.later is not None:
        return f"defined later ({place(made.member, of.later)})"
    said = next(
        (
            read.why or read.exists
            for read in one.reads
            if (read.read.path, read.read.name) == (of.path, of.name)
        ),
        "",
    )
    if not of.certain:
        return f"{said}, " * bool(said) + "unless what cannot be seen defines it"
    return said or "no variable has the name"


def _early_reads(made: WorkloadEnvironment, one: ContainerEnvironment) -> Iterator[str]:
    """Yield the references that a Service answers before what is meant is there."""
    for early in one.early:
        if early.maker is not None:
            yield (
                f"{_written(made, early.read)}: becomes {early.value} of "
                f"{_of_link(early.maker)}; defined later ({place(made.member, early.later)})"
            )


def _empty(made: WorkloadEnvironment, one: ContainerEnvironment) -> Iterator[str]:
    for read in one.reads:
        if read.read.by_shell and (read.why or read.exists):
            open_ = "" if read.certain else ", unless what cannot be seen defines it"
            yield f"{_written(made, read.read)}: {read.why or read.exists}{open_}"


def _written(made: WorkloadEnvironment, read: VariableRead) -> str:
    where = f"{made.member.path}:{read.line}"
    return f"{read.written} in {field_path(read.path)} ({where})"


def _unseen(made: WorkloadEnvironment, one: ContainerEnvironment) -> Iterator[str]:
    for found in one.environment.unseen:
        yield f"{found.words} ({place(made.member, found.path)})"


def _late(made: WorkloadEnvironment) -> Iterator[str]:
    """Yield the Services that may come too late, by what decides about them."""
    groups: dict[Late, list[Link]] = {}
    for linked in made.services:
        if linked.late is not None:
            groups.setdefault(linked.late, []).append(linked.link)
    for late, links in groups.items():
        how = _LATE[late.guarantee]
        yield ""
        yield shown(f"{how.note}: {how.words} ({late.words})")
        for link in links:
            said = f"{_of_link(link)} ({_place_of_link(link)}){_read(made, link)}"
            yield f"  {shown(said)}"


def _read(made: WorkloadEnvironment, link: Link) -> str:
    """Return which variables of a Service are read, as an end of a line."""
    names = dict.fromkeys(
        read.read.name
        for one in made.containers
        for read in one.reads
        if link in read.makers
    )
    return f", read: {', '.join(names)}" if names else ""


def render_json(made: WorkloadEnvironment) -> str:
    """Return the environments of a workload's containers for programs."""
    from cip_lint.report.env_json import document  # noqa: PLC0415
    from cip_lint.report.json_text import json_text  # noqa: PLC0415

    return json_text(document(made), 4)


ENV_FORMATS: Final[Mapping[str, Callable[[WorkloadEnvironment], str]]] = (
    MappingProxyType({"text": render_text, "json": render_json})
)
"""The formats of ``cip-lint env`` by name."""
