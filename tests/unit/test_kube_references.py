"""Where each kind names Services, and what its ports mean."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from cip_lint.kube.reference_kinds import PortField, PortSense, ReferenceKind
from cip_lint.kube.reference_tables import REFERENCE_KINDS
from cip_lint.kube.references import (
    kinds_with_references,
    of_pods,
    rows_of,
    service_references,
)
from cip_lint.kube.workloads import Workload
from cip_lint.manifests.recognition import is_unneeded
from cip_lint.model import Resource, field_path
from support.clusters import NoPlaces

NUMBER, NAME, EITHER, TARGET = PortSense

Told = tuple[str, str | None, int | str | None, str]


def told(text: str, **how: Any) -> list[Told]:
    """Return name, namespace, port and the path of the name of each reference."""
    return [
        (one.name, one.namespace, one.port, field_path(one.name_path))
        for one in service_references(yaml.safe_load(text), **how)
    ]


ROUTE = (
    "{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, spec: {rules: [%s]}}"
)
MAPPING = (
    "{apiVersion: getambassador.io/v3alpha1, kind: Mapping, metadata: {namespace: x}, "
    "spec: {%s}}"
)
SINKS = "spec.telemetry.accessLog.settings[0].sinks"
CONFIG_MAP = "{apiVersion: v1, kind: ConfigMap, data: {%s}}"
VIRTUAL = (
    "{apiVersion: networking.istio.io/v1, kind: VirtualService, spec: {http: [%s]}}"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            spec:
              defaultBackend: {service: {name: a, port: {number: 80}}}
              rules:
                - {}
                - http:
                    paths:
                      - backend: {service: {name: b, port: {name: web}}}
                      - backend: {resource: {kind: Bucket, name: c}}
                      - backend: {service: {name: d, port: {name: use-annotation}}}
                      - backend: {service: {name: e}}
                      - backend: {service: {name: 5, port: {number: 80}}}
                      - backend: {serviceName: old, servicePort: 80}
            """,
            [
                ("a", None, 80, "spec.defaultBackend.service.name"),
                ("b", None, "web", "spec.rules[1].http.paths[0].backend.service.name"),
                ("e", None, None, "spec.rules[1].http.paths[3].backend.service.name"),
            ],
        ),
        (
            """
            apiVersion: extensions/v1beta1
            kind: Ingress
            metadata:
              annotations: {nginx.ingress.kubernetes.io/default-backend: z}
            spec:
              backend: {serviceName: a, servicePort: "80"}
              rules:
                - http:
                    paths:
                      - backend: {serviceName: b, servicePort: 8080}
                      - backend: {serviceName: c, servicePort: use-annotation}
                      - backend: {service: {name: new, port: {number: 1}}}
            """,
            [
                ("a", None, "80", "spec.backend.serviceName"),
                ("b", None, 8080, "spec.rules[0].http.paths[0].backend.serviceName"),
                (
                    "z",
                    None,
                    None,
                    "metadata.annotations[nginx.ingress.kubernetes.io/default-backend]",
                ),
            ],
        ),
        (
            ROUTE
            % """
            {backendRefs: [
              {name: a, port: 80}, {name: b, namespace: x, port: 81, kind: Service},
              {name: c, kind: Bucket}, {name: d, group: example.com}, {name: e, group: ""},
              {name: g, port: "80", filters: [
                {requestMirror: {backendRef: {name: h, port: 1}}}]}],
             filters: [{requestMirror: {backendRef: {name: f, port: 82}}},
                       {externalAuth: {backendRef: {name: i, namespace: y, port: 3}}}]}
            """,
            [
                ("a", None, 80, "spec.rules[0].backendRefs[0].name"),
                ("b", "x", 81, "spec.rules[0].backendRefs[1].name"),
                ("e", None, None, "spec.rules[0].backendRefs[4].name"),
                ("g", None, None, "spec.rules[0].backendRefs[5].name"),
                (
                    "f",
                    None,
                    82,
                    "spec.rules[0].filters[0].requestMirror.backendRef.name",
                ),
                (
                    "h",
                    None,
                    1,
                    "spec.rules[0].backendRefs[5].filters[0].requestMirror.backendRef.name",
                ),
                (
                    "i",
                    "y",
                    3,
                    "spec.rules[0].filters[1].externalAuth.backendRef.name",
                ),
            ],
        ),
        (
            """
            apiVersion: gateway.networking.k8s.io/v1alpha2
            kind: UDPRoute
            spec:
              parentRefs:
                - {name: gate}
                - {name: kindless, kind: Service}
                - {name: a, kind: Service, group: "", port: 53}
                - {name: b, namespace: x, kind: Service, group: "", sectionName: dns}
              rules: [{backendRefs: [{name: c, port: 53}]}]
            """,
            [
                ("c", None, 53, "spec.rules[0].backendRefs[0].name"),
                ("a", None, 53, "spec.parentRefs[2].name"),
                ("b", "x", "dns", "spec.parentRefs[3].name"),
            ],
        ),
        (
            """
            apiVersion: gateway.networking.k8s.io/v1
            kind: BackendTLSPolicy
            spec:
              targetRefs:
                - {kind: Service, group: "", name: a, sectionName: https}
                - {kind: Bucket, group: x, name: b}
            """,
            [("a", None, "https", "spec.targetRefs[0].name")],
        ),
        (
            """
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingWebhookConfiguration
            webhooks:
              - clientConfig: {service: {name: a, namespace: x}}
              - clientConfig: {service: {name: b, namespace: x, port: 8443}}
              - clientConfig: {service: {name: c}}
              - clientConfig: {url: https://d.example.com}
            """,
            [
                ("a", "x", 443, "webhooks[0].clientConfig.service.name"),
                ("b", "x", 8443, "webhooks[1].clientConfig.service.name"),
            ],
        ),
        (
            """
            apiVersion: apiregistration.k8s.io/v1
            kind: APIService
            spec: {service: {name: a, namespace: x}}
            """,
            [("a", "x", 443, "spec.service.name")],
        ),
        (
            """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            spec:
              conversion:
                webhook: {clientConfig: {service: {name: a, namespace: x, port: 9}}}
                webhookClientConfig: {service: {name: b, namespace: x}}
            """,
            [("a", "x", 9, "spec.conversion.webhook.clientConfig.service.name")],
        ),
        (
            """
            apiVersion: apiextensions.k8s.io/v1beta1
            kind: CustomResourceDefinition
            spec:
              conversion: {webhookClientConfig: {service: {name: b, namespace: x}}}
            """,
            [("b", "x", 443, "spec.conversion.webhookClientConfig.service.name")],
        ),
        (
            """
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            spec:
              metrics:
                - object: {describedObject: {kind: Service, name: a, apiVersion: v1}}
                - object: {describedObject: {kind: Ingress, name: b}}
                - object:
                    describedObject:
                      {kind: Service, name: c, apiVersion: serving.knative.dev/v1}
            """,
            [("a", None, None, "spec.metrics[0].object.describedObject.name")],
        ),
        (
            VIRTUAL
            % """
            {route: [{destination: {host: a, port: {number: 80}}},
                     {destination: {host: b.x.svc.cluster.local}},
                     {destination: {host: c.x}}, {destination: {host: d.example.com}},
                     {destination: {host: e.svc.cluster.local}},
                     {destination: {host: "*.x.svc.cluster.local"}}],
             mirror: {host: f}, mirrors: [{destination: {host: g}}]}
            """,
            [
                ("a", None, 80, "spec.http[0].route[0].destination.host"),
                ("b", "x", None, "spec.http[0].route[1].destination.host"),
                ("f", None, None, "spec.http[0].mirror.host"),
                ("g", None, None, "spec.http[0].mirrors[0].destination.host"),
            ],
        ),
        (
            """
            apiVersion: networking.istio.io/v1beta1
            kind: VirtualService
            spec:
              hosts: [a, b.x.svc.cluster.local, "*", www.example.com]
              gateways: [mesh, edge]
              tls: [{route: [{destination: {host: c}}]}]
              tcp: [{route: [{destination: {host: d}}]}]
            """,
            [
                ("c", None, None, "spec.tls[0].route[0].destination.host"),
                ("d", None, None, "spec.tcp[0].route[0].destination.host"),
                ("a", None, None, "spec.hosts[0]"),
                ("b", "x", None, "spec.hosts[1]"),
            ],
        ),
        (
            """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            spec: {hosts: [a], gateways: [edge]}
            """,
            [],
        ),
        (
            """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            spec:
              host: a
              trafficPolicy: {portLevelSettings: [{port: {number: 80}}]}
              subsets:
                - trafficPolicy: {portLevelSettings: [{port: {number: 81}}]}
            """,
            [
                ("a", None, None, "spec.host"),
                ("a", None, 80, "spec.host"),
                ("a", None, 81, "spec.host"),
            ],
        ),
        (
            """
            apiVersion: monitoring.coreos.com/v1
            kind: Prometheus
            spec:
              alerting:
                alertmanagers:
                  - {name: a, namespace: x, port: web}
                  - {name: b, port: 9093}
            """,
            [
                ("a", "x", "web", "spec.alerting.alertmanagers[0].name"),
                ("b", None, 9093, "spec.alerting.alertmanagers[1].name"),
            ],
        ),
        (
            """
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            spec:
              strategy:
                blueGreen: {activeService: a, previewService: b}
                canary:
                  stableService: c
                  canaryService: d
                  pingPong: {pingService: e, pongService: f}
                  trafficRouting:
                    alb: {rootService: g, servicePort: 80}
                    smi: {rootService: h}
            """,
            [
                ("a", None, None, "spec.strategy.blueGreen.activeService"),
                ("b", None, None, "spec.strategy.blueGreen.previewService"),
                ("c", None, None, "spec.strategy.canary.stableService"),
                ("d", None, None, "spec.strategy.canary.canaryService"),
                ("e", None, None, "spec.strategy.canary.pingPong.pingService"),
                ("f", None, None, "spec.strategy.canary.pingPong.pongService"),
                (
                    "g",
                    None,
                    80,
                    "spec.strategy.canary.trafficRouting.alb.rootService",
                ),
                (
                    "h",
                    None,
                    None,
                    "spec.strategy.canary.trafficRouting.smi.rootService",
                ),
            ],
        ),
        (
            """
            apiVersion: traefik.containo.us/v1alpha1
            kind: IngressRoute
            spec:
              routes:
                - services:
                    - {name: a, port: 80}
                    - {name: b, namespace: x, port: web}
                    - {name: c, kind: TraefikService}
            """,
            [
                ("a", None, 80, "spec.routes[0].services[0].name"),
                ("b", "x", "web", "spec.routes[0].services[1].name"),
            ],
        ),
        (
            """
            apiVersion: traefik.io/v1alpha1
            kind: TraefikService
            spec:
              weighted: {services: [{name: a, port: 80}]}
              mirroring: {name: b, port: 81, mirrors: [{name: c, port: 82}]}
            """,
            [
                ("a", None, 80, "spec.weighted.services[0].name"),
                ("b", None, 81, "spec.mirroring.name"),
                ("c", None, 82, "spec.mirroring.mirrors[0].name"),
            ],
        ),
        (
            """
            apiVersion: traefik.io/v1alpha1
            kind: Middleware
            spec: {errors: {service: {name: a, port: 80}}}
            """,
            [("a", None, 80, "spec.errors.service.name")],
        ),
        (
            """
            apiVersion: route.openshift.io/v1
            kind: Route
            spec:
              to: {kind: Service, name: a}
              alternateBackends: [{kind: Service, name: b}, {kind: Bucket, name: c}]
              port: {targetPort: 8080}
            """,
            [
                ("a", None, 8080, "spec.to.name"),
                ("b", None, 8080, "spec.alternateBackends[0].name"),
            ],
        ),
        (
            """
            apiVersion: projectcontour.io/v1
            kind: HTTPProxy
            spec:
              routes: [{services: [{name: a, port: 80}]}]
              tcpproxy: {services: [{name: b, port: 81}]}
            """,
            [
                ("a", None, 80, "spec.routes[0].services[0].name"),
                ("b", None, 81, "spec.tcpproxy.services[0].name"),
            ],
        ),
        (
            """
            apiVersion: projectcontour.io/v1alpha1
            kind: ExtensionService
            spec: {services: [{name: a, port: 80}]}
            """,
            [("a", None, 80, "spec.services[0].name")],
        ),
        (
            """
            apiVersion: k8s.nginx.org/v1
            kind: VirtualServer
            spec:
              upstreams: [{service: a, port: 80}, {service: x/b, port: 81}]
            """,
            [
                ("a", None, 80, "spec.upstreams[0].service"),
                ("b", "x", 81, "spec.upstreams[1].service"),
            ],
        ),
        (
            """
            apiVersion: k8s.nginx.org/v1
            kind: TransportServer
            spec: {upstreams: [{service: a, port: 53}]}
            """,
            [("a", None, 53, "spec.upstreams[0].service")],
        ),
        (
            CONFIG_MAP % '"9000": shop/a:8080, "53": shop/b:dns:PROXY:PROXY',
            [("a", "shop", 8080, "data.9000"), ("b", "shop", "dns", "data.53")],
        ),
        (CONFIG_MAP % '"9000": shop/a:8080, other: shop/b:80', []),
        (CONFIG_MAP % '"9000": hello', []),
        (CONFIG_MAP % "a: b", []),
        (
            """
            apiVersion: elbv2.k8s.aws/v1beta1
            kind: TargetGroupBinding
            spec: {serviceRef: {name: a, port: web}}
            """,
            [("a", None, "web", "spec.serviceRef.name")],
        ),
        (
            """
            apiVersion: configuration.konghq.com/v1beta1
            kind: TCPIngress
            spec: {rules: [{port: 9000, backend: {serviceName: a, servicePort: 80}}]}
            """,
            [("a", None, 80, "spec.rules[0].backend.serviceName")],
        ),
        (
            """
            apiVersion: apisix.apache.org/v2
            kind: ApisixRoute
            spec:
              http: [{backends: [{serviceName: a, servicePort: web}]}]
              stream: [{backend: {serviceName: b, servicePort: 53}}]
            """,
            [
                ("a", None, "web", "spec.http[0].backends[0].serviceName"),
                ("b", None, 53, "spec.stream[0].backend.serviceName"),
            ],
        ),
        (
            """
            apiVersion: zalando.org/v1
            kind: RouteGroup
            spec:
              backends:
                - {name: shop, type: service, serviceName: a, servicePort: 80}
                - {name: gone, type: shunt}
            """,
            [("a", None, 80, "spec.backends[0].serviceName")],
        ),
        (
            """
            apiVersion: gloo.solo.io/v1
            kind: Upstream
            spec: {kube: {serviceName: a, serviceNamespace: x, servicePort: 80}}
            """,
            [("a", "x", 80, "spec.kube.serviceName")],
        ),
        (
            """
            apiVersion: split.smi-spec.io/v1alpha2
            kind: TrafficSplit
            metadata: {namespace: x}
            spec: {service: a, backends: [{service: b}, {service: c.y.svc.cluster.local}]}
            """,
            [
                ("a", None, None, "spec.service"),
                ("b", None, None, "spec.backends[0].service"),
                ("c", "y", None, "spec.backends[1].service"),
            ],
        ),
        (
            """
            apiVersion: http.keda.sh/v1alpha1
            kind: HTTPScaledObject
            spec: {scaleTargetRef: {service: a, portName: web}}
            """,
            [("a", None, "web", "spec.scaleTargetRef.service")],
        ),
        (
            """
            apiVersion: gateway.envoyproxy.io/v1alpha1
            kind: SecurityPolicy
            spec:
              extAuth:
                http:
                  backendRef: {name: a, port: 80}
                  backendRefs:
                    - {name: b, namespace: x, port: 81}
                    - {name: c, group: gateway.envoyproxy.io, kind: Backend}
                grpc: {backendRefs: [{name: d, port: 82}]}
              oidc: {provider: {issuer: i, backendRefs: [{name: e, port: 83}]}}
              jwt: {providers: [{remoteJWKS: {backendRefs: [{name: f, port: 84}]}}]}
            """,
            [
                ("a", None, 80, "spec.extAuth.http.backendRef.name"),
                ("b", "x", 81, "spec.extAuth.http.backendRefs[0].name"),
                ("d", None, 82, "spec.extAuth.grpc.backendRefs[0].name"),
                ("e", None, 83, "spec.oidc.provider.backendRefs[0].name"),
                (
                    "f",
                    None,
                    84,
                    "spec.jwt.providers[0].remoteJWKS.backendRefs[0].name",
                ),
            ],
        ),
        (
            """
            apiVersion: gateway.envoyproxy.io/v1alpha1
            kind: EnvoyExtensionPolicy
            spec: {extProc: [{backendRefs: [{name: a, port: 80}]}]}
            """,
            [("a", None, 80, "spec.extProc[0].backendRefs[0].name")],
        ),
        (
            """
            apiVersion: gateway.envoyproxy.io/v1alpha1
            kind: EnvoyProxy
            spec:
              telemetry:
                tracing: {provider: {backendRefs: [{name: a, port: 80}]}}
                metrics: {sinks: [{openTelemetry: {backendRefs: [{name: b}]}}]}
                accessLog:
                  settings:
                    - sinks:
                        - {als: {backendRefs: [{name: c, port: 82}]}}
                        - {openTelemetry: {backendRef: {name: d, port: 83}}}
            """,
            [
                ("a", None, 80, "spec.telemetry.tracing.provider.backendRefs[0].name"),
                (
                    "b",
                    None,
                    None,
                    "spec.telemetry.metrics.sinks[0].openTelemetry.backendRefs[0].name",
                ),
                (
                    "d",
                    None,
                    83,
                    f"{SINKS}[1].openTelemetry.backendRef.name",
                ),
                (
                    "c",
                    None,
                    82,
                    f"{SINKS}[0].als.backendRefs[0].name",
                ),
            ],
        ),
        (
            """
            apiVersion: cilium.io/v2
            kind: CiliumLocalRedirectPolicy
            spec:
              redirectFrontend: {serviceMatcher: {serviceName: a, namespace: x}}
            """,
            [
                (
                    "a",
                    None,
                    None,
                    "spec.redirectFrontend.serviceMatcher.serviceName",
                )
            ],
        ),
        (
            """
            apiVersion: cilium.io/v2
            kind: CiliumEnvoyConfig
            spec: {services: [{name: a}], backendServices: [{name: b, namespace: x}]}
            """,
            [
                ("a", None, None, "spec.services[0].name"),
                ("b", "x", None, "spec.backendServices[0].name"),
            ],
        ),
        (
            """
            apiVersion: cilium.io/v2
            kind: CiliumClusterwideEnvoyConfig
            spec: {services: [{name: a, namespace: x}, {name: b}]}
            """,
            [("a", "x", None, "spec.services[0].name")],
        ),
        (
            """
            apiVersion: policy.linkerd.io/v1beta3
            kind: HTTPRoute
            spec:
              parentRefs:
                - {name: a, kind: Service, group: core, port: 80}
                - {name: b, kind: Server, group: policy.linkerd.io}
              rules: [{backendRefs: [{name: c, namespace: x, port: 81}]}]
            """,
            [
                ("c", "x", 81, "spec.rules[0].backendRefs[0].name"),
                ("a", None, 80, "spec.parentRefs[0].name"),
            ],
        ),
        (
            """
            apiVersion: linkerd.io/v1alpha2
            kind: ServiceProfile
            metadata: {name: a.x.svc.cluster.local, namespace: y}
            """,
            [("a", "x", None, "metadata.name")],
        ),
        (
            """
            apiVersion: linkerd.io/v1alpha2
            kind: ServiceProfile
            metadata: {name: api.example.com}
            """,
            [],
        ),
        (
            """
            apiVersion: networking.gke.io/v1
            kind: HealthCheckPolicy
            spec: {targetRef: {group: "", kind: Service, name: a}}
            """,
            [("a", None, None, "spec.targetRef.name")],
        ),
        (
            """
            apiVersion: networking.gke.io/v1
            kind: GCPBackendPolicy
            spec: {targetRef: {group: net.gke.io, kind: ServiceImport, name: a}}
            """,
            [],
        ),
        (
            """
            apiVersion: gateway.k8s.aws/v1beta1
            kind: TargetGroupConfiguration
            spec: {targetReference: {name: a}}
            """,
            [("a", None, None, "spec.targetReference.name")],
        ),
        *(
            (
                MAPPING % f"service: '{written}'",
                [] if name is None else [(name, namespace, port, "spec.service")],
            )
            for written, name, namespace, port in (
                ("a", "a", None, 80),
                ("a:81", "a", None, 81),
                ("https://a", "a", None, 443),
                ("a.x:81", "a", "x", 81),
                ("a.y.svc.cluster.local:81", "a", "y", 81),
                ("http://a.y.svc", "a", "y", 80),
                ("a.y.svc.example.org", None, None, None),
                ("example.org:443", None, None, None),
                ("localhost:8877", None, None, None),
                ("10.0.0.1:80", None, None, None),
                ("a:8080000", None, None, None),
                ("{x: 1}", None, None, None),
            )
        ),
        (MAPPING % "service: a, resolver: consul-dc1", []),
        (MAPPING % "service: a, resolver: endpoint", [("a", None, 80, "spec.service")]),
        (
            """
            apiVersion: k8s.nginx.org/v1
            kind: Policy
            spec: {externalAuth: {authURI: /auth, authServiceName: x/a}}
            """,
            [("a", "x", None, "spec.externalAuth.authServiceName")],
        ),
        (
            """
            apiVersion: flows.knative.dev/v1
            kind: Sequence
            spec:
              steps:
                - {ref: {apiVersion: v1, kind: Service, name: a, namespace: x}}
                - {ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: b}}
            """,
            [("a", "x", None, "spec.steps[0].ref.name")],
        ),
        (
            """
            apiVersion: multicluster.x-k8s.io/v1alpha1
            kind: ServiceExport
            metadata: {name: a, namespace: x}
            """,
            [("a", None, None, "metadata.name")],
        ),
        (
            "{apiVersion: apps/v1, kind: StatefulSet, spec: {serviceName: a}}",
            [("a", None, None, "spec.serviceName")],
        ),
        (
            """
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: x, labels: {kubernetes.io/service-name: a}}
            """,
            [("a", None, None, "metadata.labels[kubernetes.io/service-name]")],
        ),
        (
            "{apiVersion: v1, kind: Endpoints, metadata: {name: a}}",
            [("a", None, None, "metadata.name")],
        ),
        ("{apiVersion: serving.knative.dev/v1, kind: Service, spec: {}}", []),
    ],
)
def test_each_kind_names_services_at_its_places(
    text: str, expected: list[Told]
) -> None:
    assert told(text) == expected


