"""What the settings teach of further kinds: pod templates and references."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cip_lint.config.layers import Layers
from cip_lint.model import Path

if TYPE_CHECKING:
    from cip_lint.kube.reference_kinds import ReferenceKind

_Kind = tuple[str, str]


def kinds(layers: Layers) -> dict[str, dict[_Kind, Any]]:
    """Return what ``kinds:`` says, by the attributes of ``ClusterSettings``."""
    templates: dict[_Kind, Path] = {}
    references: dict[_Kind, tuple[ReferenceKind, ...]] = {}
    for item in layers.items("kinds"):
        value = item.value
        key = value.get("group", ""), value["kind"]
        if "podTemplate" in value:
            templates[key] = tuple(value["podTemplate"].split("."))
        if "references" in value:
            rows = (_row(key, one, str(item.origin)) for one in value["references"])
            references[key] = (*references.get(key, ()), *rows)
    return {"pod_template_kinds": templates, "reference_kinds": references}


def _row(kind: _Kind, stated: dict[str, Any], source: str) -> ReferenceKind:
    # Few settings teach references, and the table of them is not small.
    from cip_lint.kube.reference_kinds import (  # noqa: PLC0415
        PortField,
        PortSense,
        ReferenceKind,
    )

    path, _, name = stated["service"].rpartition(".")
    if name.endswith("[]"):
        path, name = stated["service"], ""
    sense = PortSense(stated.get("portMeans", "either"))
    port = stated.get("port", "")
    return ReferenceKind(
        kind[0],
        (kind[1],),
        path,
        source,
        name=name,
        namespace=stated.get("namespace", ""),
        ports=(PortField(port, sense),) if port else (),
        default_port=stated.get("defaultPort", 0),
    )
