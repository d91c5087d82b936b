"""What clients send to the API server to change an object."""

from __future__ import annotations

from enum import Enum


class Sending(Enum):
    """What a client sends to change a Service."""

    REPLACE = "replace"
    """The whole manifest: ``kubectl replace``."""
    SERVER_SIDE_APPLY = "server-side apply"
    """The manifest, to be merged by the server, conflicts forced."""
    CLIENT_SIDE_APPLY = "client-side apply"
    """A patch from three objects: plain ``kubectl apply``."""
