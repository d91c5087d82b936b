"""The places at which policies and settings of proxies name Services."""

from __future__ import annotations

from cip_lint.kube.reference_kinds import (
    CORE_SERVICE,
    NUMBER,
    Purpose,
    ReferenceKind,
    Spelling,
)


def _envoy_gateway() -> tuple[ReferenceKind, ...]:
    """Back ends of policies, in the shape of those of routes (``BackendCluster``)."""
    sinks = "spec.telemetry.accessLog.settings[].sinks[]"
    clusters = (
        ("SecurityPolicy", "spec.extAuth.http"),
        ("SecurityPolicy", "spec.extAuth.grpc"),
        ("SecurityPolicy", "spec.oidc.provider"),
        ("SecurityPolicy", "spec.jwt.providers[].remoteJWKS"),
        ("EnvoyExtensionPolicy", "spec.extProc[]"),
        ("EnvoyProxy", "spec.telemetry.tracing.provider"),
        ("EnvoyProxy", "spec.telemetry.metrics.sinks[].openTelemetry"),
        ("EnvoyProxy", f"{sinks}.openTelemetry"),
        ("EnvoyProxy", f"{sinks}.als"),
    )
    return tuple(
        ReferenceKind(
            "gateway.envoyproxy.io",
            (kind,),
            f"{path}.{field}",
            "envoyproxy/gateway:api/v1alpha1/shared_types.go",
            namespace="namespace",
            ports=NUMBER,
            only=CORE_SERVICE,
            purpose=Purpose.BACKEND,
        )
        for kind, path in clusters
        for field in ("backendRef", "backendRefs[]")
    )


def _cilium() -> tuple[ReferenceKind, ...]:
    types = "cilium/cilium:pkg/k8s/apis/cilium.io/v2"
    return (
        ReferenceKind(
            "cilium.io",
            ("CiliumLocalRedirectPolicy",),
            "spec.redirectFrontend.serviceMatcher",
            f"{types}/clrp_types.go",
            name="serviceName",
        ),
        *(
            ReferenceKind(
                "cilium.io",
                (kind,),
                f"spec.{field}[]",
                f"{types}/cec_types.go",
                namespace="namespace",
                needs_namespace=kind == "CiliumClusterwideEnvoyConfig",
            )
            for kind in ("CiliumEnvoyConfig", "CiliumClusterwideEnvoyConfig")
            for field in ("services", "backendServices")
        ),
    )


def _linkerd() -> tuple[ReferenceKind, ...]:
    routes = "linkerd/linkerd2:policy-controller/k8s/api/src/policy/httproute.rs"
    return (
        ReferenceKind(
            "policy.linkerd.io",
            ("HTTPRoute",),
            "spec.rules[].backendRefs[]",
            routes,
            namespace="namespace",
            ports=NUMBER,
            only=CORE_SERVICE,
            purpose=Purpose.MESH,
        ),
        ReferenceKind(
            "policy.linkerd.io",
            ("HTTPRoute",),
            "spec.parentRefs[]",
            routes,
            namespace="namespace",
            ports=NUMBER,
            only=_A_SERVICE,
            purpose=Purpose.MESH,
        ),
        ReferenceKind(
            "linkerd.io",
            ("ServiceProfile",),
            "metadata",
            "linkerd/linkerd2:pkg/profiles/profiles.go",
            spelling=Spelling.MESH_HOST,
            purpose=Purpose.MESH,
        ),
    )


def _of_clouds() -> tuple[ReferenceKind, ...]:
    return (
        ReferenceKind(
            "networking.gke.io",
            ("GCPBackendPolicy", "HealthCheckPolicy"),
            "spec.targetRef",
            "GoogleCloudPlatform/gke-gateway-api:apis/networking/v1",
            only=_A_SERVICE,
        ),
        ReferenceKind(
            "gateway.k8s.aws",
            ("TargetGroupConfiguration",),
            "spec.targetReference",
            "kubernetes-sigs/aws-load-balancer-controller:apis/gateway/v1beta1",
            only=CORE_SERVICE,
        ),
    )


def _emissary() -> tuple[ReferenceKind, ...]:
    return tuple(
        ReferenceKind(
            group,
            (kind,),
            f"spec.{field}",
            "emissary-ingress/emissary:python/ambassador/utils.py",
            # Any other may be one that asks Consul.
            only=(("^spec.resolver", (None, "endpoint", "kubernetes-service")),),
            spelling=Spelling.ADDRESS,
            purpose=Purpose.BACKEND,
        )
        for group in ("getambassador.io", "x.getambassador.io")
        for kind, field in (
            ("Mapping", "service"),
            ("AmbassadorMapping", "service"),
            ("TCPMapping", "service"),
            ("AuthService", "auth_service"),
            ("RateLimitService", "service"),
        )
    )


_A_SERVICE = (("kind", ("Service",)), ("group", (None, "core")))


POLICY_REFERENCES: tuple[ReferenceKind, ...] = (
    *_envoy_gateway(),
    *_cilium(),
    *_linkerd(),
    *_of_clouds(),
    *_emissary(),
)
