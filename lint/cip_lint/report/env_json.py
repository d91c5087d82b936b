"""The environment of a workload as JSON, version 1; its schema is ``env.schema.json``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cip_lint.model import Path, field_path
from cip_lint.replay.environment.assembly import Given

if TYPE_CHECKING:
    from cip_lint.cluster import Member
    from cip_lint.replay.environment.assembly import Unresolved, Value, Variable
    from cip_lint.replay.environment.links import Contest, Link
    from cip_lint.replay.environment.reads import EarlyRead, ServiceRead
    from cip_lint.replay.environment.workloads import (
        ContainerEnvironment,
        Linked,
        Masked,
        WorkloadEnvironment,
    )

Json = dict[str, Any]

_FROM = {Given.ENV: "env", Given.ENV_FROM: "envFrom", Given.SERVICE: "service"}


def document(made: WorkloadEnvironment) -> Json:
    """Return the environments of a workload as plain values."""
    member = made.member
    ref = member.ref
    late = {id(linked.link) for linked in made.late}
    return {
        "version": 1,
        "cluster": made.cluster,
        "workload": {
            "kind": ref.kind,
            "namespace": ref.namespace,
            "name": ref.name,
            **_beginning(member),
        },
        "enableServiceLinks": member.workload.enable_service_links,
        "services": [_service(linked) for linked in made.services],
        "containers": [_container(member, one, late) for one in made.containers],
    }


def _beginning(member: Member) -> Json:
    line = member.resource.key_span("kind").first.line
    return {"path": member.path, "line": line}


def _place(member: Member, path: Path) -> Json:
    line = member.resource.span(*path).first.line
    return {"path": member.path, "line": line, "field": field_path(path)}


def _name(link: Link) -> Json:
    return {"namespace": link.namespace, "name": link.name}


def _service(linked: Linked) -> Json:
    link, late = linked.link, linked.late
    where = {"path": None, "line": None}
    if link.member is not None:
        where = _beginning(link.member)
    return {
        **_name(link),
        **where,
        "addressKnown": link.known,
        "mayBeMissing": late is not None,
        "order": late.guarantee.value if late is not None else None,
        "orderWords": late.words if late is not None else None,
    }


def _container(member: Member, one: ContainerEnvironment, late: set[int]) -> Json:
    environment, container = one.environment, one.container
    return {
        "name": container.name,
        "init": container.init,
        **_place(member, container.path),
        "variables": [
            _variable(member, variable, one, late)
            for _, variable in sorted(environment.variables.items())
        ],
        "overridden": [_masked(member, masked) for masked in one.masked],
        "command": [_value(value) for value in environment.command],
        "args": [_value(value) for value in environment.args],
        "unresolved": [_unresolved(member, found) for found in environment.unresolved],
        "problems": [
            {"message": found.complaint, **_place(member, found.path)}
            for found in environment.problems
        ],
        "unseen": [
            {"reason": found.words, **_place(member, found.path)}
            for found in environment.unseen
        ],
        "reads": [_read(member, read) for read in one.reads],
        "readEarly": [_early(member, early) for early in one.early],
        "serviceVariables": {"count": one.injected, "bytes": one.size},
    }


def _value(value: Value) -> Json:
    return {"value": value.text, "known": value.known}


def _variable(
    member: Member, variable: Variable, one: ContainerEnvironment, late: set[int]
) -> Json:
    link = one.origins.get(variable.name)
    contest = one.contested.get(variable.name)
    where: Mapping[str, Any] = {"path": None, "line": None, "field": None}
    if link is None:
        where = _place(member, variable.path)
    elif link.member is not None:
        where = {**_beginning(link.member), "field": None}
    return {
        "name": variable.name,
        **_value(variable.value),
        "from": _FROM[variable.given],
        "service": None if link is None or contest is not None else _name(link),
        **where,
        "mayBeMissing": id(link) in late,
        "contested": [] if contest is None else _claims(contest),
    }


def _claims(contest: Contest) -> list[Json]:
    return [{"service": _name(link), "value": value} for link, value in contest.claims]


def _masked(member: Member, masked: Masked) -> Json:
    variable = masked.variable
    return {
        "name": variable.name,
        "from": _FROM[variable.given],
        "service": _name(masked.link),
        "serviceValue": masked.value.text,
        **_place(member, variable.path),
    }


def _unresolved(member: Member, found: Unresolved) -> Json:
    later = None if found.later is None else _place(member, found.later)
    return {
        "name": found.name,
        **_place(member, found.path),
        "definedLater": later,
        "certain": found.certain,
    }


def _read(member: Member, found: ServiceRead) -> Json:
    read = found.read
    return {
        "name": read.name,
        **_place(member, read.path),
        "line": read.line,
        "byShell": read.by_shell,
        "services": [_name(link) for link in found.makers],
        "whyMissing": found.why or None,
        "certain": found.certain,
    }


def _early(member: Member, early: EarlyRead) -> Json:
    maker = early.maker
    return {
        "name": early.read.name,
        **_place(member, early.read.path),
        "line": early.read.line,
        "definedLater": _place(member, early.later),
        "service": None if maker is None else _name(maker),
        "serviceValue": None if maker is None else early.value,
    }
