"""Services by the names that they had before a build renamed them.

kustomize renames objects and the references that it knows, and those alone
(``api/internal/konfig/builtinpluginconsts/namereference.go``): whatever else calls a
Service by its old name calls nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cip_lint.cluster.members import Member, ServiceMember
from cip_lint.model import Resource


class Renames:
    """The Services of builds by the names in their files, where they have others now.

    What is built may take objects from kustomizations that each have a prefix of their
    own, so that only the object itself tells what it was called.
    """

    def __init__(self, services: Iterable[ServiceMember]) -> None:
        self._found: dict[tuple[int, str], list[ServiceMember]] = {}
        for one in services:
            if one.piece or one.unit.kind != "kustomization":
                continue
            before = _name_before(one.resource)
            if before:
                self._found.setdefault((id(one.unit), before), []).append(one)

    def service(
        self, of: Member, name: str, may_be: Callable[[ServiceMember], bool]
    ) -> ServiceMember | None:
        """Return the Service of an object's own build that had a name in its file.

        Of several, the one that got its new name as the object did; None where that
        does not tell. ``may_be`` says which of them are in the right namespace.
        """
        found = [one for one in self._found.get((id(of.unit), name), ()) if may_be(one)]
        if len(found) > 1:
            before = _name_before(of.resource)
            start, _, end = of.name.partition(before) if before else ("", "", "")
            found = [one for one in found if one.name == f"{start}{name}{end}"]
        return found[0] if len(found) == 1 else None


def renamed_by(service: ServiceMember) -> str:
    """Return what renames a Service: ``namePrefix of app``; empty if nobody knows."""
    unit, resource = service.unit, service.resource
    before = _name_before(resource)
    if any(unit.affixes) and (
        not before or unit.affixes.renamed(before) == service.name
    ):
        return f"{'namePrefix' if unit.affixes.prefix else 'nameSuffix'} of {unit.path}"
    labels = resource.places.because(resource.span("metadata", "name"))
    if not labels:
        return ""
    field = "nameSuffix" if service.name.startswith(before) else "namePrefix"
    return f"{field} of {labels[-1].span.source.path}"


def _name_before(resource: Resource) -> str:
    """Return the name of an object in its file; empty if it is the same, or unknown."""
    written = resource.written
    return "" if written is None or written.name == resource.name else written.name
