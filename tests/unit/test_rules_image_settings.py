"""Which images are known to read variables of Services, by their written names."""

from __future__ import annotations

import pytest

from cip_lint.kube.service_variables import readings
from cip_lint_rules.env._image_settings import (
    IMAGE_SETTINGS,
    ImageSetting,
    settings_of,
)


@pytest.mark.parametrize(
    ("image", "variables"),
    [
        ("n8nio/n8n", ["N8N_PORT"]),
        ("n8nio/n8n:1.2", ["N8N_PORT"]),
        ("docker.n8n.io/n8nio/n8n@sha256:00", ["N8N_PORT"]),
        ("localhost:5000/n8nio/n8n", ["N8N_PORT"]),
        ("bitnami/redis:6.0.5-debian-10-r3", ["REDIS_PORT"]),
        ("bitnami/redis:6.0.16", []),
        ("bitnami/redis@sha256:00", []),
        ("n8n", []),
        ("xn8nio/n8n", []),
        ("", []),
    ],
)
def test_a_name_is_known_by_its_last_parts(image: str, variables: list[str]) -> None:
    assert [one.variable for one in settings_of(image, None)] == variables


@pytest.mark.parametrize("configured", [None, [], "x", {3: "A"}, {"*": 3}, {"*": ""}])
def test_what_is_no_pattern_names_no_image(configured: object) -> None:
    assert list(settings_of("example.com/web", configured)) == []


def test_the_settings_name_further_images() -> None:
    configured = {"example.com/*": "A_PORT", "other/*": "B_PORT"}

    (one,) = settings_of("example.com/shop/web:3", configured)

    assert (one.image, one.variable) == ("example.com/shop/web", "A_PORT")


@pytest.mark.parametrize("row", IMAGE_SETTINGS, ids=lambda row: str(row.image))
def test_each_row_names_a_variable_of_services_and_its_source(
    row: ImageSetting,
) -> None:
    assert list(readings(row.variable))
    assert row.source.startswith("https://")
    assert row.image == row.image.lower()
