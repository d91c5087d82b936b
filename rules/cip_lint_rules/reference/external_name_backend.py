"""The rule ``reference.external-name-backend``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.cluster.literals import literals
from cip_lint.kube.ingress_checks import CLASS_ANNOTATION
from cip_lint.kube.reference_kinds import Purpose
from cip_lint.model import Resource, Severity
from cip_lint.records import NamedTuple
from cip_lint.replay import ServiceRow
from cip_lint.replay.references import Use
from cip_lint.rule import Context, Problem, Stage, referring, rule
from cip_lint_rules.reference._uses import (
    GATEWAY,
    joined,
    name_label,
    others,
    topic,
)

_INGRESS = frozenset({"networking.k8s.io", "extensions"})
_TRAEFIK = frozenset({"traefik.io", "traefik.containo.us"})
_CONTOUR = frozenset({"projectcontour.io", "contour.heptio.com"})
_JUDGED = _INGRESS | _TRAEFIK | _CONTOUR | {GATEWAY}
"""Groups whose controllers refuse such backends, unless they are told otherwise.

Traefik (``docs/content/providers/kubernetes-crd.md``) and Contour
(``apis/projectcontour/v1alpha1#ContourConfigurationSpec``) have a setting for it.
"""
_INGRESS_NGINX = "nginx.ingress.kubernetes.io/"

_SWITCHES = {
    "traefik": "allowexternalnameservices",
    "contour": "enableexternalnameservice",
}
"""Controller -> the setting that allows them, in lower case."""

_OF_SWITCHES = "externalnameservice"
"""What all of them hold."""


class Aliased(NamedTuple):
    """A backend of type ExternalName."""

    use: Use
    row: ServiceRow

    @property
    def resource(self) -> Resource:
        """The object that sends requests to it."""
        return self.use.resource


def _aliased(cx: Context) -> Iterator[Aliased]:
    if cx.options.get("allowed") is True:
        return
    allowing: frozenset[str] | None = None
    for use in joined(cx):
        row, kind = use.row, use.first.said.row
        if (
            row is not None
            and row.service.type == "ExternalName"
            and kind.group in _JUDGED
            and kind.purpose is Purpose.BACKEND
        ):
            if allowing is None:
                allowing = _allowing(cx)
            if not _is_allowed(use, allowing):
                yield Aliased(use, row)


def _allowing(cx: Context) -> frozenset[str]:
    """Return the controllers of the set that are told to take such backends.

    By an argument of a container or a line of a ConfigMap: the switch and ``true``.
    """
    found = set()
    for literal in literals(cx.cluster, _may_be_switch):
        text = literal.text.lower()
        for controller, switch in _SWITCHES.items():
            at = text.find(switch)
            if at >= 0 and not text[at + len(switch) :].lstrip("\"' =:").startswith(
                "false"
            ):
                found.add(controller)
    return frozenset(found)


def _may_be_switch(text: str, _: str) -> bool:
    return _OF_SWITCHES in text.lower()


def _is_allowed(use: Use, allowing: frozenset[str]) -> bool:
    """Whether the controller of an object is known to take such backends."""
    group = use.first.said.row.group
    if group in _TRAEFIK:
        return "traefik" in allowing
    if group in _CONTOUR:
        return "contour" in allowing
    if group == GATEWAY:
        return False
    annotations = use.resource.get("metadata", "annotations")
    names = annotations if isinstance(annotations, dict) else {}
    if any(str(name).startswith(_INGRESS_NGINX) for name in names):
        return True  # ingress-nginx resolves the name itself
    stated = use.resource.get("spec", "ingressClassName") or names.get(CLASS_ANNOTATION)
    return any(stated in (None, one) for one in allowing)


@rule(
    "reference.external-name-backend",
    severity=Severity.WARNING,
    on=_aliased,
    needs=referring,
    stage=Stage.NAMES,
    since="0.1.0",
    kinds=("Ingress", "HTTPRoute", "IngressRoute", "HTTPProxy", "other routes"),
)
def external_name_backend(aliased: Aliased, cx: Context) -> Iterator[Problem]:
    """An ExternalName Service as an HTTP backend, which many implementations refuse.

    ## Why it matters

    An ExternalName Service has no endpoints, only an alias in DNS. Whoever may
    create one can have a proxy send requests anywhere, even to what only the proxy
    can reach; so the Gateway API says that implementations should not support it,
    and Traefik and Contour refuse it until a setting allows it.

    It is not reported where that setting is in the set, where an Ingress is written
    for ingress-nginx, and with the option `allowed`:

    ```yaml file=.cip-lint.yaml
    rules:
      reference.external-name-backend:
        allowed: true
    ```

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: legacy
      namespace: shop
    spec:
      type: ExternalName
      externalName: legacy.example.com
    ---
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: shop
      namespace: shop
    spec:
      defaultBackend:
        service:
          name: legacy
          port:
            number: 80
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: legacy
      namespace: shop
    spec:
      ports:
        - port: 80
    ---
    apiVersion: discovery.k8s.io/v1
    kind: EndpointSlice
    metadata:
      name: legacy-1
      namespace: shop
      labels:
        kubernetes.io/service-name: legacy
    addressType: IPv4
    ports:
      - port: 80
    endpoints:
      - addresses: [192.0.2.10]
    ---
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: shop
      namespace: shop
    spec:
      defaultBackend:
        service:
          name: legacy
          port:
            number: 80
    ```

    ## References

    - [BackendRef of the Gateway API](https://gateway-api.sigs.k8s.io/reference/spec/#backendref)
    - [CVE-2021-25740](https://github.com/kubernetes/kubernetes/issues/103675)
    """
    use, row = aliased
    yield Problem(
        f"{use.member.display} sends to ExternalName Service {use.first.display}; "
        f"{_who(use)}",
        at=name_label(use.first, "an alias in DNS, without endpoints"),
        related=(
            *others(use.references, "here too"),
            row.resource.label("spec", "type", text="the type of the Service"),
        ),
        help="use an EndpointSlice, or say that your controller allows it (option "
        "allowed)",
        topic=topic(use),
    )


def _who(use: Use) -> str:
    group = use.first.said.row.group
    if group == GATEWAY:
        return "Gateway implementations should refuse it"
    if group in _TRAEFIK:
        return "Traefik refuses it unless allowExternalNameServices is set"
    if group in _CONTOUR:
        return "Contour refuses it unless enableExternalNameService is set"
    return "many Ingress controllers refuse it"
