"""The places at which the kinds of Kubernetes itself name Services, and all others.

Each row has its source. Those of kinds that others bring are in
``ecosystem_references``.
"""

from __future__ import annotations

from cip_lint.kube.ecosystem_references import ECOSYSTEM_REFERENCES
from cip_lint.kube.reference_kinds import (
    NUMBER,
    PortField,
    PortSense,
    Purpose,
    ReferenceKind,
)

_INGRESS = "kubernetes/api:networking/v1/types.go"
_OLD_INGRESS = "kubernetes/api:networking/v1beta1/types.go"
_INGRESS_PORTS = (
    PortField("port.number", PortSense.NUMBER),
    PortField("port.name", PortSense.NAME),
)
# The controller reads an annotation of the Ingress instead.
_NO_ACTION = (("port.name", "use-annotation"),)
_NO_OLD_ACTION = (("servicePort", "use-annotation"),)


def _ingresses() -> tuple[ReferenceKind, ...]:
    new = tuple(
        ReferenceKind(
            "networking.k8s.io",
            ("Ingress",),
            path,
            _INGRESS,
            versions=("v1",),
            ports=_INGRESS_PORTS,
            unless=_NO_ACTION,
            purpose=Purpose.BACKEND,
        )
        for path in (
            "spec.defaultBackend.service",
            "spec.rules[].http.paths[].backend.service",
        )
    )
    old = tuple(
        ReferenceKind(
            group,
            ("Ingress",),
            path,
            _OLD_INGRESS,
            versions=("v1beta1",),
            name="serviceName",
            ports=(PortField("servicePort", PortSense.EITHER),),
            unless=_NO_OLD_ACTION,
            purpose=Purpose.BACKEND,
        )
        for group in ("networking.k8s.io", "extensions")
        for path in ("spec.backend", "spec.rules[].http.paths[].backend")
    )
    annotation = tuple(
        ReferenceKind(
            group,
            ("Ingress",),
            'metadata.annotations."nginx.ingress.kubernetes.io/default-backend"',
            "kubernetes/ingress-nginx:internal/ingress/annotations/defaultbackend",
            name="",
            purpose=Purpose.BACKEND,
        )
        for group in ("networking.k8s.io", "extensions")
    )
    return (*new, *old, *annotation)


def _callbacks() -> tuple[ReferenceKind, ...]:
    def called(
        group: str, kinds: tuple[str, ...], path: str, source: str, *versions: str
    ) -> ReferenceKind:
        return ReferenceKind(
            group,
            kinds,
            path,
            source,
            versions=versions,
            namespace="namespace",
            needs_namespace=True,
            ports=NUMBER,
            default_port=443,
            purpose=Purpose.CALLBACK,
        )

    extensions = "kubernetes/apiextensions-apiserver:pkg/apis/apiextensions"
    return (
        called(
            "admissionregistration.k8s.io",
            ("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"),
            "webhooks[].clientConfig.service",
            "kubernetes/api:admissionregistration/v1/types.go",
        ),
        called(
            "apiregistration.k8s.io",
            ("APIService",),
            "spec.service",
            "kubernetes/kube-aggregator:pkg/apis/apiregistration/v1/types.go",
        ),
        called(
            "apiextensions.k8s.io",
            ("CustomResourceDefinition",),
            "spec.conversion.webhook.clientConfig.service",
            f"{extensions}/v1/types.go",
            "v1",
        ),
        called(
            "apiextensions.k8s.io",
            ("CustomResourceDefinition",),
            "spec.conversion.webhookClientConfig.service",
            f"{extensions}/v1beta1/types.go",
            "v1beta1",
        ),
    )


def _metrics() -> tuple[ReferenceKind, ...]:
    return tuple(
        ReferenceKind(
            "autoscaling",
            ("HorizontalPodAutoscaler",),
            f"spec.metrics[].object.{field}",
            "kubernetes/api:autoscaling/v2/types.go",
            versions=versions,
            only=(("kind", ("Service",)), ("apiVersion", (None, "v1"))),
        )
        for field, versions in (
            ("describedObject", ("v2", "v2beta2")),
            ("target", ("v2beta1",)),
        )
    )


def _governed() -> tuple[ReferenceKind, ...]:
    def governed(
        group: str, kind: str, path: str, name: str, source: str
    ) -> ReferenceKind:
        return ReferenceKind(
            group, (kind,), path, source, name=name, purpose=Purpose.GOVERNS
        )

    return (
        governed(
            "apps",
            "StatefulSet",
            "spec",
            "serviceName",
            "kubernetes/api:apps/v1/types.go",
        ),
        governed(
            "discovery.k8s.io",
            "EndpointSlice",
            'metadata.labels."kubernetes.io/service-name"',
            "",
            "kubernetes/api:discovery/v1/well_known_labels.go",
        ),
        governed(
            "", "Endpoints", "metadata", "name", "kubernetes/api:core/v1/types.go"
        ),
    )


SUBDOMAIN = ReferenceKind(
    "",
    (),
    "subdomain",
    "kubernetes/kubernetes:pkg/controller/util/endpoint",
    name="",
    purpose=Purpose.GOVERNS,
)
"""Of every pod with a ``hostname``: in its spec, wherever the kind keeps that."""

REFERENCE_KINDS: tuple[ReferenceKind, ...] = (
    *_ingresses(),
    *_callbacks(),
    *_metrics(),
    *_governed(),
    *ECOSYSTEM_REFERENCES,
)
