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
        ("clusters/alpha/a.yaml", "clusters/beta/b.yaml", False),
        ("clusters/alpha/a.yaml", "clusters/alpha/net/b.yaml", True),
        ("clusters/alpha/a.yaml", "clusters/base/b.yaml", True),
        ("clusters/alpha/a.yaml", "clusters/_common/b.yaml", True),
        ("clusters/alpha/a.yaml", "apps/b.yaml", True),
        ("clusters/alpha.yaml", "clusters/beta.yaml", True),
        ("clusters/alpha/a.yaml", "clusters/prod/b.yaml", False),
        ("clusters/alpha/a.yaml", "apps/prod/b.yaml", True),
        ("clusters/prod/a.yaml", "clusters/production/b.yaml", True),
        ("clusters/prod/a.yaml", "clusters/prod-eu/b.yaml", False),
        ("clusters/shared_/a.yaml", "clusters/alpha/b.yaml", True),
        ("clusters/prod-a/a.yaml", "clusters/prod-b/b.yaml", False),
        ("environments/development/a.yaml", "envs/dev/b.yaml", True),
        ("envs/acme/a.yaml", "envs/globex/b.yaml", False),
        ("cluster1/a.yaml", "cluster2/b.yaml", False),
        ("net/cluster-a/a.yaml", "net/cluster-b/b.yaml", False),
        ("cluster-1/a.yaml", "cluster1/b.yaml", True),
        ("cluster-1.yaml", "cluster-2.yaml", True),
        ("docs/examples/redis/a.yaml", "docs/examples/mysql/b.yaml", False),
        ("examples/redis/a.yaml", "examples/b.yaml", True),
        ("examples/redis/a.yaml", "examples/common/b.yaml", True),
        ("examples/redis/a.yaml", "deploy/b.yaml", True),
        ("demo/frontend/a.yaml", "demo/backend/b.yaml", True),
        ("envs/acme/cluster-1/a.yaml", "envs/acme/cluster-2/b.yaml", False),
        ("cluster-1/envs/acme/a.yaml", "cluster-2/envs/acme/b.yaml", False),
        ("cluster-1/envs/acme/a.yaml", "envs/acme/b.yaml", True),
        ("clusters/a/clusters/b/a.yaml", "clusters/a/clusters/c/b.yaml", True),
        ("clusters/a.yaml", "clustered/b.yaml", True),
        ("cluster-role/a.yaml", "cluster-issuer/b.yaml", True),
    ],
)
def test_paths_meet_unless_they_differ_in_a_word(
    one: str, other: str, expected: bool
) -> None:
    assert environment_of(one).meets(environment_of(other)) is expected


def test_a_path_without_any_word_shares_one_value() -> None:
    assert environment_of("a.yaml") is ANYWHERE


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("examples/front/a.yaml", "examples/back/b.yaml", True),
        ("tutorials/step-1/a.yaml", "tutorials/step-2/b.yaml", True),
        ("examples/front/a.yaml", "examples/b.yaml", False),
        ("clusters/alpha/a.yaml", "clusters/beta/b.yaml", False),
        ("dev/examples/x/a.yaml", "prod/examples/y/b.yaml", False),
        ("a.yaml", "b.yaml", False),
    ],
)
def test_an_example_may_build_on_another(
    one: str, other: str, *, expected: bool
) -> None:
    assert environment_of(one).may_build_on(environment_of(other)) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("test/fixtures/a.yaml", "deploy/b.yaml", False),
        ("test/fixtures/a.yaml", "test/fixtures/deep/b.yaml", True),
        ("a/testdata/a.yaml", "b/testdata/b.yaml", False),
        ("testdata/fixtures/a.yaml", "testdata/b.yaml", True),
        ("fixtures.yaml", "deploy/b.yaml", True),
    ],
)
def test_test_data_collides_with_its_own_folder_alone(
    one: str, other: str, *, expected: bool
) -> None:
    mine, others = environment_of(one), environment_of(other)

    assert mine.collides_with(others) is expected
    assert mine.meets(others)
