"""Times as the API server reads them: RFC 3339, with the complaints of Go."""

from __future__ import annotations

import re

_LAYOUT = "2006-01-02T15:04:05Z07:00"

# Each element of the layout, what it accepts, and the numbers it may hold.
_ELEMENTS = (
    ("2006", r"\d{4}", None),
    ("-", r"-", None),
    ("01", r"\d{2}", (1, 12, "month")),
    ("-", r"-", None),
    ("02", r"\d{2}", (1, 31, "day")),
    ("T", r"T", None),
    ("15", r"\d{1,2}", (0, 23, "hour")),
    (":", r":", None),
    ("04", r"\d{2}", (0, 59, "minute")),
    (":", r":", None),
    ("05", r"\d{2}(?:[.,]\d+)?", (0, 59, "second")),
    ("Z07:00", r"Z|[+-]\d{2}:\d{2}", None),
)


def time_complaint(text: str) -> str:
    """Return the message for a text that is no time; empty for a good one."""
    rest = text
    shown = text.replace("\\", "\\\\").replace('"', '\\"')
    head = f'parsing time "{shown}"'
    for element, pattern, limits in _ELEMENTS:
        match = re.match(pattern, rest, re.ASCII)
        if match is None:
            return f'{head} as "{_LAYOUT}": cannot parse "{rest}" as "{element}"'
        if limits is not None:
            lowest, highest, name = limits
            if not lowest <= int(match[0][:2].rstrip(".,")) <= highest:
                return f"{head}: {name} out of range"
        rest = rest[match.end() :]
    return f'{head}: extra text: "{rest}"' if rest else ""
