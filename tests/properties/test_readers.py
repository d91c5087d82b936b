"""The compiled reader of values and the one in Python say the same of any text."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cip_lint.manifests import YamlError, easy_values, meanings
from cip_lint.manifests.split import normalised
from cip_lint.manifests.values import document_value

pytestmark = pytest.mark.skipif(
    easy_values.compiled is None, reason="the reader is not compiled here"
)

_PARTS = [
    *(
        "a",
        "b",
        "web",
        "10.96.0.10",
        "0x1F",
        "1000000",
        "1_000",
        "1e3",
        "-.inf",
        "y",
        "~",
        "é",
        "😀",
    ),
    *(
        "a: ",
        "b:\n",
        "? ",
        ": ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "\n",
        "\n  ",
        "\n    ",
    ),
    *("'x'", '"\\n"', '"\\/"', "|\n  ", ">-\n    ", "'", '"', "#", " # c\n", "\t"),
    *(
        "&x ",
        "*x",
        "! ",
        "!!str ",
        "<<: ",
        "%",
        "---\n",
        "...\n",
        "\ufeff",
        "\x00",
        "x?y",
    ),
]
_MANIFEST = """\
apiVersion: v1
kind: Service
metadata: {name: web, labels: {"app": 'web', tier: front}}
spec:
  selector: {app: web, tier: front}
  clusterIP: 10.96.0.10
  ports:
  - {name: http, port: 80, targetPort: 0x50}
  - name: "dns"
    port: 53
    protocol: UDP
  note: |
    a text

    # no comment
"""


@st.composite
def _texts(draw: st.DrawFn) -> str:
    """Return a manifest that is spoilt here and there, or parts in any order."""
    parts = draw(st.lists(st.sampled_from(_PARTS), max_size=12))
    text = draw(st.sampled_from([_MANIFEST, _MANIFEST, "".join(parts)]))
    for part in parts[:3]:
        at = draw(st.integers(0, len(text)))
        text = text[:at] + part + text[at + draw(st.integers(0, 4)) :]
    return normalised(text)


def _outcome(text: str, reader: Any, *, few: int) -> Any:
    meanings.forget()
    with (
        mock.patch.object(easy_values, "compiled", reader),
        mock.patch.object(meanings, "_FEW_DOCUMENTS", few),
    ):
        try:
            return repr(document_value(text))
        except YamlError as error:
            return type(error), error.message, error.offset
        finally:
            meanings.forget()


@given(text=_texts(), few=st.sampled_from([0, 1_000]))
@example(text="a: 1\na: 2\nb: [\n", few=0)
@example(text="a: 1\na: 2\nb: c: d\n", few=0)
@example(text="a: [x?y]\nb: c: d\n", few=0)
def test_both_readers_say_the_same(text: str, few: int) -> None:
    found = _outcome(text, easy_values.compiled, few=few)

    assert found == _outcome(text, None, few=few)
