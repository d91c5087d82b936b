"""What a reading says, as plain values, to be compared with another one."""

from __future__ import annotations

from typing import Any

from cip_lint.manifests import Reading


def told(reading: Reading) -> Any:
    """Return everything a reading says."""
    return (
        [
            (one.body, one.repeated_keys, one.path, one.span("kind").start)
            for one in reading.resources
        ],
        list(reading.files),
        [(one.message, one.path, one.label.span.start) for one in reading.losses],
        [(one.kind, one.path, dict(one.body)) for one in reading.landmarks],
        [(span.source.path, span.text) for span in reading.comments()],
        dict(reading.skipped),
        {path: source.text for path, source in reading.sources.items()},
    )
