"""The rule ``dns.policy-hides-services``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.bodies import mapping, text, texts
from cip_lint.cluster import WorkloadMember
from cip_lint.kube.addresses import Address, Network, parse_cidr, parse_ip
from cip_lint.kube.resolv_conf import asks_cluster_dns
from cip_lint.model import Label, Path, Resource, Severity
from cip_lint.records import NamedTuple
from cip_lint.replay.calls import Call
from cip_lint.rule import Context, Problem, Stage, rule, text_holders
from cip_lint_rules._settings import source, statement
from cip_lint_rules.dns._readers import calls_of


def _networks(*cidrs: str) -> tuple[Network, ...]:
    return tuple(one for one in map(parse_cidr, cidrs) if one is not None)


_NODE_LOCAL = _networks("169.254.0.0/16")
"""Where caches on the nodes answer for the cluster's DNS."""
_PRIVATE = (
    *_NODE_LOCAL,
    *_networks("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"),
    *_networks("127.0.0.0/8", "fc00::/7", "fe80::/10"),
)
"""Where a name server may be the cluster's, as long as nobody states its ranges."""


class Hidden(NamedTuple):
    """A workload whose pods do not ask cluster DNS, and the Services that they call."""

    member: WorkloadMember
    calls: tuple[Call, ...]
    """One or more."""

    @property
    def resource(self) -> Resource:
        """The workload as it was written."""
        return self.member.resource

    @property
    def spec(self) -> Path:
        """Where the spec of its pods stands."""
        return self.member.workload.spec_path

    @property
    def policy(self) -> str:
        """``dnsPolicy``, with its default."""
        return text(self.member.workload.pod_spec.get("dnsPolicy")) or "ClusterFirst"

    @property
    def on_host_network(self) -> bool:
        """Whether it is the network of the node that keeps it from asking."""
        return self.policy == "ClusterFirst"


def _hidden(cx: Context) -> Iterator[Hidden]:
    silent = (
        member
        for member in cx.cluster.judged_workloads
        if not member.piece
        and not asks_cluster_dns(member.workload.pod_spec)
        and not _may_ask_all_the_same(member, cx)
    )
    for member, calls in calls_of(silent, cx):
        yield Hidden(member, calls)


def _may_ask_all_the_same(member: WorkloadMember, cx: Context) -> bool:
    """Whether a name server of ``dnsConfig`` is the cluster's, or may be.

    Who writes the search list of the cluster means a server that knows its names;
    only a stated range shows that it is none.
    """
    config = mapping(member.workload.pod_spec.get("dnsConfig"))
    nameservers = texts(config.get("nameservers"))
    if nameservers and not cx.settings.service_cidrs.stated:
        zone = f".svc.{cx.settings.cluster_domain.value}"
        if any(one.endswith(zone) for one in texts(config.get("searches"))):
            return True
    return any(_may_be_cluster_dns(one, cx) for one in nameservers)


def _may_be_cluster_dns(nameserver: str, cx: Context) -> bool:
    address = parse_ip(nameserver)
    if address is None:
        return True
    if not cx.settings.service_cidrs.stated:
        return _is_in(address, _PRIVATE)
    return cx.table.range_of(address) is not None or _is_in(address, _NODE_LOCAL)


def _is_in(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address in network for network in networks)


@rule(
    "dns.policy-hides-services",
    severity=Severity.WARNING,
    on=_hidden,
    needs=text_holders,
    stage=Stage.NAMES,
    since="0.1.0",
    kinds=("workloads",),
)
def policy_hides_services(hidden: Hidden, cx: Context) -> Iterator[Problem]:
    """A pod that uses Service names does not ask cluster DNS.

    ## Why it matters

    Only the cluster's DNS knows the names of Services. With `dnsPolicy: Default` a pod
    asks the resolver of its node; so does a pod on the host network with
    `ClusterFirst`, which is what it gets where `dnsPolicy` is absent. With `None` it
    asks whom `dnsConfig` names.

    It is told of pods alone that call a Service of the set by name, in their own texts
    or in a ConfigMap that they read.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: collector, namespace: edge}
    spec:
      ports: [{port: 4317}]
    ---
    apiVersion: apps/v1
    kind: DaemonSet
    metadata: {name: shipper, namespace: edge}
    spec:
      selector: {matchLabels: {app: shipper}}
      template:
        metadata: {labels: {app: shipper}}
        spec:
          hostNetwork: true
          containers:
            - name: shipper
              image: shipper
              env: [{name: TARGET, value: "http://collector.edge.svc:4317"}]
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: collector, namespace: edge}
    spec:
      ports: [{port: 4317}]
    ---
    apiVersion: apps/v1
    kind: DaemonSet
    metadata: {name: shipper, namespace: edge}
    spec:
      selector: {matchLabels: {app: shipper}}
      template:
        metadata: {labels: {app: shipper}}
        spec:
          hostNetwork: true
          dnsPolicy: ClusterFirstWithHostNet
          containers:
            - name: shipper
              image: shipper
              env: [{name: TARGET, value: "http://collector.edge.svc:4317"}]
    ```

    ## References

    - [Pod's DNS policy](https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy)
    """
    yield Problem(
        f"{hidden.member.display} {_state(hidden)}: {_hosts(hidden)}",
        at=_at(hidden),
        related=(
            *(call.mention.label("the name of a Service") for call in hidden.calls),
            *_ranges(hidden, cx),
        ),
        notes=tuple(_notes(hidden, cx)),
        help=_help(hidden),
    )


def _state(hidden: Hidden) -> str:
    if hidden.on_host_network:
        return "is on the host network with dnsPolicy ClusterFirst"
    if hidden.policy == "None":
        return "has dnsPolicy None and names no DNS of the cluster"
    return f"has dnsPolicy {hidden.policy}"


def _hosts(hidden: Hidden) -> str:
    hosts = list(dict.fromkeys(call.host.host for call in hidden.calls))
    if len(hosts) == 1:
        return f"{hosts[0]} does not resolve"
    return f"{hosts[0]} and {len(hosts) - 1} more do not resolve"


def _at(hidden: Hidden) -> Label:
    field = "hostNetwork" if hidden.on_host_network else "dnsPolicy"
    asked = "the resolver of the node is asked"
    if hidden.policy == "None":
        asked = "only what dnsConfig names is asked"
    return hidden.resource.label(*hidden.spec, field, text=asked)


def _notes(hidden: Hidden, cx: Context) -> Iterator[str]:
    if hidden.on_host_network:
        yield "on the host network ClusterFirst, the default, means the node's resolver"
    if hidden.policy == "None":
        cidrs = cx.settings.service_cidrs
        yield f"with service CIDR {', '.join(cidrs.value)}, {source(cidrs)}"


def _ranges(hidden: Hidden, cx: Context) -> tuple[Label, ...]:
    if hidden.policy != "None":
        return ()
    return statement(cx.settings.service_cidrs, "the service CIDR")


def _help(hidden: Hidden) -> str:
    if hidden.member.workload.pod_spec.get("hostNetwork") is True:
        return "set dnsPolicy: ClusterFirstWithHostNet"
    if hidden.policy == "None":
        return "name the DNS of the cluster in dnsConfig, or leave dnsPolicy out"
    return "leave dnsPolicy out"
