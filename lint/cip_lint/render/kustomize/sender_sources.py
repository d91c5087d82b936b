"""Who sends a kustomization has a part in its objects, as one built around it has."""

from __future__ import annotations

from pathlib import Path

from cip_lint.model import Path as ModelPath
from cip_lint.model import Span
from cip_lint.render.kustomize.senders import Sender
from cip_lint.render.surroundings.sources import Source


class _PlacesOfSender:
    """Where an Application or a Flux Kustomization says what it adds."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    @property
    def path(self) -> str:
        return self._sender.resource.path

    def value(self, path: ModelPath) -> Span:
        return self._sender.resource.span(*self._own(path))

    def part(self, path: ModelPath, value: str, start: int, end: int) -> Span:
        places = self._sender.resource.places
        return places.part(self._own(path), value, start, end)

    def _own(self, path: ModelPath) -> ModelPath:
        """Return a path of the kustomization as one of the object."""
        if not path or not isinstance(path[0], str):
            return ()
        own = self._sender.paths.get(path[0], ())
        # Labels stand in a list of the kustomization, and in none of the object.
        rest = path[3:] if path[0] == "labels" else path[1:]
        return (*own, *rest)


def source_of(sender: Sender) -> Source:
    """Return who sends a kustomization as one that is built around it."""
    return Source(Path(), Path(), sender.fields, _PlacesOfSender(sender))
