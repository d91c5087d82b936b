"""The names that the pods of a workload call: in their own texts and in ConfigMaps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cip_lint.cluster import WorkloadMember
from cip_lint.cluster.readers import Readers
from cip_lint.kube.resolv_conf import pod_hosts
from cip_lint.kube.service_names import Form
from cip_lint.replay.calls import Call
from cip_lint.rule import Context

_CERTAIN = frozenset((Form.SVC, Form.FULL))
"""The forms that nothing but the DNS of a cluster answers."""


def calls_of(
    wanted: Iterable[WorkloadMember], cx: Context
) -> Iterator[tuple[WorkloadMember, tuple[Call, ...]]]:
    """Yield the wanted workloads whose pods call a Service of the set, with the calls.

    Those of their own texts come first. A ConfigMap may be read for something else,
    so of its names only those count that say themselves what they are.
    """
    members = {id(member): member for member in wanted}
    if not members:
        return
    readers = Readers(cx.cluster)
    own: dict[int, list[Call]] = {}
    read: dict[int, list[Call]] = {}
    for call in cx.table.calls.notable:
        if call.row is None:
            continue
        if id(call.member) in members:
            own.setdefault(id(call.member), []).append(call)
        elif call.member.kind == "ConfigMap" and call.form in _CERTAIN:
            for reader in readers.of(call.member, call.mention.literal.name):
                if call.host.host.lower() not in pod_hosts(reader.workload.pod_spec):
                    read.setdefault(id(reader), []).append(call)
    for key, member in members.items():
        found = (*own.get(key, ()), *read.get(key, ()))
        if found:
            yield member, found
