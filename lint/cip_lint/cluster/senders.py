"""Programs that send plain manifests, known by files that lie beside or above them.

A folder with files of two such programs is sent by one of them, nobody knows which:
its engine is ``unknown``. Of Skaffold it is read which files it sends, in which
order; the others are taken to send all that lies below.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from posixpath import basename, dirname, join, normpath

from cip_lint.bodies import ABSENT, Body, mapping, texts
from cip_lint.cluster.units import PLAIN, Sending
from cip_lint.model import Origin, OriginKind
from cip_lint.records import NamedTuple
from cip_lint.render.written.paths import fits

UNKNOWN = "unknown"
_ENGINES = {"kpt": "cli-utils"}
"""Programs whose engine is called by another name."""
_MOST_PATTERNS = 64
_MAGIC = frozenset("*?[")
_READ = (".yaml", ".yml", ".json")
_DEFAULT_PATTERNS = ("k8s/*.yaml",)
"""What Skaffold sends where nothing says what it renders or deploys."""


class Sender(NamedTuple):
    """What sends the plain manifests of a folder, and how that is known."""

    engine: str
    root: str
    """The folder that it starts from."""
    why: str
    origin: Origin
    sending: Sending = PLAIN
    scope: str = ""
    """Where it sends more than plain manifests: what all of that is in."""


class Senders:
    """The programs of a run, by the folder that they start from."""

    def __init__(
        self, found: Mapping[str, Sender], scopes: Mapping[str, str] = ABSENT
    ) -> None:
        """Take the programs, and the scopes of the kustomizations that they send."""
        self._found = found
        self._scopes = scopes

    def scope_of(self, directory: str) -> str:
        """Return the scope of a kustomization; empty where none of them sends it."""
        return self._scopes.get(directory, "")

    def of(self, path: str) -> Sender | None:
        """Return what sends a file; None where nothing shows it."""
        if not self._found:
            return None
        directory = path
        while directory:
            directory = directory.rpartition("/")[0]
            sender = self._found.get(directory)
            if sender is not None:
                ordered = sender.sending.files
                return sender if not ordered or path in ordered else None
        return None


def survey(
    landmarks: Iterable[tuple[str, str, Body]], files: Collection[str]
) -> Senders:
    """Return the senders of a run, from program, path and body of each landmark."""
    by_folder: dict[str, list[tuple[str, str, Body]]] = {}
    of_skaffold: dict[str, Body] = {}
    for program, path, body in landmarks:
        by_folder.setdefault(dirname(path), []).append((program, path, body))
        if program == "skaffold":
            of_skaffold[path] = body
    folders, scopes = _scopes(of_skaffold)
    found: dict[str, Sender] = {}
    readable = (
        sorted(file for file in files if file.endswith(_READ)) if by_folder else ()
    )
    for folder, told in by_folder.items():
        sender = _sender(folder, told, readable)
        if sender is not None:
            scope = scopes.get(sender.origin.text, "")
            found[folder] = sender._replace(scope=scope)
    return Senders(found, folders)


def _scopes(bodies: Mapping[str, Body]) -> tuple[Mapping[str, str], Mapping[str, str]]:
    if not bodies:
        return ABSENT, ABSENT
    from cip_lint.cluster.skaffold import scopes_of  # noqa: PLC0415 - rare

    return scopes_of(bodies)


def _sender(
    folder: str, told: Sequence[tuple[str, str, Body]], files: Sequence[str]
) -> Sender | None:
    first, path, body = told[0]
    origin = Origin(OriginKind.OBJECT, path)
    programs = {program: basename(path) for program, path, _ in reversed(told)}
    if len(programs) > 1:
        names = " and ".join(sorted(programs.values()))
        return Sender(UNKNOWN, folder, f"{names} beside each other", origin)
    engine = _ENGINES.get(first, first)
    if first == "kapp":
        return _kapp(folder, told)
    if first != "skaffold":
        return Sender(engine, folder, f"{path} beside it", origin)
    patterns = _patterns(body)
    globs = sum(1 for one in patterns if not _MAGIC.isdisjoint(one))
    if globs > _MOST_PATTERNS:
        return Sender(UNKNOWN, folder, f"too many patterns in {path}", origin)
    listed = _listed(folder, patterns, files)
    if not listed:
        return None
    return Sender(engine, folder, f"listed in {path}", origin, Sending(files=listed))


def _kapp(folder: str, told: Sequence[tuple[str, str, Body]]) -> Sender:
    """Return kapp; where its settings change the graph, an engine nobody can follow."""
    for _, path, body in told:
        if body:
            origin = Origin(OriginKind.OBJECT, path)
            return Sender(UNKNOWN, folder, f"rules of kapp in {path}", origin)
    _, path, _ = told[0]
    origin = Origin(OriginKind.OBJECT, path)
    return Sender("kapp", folder, f"kapp.k14s.io in {path}", origin)


def _patterns(body: Body) -> Sequence[str]:
    """Return what a ``skaffold.yaml`` says about plain manifests, in its order."""
    manifests = mapping(body.get("manifests"))
    deploy = mapping(body.get("deploy"))
    stated = [
        *texts(manifests.get("rawYaml")),
        *texts(mapping(deploy.get("kubectl")).get("manifests")),
    ]
    if not stated and not manifests and not (deploy.keys() - {"kubectl"}):
        return _DEFAULT_PATTERNS
    return stated


def _listed(
    folder: str, patterns: Sequence[str], files: Sequence[str]
) -> dict[str, int]:
    """Return the files that patterns name, each with its place in the order.

    What a pattern matches goes by the bytes of the paths, as ``files`` do.
    """
    below = dict.fromkeys(_below(folder, files))
    listed: dict[str, int] = {}
    for pattern in patterns:
        whole = normpath(join(folder, pattern))
        matched: Iterable[str] = [whole] if whole in below else ()
        if not _MAGIC.isdisjoint(whole):
            parts = whole.split("/")
            matched = (file for file in below if fits(file.split("/"), parts))
        for file in matched:
            listed.setdefault(file, len(listed))
    return listed


def _below(folder: str, files: Sequence[str]) -> Sequence[str]:
    """Return the files below a folder; all of them are sorted."""
    if not folder:
        return files
    # "0" is what follows "/".
    return files[bisect_left(files, f"{folder}/") : bisect_left(files, f"{folder}0")]
