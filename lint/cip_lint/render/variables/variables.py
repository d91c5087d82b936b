"""The variables that a Flux Kustomization fills in after a build, and who sets them.

Follows ``SubstituteVariables`` of ``github.com/fluxcd/pkg/kustomize``: ConfigMaps and
Secrets of its own namespace, the last one wins, and what the object says itself wins
over all. Line ends are taken out of values, and a variable that nothing sets is empty.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from posixpath import commonpath, dirname

from cip_lint.bodies import mapping, mappings, text
from cip_lint.kube.placeholders import is_placeholder
from cip_lint.model import Label, Path, Resource, Span, field_path
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple

_NAME = pattern(r"[_A-Za-z][_A-Za-z0-9]*")
_NAMED = pattern(r"(?<!\$)\$\{#?([_A-Za-z][_A-Za-z0-9]*)")
_ENCRYPTED = "ENC[AES256_GCM,"
_MOST_SHOWN = 60
_INLINE: Path = ("spec", "postBuild", "substitute")
_FROM: Path = ("spec", "postBuild", "substituteFrom")


class Variable(NamedTuple):
    """What one variable stands for, and where that is said."""

    value: str | None
    """None: it is set, and nobody knows what to."""
    resource: Resource
    path: Path
    is_secret: bool = False

    def label(self, name: str) -> Label:
        """Return the place that sets it, with what it is there."""
        value = text(self.value)
        shown = (
            "set" if self.is_secret or len(value) > _MOST_SHOWN else value or "empty"
        )
        span = self.resource.span(*self.path)
        return Label(span, f"${{{name}}} is {shown} here", field_path(self.path))


class Variables(NamedTuple):
    """All that is known of the variables of one Flux Kustomization."""

    known: Mapping[str, Variable]
    missing: tuple[str, ...] = ()
    """The sources that are in no file: ``Secret cluster-secrets``."""
    files: frozenset[str] = frozenset()
    """The files of the objects that set some of them."""
    why: str = ""
    """Why Flux takes none of them; empty: it does."""

    def in_part(self) -> Variables:
        """Return these where only a part of the repository is known.

        What sends the object may add sources to it, as a patch for all of its kind.
        """
        return self._replace(missing=(*self.missing, "what is not read"))

    @property
    def active(self) -> bool:
        """Whether anything is filled in: without a variable texts stay as they are."""
        return bool(self.known or self.missing)

    def value(self, name: str) -> str | None:
        """Return the value of a variable, empty for one that is not set.

        None where it is not known.
        """
        found = self.known.get(name)
        if found is not None:
            return found.value
        return None if self.missing else ""

    def labels(self, span: Span) -> tuple[Label, ...]:
        """Return where the variables are set that stand in a place."""
        names = dict.fromkeys(_NAMED.findall(span.text))
        found = ((name, self.known.get(name)) for name in names)
        return tuple(
            one.label(name)
            for name, one in found
            if one is not None and one.value is not None
        )


class Sources:
    """The ConfigMaps and Secrets of a run, for those who take values from them.

    ``secrets`` reads those of a name: of most runs nobody asks.
    """

    def __init__(
        self,
        resources: Iterable[Resource],
        secrets: Callable[[str], Iterable[Resource]],
    ) -> None:
        self._resources = resources
        self._secrets = secrets

    @cached_property
    def _maps(self) -> Mapping[str, Sequence[Resource]]:
        found: dict[str, list[Resource]] = {}
        for one in self._resources:
            if one.kind == "ConfigMap" and one.api_version == "v1":
                found.setdefault(one.name, []).append(one)
        return found

    def variables(self, owner: Resource) -> Variables | None:
        """Return the variables of a Flux Kustomization; None: it has none."""
        inline = owner.get(*_INLINE)
        listed = mappings(owner.get(*_FROM))
        if not mapping(inline) and not listed:
            return None
        known: dict[str, Variable] = {}
        missing: list[str] = []
        files: set[str] = set()
        for reference in listed:
            kind, name = text(reference.get("kind")), text(reference.get("name"))
            source = self.source(owner, kind, name)
            if source is None:
                missing.append(f"{kind} {name}")
            else:
                files.add(source.path)
                known.update(_said(source))
        for name, value in mapping(inline).items():
            path: Path = (*_INLINE, name)
            if not isinstance(value, str):
                return Variables({}, why=f"{field_path(path)} is no string")
            known[name] = Variable(_known(value), owner, path)
        odd = next((name for name in known if not _NAME.fullmatch(name)), None)
        why = f"{odd!r} is no name of a variable" if odd is not None else ""
        return Variables(known, tuple(missing), frozenset(files), why)

    def source(self, owner: Resource, kind: str, name: str) -> Resource | None:
        """Return the only object of a name that is meant; None where nobody knows."""
        found: Iterable[Resource] = ()
        if kind == "ConfigMap":
            found = self._maps.get(name, ())
        elif kind == "Secret":
            found = self._secrets(name)
        here = [one for one in found if _same(one.namespace, owner.namespace)]
        return _nearest(owner, here)


def _same(one: str, other: str) -> bool:
    """Whether two namespaces may be one: that of an object may be said elsewhere."""
    return one == other or not one or not other


def _nearest(owner: Resource, found: Sequence[Resource]) -> Resource | None:
    """Return the object that says what all do, or that lies nearest to its reader.

    Each cluster of a repository may have one of the same name.
    """
    if not found or all(one.body == found[0].body for one in found):
        return found[0] if found else None
    folder = dirname(owner.built_by or owner.path)
    depths = [_shared(folder, dirname(one.built_by or one.path)) for one in found]
    deepest = max(depths)
    best = [one for one, depth in zip(found, depths, strict=True) if depth == deepest]
    return best[0] if len(best) == 1 else None


def _shared(one: str, other: str) -> int:
    common = commonpath((f"/{one}", f"/{other}"))
    return common.count("/") if common != "/" else 0


def _said(source: Resource) -> Iterator[tuple[str, Variable]]:
    """Yield what an object sets, by name."""
    is_secret = source.kind == "Secret"
    for name, value in mapping(source.get("data")).items():
        own = decoded(value) if is_secret else value
        yield name, Variable(_known(own), source, ("data", name), is_secret)
    if is_secret:
        for name, value in mapping(source.get("stringData")).items():
            yield name, Variable(_known(value), source, ("stringData", name), is_secret)


def decoded(value: object) -> str | None:
    """Return the text in ``data`` of a Secret; None where it is none."""
    try:
        return base64.b64decode(text(value), validate=True).decode()
    except (binascii.Error, ValueError):
        return None


def is_encrypted(value: object) -> bool:
    """Whether a value is one that SOPS has encrypted."""
    return isinstance(value, str) and value.startswith(_ENCRYPTED)


def _known(value: object) -> str | None:
    """Return what is put in for a value; None where it stands for something else."""
    if not isinstance(value, str) or is_encrypted(value):
        return None
    return None if is_placeholder(value) else value.replace("\n", "")
