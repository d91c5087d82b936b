"""What a kustomization is built to for whoever sends it, or why it is not built."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from cip_lint.bodies import Body, mapping
from cip_lint.errors import ProgramError
from cip_lint.manifests import Unbuilt
from cip_lint.manifests.text import decode
from cip_lint.programs import helm, kustomize
from cip_lint.records import NamedTuple
from cip_lint.render.gitops.argo_overrides import overridden
from cip_lint.render.kustomize.chart_homes import Printed
from cip_lint.render.kustomize.closure import Closure, closure
from cip_lint.render.kustomize.flux_folders import Generated
from cip_lint.render.kustomize.kustomizations import Build, Kustomizations
from cip_lint.render.kustomize.kustomize_builds import Way, made_of
from cip_lint.render.kustomize.senders import Sender
from cip_lint.render.surroundings.files import resolved
from cip_lint.render.surroundings.outcomes import NO_HELM, NO_PROGRAM
from cip_lint.render.surroundings.place import Place, at_once
from cip_lint.render.variables.substitution import filled
from cip_lint.render.variables.variables import Variables


class Built(NamedTuple):
    """One kustomization: what it was built to, or why it was not."""

    build: Build
    sender: Sender | None = None
    """Who changes it on the way; None: it is sent as it is."""
    generated: Generated | None = None
    """What Flux makes in the place of the file; None: there is one."""
    variables: Variables | None = None
    """What is filled in after the build; None: nothing."""
    output: bytes = b""
    folder: Path = Path()
    """The folder that the notes of kustomize start from."""
    before: Mapping[int, Body] = MappingProxyType({})
    """Objects as they were before their variables were filled in; see ``Filled``."""
    printed: tuple[Printed, ...] = ()
    """What helm has printed of its charts."""
    reads: Closure = Closure()
    why: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from the others."""
        return self.build.directory, self.release

    @property
    def unbuilt(self) -> Unbuilt:
        """What is left of one that was not built."""
        overridden = self.sender is not None and self.sender.is_overridden
        return Unbuilt(self.build.path, self.why, overridden)

    @property
    def release(self) -> str:
        """Who sends it, see ``release_name``; empty: it is sent as it is."""
        return "" if self.sender is None else self.sender.words


def outcomes_of(
    wanted: Sequence[Built], found: Kustomizations, place: Place, most: int
) -> list[Built]:
    """Return what becomes of each, in their order; of ``most`` something does."""
    if kustomize.command() is None:
        return [one._replace(why=NO_PROGRAM) for one in wanted]

    def outcome(one: Built) -> Built:
        return _outcome(one, found.body(one.build.directory) or {}, place)

    def failed(one: Built, why: str) -> Built:
        return one._replace(output=b"", why=why)

    return list(at_once(wanted, outcome, failed, max(0, most), place))


def _outcome(one: Built, body: Body, place: Place) -> Built:
    place = place.around(one.build.directory)
    directory = resolved(place.file(one.build.directory))
    if directory is None or not directory.is_relative_to(place.within):
        return one._replace(why="it lies outside the repository")
    fields = dict(one.sender.fields) if one.sender is not None else {}
    own = None if one.generated is None else one.generated.body
    reads = closure(directory, place.within, fields, own=own, network=place.network)
    why = reads.obstacle
    if reads.renders and helm.command() is None:
        why = why or NO_HELM
    if one.sender is not None and one.sender.engine == "argocd":
        application = one.sender.resource
        otherwise = overridden(directory, place.within, application, "kustomize")
        one = one._replace(sender=one.sender._replace(is_overridden=bool(otherwise)))
        why = why or otherwise
    if why:
        return one._replace(why=why)
    if mapping(body.get("sortOptions")):
        fields["sortOptions"] = dict(mapping(body.get("sortOptions")))
    try:
        made = made_of(directory, fields, reads, place, _way(one, reads))
    except ProgramError as error:
        return one._replace(why=str(error))
    output, folder, printed = made
    return _substituted(
        one._replace(output=output, folder=folder, printed=printed, reads=reads), place
    )


def _way(one: Built, reads: Closure) -> Way:
    """Return how something is built by whoever sends it.

    Flux lets kustomizations name any file of the repository. Here those alone that
    somebody has looked at may be named.
    """
    by_flux = one.sender is not None and one.sender.engine == "flux"
    anywhere = by_flux and reads.is_whole and not reads.remotes
    return Way(one.generated.entries if one.generated else (), anywhere)


def _substituted(one: Built, place: Place) -> Built:
    """Return what was built with its variables filled in."""
    if one.variables is None:
        return one
    try:
        text, before = filled(decode(one.output).text, one.variables, place.budget)
    except ProgramError as error:
        return one._replace(output=b"", why=str(error))
    output = text.encode("utf-8", "surrogatepass")
    return one._replace(output=output, before=before) if before else one
