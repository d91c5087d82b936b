"""``text[start:end]`` is the node meant: for every style, in generated documents.

A writer of its own makes the documents and notes, while it writes, where each key and
value comes to stand. ruamel.yaml, which shares no code with the reader, is asked too.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cip_lint.manifests.places import DocumentPlaces
from cip_lint.manifests.split import cut, normalised
from cip_lint.manifests.text import decode
from cip_lint.manifests.values import document_value
from cip_lint.model import Path, SourceFile

_WORDS = ["web", "80", "on", "a-b.c/d", "10.96.0.10", "x:y", "é", "日本", "~", "0o17"]
_TEXTS = [
    "",
    "web",
    "two words",
    "it's",
    'say "x"',
    "# none",
    "a: b",
    "😀 smile",
    "- x",
]
_LINES = [["one"], ["one", "two"], ["# none", "  deeper"], ["a: b", "😀", "- c"]]


@dataclass(frozen=True)
class Scalar:
    style: str
    text: str = ""
    lines: tuple[str, ...] = ()
    properties: str = ""


@dataclass(frozen=True)
class Alias:
    pass


@dataclass(frozen=True)
class Collection:
    is_map: bool
    is_flow: bool
    children: tuple[Any, ...]
    properties: str = ""
    is_indented: bool = True


_properties = st.sampled_from(["", "", "", "!!str ", "&p ", "&p !!str ", "!x "])
_inline = st.one_of(
    st.builds(
        Scalar, st.just("plain"), st.sampled_from(_WORDS), properties=_properties
    ),
    st.builds(
        Scalar,
        st.sampled_from(["single", "double"]),
        st.sampled_from(_TEXTS),
        properties=_properties,
    ),
    st.just(Alias()),
)
_leaf = st.one_of(
    _inline,
    st.just(Scalar("empty")),
    st.builds(
        Scalar,
        st.sampled_from(["|", ">", "|-", ">+", "|2"]),
        lines=st.sampled_from(_LINES).map(tuple),
        properties=st.sampled_from(["", "&p ", "!!str "]),
    ),
)


def _flow(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(
        Collection,
        st.booleans(),
        st.just(True),
        st.lists(children, max_size=3).map(tuple),
        st.sampled_from(["", "&p ", "!!map "]),
    )


def _block(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(
        Collection,
        st.booleans(),
        st.just(False),
        st.lists(children, min_size=1, max_size=3).map(tuple),
        st.sampled_from(["", "", "&p "]),
        st.booleans(),
    )


_flow_value = st.recursive(_inline, _flow, max_leaves=5)
_value = st.recursive(st.one_of(_leaf, _flow_value), _block, max_leaves=10)
_root = st.lists(_value, min_size=1, max_size=4).map(
    lambda values: Collection(True, False, tuple(values))
)


@dataclass
class Writer:
    """Writes a document, and what stands where."""

    newline: str
    dressing: list[str]
    """Comments and white space to put behind values, taken in turn."""
    text: str = ""
    values: dict[Path, tuple[int, int]] = field(default_factory=dict)
    keys: dict[Path, tuple[int, int]] = field(default_factory=dict)
    _ends: int = 0
    _names: int = 0

    def write(self, text: str) -> tuple[int, int]:
        start = len(self.text)
        self.text += text
        self._ends = len(self.text)
        return start, self._ends

    def end_line(self, *, plain: bool = False) -> None:
        """End a line, perhaps behind a comment; that is no part of any node."""
        ends = self._ends
        if not plain and self.dressing:
            self.dressing.append(self.dressing.pop(0))
            self.text += self.dressing[-1].replace("\n", self.newline)
        self.text += self.newline
        self._ends = ends

    def key(self, path: Path, number: int) -> Path:
        name = ["name", "'on'", '"a b"', "ports", "x-y"][number % 5]
        path = (*path, f"{name.strip(chr(39) + chr(34))}{number}")
        quote = name[-1] if name[-1] in "'\"" else ""
        written = f"{name.rstrip(quote) if quote else name}{number}{quote}"
        self.keys[path] = self.write(written)
        return path

    def anchored(self, properties: str) -> str:
        if "&p" in properties:
            self._names += 1
            return properties.replace("&p", f"&p{self._names}")
        return properties

    def inline(self, path: Path, node: Scalar | Alias) -> None:
        if isinstance(node, Alias):
            self.values[path] = self.write("*root")
            return
        self.write(self.anchored(node.properties))
        if node.style == "single":
            written = "'" + node.text.replace("'", "''") + "'"
        elif node.style == "double":
            written = json.dumps(node.text, ensure_ascii=len(node.text) % 2 == 0)
            if "\\ud" in written:
                written = json.dumps(node.text, ensure_ascii=False)
        else:
            written = node.text
        self.values[path] = self.write(written)

    def flow(self, path: Path, node: Any) -> None:
        if not isinstance(node, Collection):
            self.inline(path, node)
            return
        self.write(self.anchored(node.properties))
        opening, closing = "{}" if node.is_map else "[]"
        start, _ = self.write(opening)
        for number, child in enumerate(node.children):
            if number:
                self.write(", ")
            if node.is_map:
                below = self.key(path, number)
                self.write(" : " if number % 2 else ": ")
            else:
                below = (*path, number)
            self.flow(below, child)
            if isinstance(child, Alias):
                self.write(" ")
        _, end = self.write(closing)
        self.values[path] = start, end

    def block_scalar(self, node: Scalar, indent: int) -> tuple[int, int]:
        start, _ = self.write(node.style)
        self.end_line(plain=True)
        for line in node.lines:
            _, end = self.write(" " * indent + line)
            self.end_line(plain=True)
        return start, end

    def behind_key(self, path: Path, node: Any, indent: int) -> None:
        """Write the value of a block mapping's entry, from behind the colon on."""
        if isinstance(node, Scalar) and node.style == "empty":
            self.values[path] = self.keys[path]
            self.end_line()
        elif isinstance(node, Scalar) and node.style[0] in "|>":
            self.write(" " + self.anchored(node.properties))
            self.values[path] = self.block_scalar(node, indent + 2)
        elif isinstance(node, Collection) and not node.is_flow:
            if node.properties:
                self.write(" " + self.anchored(node.properties).rstrip())
            self.end_line()
            below = indent + 2 if node.is_map or node.is_indented else indent
            self.block(path, node, below, is_fresh=True)
        else:
            self.write(" ")
            self.flow(path, node)
            self.end_line()

    def behind_dash(self, path: Path, node: Any, indent: int) -> None:
        """Write an item of a block sequence, from behind the dash on."""
        if isinstance(node, Scalar) and node.style == "empty":
            self.values[path] = (len(self.text) - 1, len(self.text))
            self.end_line(plain=True)  # a tab behind a dash is refused
        elif isinstance(node, Scalar) and node.style[0] in "|>":
            self.write(" " + self.anchored(node.properties))
            self.values[path] = self.block_scalar(node, indent + 2)
        elif isinstance(node, Collection) and not node.is_flow:
            self.write(" ")
            self.block(path, node, indent + 2, is_fresh=False)
        else:
            self.write(" ")
            self.flow(path, node)
            self.end_line()

    def block(
        self, path: Path, node: Collection, indent: int, *, is_fresh: bool
    ) -> None:
        """Write a block collection; ``is_fresh``: at the beginning of a line."""
        start = -1
        for number, child in enumerate(node.children):
            if is_fresh or number:
                self.text += " " * indent
            begin = len(self.text)
            start = begin if start < 0 else start
            if node.is_map:
                below = self.key(path, number)
                self.write(":")
                self.behind_key(below, child, indent)
            else:
                below = (*path, number)
                self.write("-")
                self.behind_dash(below, child, indent)
        self.values[path] = start, self._ends


