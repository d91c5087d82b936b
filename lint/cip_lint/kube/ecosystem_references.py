"""The places at which widely used custom kinds name Services, each with its source."""

from __future__ import annotations

from cip_lint.kube.policy_references import POLICY_REFERENCES
from cip_lint.kube.reference_kinds import (
    CORE_SERVICE,
    EITHER,
    NUMBER,
    SERVICE,
    PortField,
    PortSense,
    Purpose,
    ReferenceKind,
    Spelling,
)


def _gateway_routes() -> tuple[ReferenceKind, ...]:
    group = "gateway.networking.k8s.io"
    types = "kubernetes-sigs/gateway-api:apis/v1"

    def backend(
        kinds: tuple[str, ...], versions: tuple[str, ...], path: str
    ) -> ReferenceKind:
        return ReferenceKind(
            group,
            kinds,
            path,
            f"{types}/object_reference_types.go",
            versions=versions,
            namespace="namespace",
            ports=NUMBER,
            needs_port=True,
            only=CORE_SERVICE,
            purpose=Purpose.BACKEND,
        )

    http, other = ("HTTPRoute", "GRPCRoute"), ("TCPRoute", "TLSRoute", "UDPRoute")
    since = ("v1alpha2", "v1beta1", "v1")
    filters = ("spec.rules[].filters[]", "spec.rules[].backendRefs[].filters[]")
    return (
        backend(http, since, "spec.rules[].backendRefs[]"),
        *(backend(http, since, f"{one}.requestMirror.backendRef") for one in filters),
        *(
            backend(("HTTPRoute",), since, f"{one}.externalAuth.backendRef")
            for one in filters
        ),
        backend(other, ("v1alpha2", "v1alpha3", "v1"), "spec.rules[].backendRefs[]"),
        ReferenceKind(
            group,
            (*http, *other),
            "spec.parentRefs[]",
            f"{types}/shared_types.go",
            namespace="namespace",
            ports=(*NUMBER, PortField("sectionName", PortSense.NAME)),
            # The group of a Gateway is meant where none is written.
            only=(("kind", ("Service",)), ("group", ("", "core"))),
            purpose=Purpose.MESH,
        ),
        ReferenceKind(
            group,
            ("BackendTLSPolicy",),
            "spec.targetRefs[]",
            f"{types}/backendtlspolicy_types.go",
            ports=(PortField("sectionName", PortSense.NAME),),
            only=(("kind", ("Service",)), ("group", (None, "core"))),
        ),
    )


def _istio() -> tuple[ReferenceKind, ...]:
    group, types = "networking.istio.io", "istio/api:networking/v1alpha3"
    number = (PortField("port.number", PortSense.NUMBER),)
    destinations = tuple(
        ReferenceKind(
            group,
            ("VirtualService",),
            path,
            f"{types}/virtual_service.proto",
            name="host",
            ports=number,
            spelling=Spelling.MESH_HOST,
            purpose=Purpose.BACKEND,
        )
        for path in (
            "spec.http[].route[].destination",
            "spec.http[].mirror",
            "spec.http[].mirrors[].destination",
            "spec.tls[].route[].destination",
            "spec.tcp[].route[].destination",
        )
    )
    rules = tuple(
        ReferenceKind(
            group,
            ("DestinationRule",),
            path,
            f"{types}/destination_rule.proto",
            name="^spec.host",
            ports=ports,
            spelling=Spelling.MESH_HOST,
            purpose=Purpose.MESH,
        )
        for path, ports in (
            ("spec", ()),
            ("spec.trafficPolicy.portLevelSettings[]", number),
            ("spec.subsets[].trafficPolicy.portLevelSettings[]", number),
        )
    )
    return (
        *destinations,
        ReferenceKind(
            group,
            ("VirtualService",),
            "spec.hosts[]",
            f"{types}/virtual_service.proto",
            name="",
            # Behind a gateway it is the name that clients outside have called.
            only=(("^spec.gateways", (None, "mesh")),),
            spelling=Spelling.MESH_HOST,
            purpose=Purpose.MESH,
        ),
        *rules,
    )


def _traefik() -> tuple[ReferenceKind, ...]:
    def used(group: str, kinds: tuple[str, ...], path: str) -> ReferenceKind:
        return ReferenceKind(
            group,
            kinds,
            path,
            "traefik/traefik:pkg/provider/kubernetes/crd/kubernetes.go",
            namespace="namespace",
            ports=EITHER,
            needs_port=True,
            only=SERVICE,
            purpose=Purpose.BACKEND,
        )

    routes = ("IngressRoute", "IngressRouteTCP", "IngressRouteUDP")
    services = (
        "spec.weighted.services[]",
        "spec.mirroring",
        "spec.mirroring.mirrors[]",
        "spec.highestRandomWeight.services[]",
    )
    return tuple(
        used(group, kinds, path)
        for group in ("traefik.io", "traefik.containo.us")
        for kinds, path in (
            (routes, "spec.routes[].services[]"),
            *((("TraefikService",), path) for path in services),
            (("Middleware",), "spec.errors.service"),
        )
    )


