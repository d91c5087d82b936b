"""``programs.network``: one answer to what may be fetched, for everybody who asks."""

from __future__ import annotations

import pytest

from cip_lint.programs.network import is_registry, may_fetch


@pytest.mark.parametrize(
    ("address", "file", "chart"),
    [
        ("https://example.com/x", True, True),
        ("HTTP://example.com/x", True, True),
        ("git::https://example.com/x", True, False),
        ("github.com/team/repo", True, False),
        ("gh:team/repo", True, False),
        ("oci://example.com/x", False, True),
        ("OCI://example.com/x", False, False),
        ("oci:example.com/x", False, False),
        ("ssh://git@example.com/x", False, False),
        ("git@example.com:team/repo", False, False),
        ("file:///etc", False, False),
        ("s3://bucket", False, False),
        ("x\nhttps://example.com", False, False),
        ("", False, False),
    ],
)
def test_what_may_be_fetched_is_the_same_for_all(
    address: str, file: bool, chart: bool
) -> None:
    assert may_fetch(address) is file
    assert may_fetch(address, charts=True) is chart


def test_what_helm_takes_for_a_registry_is_in_small_letters() -> None:
    assert is_registry("oci://example.com/x")
    assert not is_registry("OCI://example.com/x")
    assert not is_registry("oci:example.com/x")
