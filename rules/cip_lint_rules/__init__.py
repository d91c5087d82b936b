"""The rules of cip-lint, found by the entry point that any package may use.

``RULES`` is the table of contents of the manual: a module each, in the order in
which the manual tells of them. A module of ``<family>/<rule>.py`` defines one rule
in a function named as the module.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

from cip_lint.hookspecs import hookimpl

if TYPE_CHECKING:
    from cip_lint.rule import Rule

RULES: tuple[str, ...] = (
    "manifest.unreadable",
    "manifest.wrong_type",
    "manifest.unknown_field",
    "manifest.repeated_object",
    "manifest.wrong_api_version",
    "manifest.refused",
    "manifest.namespace_created_later",
    "service.name_refused",
    "service.without_ports",
    "service.multi_port_unnamed",
    "service.port_name_refused",
    "service.port_repeated",
    "service.protocol_refused",
    "service.target_port_refused",
    "service.node_port_on_cluster_ip",
    "service.headless_exposed",
    "service.external_name_refused",
    "service.addresses_inconsistent",
    "service.field_of_another_type",
    "service.refused",
    "service.ignored_field",
    "service.deprecated_field",
    "service.immutable_field_changed",
    "port.target_name_unresolved",
    "port.target_name_partial",
    "port.target_undeclared",
    "port.name_shared_by_containers",
    "port.same_number_two_protocols",
    "port.probe_name_unresolved",
    "port.mesh_protocol_unclear",
    "address.taken",
    "address.outside_range",
    "address.reserved",
    "address.in_dynamic_band",
    "address.can_be_taken_first",
    "address.cannot_be_placed",
    "address.family_unavailable",
    "address.literal_unpinned",
    "address.literal",
    "node_port.taken",
    "node_port.outside_range",
    "node_port.can_be_taken_first",
    "node_port.host_port_collides",
    "selector.matches_nothing",
    "selector.matches_other_namespace",
    "selector.unverifiable",
    "selector.empty",
    "selector.added_by_kustomize",
    "selector.stale_hash",
    "selector.too_broad",
    "selector.tied_to_release",
    "selector.workload_mismatch",
    "endpoints.do_not_join",
    "endpoints.several_addresses",
    "endpoints.none_declared",
    "endpoints.selector_and_manual",
    "endpoints.no_readiness_probe",
    "endpoints.local_policy_drops",
    "headless.none_misspelt",
    "headless.port_translation",
    "headless.target_name_unresolved",
    "headless.governing_service_missing",
    "headless.governing_service_unfit",
    "headless.pod_name_unresolvable",
    "headless.unready_peers_hidden",
    "env.service_unknown",
    "env.service_has_no_variables",
    "env.service_created_later",
    "env.reference_before_definition",
    "env.link_breaks_setting",
    "env.link_collision",
    "env.kubernetes_shadowed",
    "env.links_too_large",
    "dns.service_unknown",
    "dns.short_name_other_namespace",
    "dns.full_name_other_namespace",
    "dns.service_created_later",
    "dns.port_unknown",
    "dns.name_malformed",
    "dns.namespace_shadows_public_domain",
    "dns.policy_hides_services",
    "reference.service_unknown",
    "reference.other_namespace",
    "reference.port_unknown",
    "reference.grant_missing",
    "reference.callback_cannot_dial",
    "reference.external_name_backend",
    "reference.monitor_finds_nothing",
    "reference.gateway_selects_nothing",
    "reference.rollout_selector_misses",
    "reference.network_policy_opens_service_port",
    "reference.generated_name_conflict",
    "external.name_is_address",
    "external.name_is_short",
    "external.name_loops",
    "external.address_shared",
    "ignore.unused",
    "ignore.unknown_rule",
    "ignore.without_reason",
)


@hookimpl
def cip_lint_rules() -> Iterator[Rule[Any]]:
    """Import each rule and return it, in the order of the manual."""
    for name in RULES:
        module = import_module(f"{__name__}.{name}")
        yield getattr(module, name.rpartition(".")[2])
