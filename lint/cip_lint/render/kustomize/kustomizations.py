"""Kustomizations: what each of them names and reaches, and what it is built to.

``kustomization_survey`` finds that out.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cip_lint.bodies import Body
from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple

HARMLESS = frozenset(
    {
        "apiVersion",
        "bases",
        "buildMetadata",
        "configMapGenerator",
        "generatorOptions",
        "images",
        "kind",
        "metadata",
        "namespace",
        "resources",
        "secretGenerator",
        "sortOptions",
    }
)
"""Fields that leave every Service and workload as it is written (but its namespace)."""

CHANGING_FIELDS = frozenset(
    {
        "commonAnnotations",
        "commonLabels",
        "components",
        "labels",
        "namePrefix",
        "nameSuffix",
        "patches",
        "replicas",
    }
)
"""Fields of a sender that leave no Service as the kustomization it sends builds it."""

_PATCH_NAME = pattern(r"(?:(?<![A-Za-z])patch|Patch|(?<![A-Za-z])PATCH)(?![a-df-z])")


class Sorting(NamedTuple):
    """How the root of a build sorts what it sends."""

    options: Body = MappingProxyType({})
    """Its ``sortOptions``."""
    files: Mapping[str, int] = MappingProxyType({})
    """The order in which a build that sorts nothing meets its files."""


UNSORTED = Sorting()
"""Nothing is said: kustomize sorts by its own list of kinds."""


class Affixes(NamedTuple):
    """What a build puts before and behind the names of its objects."""

    prefix: str = ""
    suffix: str = ""

    def renamed(self, name: str) -> str:
        """Return the name that an object of this one gets."""
        return f"{self.prefix}{name}{self.suffix}"


UNCHANGED = Affixes()
"""Names stay as they are, or nobody knows."""


class Build(NamedTuple):
    """What one kustomization is built to, or would be as far as its files are read."""

    directory: str
    """The folder of the kustomization that is built."""
    path: str
    """The path of its file."""
    whole: bool
    """Whether its objects are sent as they are known.

    They were built, or a build changes nothing but the namespace.
    """
    why: str
    namespace: str | None = None
    """The ``namespace:`` that all its objects get."""
    sorting: Sorting = UNSORTED
    affixes: Affixes = UNCHANGED
    """How it renames its objects; where that is all that becomes of them."""
    listed: bool = True
    """Whether it names its files; False: of those that only lie beside it."""


class Kustomization:
    """One kustomization file and what it names, as paths below the same root."""

    def __init__(self, directory: str, path: str, body: Body) -> None:
        self.directory = directory
        self.path = path
        self.body = body
        self.entries: list[str] = []
        """Its files and children in the order in which they are accumulated."""
        self.files: list[str] = []
        self.children: list[str] = []
        self.components: list[str] = []
        self.others: list[str] = []
        """Files that it reads and does not send as they are."""
        self.unresolved = 0
        """Entries that are remote, or that no file was read for."""
        self.is_alone = True
        """Whether no other kustomization file lies beside it."""

    @property
    def plain(self) -> bool:
        """Whether it only lists what is there; kustomize refuses one that is empty."""
        return (
            bool(self.body)
            and self.is_alone
            and not self.unresolved
            and not self.components
            and self.body.get("kind") != "Component"
            and all(
                key in HARMLESS or not value or (key == "labels" and _idle(value))
                for key, value in self.body.items()
            )
        )


class Reach(NamedTuple):
    """Everything that one build reads, as far as it was met."""

    files: frozenset[str]
    """Files whose objects it sends."""
    others: frozenset[str]
    """Patches, and settings of kustomize."""


class Kustomizations:
    """All kustomizations of a run."""

    def __init__(
        self,
        found: Mapping[str, Kustomization],
        build_of: Mapping[str, Build],
        partial: frozenset[str],
        builds: tuple[Build, ...],
        roots_to_build: tuple[Build, ...],
    ) -> None:
        self.build_of = build_of
        """Path of a file -> the build that it goes into."""
        self.partial = partial
        """Paths of files that are patches or settings of kustomize itself."""
        self.builds = builds
        self.roots_to_build = roots_to_build
        """Those that no other has a part in, and of which only a build knows all."""
        self._found = found

    def reach(self, directory: str) -> Reach:
        """Return what a build of the kustomization in a folder reads."""
        files: set[str] = set()
        others: set[str] = set()
        met = {directory}
        stack = [directory]
        while stack:
            kustomization = self._found[stack.pop()]
            files.update(kustomization.files)
            others.update(kustomization.others)
            for child in (*kustomization.children, *kustomization.components):
                if child not in met:
                    met.add(child)
                    stack.append(child)
        return Reach(frozenset(files), frozenset(others))

    def build(self, directory: str) -> Build:
        """Return a build of the kustomization in a folder."""
        return piece(self._found[directory], {})

    def body(self, directory: str) -> Body | None:
        """Return what the kustomization of a folder says; None where none is there."""
        found = self._found.get(directory)
        return None if found is None else found.body

    def is_patch_by_name(self, path: str) -> bool:
        """Whether a file that nothing names looks like a patch.

        Files in a folder ``patches``, and files of such a name below a folder that
        holds a kustomization.
        """
        if "atch" not in path and "ATCH" not in path:
            return False
        parts = path.split("/")
        if "patches" in parts[:-1]:
            return True
        if not _PATCH_NAME.search(parts[-1]):
            return False
        return any(
            "/".join(parts[:depth]) in self._found for depth in range(len(parts))
        )


NO_KUSTOMIZATIONS = Kustomizations({}, {}, frozenset(), (), ())
"""Those of a run in which there are none."""


def piece(kustomization: Kustomization, reasons: Mapping[str, str]) -> Build:
    """Return what a kustomization would be built to; ``reasons`` say why it is not."""
    why = reasons.get(kustomization.path)
    return Build(
        kustomization.directory,
        kustomization.path,
        False,
        f"{kustomization.path}, not built" + (f": {why}" if why else ""),
        namespace_of(kustomization),
    )


def namespace_of(kustomization: Kustomization) -> str | None:
    """Return the ``namespace:`` of a kustomization; None where it says none."""
    namespace = kustomization.body.get("namespace")
    return namespace if isinstance(namespace, str) and namespace else None


def _idle(labels: object) -> bool:
    """Whether ``labels:`` reaches neither selectors nor pod templates."""
    return isinstance(labels, list) and all(
        isinstance(entry, dict)
        and not entry.get("includeSelectors")
        and not entry.get("includeTemplates")
        and not entry.get("fields")
        for entry in labels
    )
