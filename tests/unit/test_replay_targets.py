"""What a target port leads to in a pod."""

from __future__ import annotations

from typing import Any

import pytest

from cip_lint.kube.workloads import Workload
from cip_lint.replay.endpoints.targets import find_target


def _pod(
    *containers: list[dict[str, Any]], init: list[dict[str, Any]] | None = None
) -> Workload:
    spec = {
        "containers": [
            {"name": f"c{index}", "ports": ports}
            for index, ports in enumerate(containers)
        ],
        "initContainers": init or [],
    }
    return Workload({"apiVersion": "v1", "kind": "Pod", "spec": spec})


def _port(name: str, number: int, protocol: str = "TCP") -> dict[str, Any]:
    return {"name": name, "containerPort": number, "protocol": protocol}


SIDECAR = {"name": "s", "restartPolicy": "Always", "ports": [_port("a", 80)]}
SETUP = {"name": "i", "ports": [_port("a", 80)]}


@pytest.mark.parametrize(
    ("pod", "target", "number"),
    [
        (_pod([]), 93, 93),
        (_pod([_port("p", 80)]), 93, 93),
        (_pod([]), "p", None),
        (_pod([_port("q", 33)]), "q", 33),
        (_pod([_port("p", 80, "UDP")]), "p", None),
        (_pod([_port("p", 80, "UDP"), _port("p", 81)]), "p", 81),
        (_pod([{"name": "a", "containerPort": 11, "hostPort": 81}]), "a", 11),
        (_pod([], init=[SIDECAR]), "a", 80),
        (_pod([], init=[SETUP]), "a", None),
        (_pod([_port("a", 81)], [_port("a", 82)], init=[SIDECAR]), "a", 81),
        (_pod([_port("a", 81, "UDP")], init=[SIDECAR]), "a", 80),
        (_pod([{"name": 5, "containerPort": "80"}]), "a", None),
    ],
)
def test_a_target_is_found_as_the_endpoint_controllers_find_it(
    pod: Workload, target: int | str, number: int | None
) -> None:
    assert find_target(pod, target, "TCP").number == number


def test_an_unresolved_name_tells_the_port_that_has_it_with_another_protocol() -> None:
    target = find_target(_pod([_port("dns", 53, "UDP")]), "dns", "TCP")

    assert not target.resolved
    assert target.other is not None
    assert (target.other.number, target.other.protocol) == (53, "UDP")


def test_a_name_of_two_containers_names_the_winner_and_the_losers() -> None:
    target = find_target(_pod([_port("http", 80)], [_port("http", 81)]), "http", "TCP")

    assert target.container is not None
    assert target.container.name == "c0"
    assert [(c.name, p.number) for c, p in target.same] == [("c1", 81)]


def test_a_number_tells_the_container_that_declares_it() -> None:
    target = find_target(_pod([_port("http", 80)]), 80, "TCP")

    assert target.container is not None
    assert find_target(_pod([_port("http", 80)]), 81, "TCP").container is None
