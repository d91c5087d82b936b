"""What the author of a rule imports: ``@rule``, ``Problem`` and ``Context``.

A rule is a generator function without state. It is called once for each of its
*subjects* (a row of the Service table, a workload, a refusal ...) and yields a
``Problem`` for each thing that is wrong: words and places. The engine adds the
id, the severity, precedence, suppression and order. The docstring of the
function is the rule's page in the manual.

A rule runs only where a plugin's hook ``cip_lint_rules`` returns it, as a ``Rule`` or,
to import it only where it has something to judge, as a ``ListedRule``. The built-in
rules are listed in ``cip_lint_rules.index``: a rule file that has no row there is
never imported, and nothing is said at run time.

The values that a rule meets are offered here as well (``ServiceRow``,
``ServiceTable``, ``Cluster``, ``Member``, ``WorkloadMember``, ``ServicePort``,
``Fault``), so that a plugin needs no module but this one, ``cip_lint.model`` and
``cip_lint.hookspecs``.

::

    @rule("service.without-ports", severity=Severity.ERROR,
          on=refusals("T2"), stage=Stage.REFUSAL, since="0.1.0")
    def without_ports(refusal: Refusal, cx: Context) -> Iterator[Problem]:
        \"\"\"A Service that needs ports has none. ...\"\"\"
"""

from __future__ import annotations

from cip_lint.cluster import Cluster, ClusterSettings, Member, WorkloadMember
from cip_lint.kube.faults import Fault
from cip_lint.kube.service import ServicePort
from cip_lint.replay import ServiceRow, ServiceTable
from cip_lint.rule.context import Context, Directive, Problem, Refusal, Stage
from cip_lint.rule.subjects import (
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
from cip_lint.rule.values import AnyRule, ListedRule, Rule, RuleFunction, rule

__all__ = [
    "AnyRule",
    "Cluster",
    "ClusterSettings",
    "Context",
    "Directive",
    "Fault",
    "ListedRule",
    "Member",
    "Problem",
    "Refusal",
    "Rule",
    "RuleFunction",
    "ServicePort",
    "ServiceRow",
    "ServiceTable",
    "Stage",
    "Subjects",
    "WorkloadMember",
    "address_claims",
    "directives",
    "earlier_state",
    "external_names",
    "losses",
    "node_port_claims",
    "objects",
    "referring",
    "refusals",
    "rule",
    "service_refusals",
    "services",
    "stated_ranges",
    "text_holders",
    "variable_readers",
    "whole_cluster",
    "workloads",
]
