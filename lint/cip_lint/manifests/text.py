"""Bytes of a file -> text, as kubectl's file decoder does it; and which file it is."""

from __future__ import annotations

import os

from cip_lint.records import NamedTuple

_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_CODECS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


class DecodedText(NamedTuple):
    """The text of a file, without its byte order mark.

    ``replaced`` is the offset of the first U+FFFD that stands for bytes which
    are no UTF-8; None where every byte could be decoded.
    """

    text: str
    replaced: int | None = None


def decode(data: bytes) -> DecodedText:
    """Return the text that kubectl reads: BOM dropped, UTF-16 only with a BOM.

    Bytes that are no UTF-8 become U+FFFD, one for each maximal part, as
    ``unicode.UTF8.NewDecoder`` behind ``unicode.BOMOverride`` does in the
    ``FileVisitor`` of cli-runtime; nothing is refused.
    """
    codec = _UTF16_CODECS.get(data[:2])
    if codec is not None:
        return _decode_as(codec, data[2:])
    if data.startswith(_UTF8_BOM):
        data = data[3:]
    return _decode_as("utf-8", data)


def _decode_as(codec: str, data: bytes) -> DecodedText:
    try:
        return DecodedText(data.decode(codec))
    except UnicodeDecodeError as error:
        before = len(data[: error.start].decode(codec))
        return DecodedText(data.decode(codec, "replace"), before)


def decode_strictly(data: bytes) -> str:
    """Return the text that the YAML library itself reads.

    It knows UTF-8 and, with a BOM, UTF-16; raises UnicodeDecodeError on
    anything else.
    """
    codec = _UTF16_CODECS.get(data[:2])
    return data[2:].decode(codec) if codec else data.decode("utf-8")


FileIdentity = tuple[int, int]
"""Device and number of a file: the same by whatever path it is found."""


def identity_of(file: str | os.PathLike[str]) -> FileIdentity | None:
    """Return what tells a file from all others; None where it is not there."""
    try:
        status = os.stat(file)  # noqa: PTH116
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino
