"""The rule ``dns.name-malformed``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cip_lint.cluster import ServiceMember
from cip_lint.kube.service_names import Form
from cip_lint.model import Severity
from cip_lint.replay.calls import Call
from cip_lint.rule import Context, Problem, Stage, rule, text_holders
from cip_lint_rules._settings import source, statement
from cip_lint_rules.dns._calls import Spoken, part, part_label, spoken

_OF_ALL_CLUSTERS = "clusterset.local"


def _malformed(cx: Context) -> Iterable[Spoken]:
    def is_wanted(call: Call) -> bool:
        if call.form is Form.NO_SVC:
            return _is_there(call, cx)
        return call.form is Form.OTHER_ZONE and _is_of_no_cluster(call, cx)

    return spoken(cx, is_wanted, lambda call: call.form)


def _is_there(call: Call, cx: Context) -> bool:
    """Whether the set has the Service, so that nothing else can be meant."""
    return cx.cluster.service(call.member, call.service, call.namespace) is not None


def _is_of_no_cluster(call: Call, cx: Context) -> bool:
    """Whether somebody says that the zone of the cluster is another one."""
    zone = call.name.zone
    if not cx.settings.cluster_domain.stated or zone == _OF_ALL_CLUSTERS:
        return False
    zones = (*cx.settings.external.zones, f"svc.{_OF_ALL_CLUSTERS}")
    name = f"{call.service}.{call.namespace}.svc.{zone}"
    if any(name == one or name.endswith(f".{one.strip('.')}") for one in zones):
        return False
    return zone == "cluster.local" or _is_there(call, cx)


@rule(
    "dns.name-malformed",
    severity=Severity.ERROR,
    also=(Severity.WARNING,),
    on=_malformed,
    needs=text_holders,
    stage=Stage.NAMES,
    since="0.1.0",
    hides=(
        "dns.short-name-other-namespace",
        "dns.full-name-other-namespace",
        "dns.service-unknown",
        "dns.port-unknown",
    ),
    kinds=("workloads", "ConfigMap", "Ingress", "Service", "Certificate"),
)
def name_malformed(names: Spoken, cx: Context) -> Iterator[Problem]:
    """A cluster name lacks the svc label, or ends in another cluster's zone.

    ## Why it matters

    The full name of a Service is `web.shop.svc.cluster.local`. Without `svc` it is
    in no zone that cluster DNS knows, and no search domain repairs it. A name that
    ends in the zone of another cluster is asked for outside: a *warning*, where the
    zone of this one is stated.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec:
      selector: {app: web}
      ports: [{port: 80}]
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: client, namespace: shop}
    data:
      URL: http://web.shop.cluster.local
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec:
      selector: {app: web}
      ports: [{port: 80}]
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: client, namespace: shop}
    data:
      URL: http://web.shop.svc.cluster.local
    ```

    ## References

    - [DNS for Services and Pods](https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/)
    """
    call = names.call
    domain = cx.settings.cluster_domain
    service = cx.cluster.service(call.member, call.service, call.namespace)
    related = names.others("written here too")
    if service is not None:
        text = f"{service.display} is this one"
        related += (service.resource.label("metadata", "name", text=text),)
    if call.form is Form.NO_SVC:
        yield Problem(
            f"{names.host} lacks the svc label and does not resolve",
            at=part_label(call, part(call, 2, None)),
            label="svc belongs before this",
            related=related,
            notes=(f"with cluster domain {domain.value}, {source(domain)}",),
            help=_help(call, service, domain.value),
            topic=names.topic,
        )
        return
    yield Problem(
        f"{names.host} ends in zone {call.name.zone}; that of this cluster is "
        f"{domain.value}",
        at=part_label(call, part(call, 3, None)),
        label="another zone",
        related=(*statement(domain, "the zone of this cluster"), *related),
        notes=(f"with cluster domain {domain.value}, {source(domain)}",),
        help=_help(call, service, domain.value),
        severity=Severity.WARNING,
        topic=names.topic,
    )


def _help(call: Call, service: ServiceMember | None, zone: str) -> str:
    """Return what to write; nothing completes what an ExternalName names."""
    short = f"{call.service}.{call.namespace}"
    if call.pod:
        short = f"{call.pod}.{short}"
    if service is not None and service is call.member:  # in full it would be a loop
        return "name the real host: this is the Service itself"
    if call.member.kind == "Service":
        return f"write {short}.svc.{zone}"
    if call.form is Form.NO_SVC:
        return f"write {short}.svc.{zone}, or {short}"
    return f"write {short}.svc, which is found in every cluster"
