"""What becomes of a build when Flux fills its variables in.

Texts are filled in, not values, so that ``port: ${PORT}`` becomes a number. Each object
is one text (``SubstituteVariables`` of ``github.com/fluxcd/pkg/kustomize``), and one
that says so is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cip_lint.bodies import Body, mapping, text
from cip_lint.errors import RefusedError
from cip_lint.manifests.split import cut, normalised
from cip_lint.manifests.values import document_value
from cip_lint.manifests.yaml_errors import YamlError
from cip_lint.records import NamedTuple
from cip_lint.render.surroundings.budget import Budget
from cip_lint.render.variables.envsubst import SubstitutionError, substituted
from cip_lint.render.variables.variables import Variables

_SWITCH = "kustomize.toolkit.fluxcd.io/substitute"
_MOST_TEXT = 64 << 20
"""So many characters a build may have, filled in."""


class Filled(NamedTuple):
    """A build with its variables filled in."""

    text: str
    before: Mapping[int, Body]
    """The objects that were changed as they were before, by the numbers of their
    documents."""


def filled(built: str, variables: Variables, budget: Budget | None = None) -> Filled:
    """Return a build with its variables filled in.

    The time that it takes is that of all builds. Raises ``RefusedError`` where Flux
    cannot send it, and ``ProgramError`` where nothing of ``budget`` is left.
    """
    if variables.why:
        raise RefusedError(variables.why)
    if "$" not in built or not variables.active:
        return Filled(built, {})
    pieces: list[str] = []
    before: dict[int, Body] = {}
    size = end = 0
    for number, piece in enumerate(cut(built).pieces):
        document = built[piece.start : piece.end]
        body = _value(document) if "$" in document else None
        if body is not None and not _is_disabled(body):
            changed = _filled(document, body, variables, budget)
            if changed != document:
                before[number] = body
                document = changed
        size += len(document)
        if size > _MOST_TEXT:
            raise RefusedError("what its variables make of it is too large")
        pieces += [built[end : piece.start], document]
        end = piece.end
    return Filled("".join(pieces) + built[end:], before)


def _filled(
    document: str, body: Body, variables: Variables, budget: Budget | None
) -> str:
    def value(name: str) -> str | None:
        if budget is not None:
            budget.ask()
        return variables.value(name)

    named = (
        f"{text(body.get('kind'))} {text(mapping(body.get('metadata')).get('name'))}"
    )
    try:
        changed = substituted(document, value)
        document_value(normalised(changed))
    except SubstitutionError as error:
        raise RefusedError(f"the variables of {named}: {error}") from None
    except YamlError as error:
        why = f"{named} is no YAML with its variables: {error.message}"
        raise RefusedError(why) from None
    return changed


def _value(document: str) -> Body | None:
    try:
        found: Any = document_value(normalised(document)).value
    except YamlError:
        return None
    return found if isinstance(found, dict) else None


def _is_disabled(body: Body) -> bool:
    """Whether an object says that its text is left alone."""
    metadata = mapping(body.get("metadata"))
    return any(
        mapping(metadata.get(field)).get(_SWITCH) == "disabled"
        for field in ("annotations", "labels")
    )
