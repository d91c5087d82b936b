"""The values that everything speaks of: places, objects, findings, the report.

This module, ``cip_lint.rule`` and ``cip_lint.hookspecs`` are the public API: a
plugin imports these three. The rules of this repository, which change together
with the engine, also import the rooms whose values ``cip_lint.rule`` hands out:
``cip_lint.cluster``, ``cip_lint.replay`` and ``cip_lint.kube``. They only read
them, and a plugin that does the same must expect them to change in any release.

All values are frozen. Offsets count code points of the decoded text; lines and
columns exist only where something is printed.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate, count
from operator import add
from typing import Any, Protocol

from cip_lint.bodies import ABSENT, mapping, text
from cip_lint.records import NamedTuple

Path = tuple[str | int, ...]
"""Where a value stands inside an object: ``("spec", "ports", 0, "name")``."""


class Severity(StrEnum):
    """How bad a finding is; the value is the word in output and settings.

    *error*: the API server refuses the object, or stores it and it will not
    carry traffic. *warning*: it works until something happens. *info*: advice,
    or "cannot know".
    """

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst; sorts findings and compares with ``--fail-on``."""
        return _RANKS[self]


_RANKS = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


class Confidence(StrEnum):
    """How a finding is known.

    From one object or a closed world, from a witness beside it, or from a near miss
    of two names.
    """

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


class Position(NamedTuple):
    """A one-based line and column, counted in code points."""

    line: int
    column: int


_PIECE = 1 << 16
"""So many characters of a text are parted into lines at once."""
_WORTH_FOLDING = 1 << 13
"""Characters from which a text is kept folded: then it takes a tenth of the memory."""


class SourceFile:
    """A file as it was read: its path (relative, with ``/``) and decoded text.

    ``file`` is the path of a file of the working folder that stands for a text which
    lies in none: for what is built, that of its kustomization or chart; empty where
    there is none, as for a revision.
    """

    __slots__ = ("_folded", "_line_starts", "_text", "file", "path")

    def __init__(
        self, path: str, text: str, folded: bytes = b"", *, file: str | None = None
    ) -> None:
        """Take a text as it is, or as ``kept`` gave it."""
        self.path = path
        self.file = path if file is None else file
        self._text = text
        self._folded = folded
        self._line_starts: array[int] | None = None

    @property
    def text(self) -> str:
        """The decoded text."""
        return _unfolded(self._folded) if self._folded else self._text

    @property
    def kept(self) -> tuple[str, bytes]:
        """The text as it is kept: as it is, or folded."""
        return self._text, self._folded

    def fold(self) -> None:
        """Keep the text in little memory, and unfold it whenever somebody asks.

        For files that have been read to the end: most of them nobody asks about.
        """
        if len(self._text) >= _WORTH_FOLDING:
            import zlib  # noqa: PLC0415 - for much text only

            self._folded = zlib.compress(self._text.encode("utf-8", "surrogatepass"), 1)
            self._text = ""

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to another process as it is kept, without what is computed."""
        return _source_file, (self.path, *self.kept, self.file)

    def __repr__(self) -> str:
        return f"<file {self.path}>"

    def position(self, offset: int) -> Position:
        """Return the line and column of an offset; a line feed alone ends a line."""
        starts = self.line_starts
        line = bisect_right(starts, offset)
        return Position(line, offset - starts[line - 1] + 1)

    @property
    def line_starts(self) -> Sequence[int]:
        """The offset at which each line begins, computed once.

        As machine numbers: the lines of a large file outnumber all else about it.
        """
        starts = self._line_starts
        if starts is None:
            text = self.text
            starts = array("L", (0,))
            for begin in range(0, len(text), _PIECE):
                ended = text[begin : begin + _PIECE].split("\n")[:-1]
                lengths = accumulate(map(len, ended))
                starts.extend(map(add, lengths, count(begin + 1)))
            self._line_starts = starts
        return starts

    def line(self, number: int) -> str:
        """Return the text of a one-based line, without its end."""
        starts, text = self.line_starts, self.text
        end = starts[number] - 1 if number < len(starts) else len(text)
        return text[starts[number - 1] : end].rstrip("\r")


def _source_file(path: str, text: str, folded: bytes, file: str) -> SourceFile:
    return SourceFile(path, text, folded, file=file)


@lru_cache(maxsize=16)
def _unfolded(folded: bytes) -> str:
    import zlib  # noqa: PLC0415

    return zlib.decompress(folded).decode("utf-8", "surrogatepass")


class Span(NamedTuple):
    """A half-open piece of a file: ``source.text[start:end]`` is what is meant."""

    source: SourceFile
    start: int
    end: int

    @property
    def text(self) -> str:
        """The very characters."""
        return self.source.text[self.start : self.end]

    @property
    def first(self) -> Position:
        """Line and column of the first character."""
        return self.source.position(self.start)

    @property
    def last(self) -> Position:
        """Line and column behind the last character (exclusive)."""
        return self.source.position(self.end)


class Label(NamedTuple):
    """A place and what is said about it; ``field`` is the path in its object."""

    span: Span
    text: str = ""
    field: str = ""


class Places(Protocol):
    """Finds where the parts of one object stand in its file.

    Places are computed on demand, by reading the document again to nodes, so
    that objects without findings cost nothing.
    """

    @property
    def path(self) -> str:
        """The path of the file, relative, with ``/``."""
        ...

    @property
    def order(self) -> tuple[int, int]:
        """Index of the document in its file, and of the item in its list."""
        ...

    @property
    def in_list(self) -> bool:
        """Whether the object is an item of a list."""
        ...

    def value(self, path: Path) -> Span:
        """Return the span of the value at ``path``.

        Of a mapping or sequence: from its first entry to its last character.
        Where the path leads to nothing: the key of the nearest parent that is
        there; for an object without any such parent, its first key.
        """
        ...

    def key(self, path: Path) -> Span:
        """Return the span of the key at the end of ``path``.

        For the item of a sequence, or where there is no such key: as ``value``.
        """
        ...

    def part(self, path: Path, value: str, start: int, end: int) -> Span:
        """Return the span of ``value[start:end]`` inside the scalar at ``path``.

        ``value`` is the whole string that stands there. All of the scalar where the
        part is written otherwise: with escapes, or over several lines.
        """
        ...

    def comments(self) -> Iterator[tuple[Span, str]]:
        """Yield the comments of the object's document that name cip-lint."""
        ...

    def because(self, span: Span) -> tuple[Label, ...]:
        """Return what set the variables in a place, and what a build added to a name.

        Nothing where it is as written.
        """
        ...


