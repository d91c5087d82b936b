"""Where the values of a workload's containers come from: objects of the set, fields.

Secrets are not read, and what they hold is never shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cip_lint.bodies import mapping, text, text_values
from cip_lint.cluster.matching import same_namespace
from cip_lint.cluster.worlds import is_complete
from cip_lint.kube.downward_fields import PodFields, field_value
from cip_lint.kube.placeholders import is_placeholder
from cip_lint.replay.environment.assembly import Found, Missing, Unseen, Value

if TYPE_CHECKING:
    from cip_lint.cluster import Cluster, Member, WorkloadMember

_IN_EVERY_NAMESPACE = "kube-root-ca.crt"
"""The ConfigMap that the cluster itself makes."""


class MemberSources:
    """The values that the containers of one workload may ask for."""

    def __init__(self, cluster: Cluster, member: WorkloadMember) -> None:
        self._cluster = cluster
        self._member = member
        self._found: dict[tuple[str, str], Found] = {}

    def keys(self, kind: str, name: str) -> Found:
        """Return what a ConfigMap of the set holds.

        One that is not there is missing where the set is stated to be complete.
        """
        key = kind, name
        if key not in self._found:
            self._found[key] = self._keys(kind, name)
        return self._found[key]

    def _keys(self, kind: str, name: str) -> Found:
        if kind == "Secret":
            return Unseen(f"Secret {name} is not read")
        member = self._config_map(name)
        if member is not None:
            return _held(member)
        setting = self._cluster.settings.completeness_for(
            self._member.path, self._member.sent_by
        )
        complete = is_complete(setting, self._member.namespace)
        if complete and name != _IN_EVERY_NAMESPACE:
            return Missing(f'configmaps "{name}" not found')
        return Unseen(f"{kind} {name} is not in the files")

    def _config_map(self, name: str) -> Member | None:
        """Return the last one that the workload can mean: it is applied over others."""
        found = None
        for one in self._cluster.named("ConfigMap", name):
            if (
                not one.partial
                and one.resource.api_version == "v1"
                and same_namespace(self._member, one)
                and self._cluster.can_meet(self._member, one)
            ):
                found = one
        return found

    def keys_complaint(self, kind: str, name: str, key: str) -> str:
        """Return what the kubelet says of a key that an object has not."""
        return f"couldn't find key {key} in {kind} {self._member.ref.namespace}/{name}"

    def field(self, api_version: str, path: str) -> Value | Missing:
        """Return the value of a field of the pods, or a word for it."""
        found = field_value(api_version, path, self._pod)
        if found.complaint:
            return Missing(found.complaint)
        # A label that the template lacks may be one that a controller adds.
        if found.value is None or (self._is_made and self._may_differ(path)):
            return Value(f"<{path}>", known=False)
        return Value(found.value)

    @property
    def _is_made(self) -> bool:
        return self._member.kind != "Pod"

    def _may_differ(self, path: str) -> bool:
        if path in {"metadata.labels", "metadata.annotations"}:
            return True
        field, bracket, key = path.removesuffix("']").partition("['")
        held = self._pod.labels if field == "metadata.labels" else self._pod.annotations
        return bool(bracket) and key not in held

    @property
    def _pod(self) -> PodFields:
        member, workload = self._member, self._member.workload
        spec = workload.pod_spec
        account = text(spec.get("serviceAccountName"))
        plain: dict[str, str] = {
            "spec.serviceAccountName": account
            or text(spec.get("serviceAccount"))
            or "default"
        }
        if member.decided:
            plain["metadata.namespace"] = member.ref.namespace
        if member.kind == "Pod" and mapping(member.resource.body.get("metadata")).get(
            "name"
        ):
            plain["metadata.name"] = member.name
        if node := text(spec.get("nodeName")):
            plain["spec.nodeName"] = node
        labels: Mapping[str, str] = workload.labels
        return PodFields(plain, labels, workload.annotations)


def _held(member: Member) -> Found:
    if member.piece:
        return Unseen(f"ConfigMap {member.name} belongs to what is not built")
    entries = text_values(member.resource.body.get("data"))
    return {
        key: Value(value, known=not is_placeholder(value))
        for key, value in entries.items()
    }