_dressings = st.lists(
    st.sampled_from(["", "  # c: d", "\t# tab", "\n# line", "\n", " ", "\n  # 'x"]),
    max_size=4,
)


def _document(
    root: Collection, newline: str, dressing: list[str], *, is_wrapped: bool
) -> Writer:
    writer = Writer(newline, dressing)
    writer.write("anchor: &root web" + newline)
    if is_wrapped:
        writer.write("# cip-lint: ignore" + newline)
    writer.block((), root, 0, is_fresh=True)
    return writer


@given(
    roots=st.lists(_root, min_size=1, max_size=3),
    newline=st.sampled_from(["\n", "\r\n"]),
    dressing=_dressings,
    bom=st.booleans(),
    data=st.data(),
)
@settings(max_examples=150, deadline=None)
def test_every_span_is_the_node_that_was_written(
    roots: list[Collection],
    newline: str,
    dressing: list[str],
    bom: bool,
    data: st.DataObject,
) -> None:
    writers = [
        _document(root, newline, list(dressing), is_wrapped=number % 2 == 0)
        for number, root in enumerate(roots)
    ]
    separator = data.draw(st.sampled_from(["---", "--- # next", "---\t"])) + newline
    written = separator.join(writer.text for writer in writers)
    text = decode((b"\xef\xbb\xbf" if bom else b"") + written.encode()).text
    source = SourceFile("x.yaml", text)
    pieces = cut(text).pieces

    assert len(pieces) == len(writers)
    for writer, piece in zip(writers, pieces, strict=True):
        places = DocumentPlaces(source, piece.start, piece.end)
        found = {
            path: (span.start - piece.start, span.end - piece.start)
            for path in writer.values
            if path
            for span in [places.value(path)]
        }
        keys = {
            path: (span.start - piece.start, span.end - piece.start)
            for path in writer.keys
            for span in [places.key(path)]
        }

        assert found == {path: span for path, span in writer.values.items() if path}
        assert keys == writer.keys


