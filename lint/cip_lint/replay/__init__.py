"""What a cluster would make of a set: the Service table and what it rests on."""

from __future__ import annotations

from cip_lint.replay.bands import NodePortRange, Range
from cip_lint.replay.claims import (
    AddressCollision,
    Claim,
    NodePortCollision,
    PortClaim,
)
from cip_lint.replay.endpoint_objects import Slice, SlicePort
from cip_lint.replay.late_namespaces import LateNamespace
from cip_lint.replay.living import Living
from cip_lint.replay.loss import AddressShortage, Loss
from cip_lint.replay.rows import (
    AddressPlan,
    NodePortPlan,
    PlannedSlice,
    ServiceRow,
    WorkloadEndpoints,
)
from cip_lint.replay.selection import Selection
from cip_lint.replay.table import Refused, ServiceTable, service_table
from cip_lint.replay.targets import ResolvedTarget

__all__ = [
    "AddressCollision",
    "AddressPlan",
    "AddressShortage",
    "Claim",
    "LateNamespace",
    "Living",
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