def _other_proxies() -> tuple[ReferenceKind, ...]:
    route = "openshift/api:route/v1/types.go"
    target = (PortField("^spec.port.targetPort", PortSense.TARGET),)
    contour = "projectcontour/contour:apis/projectcontour/v1/httpproxy.go"
    nginx = "nginx/kubernetes-ingress:pkg/apis/configuration/v1/types.go"

    def backend(
        group: str,
        kinds: tuple[str, ...],
        path: str,
        source: str,
        ports: tuple[PortField, ...],
        name: str = "name",
        spelling: Spelling = Spelling.PLAIN,
        only: tuple[tuple[str, tuple[str | None, ...]], ...] = (),
    ) -> ReferenceKind:
        return ReferenceKind(
            group,
            kinds,
            path,
            source,
            name=name,
            ports=ports,
            spelling=spelling,
            only=only,
            purpose=Purpose.BACKEND,
        )

    return (
        *(
            backend("route.openshift.io", ("Route",), p, route, target, only=SERVICE)
            for p in ("spec.to", "spec.alternateBackends[]")
        ),
        *(
            backend(group, (kind,), path, contour, NUMBER)
            for group, kind, path in (
                ("projectcontour.io", "HTTPProxy", "spec.routes[].services[]"),
                ("projectcontour.io", "HTTPProxy", "spec.tcpproxy.services[]"),
                ("projectcontour.io", "ExtensionService", "spec.services[]"),
                ("contour.heptio.com", "IngressRoute", "spec.routes[].services[]"),
                ("contour.heptio.com", "IngressRoute", "spec.tcpproxy.services[]"),
            )
        ),
        backend(
            "k8s.nginx.org",
            ("VirtualServer", "VirtualServerRoute"),
            "spec.upstreams[]",
            nginx,
            NUMBER,
            "service",
            Spelling.SLASHED,
        ),
        backend(
            "k8s.nginx.org",
            ("TransportServer",),
            "spec.upstreams[]",
            nginx,
            NUMBER,
            "service",
        ),
        backend(
            "k8s.nginx.org",
            ("Policy",),
            "spec.externalAuth.authServiceName",
            nginx,
            (),
            "",
            Spelling.SLASHED,
        ),
        backend(
            "elbv2.k8s.aws",
            ("TargetGroupBinding",),
            "spec.serviceRef",
            "kubernetes-sigs/aws-load-balancer-controller:apis/elbv2/v1beta1",
            EITHER,
        ),
    )


def _proxies_with_service_names() -> tuple[ReferenceKind, ...]:
    """Routes of proxies that call it ``serviceName`` and ``servicePort``."""
    kong = "Kong/kubernetes-ingress-controller:pkg/apis/configuration/v1beta1"
    apisix = "apache/apisix-ingress-controller:api/v2/apisixroute_types.go"
    skipper = "zalando/skipper:dataclients/kubernetes/definitions/routegroups.go"
    gloo = "solo-io/gloo:projects/gloo/api/v1/options/kubernetes/kubernetes.proto"
    number = (PortField("servicePort", PortSense.NUMBER),)
    either = (PortField("servicePort", PortSense.EITHER),)
    rows: tuple[tuple[str, str, str, tuple[PortField, ...], str, str], ...] = (
        ("configuration.konghq.com", "TCPIngress", "rules[].backend", number, "", kong),
        ("configuration.konghq.com", "UDPIngress", "rules[].backend", number, "", kong),
        ("apisix.apache.org", "ApisixRoute", "http[].backends[]", either, "", apisix),
        ("apisix.apache.org", "ApisixRoute", "stream[].backend", either, "", apisix),
        ("zalando.org", "RouteGroup", "backends[]", number, "", skipper),
        ("gloo.solo.io", "Upstream", "kube", number, "serviceNamespace", gloo),
    )
    return tuple(
        ReferenceKind(
            group,
            (kind,),
            f"spec.{path}",
            source,
            name="serviceName",
            namespace=namespace,
            ports=ports,
            purpose=Purpose.BACKEND,
        )
        for group, kind, path, ports, namespace, source in rows
    )


