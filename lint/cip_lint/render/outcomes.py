"""What a build leaves behind beside its objects: for whom it was made."""

from __future__ import annotations

from cip_lint.model import Resource


def release_name(sender: Resource) -> str:
    """Return the name of what an object sends or installs, of no other in a run.

    It says who sends it: ``Kustomization flux-system/apps of clusters/apps.yaml``.
    Units are told apart by it. Builds of one base may each make the object, so that
    the build is named too.
    """
    namespace = f"{sender.namespace}/" if sender.namespace else ""
    said = f"{sender.kind} {namespace}{sender.name} of {sender.path}"
    if sender.built_by:
        said = f"{said}, built by {sender.built_by}"
    return f"{said} for {sender.release}" if sender.release else said
