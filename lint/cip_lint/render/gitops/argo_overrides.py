"""Files beside a source by which Argo CD is told otherwise than its Application says.

``.argocd-source.yaml`` and ``.argocd-source-<application>.yaml`` are merged into the
source (``mergeSourceParameters`` of ``reposerver/repository``). Image updaters write
them. What else they say is not merged here: what is sent is not known then.
"""

from __future__ import annotations

from pathlib import Path

from cip_lint.bodies import mapping
from cip_lint.manifests.landmarks import first_document
from cip_lint.render.surroundings.files import is_there, source_file

_HARMLESS = {"helm": frozenset[str](), "kustomize": frozenset({"images"})}
"""By the tool: what changes nothing that is judged."""


def overridden(folder: Path, within: Path, application: str, tool: str) -> str:
    """Return why what an Application sends from a folder is not known.

    Empty: it is sent as the Application says. ``tool`` is ``helm`` or ``kustomize``.
    """
    for name in override_names(application):
        if not is_there(folder / name):
            continue
        source = source_file(folder / name, within, name)
        if source is None:
            return f"{name} cannot be read"
        own = mapping(first_document(source).get(tool))
        if any(own[field] for field in own.keys() - _HARMLESS[tool]):
            return f"{name} changes what Application {application} says"
    return ""


def override_names(application: str) -> list[str]:
    """Return the names of files that may say otherwise than an Application."""
    names = [".argocd-source.yaml"]
    if application and "/" not in application and "\0" not in application:
        names.append(f".argocd-source-{application}.yaml")
    return names