def _traffic_splits() -> tuple[ReferenceKind, ...]:
    return tuple(
        ReferenceKind(
            "split.smi-spec.io",
            ("TrafficSplit",),
            path,
            "servicemeshinterface/smi-spec:apis/traffic-split",
            name="service",
            spelling=Spelling.MESH_HOST,
            purpose=Purpose.MESH,
        )
        for path in ("spec", "spec.backends[]")
    )


def _rollouts() -> tuple[ReferenceKind, ...]:
    source = "argoproj/argo-rollouts:pkg/apis/rollouts/v1alpha1/types.go"
    canary = "spec.strategy.canary"
    fields = (
        ("spec.strategy.blueGreen.activeService", "", ()),
        ("spec.strategy.blueGreen.previewService", "", ()),
        (f"{canary}.stableService", "", ()),
        (f"{canary}.canaryService", "", ()),
        (f"{canary}.pingPong.pingService", "", ()),
        (f"{canary}.pingPong.pongService", "", ()),
        (
            f"{canary}.trafficRouting.alb",
            "rootService",
            (PortField("servicePort", PortSense.NUMBER),),
        ),
        (f"{canary}.trafficRouting.smi.rootService", "", ()),
    )
    return tuple(
        ReferenceKind("argoproj.io", ("Rollout",), path, source, name=name, ports=ports)
        for path, name, ports in fields
    )


def _knative() -> tuple[ReferenceKind, ...]:
    """Sinks and subscribers; a Knative Service has another ``apiVersion``."""
    places = (
        ("eventing.knative.dev", ("Trigger",), "spec.subscriber.ref"),
        (
            "eventing.knative.dev",
            ("Broker", "Trigger"),
            "spec.delivery.deadLetterSink.ref",
        ),
        ("messaging.knative.dev", ("Subscription",), "spec.subscriber.ref"),
        ("messaging.knative.dev", ("Subscription",), "spec.reply.ref"),
        (
            "messaging.knative.dev",
            ("Channel", "InMemoryChannel", "KafkaChannel", "Subscription"),
            "spec.delivery.deadLetterSink.ref",
        ),
        ("flows.knative.dev", ("Sequence",), "spec.steps[].ref"),
        ("flows.knative.dev", ("Parallel", "Sequence"), "spec.reply.ref"),
        ("flows.knative.dev", ("Parallel",), "spec.branches[].filter.ref"),
        ("flows.knative.dev", ("Parallel",), "spec.branches[].subscriber.ref"),
        ("flows.knative.dev", ("Parallel",), "spec.branches[].reply.ref"),
        (
            "sources.knative.dev",
            (
                "ApiServerSource",
                "ContainerSource",
                "KafkaSource",
                "PingSource",
                "SinkBinding",
            ),
            "spec.sink.ref",
        ),
        ("serving.knative.dev", ("DomainMapping",), "spec.ref"),
    )
    return tuple(
        ReferenceKind(
            group,
            kinds,
            path,
            "knative/pkg:apis/duck/v1/knative_reference.go",
            namespace="namespace",
            only=(("kind", ("Service",)), ("apiVersion", ("v1",))),
        )
        for group, kinds, path in places
    )


def _others() -> tuple[ReferenceKind, ...]:
    exports = "kubernetes-sigs/mcs-api:pkg/apis/v1alpha1"
    return (
        ReferenceKind(
            "monitoring.coreos.com",
            ("Prometheus",),
            "spec.alerting.alertmanagers[]",
            "prometheus-operator/prometheus-operator:pkg/apis/monitoring/v1",
            namespace="namespace",
            ports=(PortField("port", PortSense.TARGET),),
        ),
        ReferenceKind(
            "http.keda.sh",
            ("HTTPScaledObject",),
            "spec.scaleTargetRef",
            "kedacore/http-add-on:operator/apis/http/v1alpha1",
            name="service",
            ports=(*NUMBER, PortField("portName", PortSense.NAME)),
            purpose=Purpose.BACKEND,
        ),
        *(
            ReferenceKind(group, ("ServiceExport",), "metadata", exports)
            for group in ("multicluster.x-k8s.io", "net.gke.io")
        ),
        ReferenceKind(
            "",
            ("ConfigMap",),
            "data",
            "kubernetes/ingress-nginx:docs/user-guide/exposing-tcp-udp-services.md",
            spelling=Spelling.STREAM,
            purpose=Purpose.BACKEND,
        ),
    )


ECOSYSTEM_REFERENCES: tuple[ReferenceKind, ...] = (
    *_gateway_routes(),
    *_istio(),
    *_traefik(),
    *_other_proxies(),
    *_proxies_with_service_names(),
    *_traffic_splits(),
    *_rollouts(),
    *POLICY_REFERENCES,
    *_knative(),
    *_others(),
)
