"""The places at which policies and settings of proxies name Services."""

from __future__ import annotations

from cip_lint.kube.reference_kinds import (
    CORE_SERVICE,
    NUMBER,
    Purpose,
    ReferenceKind,
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


POLICY_REFERENCES: tuple[ReferenceKind, ...] = (*_envoy_gateway(), *_cilium())
