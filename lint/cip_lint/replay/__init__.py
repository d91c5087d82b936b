"""What a cluster would make of a set: the Service table and what it rests on."""

from __future__ import annotations

from cip_lint.replay.allocation.bands import NodePortRange, Range
from cip_lint.replay.claims import (
    AddressCollision,
    Claim,
    NodePortCollision,
    PortClaim,
)
from cip_lint.replay.endpoints.objects import Slice, SlicePort
from cip_lint.replay.endpoints.selection import Selection
from cip_lint.replay.endpoints.targets import ResolvedTarget
from cip_lint.replay.late_namespaces import LateNamespace
from cip_lint.replay.odds.loss import AddressShortage, Loss
from cip_lint.replay.rows import (
    AddressPlan,
    NodePortPlan,
    PlannedSlice,
    ServiceRow,
    WorkloadEndpoints,
)
from cip_lint.replay.table import Refused, ServiceTable, service_table

__all__ = [
    "AddressCollision",
    "AddressPlan",
    "AddressShortage",
    "Claim",
    "LateNamespace",
    "Loss",
    "NodePortCollision",
    "NodePortPlan",
    "NodePortRange",
    "PlannedSlice",
    "PortClaim",
    "Range",
    "Refused",
    "ResolvedTarget",
    "Selection",
    "ServiceRow",
    "ServiceTable",
    "Slice",
    "SlicePort",
    "WorkloadEndpoints",
    "service_table",
]
