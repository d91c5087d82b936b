"""What is drawn agrees with how likely it is: two ways to one number."""

from __future__ import annotations

from collections import Counter
from math import sqrt

import pytest

from cip_lint.replay import ServiceTable, service_table
from support.clusters import FOLDER, cluster, settings

SEEDS = 500
PLAIN = "ports: [{port: 80}]"
DUAL = f"{PLAIN}, ipFamilyPolicy: PreferDualStack"
SHARED = (
    "type: NodePort, ports: [{name: a, port: 53},"
    " {name: b, port: 53, protocol: UDP}, {name: c, port: 80}]"
)
CHECKED = f"type: LoadBalancer, externalTrafficPolicy: Local, {PLAIN}"
NODE_PORT = "type: NodePort, ports: [{port: 80, nodePort: 30018}]"
OWN = (
    "type: NodePort, ports: [{name: a, port: 80}, {name: b, port: 81},"
    " {name: c, port: 82, nodePort: 30018}]"
)


def _services(count: int, spec: str = PLAIN) -> list[str]:
    return [spec] * count


def _pinned(address: str, more: str = PLAIN) -> str:
    return f"{more}, clusterIP: '{address}'"


def _manifests(specs: list[str]) -> str:
    return "".join(
        "---\napiVersion: v1\nkind: Service\n"
        f"metadata: {{name: s{number:02}, namespace: shop}}\nspec: {{{spec}}}\n"
        for number, spec in enumerate(specs)
    )


def _lost(table: ServiceTable) -> Counter[str]:
    """Count the draws in which each Service is refused."""
    lost: Counter[str] = Counter()
    for seed in range(SEEDS):
        draws = table.draws(seed)
        lost.update(
            row.ref.name
            for row in table.rows
            if (drawn := draws.of(row)) is not None and drawn.refusal is not None
        )
    return lost


@pytest.mark.parametrize(
    ("cidrs", "specs"),
    [
        (("10.0.0.0/28",), [*_services(5), _pinned("10.0.0.9")]),
        (("10.0.0.0/28",), [*_services(9), _pinned("10.0.0.10")]),
        (("10.0.0.0/27",), [*_services(15), _pinned("10.0.0.2"), _pinned("10.0.0.10")]),
        (("10.0.0.0/27",), [_pinned("10.0.0.20"), *_services(7), _pinned("10.0.0.21")]),
        (
            ("10.0.0.0/28", "fd00::/124"),
            [*_services(5, DUAL), _pinned("10.0.0.9", DUAL), _pinned("fd00::9")],
        ),
        (("10.96.0.0/16",), [*_services(2, SHARED), NODE_PORT]),
        (("10.96.0.0/16",), [*_services(2, CHECKED), NODE_PORT]),
        (("10.96.0.0/16",), [OWN]),
    ],
    ids=["one", "full", "spill", "beside", "families", "shared", "checks", "own"],
)
def test_a_pinned_value_is_lost_as_often_as_is_said(
    cidrs: tuple[str, ...], specs: list[str]
) -> None:
    table = service_table(cluster(_manifests(specs), settings(cidrs, (30000, 30023))))
    lost = _lost(table)

    losses = table.losses
    chances = {one.claim.member.name: one.chance for one in losses.addresses}
    chances |= {one.claim.member.name: one.chance for one in losses.node_ports}

    assert chances
    for name, chance in chances.items():
        assert chance.sense == "="
        error = 4.5 * sqrt(max(chance.p * (1 - chance.p), 1 / SEEDS) / SEEDS)
        assert abs(lost[name] / SEEDS - chance.p) < error


def test_what_is_sent_at_the_same_time_is_counted_as_if_it_came_first() -> None:
    specs = [*_services(6), _pinned("10.0.0.9")]
    helm = FOLDER._replace(engine="helm")
    table = service_table(cluster(_manifests(specs), settings(("10.0.0.0/28",)), helm))

    (loss,) = table.losses.addresses
    share = _lost(table)["s06"] / SEEDS

    assert (loss.chance.words, loss.exact) == ("p <= 0.43", False)
    assert 0.1 < share < loss.chance.p - 0.1
