"""ExternalName Services as DNS sees them: aliases of other names."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.model import Resource
from cip_lint.records import NamedTuple
from cip_lint.replay import ServiceRow
from cip_lint.rule import Context

NAME_PATH = ("spec", "externalName")
_FILLED_IN = frozenset(
    {
        "tailscale.com/tailnet-fqdn",
        "tailscale.com/tailnet-ip",
        "tailscale.com/tailnet-target-ip",
    }
)
"""Annotations by which an operator writes the name itself, whatever stands there.

Tailscale: https://tailscale.com/docs/kubernetes-operator/egress
"""


class Alias(NamedTuple):
    """A Service that stands for another name, and that name."""

    row: ServiceRow
    written: str
    """As it stands in the manifest."""
    target: str
    """In lower case, without a final dot."""

    @property
    def resource(self) -> Resource:
        """The Service as it was written."""
        return self.row.resource


def aliases(cx: Context) -> Iterator[Alias]:
    """Yield the ExternalName Services that are stored with the name they give.

    Those whose name the server refuses, or of which a part is to be filled in, are
    left out, also where an operator does that.
    """
    for row in cx.table.judged:
        if row.service.type == "ExternalName" and not _is_filled_in(row):
            written = row.service.external_name
            target = written.lower().removesuffix(".")
            if target and not _is_refused(row) and not _is_open(row, cx):
                yield Alias(row, written, target)


def _is_filled_in(row: ServiceRow) -> bool:
    annotations = row.resource.get("metadata", "annotations")
    return isinstance(annotations, dict) and not _FILLED_IN.isdisjoint(annotations)


def _is_refused(row: ServiceRow) -> bool:
    return any(fault.path == NAME_PATH for fault in row.admission.faults)


def _is_open(row: ServiceRow, cx: Context) -> bool:
    return cx.cluster.unresolved(row.member, NAME_PATH)
