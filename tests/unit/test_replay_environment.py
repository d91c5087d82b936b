"""The environment of a container: who gives which variable, and what goes wrong."""

from __future__ import annotations

from typing import Any

from cip_lint.kube.service import Service
from cip_lint.replay.environment.assembly import (
    Environment,
    Found,
    Given,
    Missing,
    Unseen,
    Value,
    assemble,
)
from cip_lint.replay.environment.links import (
    Link,
    contests,
    link,
    linked,
    merged,
    total_size,
)


class Objects:
    """ConfigMaps by name; of ``unseen`` nobody knows anything."""

    def __init__(self, **maps: dict[str, str]) -> None:
        self.maps = maps

    def keys(self, kind: str, name: str) -> Found:
        if name == "unseen":
            return Unseen(f"{kind} unseen is not in the files")
        if name not in self.maps:
            return Missing(f"{kind} {name} not found")
        return {key: Value(value) for key, value in self.maps[name].items()}

    def keys_complaint(self, kind: str, name: str, key: str) -> str:
        return f"no {key} in {kind} {name}"

    def field(self, api_version: str, path: str) -> Value | Missing:
        del api_version
        return Missing(path) if path == "bad" else Value(f"<{path}>", known=False)


def environment(
    container: dict[str, Any],
    services: dict[str, Value] | None = None,
    **maps: dict[str, str],
) -> Environment:
    return assemble(container, services or {}, Objects(**maps), ("c",))


def texts(made: Environment) -> dict[str, str]:
    return {name: one.value.text for name, one in made.variables.items()}


def from_map(name: str, *, optional: bool = False) -> dict[str, object]:
    return {"configMapRef": {"name": name, "optional": optional}}


def of_key(name: str, key: str, *, optional: bool = False) -> dict[str, object]:
    reference = {"name": name, "key": key, "optional": optional}
    return {"name": "X", "valueFrom": {"configMapKeyRef": reference}}


def service(namespace: str, name: str, address: str, **port: object) -> Link:
    view = Service({"metadata": {"name": name}, "spec": {"ports": [port]}})
    made = link(namespace, name, view.ports, address)
    assert made is not None
    return made


def test_env_wins_over_env_from_and_both_over_services() -> None:
    made = environment(
        {
            "envFrom": [from_map("one"), from_map("two")],
            "env": [{"name": "A", "value": "env"}],
        },
        {"A": Value("service"), "B": Value("service"), "D": Value("service")},
        one={"A": "1", "B": "1", "C": "1"},
        two={"C": "2"},
    )

    assert texts(made) == {"A": "env", "B": "1", "C": "2", "D": "service"}
    assert made.variables["C"].path == ("c", "envFrom", 1)
    assert made.variables["D"].given is Given.SERVICE


def test_a_later_entry_is_not_seen_by_values_but_by_arguments() -> None:
    made = environment(
        {
            "env": [{"name": "A", "value": "$(B)"}, {"name": "B", "value": "1"}],
            "args": ["$(B)"],
        }
    )

    assert texts(made) == {"A": "$(B)", "B": "1"}
    assert made.args == (Value("1"),)
    (unresolved,) = made.unresolved
    assert unresolved == ("B", ("c", "env", 0, "value"), ("c", "env", 1), True)


def test_what_is_unseen_may_define_a_name() -> None:
    made = environment({"envFrom": [from_map("unseen")], "args": ["$(B)"]})

    assert not made.unresolved[0].certain
    assert made.args == (Value("$(B)", known=False),)
    assert [one.words for one in made.unseen] == [
        "ConfigMap unseen is not in the files"
    ]


def test_a_value_around_an_unknown_one_is_unknown() -> None:
    made = environment(
        {"args": ["http://$(H)/"]}, {"H": Value("clusterIP", known=False)}
    )

    assert made.args == (Value("http://clusterIP/", known=False),)


def test_what_does_not_exist_keeps_the_container_from_starting() -> None:
    made = environment(
        {"envFrom": [from_map("none")], "env": [of_key("one", "k")]}, one={}
    )

    assert [one.complaint for one in made.problems] == [
        "ConfigMap none not found",
        "no k in ConfigMap one",
    ]


def test_an_optional_entry_without_its_key_leaves_the_service_variable() -> None:
    made = environment(
        {
            "envFrom": [from_map("none", optional=True)],
            "env": [of_key("one", "k", optional=True)],
        },
        {"X": Value("service")},
        one={},
    )

    assert texts(made) == {"X": "service"}
    assert not made.problems


def test_an_empty_value_masks_a_service() -> None:
    made = environment({"env": [{"name": "X", "value": ""}]}, {"X": Value("service")})

    assert texts(made) == {"X": ""}


def test_a_field_that_is_none_keeps_the_container_from_starting() -> None:
    entry = {"name": "X", "valueFrom": {"fieldRef": {"fieldPath": "bad"}}}

    assert environment({"env": [entry]}).problems[0].complaint == "bad"


def test_links_are_those_of_the_namespace_and_the_api_server() -> None:
    master = service("default", "kubernetes", "10.96.0.1", port=443)
    web = service("shop", "web", "10.96.0.2", port=80)
    other = service("other", "web", "10.96.0.3", port=80)

    assert linked([master, web, other], "shop", enabled=True) == (master, web)
    assert linked([master, web, other], "shop", enabled=False) == (master,)


def test_a_service_called_kubernetes_takes_the_place_of_the_api_server() -> None:
    master = service("default", "kubernetes", "10.96.0.1", port=443)
    own = service("shop", "kubernetes", "10.96.0.2", port=80)

    for order in ([master, own], [own, master]):
        assert linked(order, "shop", enabled=True) == (own,)
        assert linked(order, "shop", enabled=False) == (master,)


def test_headless_services_have_no_variables() -> None:
    assert link("shop", "web", (), "None") is None
    assert link("shop", "web", (), "") is None


def test_services_fight_for_a_name_where_their_values_differ() -> None:
    foo = service("shop", "foo", "10.96.0.1", port=80)
    rival = service("shop", "foo-service", "10.96.0.2", port=81)

    (contest,) = contests([foo, rival])

    assert contest.name == "FOO_SERVICE_PORT"
    assert [value for _, value in contest.claims] == ["80", "tcp://10.96.0.2:81"]
    assert merged([foo, rival])["FOO_SERVICE_PORT"][0].text == "tcp://10.96.0.2:81"
    assert merged([rival, foo])["FOO_SERVICE_PORT"][0].text == "80"


def test_the_size_is_that_of_all_variables() -> None:
    assert total_size({"A": Value("xy"), "B": Value("")}) == 2 + 2 * 11
