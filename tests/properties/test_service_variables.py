"""The names of variables of Services lead back to the Services that make them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cip_lint.kube.service_variables import (
    bytes_of,
    most_bytes,
    readings,
    service_variables,
    size_of,
)

_NAMES = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)


class _Port:
    def __init__(self, name: str, port: int, protocol: str) -> None:
        self.name = name
        self.port = port
        self.protocol = protocol


_PORTS = st.builds(
    _Port,
    st.just("") | _NAMES,
    st.integers(1, 65535),
    st.sampled_from(["", "TCP", "UDP", "SCTP"]),
)


@given(_NAMES, st.lists(_PORTS, min_size=1, max_size=3))
def test_every_variable_leads_back_to_its_service(
    name: str, ports: list[_Port]
) -> None:
    for variable in service_variables(name, ports, "10.0.0.1"):
        assert name in {way.service for way in readings(variable.name)}


_ADDRESSES = st.sampled_from(
    [
        "10.0.0.1",
        "255.255.255.255",
        "fd00::1",
        "fd00:1111:2222:3333:4444:5555:6666:7777",
    ]
)


@given(_NAMES, st.lists(_PORTS, max_size=3), _ADDRESSES)
def test_no_service_takes_more_than_is_said_before(
    name: str, ports: list[_Port], address: str
) -> None:
    made = service_variables(name, ports, address)

    size = sum(size_of(one.name, one.value) for one in made)
    assert size == bytes_of(name, ports, address, version6=":" in address)
    assert size <= most_bytes(name, len(ports))
