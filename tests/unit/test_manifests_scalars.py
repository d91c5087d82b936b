"""What a YAML scalar means to Kubernetes."""

from __future__ import annotations

import math

import pytest

from cip_lint.manifests.scalars import (
    BINARY,
    BOOL,
    FLOAT,
    INT,
    NULL,
    STR,
    TIMESTAMP,
    ScalarError,
    is_timestamp,
    json_number,
    key_text,
    plain,
    tagged,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("Null", None),
        ("nULL", "nULL"),
        ("y", True),
        ("Y", True),
        ("on", True),
        ("oN", "oN"),
        ("off", False),
        ("n", False),
        ("t", "t"),
        ("0", 0),
        ("-0", 0),
        ("+7", 7),
        ("017", 15),
        ("0o17", 15),
        ("0O17", 15),
        ("08", 8.0),
        ("0x1F", 31),
        ("0b11", 3),
        ("0b-11", -3),
        ("-0b11", -3),
        ("-0b+11", "-0b+11"),
        ("0b2", "0b2"),
        ("1_000", 1000),
        ("_1", "_1"),
        ("1e3", 1000.0),
        ("1e400", "1e400"),
        (".5", 0.5),
        ("._5", "._5"),
        (".5e1", 5.0),
        ("5.", 5.0),
        ("1.2.3", "1.2.3"),
        ("22:22", "22:22"),
        ("2020-01-01", "2020-01-01"),
        ("9223372036854775808", 2**63),
        ("+9223372036854775808", 2.0**63),
        ("18446744073709551616", 2.0**64),
        ("-9223372036854775809", -(2.0**63)),
        ("0xFFFFFFFFFFFFFFFFFF", "0xFFFFFFFFFFFFFFFFFF"),
        ("<<", "<<"),
        ("10Mi", "10Mi"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_a_plain_scalar_means_what_kubectl_says(text: str, value: object) -> None:
    found = plain(text)

    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize(
    ("tag", "text", "value"),
    [
        (STR, "80", "80"),
        ("!custom", "80", "80"),
        (INT, "80", 80),
        (FLOAT, "8", 8.0),
        (BOOL, "no", False),
        (NULL, "~", None),
        (TIMESTAMP, "2020-01-01", "2020-01-01"),
        (BINARY, "d2Vi", "web"),
        (BINARY, "/w==", "\ufffd"),
    ],
)
def test_a_tag_reads_a_text_as_its_type(tag: str, text: str, value: object) -> None:
    assert tagged(tag, text) == value


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        (INT, "1.5"),
        (INT, "web"),
        (INT, ""),
        (BOOL, "1"),
        (NULL, "x"),
        (FLOAT, "web"),
        (FLOAT, "18446744073709551615"),
        (TIMESTAMP, "x"),
        (BINARY, "?"),
    ],
)
def test_a_tag_refuses_what_is_not_of_its_type(tag: str, text: str) -> None:
    with pytest.raises(ScalarError):
        tagged(tag, text)


@pytest.mark.parametrize(
    ("number", "value"),
    [
        (1.0, 1),
        (-0.0, 0),
        (1.5, 1.5),
        (2.0**64, 18446744073709552000),
        (1e20, 100000000000000000000),
        (1e21, 1e21),
    ],
)
def test_a_float_is_read_back_from_json_as(number: float, value: object) -> None:
    found = json_number(number)

    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_json_holds_finite_numbers_only(number: float) -> None:
    with pytest.raises(ScalarError):
        json_number(number)


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("a", "a"),
        (True, "true"),
        (80, "80"),
        (1.5, "1.5"),
        (1.0, "1"),
        (1000000.0, "1e+06"),
        (123456.0, "123456"),
        (0.1, "0.1"),
        (0.00001, "1e-05"),
        (1e23, "1e+23"),
        (1e39, ".inf"),
        (-math.inf, "-.inf"),
        (math.nan, ".nan"),
    ],
)
def test_a_key_becomes_a_text(value: str | float, key: str) -> None:
    assert key_text(value) == key


@pytest.mark.parametrize("value", [None, 2**63])
def test_some_keys_have_no_text(value: int | None) -> None:
    with pytest.raises(ScalarError):
        key_text(value)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("2020-01-01", True),
        ("2020-1-1", True),
        ("2020-02-30", False),
        ("2001-12-14t21:59:43.10-05:00", True),
        ("2001-12-14 21:59:43.10", True),
        ("2001-12-14T21:59:43", False),
        ("2001-12-14 21:59:43Z", False),
        ("20-01-01", False),
    ],
)
def test_time_stamps_are_those_of_the_go_library(text: str, is_one: bool) -> None:
    assert is_timestamp(text) is is_one