@given(root=_root, dressing=_dressings)
@settings(max_examples=100, deadline=None)
def test_ruamel_begins_keys_and_values_at_the_same_places(
    root: Collection, dressing: list[str]
) -> None:
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap
    from ruamel.yaml.error import YAMLError

    writer = _document(root, "\n", dressing, is_wrapped=False)
    source = SourceFile("x.yaml", writer.text)
    places = DocumentPlaces(source, 0, len(writer.text))
    try:
        loaded = YAML().load(writer.text)
    except (YAMLError, ValueError, AttributeError, NotImplementedError):
        return  # it refuses tabs behind values and tags of its own types

    assert isinstance(loaded, CommentedMap)
    for path in writer.keys:
        if len(path) == 1 and path[0] in loaded:
            line, column = loaded.lc.key(path[0])
            assert places.key(path).first == (line + 1, column + 1)


@given(root=_root, dressing=_dressings, newline=st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=100, deadline=None)
def test_the_text_of_a_scalar_means_its_value(
    root: Collection, dressing: list[str], newline: str
) -> None:
    writer = _document(root, newline, dressing, is_wrapped=False)
    value = document_value(normalised(writer.text)).value
    places = DocumentPlaces(SourceFile("x.yaml", writer.text), 0, len(writer.text))

    for path in writer.values:
        found: Any = value
        for step in path:
            found = found[step]
        span = places.value(path).text
        if span[:1] in ("'", '"') and found is not None:
            assert document_value(normalised(span)).value == found


_PARTS = st.lists(
    st.tuples(
        st.sampled_from(["10.96.0.", "it's", 'say"', "é😀", "\x07", "a:", "#", "\\n"]),
        st.sampled_from([" ", "  ", "\n", "\n\n", "\t", "\n  "]),
    ),
    min_size=1,
    max_size=12,
)


@given(
    parts=_PARTS,
    style=st.sampled_from([None, "'", '"', "|", ">"]),
    width=st.sampled_from([10, 80]),
    is_ascii=st.booleans(),
    newline=st.sampled_from(["\n", "\r\n"]),
)
@settings(max_examples=300, deadline=None)
def test_a_part_of_a_scalar_is_found_where_it_is_written_as_it_is(
    parts: list[tuple[str, str]],
    style: str | None,
    width: int,
    is_ascii: bool,
    newline: str,
) -> None:
    words = [f"{word}{number}." for number, (word, _) in enumerate(parts)]
    value = "".join(
        word + blank for word, (_, blank) in zip(words, parts, strict=True)
    ).rstrip("\n\t ")
    written = yaml.dump(
        {"a": {"b": value}},
        default_style=style,
        width=width,
        allow_unicode=not is_ascii,
    ).replace("\n", newline)
    places = DocumentPlaces(SourceFile("x.yaml", written), 0, len(written))
    whole = places.value(("a", "b"))
    is_read = document_value(normalised(written)).value == {"a": {"b": value}}

    for word in words:
        start = value.index(word)
        part = places.part(("a", "b"), value, start, start + len(word))
        is_written = word in whole.text
        if is_read and is_written and "\\" not in word:
            assert part.text == word
        else:
            assert part in (whole, part._replace(end=part.start + len(word)))
            assert part == whole or part.text == word
