"""The names of variables of Services lead back to the Services that make them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cip_lint.kube.service_variables import readings, service_variables

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
