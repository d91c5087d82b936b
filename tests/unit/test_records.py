"""A record is what typing's NamedTuple is, but for its annotations."""

from __future__ import annotations

import pickle
import typing
from typing import Any, Generic, TypeVar

import pytest

from cip_lint import records

T = TypeVar("T")


class Port(records.NamedTuple):
    """A port of a Service."""

    name: str
    port: int = 80
    targets: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The port as it is written."""
        return f"{self.name}:{self.port}"

    def __str__(self) -> str:
        return f"port {super().__repr__()}"

    @classmethod
    def unnamed(cls, port: int) -> Port:
        """Return a port without a name."""
        return cls("", port)


class Setting(records.NamedTuple, Generic[T]):
    value: T
    origin: str = ""


class Theirs(typing.NamedTuple):
    """A port of a Service."""

    name: str
    port: int = 80
    targets: tuple[str, ...] = ()


def test_fields_come_in_order_or_by_name() -> None:
    assert Port("web", 81) == Port(port=81, name="web") == ("web", 81, ())
    assert Port("web").port == 80
    assert repr(Port("web")) == "Port(name='web', port=80, targets=())"


@pytest.mark.parametrize("given", [{}, {"name": "web", "other": 1}])
def test_wrong_fields_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        Port(**given)


@pytest.mark.parametrize(
    ("given", "named"),
    [((), {}), (("web", 80, (), 1), {}), (("web",), {"name": "api"})],
)
def test_it_is_refused_in_the_words_of_typing(
    given: tuple[Any, ...], named: dict[str, Any]
) -> None:
    said = []
    for kind in (Port, Theirs):
        with pytest.raises(TypeError) as caught:
            kind(*given, **named)
        said.append(str(caught.value).removeprefix(kind.__name__))

    assert said[0] == said[1]


def test_two_as_long_keep_their_own_names_and_defaults() -> None:
    class Range(records.NamedTuple):
        first: int
        last: int = 65535
        step: int = 1

    assert Range(first=30000)._asdict() == {"first": 30000, "last": 65535, "step": 1}
    assert Port("web")._asdict() == {"name": "web", "port": 80, "targets": ()}


def test_it_has_what_its_class_says() -> None:
    assert Port("web").shown == "web:80"
    assert Port.unnamed(81) == ("", 81, ())
    assert str(Port("web")) == "port Port(name='web', port=80, targets=())"
    assert Port.__doc__ == "A port of a Service."
    assert (Port.__module__, Port.__qualname__) == (__name__, "Port")


@pytest.mark.parametrize(
    "name", ["_fields", "_field_defaults", "__match_args__", "__doc__", "__slots__"]
)
def test_it_tells_of_itself_what_typing_has_told(name: str) -> None:
    assert getattr(Port, name) == getattr(Theirs, name)


def test_it_is_replaced_and_not_changed() -> None:
    port = Port("web")

    assert port._replace(port=81) == Port("web", 81)
    assert port._asdict() == {"name": "web", "port": 80, "targets": ()}
    with pytest.raises(AttributeError):
        port.port = 81  # type: ignore[misc]
    with pytest.raises(ValueError, match=r"\['other'\]"):
        port._replace(other=81)  # type: ignore[call-arg]
    assert Port._make(["web", 81, ()]) == Port("web", 81)
    with pytest.raises(TypeError, match="Expected 3 arguments, got 1"):
        Port._make(["web"])
    with pytest.raises(AttributeError):
        port.other = 81  # type: ignore[attr-defined]


def test_it_is_matched_by_its_fields() -> None:
    match Port("web", 81):
        case Port(name, port):
            assert (name, port) == ("web", 81)
        case _:
            pytest.fail("not matched")


def test_it_can_be_of_any_type() -> None:
    assert Setting[int](3).value == 3
    assert isinstance(Setting("a"), tuple)


def test_it_goes_to_another_process_and_back() -> None:
    port = pickle.loads(pickle.dumps(Port("web", 81)))

    assert port == Port("web", 81)
    assert type(port) is Port
