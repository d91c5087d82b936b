"""The Secrets in the files of a run: nothing but Flux asks for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from cip_lint.bodies import mapping
from cip_lint.manifests import Reading
from cip_lint.manifests.places import DocumentPlaces
from cip_lint.manifests.recognition import NOT_NEEDED
from cip_lint.manifests.split import cut, normalised
from cip_lint.manifests.values import document_value
from cip_lint.manifests.yaml_errors import YamlError
from cip_lint.model import Resource, SourceFile

_KIND = "Secret"


class Secrets:
    """Finds Secrets by name; the files are looked through when somebody asks."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def named(self, name: str) -> Iterable[Resource]:
        """Return the Secrets of a name."""
        return self._by_name.get(name, ())

    @cached_property
    def _by_name(self) -> dict[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for one in self._reading.resources:
            # In JSON no document is passed over for its kind.
            if one.kind == _KIND and one.api_version == "v1":
                found.setdefault(one.name, []).append(one)
        for account in self._reading.files:
            source = self._reading.sources.get(account.path)
            if source is not None and NOT_NEEDED in account.documents:
                for one in _secrets(source):
                    found.setdefault(one.name, []).append(one)
        return found


def _secrets(source: SourceFile) -> Iterator[Resource]:
    text = source.text
    if _KIND not in text:
        return
    for start, end in cut(text).pieces:
        document = text[start:end]
        if _KIND not in document:
            continue
        try:
            body = mapping(document_value(normalised(document)).value)
        except YamlError:
            continue
        if body.get("kind") == _KIND and body.get("apiVersion") == "v1":
            yield Resource(body, DocumentPlaces(source, start, end))
