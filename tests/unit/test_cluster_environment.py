from __future__ import annotations

import pytest

from cip_lint.cluster.environment import ANYWHERE, environment_of


@pytest.mark.parametrize(
    ("path", "stages", "places"),
    [
        ("manifests/web.yaml", (), ()),
        ("dev/web.yaml", ("dev",), ()),
        ("overlays/production/web.yaml", ("prod",), ()),
        ("clusters/eu-1/web.yaml", (), ("eu1",)),
        ("clusters/prod-us-east-1/web.yaml", ("prod",), ("useast1",)),
        ("web-staging.yml", ("stage",), ()),
        ("pre-prod/web.yaml", ("preprod",), ()),
        ("device/web.yaml", (), ()),
        ("products/catalogue.yaml", (), ()),
        ("museum-1/web.yaml", (), ()),
        ("dispatch/contest.yaml", (), ()),
    ],
)
def test_a_path_names_environments_by_whole_words(
    path: str, stages: tuple[str, ...], places: tuple[str, ...]
) -> None:
    found = environment_of(path)

    assert (found.stages, found.places) == (frozenset(stages), frozenset(places))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("dev/a.yaml", "prod/b.yaml", False),
        ("dev/a.yaml", "development/b.yaml", True),
        ("dev/a.yaml", "shared/b.yaml", True),
        ("prod/eu-1/a.yaml", "prod/us-1/b.yaml", False),
        ("prod/a.yaml", "prod/us-1/b.yaml", True),
        ("eu-1/a.yaml", "prod/b.yaml", True),
    ],
)
def test_paths_meet_unless_they_differ_in_a_word(
    one: str, other: str, expected: bool
) -> None:
    assert environment_of(one).meets(environment_of(other)) is expected


def test_a_path_without_any_word_shares_one_value() -> None:
    assert environment_of("a.yaml") is ANYWHERE
