"""The values that a HelmRelease takes from ConfigMaps and Secrets: ``valuesFrom``.

Follows ``ChartValuesFromReferences`` of ``github.com/fluxcd/pkg/chartutil``: whole values
are merged in the order in which they are listed, and those of the object itself over
them. A single one, with a ``targetPath``, is read as helm reads ``--set``. What an
encrypted Secret holds, or an object that is in no file, nobody knows here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cip_lint.bodies import Body, mapping, mappings, text
from cip_lint.manifests.landmarks import first_document
from cip_lint.model import Path, Resource, SourceFile
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple
from cip_lint.render.variables.variables import Sources, decoded, is_encrypted
from cip_lint.render.written.values import (
    ObjectValues,
    SecretValues,
    TargetValue,
    Values,
    WrittenValues,
)

_KEY = "values.yaml"
_VARIABLE = "${"
"""What Flux may have put something in for before anybody reads it."""
_QUOTES = "'\""
_LONGEST = 1 << 16
"""How long a single value may be: it is a word of a command line."""
_ONE_VALUE = pattern(r"(?!\{)(?:[^,\\]|\\.)*|\{(?:[^\\}]|\\.)*\}", re.DOTALL)
"""What helm takes for one value as a whole: no bare comma, or a list in braces."""
_DOT = pattern(r"(?<!\\)\.")


class FluxValues(NamedTuple):
    """All that a HelmRelease gives its chart, but for files of the chart."""

    values: tuple[WrittenValues, ...] = ()
    """Whole values; the last one wins."""
    sets: tuple[tuple[str, str, bool], ...] = ()
    """Single values that win over all, and whether they are strings whatever they say."""
    targets: tuple[Values, ...] = ()
    """Where these stand, as far as that may be shown."""
    why: str = ""
    """Why its values cannot be known; empty: they are."""


class _Said(NamedTuple):
    """What one reference gives."""

    content: str = ""
    source: Resource | None = None
    path: Path = ()
    target: str = ""
    """Where it goes to; empty: it is merged as a whole."""
    why: str = ""


def flux_values(owner: Resource, sources: Sources) -> FluxValues:
    """Return the values that a HelmRelease gives its chart."""
    references = mappings(owner.get("spec", "valuesFrom"))
    found = [one for one in _said(owner, references, sources) if one is not None]
    why = next((one.why for one in found if one.why), "")
    if why:
        return FluxValues(why=why)
    inline = mapping(owner.get("spec", "values"))
    values = [_whole(one) for one in found if not one.target]
    if inline:
        values.append(ObjectValues(owner, ("spec", "values"), is_text=False))
    sets = tuple(_set(one) for one in found if one.target)
    targets = (_place(one) for one in found if one.target)
    return FluxValues(
        tuple(values),
        sets,
        tuple(one for one in targets if one is not None),
        _contested(found, inline),
    )


def _said(
    owner: Resource, references: Sequence[Mapping[str, Any]], sources: Sources
) -> Iterator[_Said | None]:
    """Yield what each reference gives; None for one that gives nothing."""
    for reference in references:
        kind, name = text(reference.get("kind")), text(reference.get("name"))
        key = text(reference.get("valuesKey")) or _KEY
        where = f"{kind} {name}"
        source = sources.source(owner, kind, name)
        unknown = _Said(why=f"some of its values are in {where}")
        if source is None:
            yield unknown
            continue
        path, content = _content(source, key)
        if not path:
            is_optional = reference.get("optional") is True
            yield None if is_optional else _Said(why=f"{where} has no key {key}")
        elif is_encrypted(content):
            yield _Said(why=f"{unknown.why}, which is encrypted")
        elif not isinstance(content, str) or _VARIABLE in content:
            yield unknown
        else:
            target = text(reference.get("targetPath"))
            why = _why_no_word(content, target, reference) if target else ""
            if source.kind == "Secret" and target and not _is_one_value(content):
                # helm would say the rest of it in a complaint.
                why = why or f"its value at {target} is more than one for helm"
            yield _Said(content, source, path, target, why)


def _content(source: Resource, key: str) -> tuple[Path, object]:
    """Return where a key of an object stands, and its value, decoded.

    The path is empty where there is none. Of a Secret, what is written as text wins.
    """
    if source.kind == "Secret":
        if key in mapping(source.get("stringData")):
            return ("stringData", key), source.get("stringData", key)
        if key in mapping(source.get("data")):
            value = source.get("data", key)
            is_plain = is_encrypted(value)
            return ("data", key), value if is_plain else decoded(value)
        return (), None
    if key in mapping(source.get("data")):
        return ("data", key), source.get("data", key)
    return (), None


def _why_no_word(content: str, target: str, reference: Mapping[str, Any]) -> str:
    """Return why a single value cannot be handed to helm; empty: it can."""
    if reference.get("literal") is True:
        return f"its value at {target} is a literal"
    if "\0" in f"{target}{content}":
        return "a value of it holds a NUL"
    return f"its value at {target} is too long" if len(content) > _LONGEST else ""


def _whole(said: _Said) -> WrittenValues:
    assert said.source is not None
    if said.source.kind == "Secret":
        return SecretValues(said.content)
    return ObjectValues(said.source, said.path, is_text=True)


def _set(said: _Said) -> tuple[str, str, bool]:
    """Return a single value as helm-controller hands it on (``ReplacePathValue``)."""
    return said.target, _unquoted(said.content), _is_quoted(said.content)


def _is_one_value(content: str) -> bool:
    return _ONE_VALUE.fullmatch(_unquoted(content)) is not None


def _unquoted(content: str) -> str:
    return content.strip(_QUOTES) if _is_quoted(content) else content


def _is_quoted(content: str) -> bool:
    return any(content.startswith(one) and content.endswith(one) for one in _QUOTES)


def _place(said: _Said) -> Values | None:
    assert said.source is not None
    if said.source.kind == "Secret":
        return None
    return TargetValue(said.source, said.path, said.target)


def _contested(found: Sequence[_Said], inline: Body) -> str:
    """Return why a single value may not win; empty: each does.

    Releases of Flux differ in what wins where another one that is merged later says
    something at the same place.
    """
    for index, one in enumerate(found):
        if not one.target:
            continue
        later = [_body(other) for other in found[index + 1 :] if not other.target]
        keys = [key.partition("[")[0] for key in _DOT.split(one.target)]
        if any(_says(body, keys) for body in (*later, inline)):
            return f"its value at {one.target} is said twice"
    return ""


def _body(said: _Said) -> Body:
    return first_document(SourceFile("values", said.content))


def _says(body: Any, keys: Sequence[str]) -> bool:
    """Whether something stands at a path, or in its way."""
    for key in keys:
        if not isinstance(body, Mapping):
            return True
        if key not in body:
            return False
        body = body[key]
    return True
