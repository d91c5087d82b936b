"""The quick look at types says yes only where the exact look finds nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cip_lint.kube import plain_fitting
from cip_lint.kube.decoding import decode
from cip_lint.kube.schema import Type, type_of

Fits = Callable[[Any, Type], bool]


def _looks() -> list[object]:
    plain = pytest.param(plain_fitting.fits, id="python")
    try:
        from cip_lint.kube import compiled_fitting
    except ImportError:
        skip = pytest.mark.skip(reason="it is not compiled here")
        return [plain, pytest.param(None, marks=skip, id="compiled")]
    return [plain, pytest.param(compiled_fitting.fits, id="compiled")]


both = pytest.mark.parametrize("fits", _looks())


def _service(**spec: Any) -> dict[str, Any]:
    meta = {"name": "web", "labels": {"app": "web"}}
    return {"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": spec}


def _type() -> Type:
    found = type_of("v1", "Service")
    assert found is not None
    return found


@both
@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"selector": {"app": "web"}, "clusterIP": None},
        {"ports": [{"port": 80, "targetPort": "http", "name": "a"}, {"port": 8080}]},
        {"clusterIPs": ["10.96.0.1"], "publishNotReadyAddresses": True},
        {"ports": []},
    ],
)
def test_what_is_ordinary_fits(fits: Fits, spec: dict[str, Any]) -> None:
    assert fits(_service(**spec), _type())


@both
@pytest.mark.parametrize(
    "spec",
    [
        {"ports": {"port": 80}},
        {"ports": [80]},
        {"ports": [{"port": "80"}]},
        {"ports": [{"port": True}]},
        {"ports": [{"port": 1 << 31}]},
        {"ports": [{"port": 80.5}]},
        {"selector": {"app": 1}},
        {"selector": {1: "app"}},
        {"selector": ["app"]},
        {"clusterIPs": "10.96.0.1"},
        {"clusterIPs": [1]},
        {"publishNotReadyAddresses": "true"},
        {"nodeport": 30000},
        {"sessionAffinityConfig": {"clientIP": []}},
    ],
)
def test_what_does_not_fit_is_left_to_the_exact_look(
    fits: Fits, spec: dict[str, Any]
) -> None:
    assert not fits(_service(**spec), _type())


_values = st.recursive(
    st.sampled_from([None, True, 0, 80, 1 << 40, 1.5, "", "a"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["port", "name", "targetPort", "a", "app"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)
_specs = st.dictionaries(
    st.sampled_from(["ports", "selector", "clusterIP", "clusterIPs", "type", "x"]),
    _values,
    max_size=4,
)


@both
@given(spec=_specs)
def test_whatever_fits_is_decoded_without_a_word(
    fits: Fits, spec: dict[str, Any]
) -> None:
    body = _service(**spec)

    assert fits(body, _type()) == plain_fitting.fits(body, _type())
    if fits(body, _type()):
        assert decode(body, _type(), validation="Strict") == ((), "", ())