def test_a_mesh_host_is_a_service_in_the_zone_of_the_cluster() -> None:
    text = VIRTUAL % "{route: [{destination: {host: a.x.svc.corp.example.}}]}"

    assert told(text) == []
    assert [one[:2] for one in told(text, zone="corp.example")] == [("a", "x")]


def test_pods_with_hostname_and_subdomain_name_a_service() -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "spec": {"subdomain": "a"}}
    named = {**pod, "spec": {"subdomain": "a", "hostname": "b"}}

    assert list(of_pods(Workload(pod))) == []
    assert [(one.name, one.path) for one in of_pods(Workload(named))] == [
        ("a", ("spec", "subdomain"))
    ]


@pytest.mark.parametrize(("mode", "expected"), [("Indexed", ["a"]), ("NonIndexed", [])])
def test_pods_of_an_indexed_job_need_no_hostname(
    mode: str, expected: list[str]
) -> None:
    template = {"spec": {"subdomain": "a", "containers": []}}
    spec = {"completionMode": mode, "template": template}
    job = {"apiVersion": "batch/v1", "kind": "Job", "spec": spec}
    cron = {**job, "kind": "CronJob", "spec": {"jobTemplate": {"spec": spec}}}

    for body in (job, cron):
        assert [one.name for one in of_pods(Workload(body))] == expected


