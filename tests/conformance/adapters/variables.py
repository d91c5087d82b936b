"""Groups ``env`` and ``expansion``: the variables that the kubelet makes."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

from cip_lint.bodies import mapping, text, text_values
from cip_lint.kube.downward_fields import PodFields, field_value
from cip_lint.kube.expansion import expand
from cip_lint.kube.service import Service
from cip_lint.kube.service_variables import has_variables, service_variables
from cip_lint.replay.environment.assembly import (
    Environment,
    Found,
    Missing,
    Value,
    assemble,
)
from cip_lint.replay.environment.links import (
    Link,
    contests,
    link,
    linked,
    merged,
)
from conformance.agreement import Adapter, Disagreement, RunContext, Vector

Json = dict[str, Any]

NODE_ADDRESS = "192.0.2.1"
POD_ADDRESS = "10.1.0.1"
MANY = 6
"""So many Services may disagree for all their orders to be tried."""


def env(vector: Vector, _context: RunContext) -> Iterator[Disagreement]:
    """Ask which variables Services become."""
    given, answer = vector["input"], vector["answer"]
    got: Json
    if given["op"] == "fromServices":
        got = {"variables": list(_from_services(given["services"]))}
    else:
        links = _links(
            given["services"],
            given["namespace"],
            enabled=given.get("enableServiceLinks", True),
        )
        got = _combined(
            [
                {name: value.text for name, (value, _) in merged(order).items()}
                for order in _orders(links)
            ]
        )
    if got != _in_order(answer):
        yield Disagreement(answer, got)


def _from_services(services: Sequence[Json]) -> Iterator[list[str]]:
    for body in services:
        view, address = Service(body), text(body["spec"].get("clusterIP"))
        if has_variables(address):
            made = service_variables(view.name, view.ports, address)
            yield from ([one.name, one.value] for one in made)


def _links(
    services: Sequence[Json], namespace: str, *, enabled: bool
) -> tuple[Link, ...]:
    found = []
    for body in services:
        view = Service(body)
        one = link(
            body["metadata"]["namespace"],
            view.name,
            view.ports,
            text(body["spec"].get("clusterIP")),
        )
        if one is not None:
            found.append(one)
    return linked(found, namespace, enabled=enabled)


def _orders(links: Sequence[Link]) -> Iterator[Sequence[Link]]:
    """Yield the orders in which the kubelet may take Services, as far as it matters."""
    fighting = {id(one) for contest in contests(links) for one, _ in contest.claims}
    settled = [one for one in links if id(one) not in fighting]
    others = [one for one in links if id(one) in fighting]
    assert len(others) <= MANY
    for order in permutations(others):
        yield [*settled, *order]


def _combined(environments: Sequence[Mapping[str, str]]) -> Json:
    """Return one environment, and the values that are not always the same."""
    values = {
        name: sorted({one[name] for one in environments}) for name in environments[0]
    }
    result: Json = {"env": {n: v[0] for n, v in values.items() if len(v) == 1}}
    random = {name: found for name, found in values.items() if len(found) > 1}
    return {**result, "random": random} if random else result


def _in_order(answer: Json) -> Json:
    if "random" not in answer:
        return answer
    random = {name: sorted(found) for name, found in answer["random"].items()}
    return {**answer, "random": random}


def expansion(vector: Vector, _context: RunContext) -> Iterator[Disagreement]:
    """Ask what a text, or a container, becomes."""
    given, answer = vector["input"], vector["answer"]
    got: Json
    if given["op"] == "expand":
        got = {"result": expand(given["text"], given["vars"].get)}
    else:
        got = _container(given)
    wanted = _in_order(answer)
    if "commandRandom" in wanted:
        wanted["commandRandom"] = sorted(wanted["commandRandom"])
    if got != wanted:
        yield Disagreement(answer, got)


@dataclass(frozen=True)
class _Objects:
    """The ConfigMaps and Secrets beside a pod, and the pod."""

    given: Json

    def keys(self, kind: str, name: str) -> Found:
        """Return what an object holds."""
        field = "configMaps" if kind == "ConfigMap" else "secrets"
        for body in self.given.get(field, []):
            metadata = body["metadata"]
            namespace = self.given["pod"]["metadata"]["namespace"]
            if (metadata["namespace"], metadata["name"]) == (namespace, name):
                data = text_values(body.get("data"))
                if kind == "Secret":
                    data = {
                        k: base64.b64decode(v).decode(errors="replace")
                        for k, v in data.items()
                    }
                return {key: Value(value) for key, value in data.items()}
        return Missing(f'{field.lower()} "{name}" not found')

    def keys_complaint(self, kind: str, name: str, key: str) -> str:
        """Return what the kubelet says of a key that is not there."""
        namespace = self.given["pod"]["metadata"]["namespace"]
        return f"couldn't find key {key} in {kind} {namespace}/{name}"

    def field(self, api_version: str, path: str) -> Value | Missing:
        """Return the value of a field of the pod; one that it lacks is empty."""
        found = field_value(api_version, path, self._pod_fields)
        if found.complaint:
            return Missing(found.complaint)
        return Value(found.value or "")

    @property
    def _pod_fields(self) -> PodFields:
        pod = self.given["pod"]
        metadata, spec = pod["metadata"], pod["spec"]
        plain = {f"metadata.{k}": v for k, v in metadata.items() if isinstance(v, str)}
        plain |= {f"spec.{k}": v for k, v in spec.items() if isinstance(v, str)}
        plain |= {
            "status.hostIP": NODE_ADDRESS,
            "status.hostIPs": NODE_ADDRESS,
            "status.podIP": POD_ADDRESS,
            "status.podIPs": POD_ADDRESS,
        }
        labels = text_values(metadata.get("labels"))
        return PodFields(plain, labels, text_values(metadata.get("annotations")))


def _container(given: Json) -> Json:
    pod = given["pod"]
    (container,) = pod["spec"]["containers"]
    links = _links(
        given["services"],
        pod["metadata"]["namespace"],
        enabled=mapping(pod["spec"]).get("enableServiceLinks") is not False,
    )
    made: list[Environment] = []
    for order in _orders(links):
        values = {name: value for name, (value, _) in merged(order).items()}
        made.append(assemble(container, values, _Objects(given)))
    if made[0].problems:
        return {"error": made[0].problems[0].complaint}
    got = _combined(
        [{n: one.value.text for n, one in e.variables.items()} for e in made]
    )
    commands = {json.dumps(_command(one)): _command(one) for one in made}
    if len(commands) > 1:
        got["commandRandom"] = sorted(
            json.dumps(
                {"Command": one.get("command"), "Args": one.get("args")},
                separators=(",", ":"),
            )
            for one in commands.values()
        )
        return got
    return {**got, **next(iter(commands.values()))}


def _command(environment: Environment) -> Json:
    found = {"command": environment.command, "args": environment.args}
    return {key: [one.text for one in value] for key, value in found.items() if value}


GROUPS: dict[str, Adapter] = {"env": env, "expansion": expansion}
