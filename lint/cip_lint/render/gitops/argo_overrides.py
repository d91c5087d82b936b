"""Files beside a source by which Argo CD is told otherwise than its Application says.

``.argocd-source.yaml`` and ``.argocd-source-<application>.yaml`` are merged into the
source (``mergeSourceParameters`` of ``reposerver/repository``). Image updaters write
them. How plain files are taken (``directory``) is merged here, too; where they say
anything else, it is not known what is sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from cip_lint.bodies import Body, mapping
from cip_lint.manifests.landmarks import first_document
from cip_lint.model import Resource, SourceFile
from cip_lint.render.gitops.argo_cd import sources_of
from cip_lint.render.surroundings.files import is_there, source_file

_HARMLESS = {"helm": frozenset[str](), "kustomize": frozenset({"images"})}
"""By the tool: what changes nothing that is judged."""


def overridden(folder: Path, within: Path, application: Resource, tool: str) -> str:
    """Return why what an Application sends from a folder is not known.

    Empty: it is sent as the Application says. ``tool`` is ``helm`` or ``kustomize``.
    """
    for name in override_names(application.name):
        if not is_there(folder / name):
            continue
        source = source_file(folder / name, within, name)
        if source is None:
            return f"{name} cannot be read"
        said = first_document(source)
        if _changes(said, application, tool) or _of_another_tool(said):
            return f"{name} changes what Application {application.name} says"
    return ""


def _changes(said: Body, application: Resource, tool: str) -> bool:
    """Whether fields of a tool change, also those that are there and emptied."""
    if tool not in said:
        return False
    told = [mapping(source.get(tool)) for _, source in sources_of(application)]
    if said[tool] is None:
        return any(told)
    own = mapping(said[tool])
    return any(
        own[field] or any(one.get(field) for one in told)
        for field in own.keys() - _HARMLESS[tool]
    )


def _of_another_tool(said: Body) -> bool:
    """Whether a folder is taken for plain files, or handed to a plugin."""
    return any(said.get(key) is not None for key in ("directory", "plugin"))


def plain_directory(source: Body, overrides: Iterable[SourceFile]) -> Body | None:
    """Return how a source takes plain files, as files beside them say (RFC 7396).

    None where a plugin takes them.
    """
    found = dict(mapping(source.get("directory")))
    for one in overrides:
        said = first_document(one)
        if said.get("plugin") is not None:
            return None
        if "directory" in said:
            # A value that is no mapping is refused by Argo CD, and sends nothing.
            found = {} if said["directory"] is None else found
            found |= mapping(said["directory"])
    return {key: value for key, value in found.items() if value is not None}


def override_names(application: str) -> list[str]:
    """Return the names of files that may say otherwise than an Application."""
    names = [".argocd-source.yaml"]
    if application and "/" not in application and "\0" not in application:
        names.append(f".argocd-source-{application}.yaml")
    return names