def test_further_kinds_are_taught() -> None:
    row = ReferenceKind(
        "x.example",
        ("Gate",),
        "spec.to[]",
        "settings",
        name="svc",
        namespace="in.ns",
        ports=(PortField("p", EITHER),),
        default_port=443,
    )
    taught = {("x.example", "Gate"): (row,)}
    text = (
        "{apiVersion: x.example/v1, kind: Gate, spec: {to: "
        "[{svc: a, in: {ns: x}, p: web}, {svc: b}, {svc: [c]}, d]}}"
    )

    assert told(text) == []
    assert [one[:3] for one in told(text, taught=taught)] == [
        ("a", "x", "web"),
        ("b", None, 443),
    ]
    assert ("x.example", "Gate") in kinds_with_references(taught)


def test_ports_mean_what_the_kind_says() -> None:
    (backend, *_) = rows_of("networking.k8s.io", "Ingress", "v1")
    (route, *_) = rows_of("route.openshift.io", "Route")

    assert [port.sense for port in backend.ports] == [NUMBER, NAME]
    assert [port.sense for port in route.ports] == [TARGET]


def test_every_row_has_a_source_and_kinds() -> None:
    assert all(row.source and row.kinds for row in REFERENCE_KINDS)


def test_no_row_is_of_a_kind_that_is_never_read() -> None:
    # Definitions are looked into where they name a Service to be called.
    for group, kind in kinds_with_references():
        text = f"apiVersion: {group}/v1\nkind: {kind}\n".replace(": /", ": ")
        assert kind == "CustomResourceDefinition" or not is_unneeded(text), kind


@pytest.mark.parametrize(
    "odd", [None, 5, "x", [], {}, [{}], [None], {"name": {}}, [[["x"]]], True, 1e9]
)
def test_odd_values_name_nothing(odd: Any) -> None:
    for group, kind in kinds_with_references():
        version = next(
            (r.versions for r in rows_of(group, kind) if r.versions), ("v1",)
        )
        body = {
            "apiVersion": f"{group}/{version[0]}".lstrip("/"),
            "kind": kind,
            **dict.fromkeys(("spec", "webhooks", "data", "metadata"), odd),
        }
        found = list(service_references(body))
        resource = Resource(body, NoPlaces("m", 0))
        assert all(isinstance(resource.get(*one.name_path), str) for one in found)