class ObjectRef(NamedTuple):
    """What a cluster calls an object."""

    api_version: str
    kind: str
    namespace: str
    name: str

    @property
    def group(self) -> str:
        """The API group; empty for the core group."""
        group, slash, _ = self.api_version.rpartition("/")
        return group if slash else ""

    def __str__(self) -> str:
        """Return ``Service shop/web``, or ``Namespace shop`` without a namespace."""
        if self.namespace:
            return f"{self.kind} {self.namespace}/{self.name}"
        return f"{self.kind} {self.name}"


_MERGE = "<<"


class Resource:
    """One object as it was written: plain values, and places on demand.

    ``body`` is what kubectl would send as JSON. It is shared and must not be
    changed. ``repeated_keys`` are the paths of keys that stand twice in one
    mapping (the last wins), and what a merge key ``<<`` behind it overrides: then the
    path ends with that key. ``built_by`` is the path of the kustomization or chart
    that it was built from; its places are then those of what set its values, and
    ``written`` is the object as its file has it, where there is one. ``release`` names
    the object that sends it in a way of its own, such as an Application (see
    ``render.surroundings.outcomes.release_name``); empty where nothing does. What has
    one ``built_by`` and one ``release`` is sent together.
    """

    __slots__ = (
        "api_version",
        "body",
        "built_by",
        "kind",
        "name",
        "namespace",
        "places",
        "release",
        "repeated_keys",
        "written",
    )

    def __init__(
        self,
        body: Mapping[str, Any],
        places: Places,
        repeated_keys: tuple[Path, ...] = (),
        built_by: str = "",
        written: Resource | None = None,
        release: str = "",
    ) -> None:
        self.body = body
        self.places = places
        self.repeated_keys = repeated_keys
        self.built_by = built_by
        self.written = written
        self.release = release
        self.api_version = text(body.get("apiVersion"))
        self.kind = text(body.get("kind"))
        metadata = mapping(body.get("metadata"))
        self.name = text(metadata.get("name")) or text(metadata.get("generateName"))
        self.namespace = text(metadata.get("namespace"))

    @property
    def path(self) -> str:
        """The path of the file it stands in."""
        return self.places.path

    @property
    def group(self) -> str:
        """The API group; empty for the core group."""
        group, slash, _ = self.api_version.rpartition("/")
        return group if slash else ""

    @property
    def keys_merged_over(self) -> tuple[Path, ...]:
        """The keys that stand before a merge key ``<<`` alone, which overrides them."""
        keys = dict.fromkeys(self.repeated_keys)
        over = dict.fromkeys(path[:-1] for path in keys if path[-1] == _MERGE)
        return tuple(path for path in over if path not in keys)

    @property
    def keys_written_twice(self) -> tuple[Path, ...]:
        """The keys that stand twice, without those that only a merge key overrides."""
        return tuple(path for path in self.repeated_keys if path[-1] != _MERGE)

    def get(self, *path: str | int, default: Any = None) -> Any:
        """Return the value at a path, or ``default`` where nothing is there."""
        value: Any = self.body
        for step in path:
            if isinstance(step, str):
                if not isinstance(value, dict) or step not in value:
                    return default
                value = value[step]
            elif isinstance(value, list) and 0 <= step < len(value):
                value = value[step]
            else:
                return default
        return value

    def each(self, *path: str | int) -> Iterator[tuple[int, Any]]:
        """Yield index and value of each item of the list at a path, if it is one."""
        value = self.get(*path)
        if isinstance(value, list):
            yield from enumerate(value)

    def span(self, *path: str | int) -> Span:
        """Return the place of a value; see ``Places.value``."""
        return self.places.value(path)

    def key_span(self, *path: str | int) -> Span:
        """Return the place of a key; see ``Places.key``."""
        return self.places.key(path)

    def label(self, *path: str | int, text: str = "") -> Label:
        """Return a label on the value at a path."""
        return Label(self.span(*path), text, field_path(path))

    def part_label(
        self, *path: str | int, start: int, end: int, text: str = ""
    ) -> Label:
        """Return a label on a part of the string at a path; see ``Places.part``."""
        value = self.get(*path)
        if not isinstance(value, str):
            return self.label(*path, text=text)
        span = self.places.part(path, value, start, end)
        return Label(span, text, field_path(path))

    def key_label(self, *path: str | int, text: str = "") -> Label:
        """Return a label on the key at a path."""
        return Label(self.key_span(*path), text, field_path(path))

    def __repr__(self) -> str:
        return f"<{self.kind} {self.namespace}/{self.name} of {self.path}>"


