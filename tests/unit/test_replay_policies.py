"""Which pods may talk to which, by NetworkPolicies."""

from __future__ import annotations

import pytest
import yaml

from cip_lint.kube.addresses import parse_ip
from cip_lint.kube.containers import ContainerPort
from cip_lint.kube.network_policies import Direction, NetworkPolicy
from cip_lint.replay.policies import (
    NAMESPACE_NAME,
    Known,
    Labels,
    Pod,
    Policy,
    anything_may_be,
    everything_known,
    ruling,
)

HTTP = ContainerPort("http", 8080, "TCP", 0, ())


def pod(app: str, namespace: str = "shop") -> Pod:
    name = {NAMESPACE_NAME: namespace, "team": namespace}
    return Pod(
        namespace,
        Labels({"app": app}, lambda key: key == "hash"),
        Labels(name, everything_known),
        (HTTP,),
    )


WEB, API, OTHER = pod("web"), pod("api"), pod("web", "other")
UNSEEN = WEB._replace(
    namespace="far", namespace_labels=Labels({NAMESPACE_NAME: "far"}, anything_may_be)
)
OUTSIDE = Pod("", None, Labels({}, everything_known), address=parse_ip("192.0.2.7"))


def policy(spec: str, namespace: str = "shop", name: str = "p") -> Policy:
    return Policy(name, namespace, NetworkPolicy({"spec": yaml.safe_load(spec)}))


def arrives(spec: str, caller: Pod = WEB, port: int | None = 8080) -> Known:
    return ruling("ingress", [policy(spec)], caller, API, port).allowed


def test_a_pod_that_no_policy_selects_is_open() -> None:
    found = ruling("ingress", [], WEB, API, 8080)

    assert (found.allowed, found.by) == (True, None)


@pytest.mark.parametrize(
    "spec",
    [
        "{podSelector: {matchLabels: {app: web}}}",
        "{podSelector: {}, policyTypes: [Egress]}",
        "{podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [api]}]}}",
    ],
)
def test_a_policy_of_others_or_of_the_other_direction_is_none(spec: str) -> None:
    assert ruling("ingress", [policy(spec)], WEB, API, 8080).by is None


def test_a_policy_of_another_namespace_is_none() -> None:
    closed = policy("{podSelector: {}}", "other")

    assert ruling("ingress", [closed], WEB, API, 8080).allowed is True


@pytest.mark.parametrize(
    ("spec", "direction", "closed"),
    [
        ("{podSelector: {}}", "ingress", True),
        ("{podSelector: {}}", "egress", False),
        ("{}", "ingress", True),
        ("{podSelector: {}, egress: []}", "egress", False),
        ("{podSelector: {}, egress: [{ports: [{port: 53}]}]}", "egress", True),
        ("{podSelector: {}, policyTypes: [Egress]}", "egress", True),
        ("{podSelector: {}, policyTypes: [Egress], ingress: []}", "ingress", False),
        ("{podSelector: {}, policyTypes: [Ingress], egress: []}", "egress", False),
    ],
)
def test_which_directions_a_policy_closes(
    spec: str, direction: Direction, closed: bool
) -> None:
    found = ruling(direction, [policy(spec)], API, API, 8080)

    assert found.allowed is not closed
    assert (found.by is not None) is closed


@pytest.mark.parametrize(
    ("rule", "caller", "expected"),
    [
        ("{}", WEB, True),
        ("{from: []}", OTHER, True),
        ("{from: [{podSelector: {}}]}", WEB, True),
        ("{from: [{podSelector: {}}]}", OTHER, False),
        ("{from: [{podSelector: {matchLabels: {app: web}}}]}", WEB, True),
        ("{from: [{podSelector: {matchLabels: {app: web}}}]}", OTHER, False),
        ("{from: [{podSelector: {matchLabels: {app: api}}}]}", WEB, False),
        ("{from: [{podSelector: {matchLabels: {hash: x}}}]}", WEB, None),
        ("{from: [{namespaceSelector: {}}]}", OTHER, True),
        ("{from: [{namespaceSelector: {matchLabels: {team: other}}}]}", OTHER, True),
        ("{from: [{namespaceSelector: {matchLabels: {team: x}}}]}", OTHER, False),
        (
            f"{{from: [{{namespaceSelector: {{matchLabels: {{{NAMESPACE_NAME}: far}}}}}}]}}",
            UNSEEN,
            True,
        ),
        (
            f"{{from: [{{namespaceSelector: {{matchLabels: {{{NAMESPACE_NAME}: shop}}}}}}]}}",
            UNSEEN,
            False,
        ),
        ("{from: [{namespaceSelector: {matchLabels: {team: far}}}]}", UNSEEN, None),
        (
            "{from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: api}}}]}",
            OTHER,
            False,
        ),
        (
            "{from: [{namespaceSelector: {}}, {podSelector: {matchLabels: {app: x}}}]}",
            OTHER,
            True,
        ),
        ("{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}", WEB, True),
        ("{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}", WEB, None),
        ("{from: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}}]}", WEB, None),
        ("{from: [{ipBlock: {cidr: 192.0.2.0/24}}]}", OUTSIDE, True),
        (
            "{from: [{ipBlock: {cidr: 192.0.2.0/24, except: [192.0.2.7/32]}}]}",
            OUTSIDE,
            False,
        ),
        ("{from: [{namespaceSelector: {}}]}", OUTSIDE, False),
        ("{from: [{}]}", WEB, False),
        ("{from: [7]}", WEB, False),
        ("{from: [{podSelector: {}}]}", WEB._replace(host_network=True), None),
    ],
)
def test_whom_a_rule_lets_in(rule: str, caller: Pod, expected: Known) -> None:
    assert arrives(f"{{podSelector: {{}}, ingress: [{rule}]}}", caller) is expected


