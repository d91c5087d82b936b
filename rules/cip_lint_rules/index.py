"""The index of the rules: what decides whether a rule runs, without its module.

It is the table of contents of the manual, in the order in which the manual tells of
the rules. A row repeats what ``@rule`` says in the module of the rule, which is
imported where the cluster holds what the rule needs. The test of the catalogue
compares both, and prints the row that is lacking or differs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cip_lint.model import Severity
from cip_lint.rule import (
    ListedRule,
    Stage,
    Subjects,
    address_claims,
    directives,
    earlier_state,
    external_names,
    losses,
    node_port_claims,
    objects,
    referring,
    refusals,
    service_refusals,
    services,
    stated_ranges,
    text_holders,
    variable_readers,
    whole_cluster,
    workloads,
)

ERROR, WARNING, INFO = Severity
FILE, DECODE, REFUSAL, PLACEMENT, SELECTION, PORTS, NAMES, ADVICE = Stage


_TEXTS = {"type": "array", "items": {"type": "string"}}
_CHANCE = {"type": "number", "minimum": 0, "maximum": 1}
_KIB = {"type": "integer", "minimum": 0}
_SWITCH = {"type": "boolean"}
_VARIABLES = {
    "type": "object",
    "additionalProperties": {"oneOf": [{"type": "string"}, _TEXTS]},
}
_NO_OPTIONS: Mapping[str, Mapping[str, Any]] = {}


def _row(
    rule_id: str,
    severity: Severity,
    stage: Stage,
    needs: Subjects[Any],
    *,
    pods: bool = False,
    options: Mapping[str, Mapping[str, Any]] = _NO_OPTIONS,
    **how: Any,
) -> ListedRule:
    """Return a row; the rule stands in a function named as its module."""
    module = rule_id.replace("-", "_")
    place = f"{__package__}.{module}:{module.partition('.')[2]}"
    return ListedRule(
        rule_id, severity, stage, needs, place, pods, options=options, **how
    )


INDEX: tuple[ListedRule, ...] = (
    _row("manifest.unreadable", ERROR, FILE, losses, suppressible=False),
    _row("manifest.wrong-type", ERROR, DECODE, refusals("400"), pods=True),
    _row("manifest.unknown-field", WARNING, DECODE, whole_cluster),
    _row("manifest.repeated-object", WARNING, PLACEMENT, whole_cluster, pods=True),
    _row("manifest.wrong-api-version", ERROR, DECODE, whole_cluster, pods=True),
    _row("manifest.refused", ERROR, REFUSAL, refusals("*"), pods=True),
    _row(
        "manifest.namespace-created-later",
        WARNING,
        PLACEMENT,
        whole_cluster,
        replay=True,
    ),
    _row("service.name-refused", ERROR, REFUSAL, services),
    _row("service.without-ports", ERROR, REFUSAL, service_refusals("T2")),
    _row("service.multi-port-unnamed", ERROR, REFUSAL, service_refusals("P1")),
    _row("service.port-name-refused", ERROR, REFUSAL, service_refusals("P2")),
    _row("service.port-repeated", ERROR, REFUSAL, service_refusals("P3", "P9", "P10")),
    _row("service.protocol-refused", ERROR, REFUSAL, service_refusals("P5")),
    _row("service.target-port-refused", ERROR, REFUSAL, service_refusals("P6")),
    _row(
        "service.node-port-on-cluster-ip",
        ERROR,
        REFUSAL,
        service_refusals("P8", "P9", "P10"),
    ),
    _row("service.headless-exposed", ERROR, REFUSAL, service_refusals("T3")),
    _row(
        "service.external-name-refused",
        ERROR,
        REFUSAL,
        service_refusals("T4", "T5", "T6"),
    ),
    _row(
        "service.addresses-inconsistent",
        ERROR,
        REFUSAL,
        service_refusals(
            "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9", "C10", "L1", "L2"
        ),
    ),
    _row(
        "service.field-of-another-type",
        ERROR,
        REFUSAL,
        service_refusals("X3", "X5", "X7", "X8", "X9", "X10"),
    ),
    _row("service.refused", ERROR, REFUSAL, service_refusals("*")),
    _row("service.ignored-field", WARNING, ADVICE, services),
    _row("service.deprecated-field", INFO, ADVICE, whole_cluster),
    _row("service.immutable-field-changed", ERROR, REFUSAL, earlier_state),
    _row("port.target-name-unresolved", ERROR, PORTS, services, pods=True),
    _row("port.target-name-partial", WARNING, PORTS, services, pods=True),
    _row("port.target-undeclared", WARNING, PORTS, services, pods=True),
    _row("port.name-shared-by-containers", WARNING, PORTS, services, pods=True),
    _row("port.same-number-two-protocols", INFO, PORTS, services),
    _row("port.probe-name-unresolved", ERROR, PORTS, workloads, pods=True),
    _row(
        "port.mesh-protocol-unclear",
        WARNING,
        ADVICE,
        services,
        options={"vendor": _TEXTS},
    ),
    _row("address.taken", ERROR, PLACEMENT, address_claims),
    _row("address.outside-range", ERROR, PLACEMENT, whole_cluster, replay=True),
    _row("address.reserved", ERROR, PLACEMENT, whole_cluster, replay=True),
    _row("address.in-dynamic-band", WARNING, PLACEMENT, address_claims, replay=True),
    _row(
        "address.can-be-taken-first",
        WARNING,
        PLACEMENT,
        address_claims,
        replay=True,
        options={"threshold": _CHANCE},
    ),
    _row("address.cannot-be-placed", ERROR, PLACEMENT, stated_ranges, replay=True),
    _row(
        "address.family-unavailable",
        ERROR,
        REFUSAL,
        service_refusals("L2"),
        replay=True,
    ),
    _row(
        "address.literal-unpinned",
        WARNING,
        NAMES,
        stated_ranges,
        pods=True,
        replay=True,
    ),
    _row("address.literal", INFO, ADVICE, whole_cluster, pods=True, profile="strict"),
    _row("node-port.taken", ERROR, PLACEMENT, node_port_claims),
    _row("node-port.outside-range", ERROR, PLACEMENT, node_port_claims, replay=True),
    _row(
        "node-port.can-be-taken-first",
        WARNING,
        PLACEMENT,
        node_port_claims,
        replay=True,
        options={"threshold": _CHANCE},
    ),
    _row(
        "node-port.host-port-collides", WARNING, PLACEMENT, node_port_claims, pods=True
    ),
    _row("selector.matches-nothing", ERROR, SELECTION, services, pods=True),
    _row("selector.matches-other-namespace", ERROR, SELECTION, services, pods=True),
    _row("selector.unverifiable", INFO, SELECTION, whole_cluster),
    _row("selector.empty", WARNING, SELECTION, services),
    _row("selector.added-by-kustomize", WARNING, SELECTION, services),
    _row("selector.stale-hash", WARNING, SELECTION, whole_cluster),
    _row("selector.too-broad", WARNING, SELECTION, services, pods=True),
    _row("selector.tied-to-release", WARNING, SELECTION, whole_cluster, pods=True),
    _row("selector.workload-mismatch", ERROR, REFUSAL, refusals("W-selector*")),
    _row("endpoints.do-not-join", ERROR, PORTS, objects("EndpointSlice", "Endpoints")),
    _row("endpoints.several-addresses", WARNING, ADVICE, objects("EndpointSlice")),
    _row("endpoints.none-declared", INFO, SELECTION, services),
    _row(
        "endpoints.selector-and-manual",
        WARNING,
        SELECTION,
        objects("Endpoints", "EndpointSlice"),
    ),
    _row(
        "endpoints.no-readiness-probe",
        INFO,
        ADVICE,
        whole_cluster,
        pods=True,
        profile="strict",
    ),
    _row("endpoints.local-policy-drops", WARNING, ADVICE, services, pods=True),
    _row("headless.none-misspelt", ERROR, REFUSAL, refusals("C*")),
    _row("headless.port-translation", WARNING, PORTS, services, pods=True),
    _row("headless.target-name-unresolved", WARNING, PORTS, services, pods=True),
    _row("headless.governing-service-missing", WARNING, NAMES, workloads, pods=True),
    _row("headless.governing-service-unfit", INFO, NAMES, workloads, profile="strict"),
    _row("headless.pod-name-unresolvable", ERROR, NAMES, whole_cluster, pods=True),
    _row(
        "headless.unready-peers-hidden", INFO, ADVICE, whole_cluster, profile="strict"
    ),
    _row("env.service-unknown", WARNING, NAMES, variable_readers, pods=True),
    _row("env.service-has-no-variables", ERROR, NAMES, variable_readers, pods=True),
    _row(
        "env.service-created-later",
        WARNING,
        NAMES,
        variable_readers,
        pods=True,
        replay=True,
    ),
    _row(
        "env.reference-before-definition", WARNING, NAMES, variable_readers, pods=True
    ),
    _row(
        "env.link-breaks-setting",
        WARNING,
        NAMES,
        workloads,
        pods=True,
        options={"images": _VARIABLES},
    ),
    _row("env.link-collision", WARNING, NAMES, services, pods=True),
    _row("env.kubernetes-shadowed", ERROR, NAMES, services),
    _row(
        "env.links-too-large",
        WARNING,
        NAMES,
        whole_cluster,
        options={"warning": _KIB, "error": _KIB},
    ),
    _row("dns.service-unknown", WARNING, NAMES, text_holders, pods=True),
    _row("dns.short-name-other-namespace", ERROR, NAMES, text_holders, pods=True),
    _row("dns.full-name-other-namespace", WARNING, NAMES, text_holders, pods=True),
    _row(
        "dns.service-created-later", ERROR, NAMES, text_holders, pods=True, replay=True
    ),
    _row("dns.port-unknown", WARNING, NAMES, text_holders, pods=True),
    _row("dns.name-malformed", ERROR, NAMES, text_holders, pods=True),
    _row("dns.namespace-shadows-public-domain", WARNING, NAMES, services),
    _row("dns.policy-hides-services", WARNING, NAMES, text_holders, pods=True),
    _row("reference.service-unknown", WARNING, NAMES, referring),
    _row("reference.other-namespace", ERROR, NAMES, referring),
    _row("reference.port-unknown", ERROR, NAMES, referring),
    _row("reference.grant-missing", ERROR, NAMES, referring),
    _row(
        "reference.callback-cannot-dial",
        ERROR,
        NAMES,
        referring,
        options={"aggregatorRouting": _SWITCH},
    ),
    _row(
        "reference.external-name-backend",
        WARNING,
        NAMES,
        referring,
        options={"allowed": _SWITCH},
    ),
    _row("reference.monitor-finds-nothing", WARNING, NAMES, referring),
    _row(
        "reference.gateway-selects-nothing",
        WARNING,
        NAMES,
        referring,
        pods=True,
        profile="mesh",
    ),
    _row("reference.rollout-selector-misses", ERROR, NAMES, referring),
    _row(
        "reference.network-policy-opens-service-port",
        WARNING,
        NAMES,
        objects("NetworkPolicy"),
        pods=True,
    ),
    _row("reference.generated-name-conflict", WARNING, NAMES, services),
    _row("external.name-is-address", ERROR, NAMES, external_names),
    _row("external.name-is-short", WARNING, NAMES, external_names),
    _row("external.name-loops", ERROR, NAMES, external_names),
    _row("external.address-shared", WARNING, PLACEMENT, services),
    _row("ignore.unused", WARNING, ADVICE, directives, suppressible=False),
    _row("ignore.unknown-rule", ERROR, FILE, directives, suppressible=False),
    _row(
        "ignore.without-reason",
        INFO,
        ADVICE,
        directives,
        profile="strict",
        suppressible=False,
    ),
)