def field_path(path: Sequence[str | int]) -> str:
    """Write a path as the API server does: ``spec.ports[0].name``.

    A key that is no identifier is written in brackets, as in ``metadata.labels[a/b]``.
    """
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif text and not step.replace("-", "a").replace("_", "a").isalnum():
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text


class Cause(NamedTuple):
    """One entry of ``details.causes`` in a Status of the API server."""

    reason: str
    field: str
    message: str


class ServerAnswer(NamedTuple):
    """What the API server says to an object that it refuses.

    ``causes`` for HTTP 422; a plain ``message`` for the codes without causes
    (400, 404, 500).
    """

    code: int
    causes: tuple[Cause, ...] = ()
    message: str = ""


class Loss(NamedTuple):
    """Something that cannot be read, or that kubectl drops without a word.

    An error where nothing behind it reaches the cluster, a warning where kubectl
    reads on. ``related`` is the last document that was still read.
    """

    message: str
    label: Label
    severity: Severity
    help: str
    related: tuple[Label, ...] = ()

    @property
    def path(self) -> str:
        """The path of the file."""
        return self.label.span.source.path


class OriginKind(StrEnum):
    """Who stated a setting, strongest first."""

    FLAG = "flag"
    ENVIRONMENT = "environment"
    FILE = "file"
    OBJECT = "object"
    PRESET = "preset"
    DEFAULT = "default"


class Origin(NamedTuple):
    """Where a setting comes from: ``.cip-lint.yaml:4``, ``--service-cidr``."""

    kind: OriginKind
    text: str
    label: Label | None = None

    def __str__(self) -> str:
        return self.text


class Edit(NamedTuple):
    """A replacement of one span by a text."""

    span: Span
    text: str


