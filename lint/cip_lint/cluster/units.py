"""Apply units: what one command or one controller sends together."""

from __future__ import annotations

from collections.abc import Mapping

from cip_lint.bodies import ABSENT, Body
from cip_lint.cluster.settings import DEFAULT, NO_NAMESPACE, Setting
from cip_lint.model import Origin
from cip_lint.records import NamedTuple
from cip_lint.render.kustomize.kustomizations import UNCHANGED, Affixes


class Sending(NamedTuple):
    """What the engine of a unit is told beside its objects."""

    sort_options: Body = ABSENT
    """``sortOptions`` of the root kustomization."""
    files: Mapping[str, int] = ABSENT
    """The order in which the engine meets the files, where it is not their own."""
    name: str = ""
    """What other units name it by: ``flux flux-system/apps``."""
    depends_on: tuple[str, ...] = ()
    """The names of the units that must be applied before it."""
    waits: bool = False
    """Whether it counts as applied only when all its objects are ready."""


PLAIN = Sending()
"""Nothing is told."""

SNAPSHOT = "snapshot"
"""The kind of unit of what lives already: nobody sends it."""


_LOOSE = frozenset({"folder", "file", "stdin"})


class Unit(NamedTuple):
    """Objects that are sent together, by which engine, and how that is known."""

    path: str
    """The folder or file, relative; ``-`` for standard input."""
    engine: str
    """``kubectl``, ``kustomize``, ``helm``, ``argocd``, ``flux`` ..."""
    why: str
    """One clause: ``plain folder``, ``kustomization.yaml, not built`` ..."""
    kind: str
    """``folder``, ``kustomization``, ``chart``, ``argocd``, ``flux``, ``stdin`` ..."""
    argument: str
    """The command-line path that it was found by."""
    namespace: Setting[str | None] = NO_NAMESPACE
    """What the unit says about objects that name no namespace."""
    cluster: str | None = None
    """The cluster it names."""
    scope: str = ""
    """Units of one scope may meet in one cluster."""
    whole: bool = True
    """Whether its objects are sent as written; False: pieces of a build."""
    overrides_namespace: bool = False
    """Whether its namespace replaces the one an object names itself."""
    engine_origin: Origin = DEFAULT
    """Who says that this engine sends it."""
    sending: Sending = PLAIN
    affixes: Affixes = UNCHANGED
    """How it renames its objects: pieces will get them, what was built has them."""
    own_root: str = ""
    """The folder that its engine starts from, where that lies below ``path``."""
    listed: bool = True
    """Whether its kustomization names its files; else nobody sends them with it."""
    sender: str = ""
    """Who sends it, where others send the same otherwise; see ``release_name``."""
    homeless: bool = False
    """Whether Flux sends it to a cluster that may be that of other scopes, too."""

    @property
    def loose(self) -> bool:
        """Whether its files need not all be sent: nothing says what belongs together."""
        return self.kind in _LOOSE

    @property
    def root(self) -> str:
        """The folder or file that its engine starts from."""
        return self.own_root or self.path

    @property
    def why_pieces(self) -> str:
        """Why nobody knows what becomes of its objects, where it is not whole."""
        if self.listed:
            return f"{self.path} is not built"
        return f"{self.engine_origin} does not list it"

    @property
    def identity(self) -> tuple[str, ...]:
        """What tells it from the other units of a cluster.

        What several send is a unit for each of them, as is each release of a chart.
        """
        scope = self.scope if self.whole else ""
        told = self.why if self.kind == "chart" else self.sender
        return self.root, self.engine, scope, told

    @property
    def sent_as_read(self) -> bool:
        """Whether its objects are sent in the order in which they are read."""
        return self.engine in _UNSORTED and self.kind != "kustomization"

    @property
    def read_by_kustomize(self) -> bool:
        """Whether kustomize reads its files; Flux lets it, also those it lists nowhere."""
        return self.kind in _OF_KUSTOMIZE

    @property
    def rendered(self) -> bool:
        """Whether exactly its objects are sent together, unlike those of a folder."""
        return self.whole and self.kind in _RENDERED


_UNSORTED = frozenset({"kubectl", "kubectl-server-side"})
_OF_KUSTOMIZE = frozenset({"flux", "kustomization"})
_RENDERED = frozenset({"argocd", "chart", "flux", "fleet", "kustomization"})