@pytest.mark.parametrize(
    ("ports", "port", "expected"),
    [
        ("[{port: 8080}]", 8080, True),
        ("[{port: 80}]", 8080, False),
        ("[{port: 80}, {port: 8080}]", 8080, True),
        ("[{port: 8080, protocol: UDP}]", 8080, False),
        ("[{protocol: TCP}]", 8080, True),
        ("[{port: 8000, endPort: 9000}]", 8080, True),
        ("[{port: 8000, endPort: 8079}]", 8080, False),
        ("[{port: http}]", 8080, True),
        ("[{port: http}]", 8081, False),
        ("[{port: other}]", 8080, False),
        ("[{port: 8080}]", None, None),
        ("[{}]", 8080, True),
        ("[7]", 8080, True),
        ("[{port: true}]", 8080, True),
    ],
)
def test_which_ports_a_rule_opens(
    ports: str, port: int | None, expected: Known
) -> None:
    spec = f"{{podSelector: {{}}, ingress: [{{ports: {ports}}}]}}"

    assert arrives(spec, WEB, port) is expected


def test_a_name_of_a_port_is_that_of_the_pod_that_is_called() -> None:
    spec = "{podSelector: {}, egress: [{ports: [{port: http}]}]}"
    named = ruling("egress", [policy(spec)], WEB._replace(ports=()), API, 8080)
    unnamed = ruling("egress", [policy(spec)], WEB, API._replace(ports=()), 8080)
    unknown = ruling("egress", [policy(spec)], WEB, API._replace(ports=None), 8080)

    assert (named.allowed, unnamed.allowed) == (True, False)
    assert unknown.allowed is None


def test_of_several_policies_one_that_lets_it_through_is_enough() -> None:
    deny = policy("{podSelector: {}}", name="deny")
    allow = policy("{podSelector: {}, ingress: [{}, {}]}", name="allow")

    found = ruling("ingress", [deny, allow], WEB, API, 8080)

    assert found.allowed is True
    assert found.by is allow
    assert found.path == ("spec", "ingress", 0)


def test_a_refusal_names_the_first_policy() -> None:
    first = policy("{podSelector: {}}", name="first")
    second = policy("{podSelector: {}, ingress: [{ports: [{port: 1}]}]}", name="b")

    found = ruling("ingress", [first, second], WEB, API, 8080)

    assert (found.allowed, found.by) == (False, first)


@pytest.mark.parametrize(
    ("certain", "possible", "expected"),
    [
        ("", "", None),
        ("", "ingress: [{}]", True),
        ("podSelector: {}", "", False),
        ("podSelector: {}", "ingress: [{}]", None),
        ("podSelector: {}, ingress: [{}]", "", True),
    ],
)
def test_a_policy_that_may_select_the_pod_leaves_it_open(
    certain: str, possible: str, expected: Known
) -> None:
    policies = [policy(f"{{podSelector: {{matchLabels: {{hash: x}}}}, {possible}}}")]
    if certain:
        policies.append(policy(f"{{{certain}}}"))

    assert ruling("ingress", policies, WEB, API, 8080).allowed is expected


def test_a_policy_that_may_be_elsewhere_refuses_nothing() -> None:
    closed = policy("{podSelector: {}}")._replace(certain=False)
    open_ = policy("{podSelector: {}, ingress: [{}]}")._replace(certain=False)

    assert ruling("ingress", [closed], WEB, API, 8080).allowed is None
    assert ruling("ingress", [open_], WEB, API, 8080).allowed is True


def test_a_pod_of_an_unknown_namespace_may_be_of_any() -> None:
    anyone = Pod(None, Labels({}, anything_may_be), Labels({}, anything_may_be), None)

    assert (
        arrives("{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}", anyone)
        is None
    )
    assert arrives("{podSelector: {}}", anyone) is False


def test_pods_in_the_network_of_their_node_are_not_known_to_be_closed() -> None:
    closed = [policy("{podSelector: {}}")]
    node = API._replace(host_network=True)

    assert ruling("ingress", closed, WEB, node, 8080).allowed is None
    assert ruling("ingress", [], WEB, node, 8080).allowed is True


def test_an_address_outside_has_no_policies() -> None:
    closed = [policy("{podSelector: {}}", "")]

    assert ruling("ingress", closed, WEB, OUTSIDE, 8080).by is None
