"""What one Service gets in one run of the seeded draw."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from cip_lint.records import NamedTuple

if TYPE_CHECKING:
    from cip_lint.kube.faults import Admission
    from cip_lint.model import ServerAnswer

_NO_PORTS: Final[Mapping[int, int]] = MappingProxyType({})
_NO_ADDRESSES: Final[Mapping[str, str]] = MappingProxyType({})


class RowDraw(NamedTuple):
    """The addresses and node ports of a Service, or the refusal that it meets."""

    addresses: Mapping[str, str] = _NO_ADDRESSES
    """Family -> canonical address, those that were asked for among them."""
    node_ports: Mapping[int, int] = _NO_PORTS
    """The place of an entry in ``spec.ports`` -> node port."""
    health_check_port: int = 0
    """0: none."""
    refusal: Admission | None = None
    """The answer, where it comes too late; it gets nothing then."""

    @property
    def values(self) -> set[str | int]:
        """Everything that it has."""
        found: set[str | int] = set(self.addresses.values())
        found.update(self.node_ports.values())
        if self.health_check_port:
            found.add(self.health_check_port)
        return found

    @property
    def server(self) -> ServerAnswer | None:
        """The refusal as reports show it; None where it is created."""
        return None if self.refusal is None else self.refusal.answer()


NOT_DRAWN: Final = RowDraw()
"""Of a Service that takes no part in the draw."""
