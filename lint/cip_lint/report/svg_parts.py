"""The parts of a drawn plan: styles for light and dark, a shape for each state, text.

Each state has a shape beside its colour (the set of Okabe and Ito), so that the map
is read in greyscale and by the colour-blind.
"""

from __future__ import annotations

from html import escape
from typing import Final

from cip_lint.replay.planning.panels import State
from cip_lint.report.visible import shown

CELL: Final = 14
"""Width and height of a cell, in the units of the drawing."""

PITCH: Final = 16
"""From one cell to the next."""

_TEXT_LIMIT: Final = 300
"""Code points of one tooltip or line."""

STYLE: Final = """
.paper{fill:#fff}.ink{fill:#1c1c1c}.dim{fill:#595959}
text{font-family:"DejaVu Sans",Verdana,Arial,sans-serif;font-size:12px}
.big{font-size:16px;font-weight:bold}.band{font-weight:bold}
.mono{font-family:"DejaVu Sans Mono",Menlo,Consolas,monospace;font-size:11px}
.free{fill:#efefef;stroke:#d0d0d0;stroke-width:1}
.pinned{fill:#0072b2}.simulated{fill:#56b4e9}.held{fill:#009e73}
.reserved{fill:none;stroke:#e69f00;stroke-width:2}
.api-server{fill:#cc79a7}.dns{fill:none;stroke:#cc79a7;stroke-width:1.8}
.collision{fill:none;stroke:#d55e00;stroke-width:3.4;stroke-linecap:round}
.unplaced{fill:none;stroke:#d55e00;stroke-width:2}
.bar{stroke:none}.pin{fill:#0072b2;stroke:#fff;stroke-width:1}
.bad{fill:#b34f00}
@media (prefers-color-scheme:dark){
.paper{fill:#17191d}.ink{fill:#ececec}.dim{fill:#a8a8a8}
.free{fill:#25282e;stroke:#3c4048}
.pinned{fill:#3d9be0}.simulated{fill:#8fd0f5}.held{fill:#1fbf90}
.reserved{stroke:#f0b030}.api-server{fill:#dd94bc}.dns{stroke:#dd94bc}
.collision,.unplaced{stroke:#ff7a1a}.pin{fill:#3d9be0;stroke:#17191d}.bad{fill:#ff9d52}
}
""".strip()
"""The style sheet of the drawing; its classes are the words of the states."""

SHAPES: Final = {
    State.FREE: "",
    State.PINNED: '<rect class="pinned" x="1.5" y="1.5" width="11" height="11"/>',
    State.SIMULATED: '<circle class="simulated" cx="7" cy="7" r="5"/>',
    State.HELD: '<path class="held" d="M1.2 12.4L7 1.6L12.8 12.4Z"/>',
    State.RESERVED: '<rect class="reserved" x="3" y="3" width="8" height="8"/>',
    State.API_SERVER: '<path class="api-server" d="M7 .6L13.4 7L7 13.4L.6 7Z"/>',
    State.DNS: '<path class="dns" d="M7 1.8L12.2 7L7 12.2L1.8 7Z"/>',
    State.COLLISION: '<path class="collision" d="M3 3L11 11M11 3L3 11"/>',
    State.UNPLACED: (
        '<circle class="unplaced" cx="7" cy="7" r="4.8"/>'
        '<path class="unplaced" d="M3.6 10.4L10.4 3.6"/>'
    ),
}
"""State -> its shape in a cell whose upper left corner is the origin."""

PIN: Final = '<circle class="pin" cx="7" cy="4.6" r="2.9"/>'
"""Marks pinned values among the many of a cell."""

SMALL: Final = "translate(2.6 .4) scale(.62)"
"""Makes a shape one of several things in a cell."""

# Thousandths of the font size that a character takes in DejaVu Sans, a wide font:
# what is laid out for it has room in the others.
_ADVANCES: Final = {
    char: advance
    for advance, chars in (
        (290, "'ijlIJ"),
        (330, " ,./:;\\|"),
        (380, "f-()[]t!r"),
        (500, '"*_`'),
        (535, "sz?c"),
        (590, "Lkvxy"),
        (615, "FPTYoa"),
        (636, "eEhnuSbdgpq$0123456789{}"),
        (690, "KAVXZBRC"),
        (780, "UNHDG&OQ"),
        (838, "w#+<=>^~M"),
        (1000, "%mW@"),
    )
    for char in chars
}
_WIDEST: Final = 1000
_MONO: Final = 602


def text_width(text: str, size: float) -> float:
    """Return how wide a text of a proportional font is at most, about."""
    return sum(_ADVANCES.get(char, _WIDEST) for char in text) * size / 1000


def mono_width(text: str, size: float) -> float:
    """Return how wide a text of a fixed-width font is."""
    return len(text) * _MONO * size / 1000


def clean(text: str) -> str:
    """Return a text for the drawing: nothing in it is markup or invisible."""
    return escape(shown(text, _TEXT_LIMIT), quote=True)


def words(
    x: float, y: float, text: str, style: str = "ink", *, end: bool = False
) -> str:
    """Return a text that begins, or ends, at a place."""
    anchor = ' text-anchor="end"' if end else ""
    return f'<text class="{style}" x="{x:g}" y="{y:g}"{anchor}>{clean(text)}</text>'


def placed(x: float, y: float, inner: str, tooltip: str) -> str:
    """Return a cell at a place: its ground, what is in it, its tooltip."""
    return (
        f'<g transform="translate({x:g} {y:g})"><title>{clean(tooltip)}</title>'
        f'<rect class="free" width="{CELL}" height="{CELL}"/>{inner}</g>'
    )
