"""What a file holds travels as plain values, but for what is read again in no time."""

from __future__ import annotations

import marshal

import pytest

from cip_lint.manifests import easy_values
from cip_lint.manifests.file_reading import read_text
from cip_lint.manifests.plain_readings import contents, restored
from cip_lint.model import SourceFile

_LINES = "apiVersion: v1\r\nkind: Service\r\nmetadata:\r\n  name: web\r\n"
_ANCHOR = "apiVersion: v1\nkind: Service\nmetadata: &m {name: api}\n"
_ITEM = "- {apiVersion: v1, kind: Service, metadata: {name: db}}\n"
_LIST = f"apiVersion: v1\nkind: List\nitems:\n{_ITEM}"
_SOURCE = SourceFile("a.yaml", f"{_LINES}---\n{_ANCHOR}---\n{_LIST}")


@pytest.mark.usefixtures("_either_reader")
def test_what_is_restored_is_what_was_read() -> None:
    file = read_text(_SOURCE, None)

    again = restored(_SOURCE, marshal.loads(marshal.dumps(contents(file))))

    assert [one.body for one in again.resources] == [
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}},
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "api"}},
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "db"}},
    ]
    for one, other in zip(again.resources, file.resources, strict=True):
        assert one.places.value(("kind",)) == other.places.value(("kind",))
        assert one.places.order == other.places.order
    assert again.documents == file.documents


@pytest.mark.skipif(
    easy_values.line_reader is None, reason="the reader is not compiled here"
)
def test_documents_of_whole_lines_stay_behind() -> None:
    objects, _ = contents(read_text(_SOURCE, None))

    assert [body is None for body, *_ in objects] == [True, False, False]
