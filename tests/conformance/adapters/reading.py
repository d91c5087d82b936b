"""Asks the room ``manifests``: YAML conversion, document split, kubectl's files."""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cip_lint.manifests.kubectl import read_files, read_stream
from cip_lint.manifests.split import cut, normalised
from cip_lint.manifests.text import decode
from cip_lint.manifests.values import yaml_to_value, yaml_to_value_strict
from cip_lint.manifests.yaml_errors import YamlError
from conformance.agreement import Adapter, Disagreement, RunContext, Vector

_FAILED = "an error"

_DEEP = 25_000
"""Go nests ten thousand deep; the json module follows only as far as it is let."""


@contextmanager
def _deep() -> Iterator[None]:
    """Let answers be compared at any depth; what is asked runs as everywhere."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _DEEP))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def yaml(vector: Vector, context: RunContext) -> Iterator[Disagreement]:
    """Compare the JSON of a YAML text, as it is and in the strict mode."""
    text = _content(vector["input"])
    allowed = vector["answer"].get("random", [vector["answer"]])
    got = _attempt(yaml_to_value, text)
    if not any(_same(_plain_answer(answer), got) for answer in allowed):
        yield Disagreement(_plain_answer(allowed[0]), got, "plain")
    strict = _attempt(yaml_to_value_strict, text)
    if not any(_same(_strict_answer(answer), strict) for answer in allowed):
        yield Disagreement(_strict_answer(allowed[0]), strict, "strict")


def _content(source: dict[str, Any]) -> bytes:
    if "base64" in source:
        return base64.b64decode(source["base64"])
    return str(source["text"]).encode()


def _plain_answer(answer: dict[str, Any]) -> Any:
    return _FAILED if "error" in answer else answer["json"]


def _strict_answer(answer: dict[str, Any]) -> Any:
    if "strictError" in answer or "error" in answer:
        return _FAILED
    return answer.get("strictJSON", answer["json"])


def _attempt(read: Any, text: bytes) -> Any:
    try:
        return read(text)
    except YamlError:
        return _FAILED


def _same(answer: Any, got: Any) -> bool:
    """Compare JSON text with a value; 1, 1.0 and true are three things."""
    if _FAILED in (answer, got):
        return bool(answer is got)
    return _canonical(_loaded(answer)) == _canonical(got)


def _loaded(text: str) -> Any:
    with _deep():
        return json.loads(text)


def _canonical(value: Any) -> str:
    with _deep():
        return json.dumps(value, sort_keys=True)


def yamlsplit(vector: Vector, context: RunContext) -> Iterator[Disagreement]:
    """Compare the raw pieces of a stream, and the documents read from it."""
    text, answer = vector["input"]["text"], vector["answer"]
    pieces, faults = cut(text)
    if "readerError" in answer:
        if not faults:
            yield Disagreement(answer["readerError"], None, "reader")
    else:
        reader = [normalised(text[slice(*piece)]) for piece in pieces]
        if reader != answer["reader"]:
            yield Disagreement(answer["reader"], reader, "reader")
    stream = read_stream(text)
    expected = [_canonical(_loaded(document)) for document in answer["documents"]]
    got = [_canonical(document.value) for document in stream.documents]
    if expected != got:
        yield Disagreement(expected, got, "documents")
    if ("error" in answer) != (stream.error is not None):
        yield Disagreement(answer.get("error"), stream.error, "error")


def kubectlread(vector: Vector, context: RunContext) -> Iterator[Disagreement]:
    """Compare the objects that kubectl gets out of a file or a folder."""
    source, answer = vector["input"], vector["answer"]
    texts = {
        name: decode(_content(content)).text
        for name, content in source["files"].items()
        if source.get("recursive") or "/" not in name
    }
    is_folder = len(source["files"]) > 1
    view = read_files(texts, is_folder=is_folder)
    expected = [
        {**found, "json": _canonical(_loaded(found["json"]))}
        for found in answer["objects"]
    ]
    got = [
        {
            **({"file": found.file} if is_folder else {}),
            "json": _canonical(found.body),
            "name": found.name,
            "namespace": found.namespace,
        }
        for found in view.objects
    ]
    if expected != got:
        yield Disagreement(expected, got, "objects")
    if ("error" in answer) != bool(view.errors):
        yield Disagreement(answer.get("error"), view.errors, "error")


def corpusread(vector: Vector, context: RunContext) -> Iterator[Disagreement]:
    """Compare a hash of each document of a file of the corpus."""
    data = (context.corpus / vector["input"]["path"]).read_bytes()
    text, answer = decode(data).text, vector["answer"]
    stream = read_stream(text)
    got = [
        _hash(
            json.loads(text[document.start : document.end])
            if document.is_json
            else document.value
        )
        for document in stream.documents
    ]
    if got != answer["documents"]:
        yield Disagreement(answer["documents"], got, "documents")
    if ("error" in answer) != (stream.error is not None):
        yield Disagreement(answer.get("error"), stream.error, "error")


def _hash(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


GROUPS: dict[str, Adapter] = {
    "corpusread": corpusread,
    "kubectlread": kubectlread,
    "yaml": yaml,
    "yamlsplit": yamlsplit,
}