class Safety(StrEnum):
    """What a fix may change; see the manual on fixes."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    DISPLAY = "display"


class Fix(NamedTuple):
    """Edits that repair a finding; none overlap."""

    title: str
    safety: Safety
    edits: tuple[Edit, ...]


class Build(NamedTuple):
    """What an object was built from: a kustomization or chart, and for whom.

    Of what several send unbuilt, each to a place of its own, it is the object itself.
    """

    path: str
    """The path of its file."""
    release: str = ""
    """Who sends it in a way of its own; empty where nothing does."""

    @property
    def name(self) -> str:
        """How a report names it: by who sends it, or else by its folder."""
        return self.release or self.path.rpartition("/")[0] or "."


class Finding(NamedTuple):
    """One thing that is wrong, with every place that takes part in it.

    ``message`` is one clause without a full stop that makes sense alone;
    ``notes`` are facts; ``help`` is the only part that says what to do.
    ``server`` is set exactly when the API server would refuse the object.
    """

    rule: str
    severity: Severity
    confidence: Confidence
    message: str
    primary: Label
    related: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    help: str | None = None
    server: ServerAnswer | None = None
    fix: Fix | None = None
    object: ObjectRef | None = None
    cluster: str = "default"
    identity: str = ""
    """What makes it the same finding tomorrow, whatever moves in its file."""
    builds: tuple[Build, ...] = ()
    """The builds that it is found in, that of ``object`` first; empty: in none."""

    @property
    def fingerprint(self) -> str:
        """The identity as 32 hexadecimal digits; empty where there is none."""
        if not self.identity:
            return ""
        # OpenSSL takes 3 ms to load, and text for people has no fingerprints.
        from hashlib import sha256  # noqa: PLC0415

        text = self.identity.encode("utf-8", "surrogatepass")
        return sha256(text).hexdigest()[:32]

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that take part in it, and what they are built to."""
        labels = (self.primary, *self.related)
        places = (label.span.source.path for label in labels)
        return (*places, *(build.path for build in self.builds))

    @property
    def sort_key(self) -> tuple[str, int, str, str]:
        """By path, start, rule and message: the order of every report."""
        span = self.primary.span
        return (span.source.path, span.start, self.rule, self.message)


class Suppressed(NamedTuple):
    """A finding that somebody chose not to see, by what, and why."""

    finding: Finding
    by: str
    """``comment``, ``annotation``, ``config``."""
    reason: str
    place: Label | None = None


class Unread(NamedTuple):
    """A file or document that could not be read, and why."""

    path: str
    line: int
    """Where that is found, from 1; 0 where it is the file as a whole."""
    reason: str


class UnitReport(NamedTuple):
    """An apply unit, the engine that sends it, and how that is known."""

    path: str
    engine: str
    why: str


class BaseReport(NamedTuple):
    """The earlier state that a cluster is compared with."""

    words: str
    """As ``revision main (abc1234)``, ``folder ../old``."""
    revision: str
    """The whole name of the commit; empty for what is no revision."""
    live: bool
    """Whether it is what lives in a cluster."""


class ClusterReport(NamedTuple):
    """One cluster of the run: its settings as printable values, and its units."""

    name: str
    settings: Mapping[str, tuple[Any, str]]
    """Name of each setting -> value (JSON) and origin (text)."""
    units: tuple[UnitReport, ...]
    base: BaseReport | None = None
    """What it is compared with; None where it is compared with nothing."""


class Summary(NamedTuple):
    """The numbers of a run."""

    files: int
    documents: int
    objects: int
    services: int
    error: int
    warning: int
    info: int
    suppressed: int
    baseline: int = 0


class RuleInfo(NamedTuple):
    """What reports need to know of a rule that ran."""

    id: str
    severity: Severity
    summary: str
    page: str
    """The whole manual page, in Markdown."""
    since: str


class Report(NamedTuple):
    """Everything a run found: what every output format is made from."""

    version: str
    clusters: tuple[ClusterReport, ...]
    summary: Summary
    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...] = ()
    unread: tuple[Unread, ...] = ()
    skipped: Mapping[str, int] = ABSENT
    """Documents and files that were not checked, counted by reason."""
    footer: tuple[str, ...] = ()
    """What the run could not judge, one clause each ("24 templates not rendered")."""
    errors: tuple[str, ...] = ()
    """What failed (plugins): printed beside the findings; the command exits 2."""
    rules: Sequence[RuleInfo] = ()
    """Those that ran, in the order of the manual."""


class Format(NamedTuple):
    """An output format: a pure function from the report to text."""

    name: str
    summary: str
    render: FormatFunction


class FormatFunction(Protocol):
    """Turns a report into the whole text of an output."""

    def __call__(self, report: Report, *, color: bool, width: int) -> str:
        """Return the text, ending in a newline unless it is empty."""
        ...
