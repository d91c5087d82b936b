"""What is wrong with a text that is no YAML, or none that can be followed."""

from __future__ import annotations


class YamlError(ValueError):
    """A text that Kubernetes cannot read as YAML.

    ``message`` is in the words of the YAML library; ``offset`` is where the
    scanner stood, in code points, or None where it does not say.
    """

    def __init__(self, message: str, offset: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


class NestingError(YamlError):
    """Nesting that libyaml does not follow, although the Go library does."""


class UnexpectedColonError(YamlError):
    """A colon that libyaml alone refuses; see ``dialect``."""
