"""Host names of any text stand where they are said to stand."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from cip_lint.kube.host_names import host_names
from cip_lint.replay import service_table
from support.written import gatherer

_PARTS = [
    *("http://", "jdbc:postgresql://", "mongodb://", "oci://", "u:p@", "@", "//", "/"),
    *("web", "db-0.db", "web.shop.svc", ".svc", ".cluster.local", "a.b", "10.0.0.1"),
    *(":80", ":5432", ":7", ":", ",", "=", " ", "\n", "\t", '"', "'", "# ", "$(X)"),
    *("${X}", "$$", "{{ x }}", "<ns>", "host: ", "DB_HOST=", "image: ", "- ", "nc -z "),
    *("{", "}", "[", "]", "|", "&", "é", "😀", "\\", "%2F", "a" * 70, "upstream web {"),
]
_texts = st.one_of(
    st.lists(st.sampled_from(_PARTS), max_size=12).map("".join), st.text(max_size=80)
)
_names = st.sampled_from(["", "DB_HOST", "image", "URL", "-h", "--flag", "a.conf"])


@given(_texts, _names)
def test_every_host_is_where_it_says(text: str, name: str) -> None:
    end = 0
    for one in host_names(text, name):
        assert text[one.start : one.end] == one.host
        assert one.start >= end
        end = one.end
        digits = text[one.port_start : one.port_end]
        assert digits == ("" if one.port is None else digits)
        assert one.port is None or int(digits) == one.port


_URLS = ["http://web.shop:80/x", "web:80", "x=web.shop.svc", "a,http://web"]
_LINES = st.lists(st.sampled_from([*_URLS, "# none", "é 😀"]), min_size=1, max_size=4)


@given(_LINES, st.sampled_from(["|", "|-", ">", "json", "single"]))
@settings(max_examples=60)
def test_a_call_is_labelled_with_its_very_characters(
    lines: list[str], style: str
) -> None:
    text = "\n".join(lines)
    if style == "json":
        value = json.dumps(text)
    elif style == "single":
        value = f"'{lines[0]}'"
    else:
        value = f"{style}\n" + "".join(f"    {line}\n" for line in lines)
    manifest = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\n"
        f"data:\n  a.txt: {value}\n"
    )
    with TemporaryDirectory() as root:
        (made,) = gatherer(Path(root))({"a.yaml": manifest})
        for call in service_table(made).calls.all:
            span = call.mention.label().span
            whole = call.mention.literal.label(0, len(call.mention.literal.text)).span
            # Written with escapes or folded, the scalar as a whole is labelled.
            assert span.text == call.host.host or (
                style in ("json", ">") and span == whole
            )
