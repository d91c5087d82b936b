"""What the name of a file, and the group of an object, say of it."""

from __future__ import annotations

import pytest

from cip_lint.manifests.recognition import (
    CHART,
    KUSTOMIZATION,
    LOCAL,
    NOT_KUBERNETES,
    reason_by_content,
    reason_by_name,
)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "compose.yaml",
            "docker-compose.override.yml",
            "ct.yaml",
            "azure-pipelines.yml",
        ),
        *(".gitlab-ci-build.yml", ".travis.yml", "mkdocs.yml", "_config.yaml"),
        *(".pre-commit-hooks.yaml", ".yamllint", ".yamllint.yaml", ".appveyor.yml"),
        *(
            "package-lock.json",
            "tsconfig.build.json",
            ".renovaterc.json",
            ".eslintrc.json",
        ),
    ],
)
def test_settings_of_other_programs_are_known_by_their_names(name: str) -> None:
    assert reason_by_name(name, in_chart=None) == NOT_KUBERNETES
    assert reason_by_name(f"deploy/{name}", in_chart=None) == NOT_KUBERNETES


@pytest.mark.parametrize(
    "name",
    [
        *(
            "act.yaml",
            "ct-config.yaml",
            "my-compose.yaml",
            "package.yaml",
            "compose.json",
        ),
        *("travis.yml", "mkdocs-web.yml", "renovate.yaml", "yamllint.yaml", "web.json"),
        *("compose", "valueless.yaml", "Chart.yml", "values.json"),
    ],
)
def test_other_names_may_be_those_of_manifests(name: str) -> None:
    assert reason_by_name(name, in_chart=None) == ""


@pytest.mark.parametrize(
    "name",
    [
        *("Chart.yaml", "Chart.lock", "requirements.lock", "values.schema.json"),
        *("values.yaml", "values-prod.yml", "values.prod.yaml", "my-values.yaml"),
    ],
)
def test_parts_of_charts_are_known_by_their_names(name: str) -> None:
    assert reason_by_name(f"web/{name}", in_chart=None) == CHART


@pytest.mark.parametrize(
    ("api_version", "reason"),
    [
        ("apps/v1", ""),
        ("networking.k8s.io/v1", ""),
        ("example.com/v1", ""),
        ("kind.x-k8s.io/v1alpha4", LOCAL),
        ("skaffold/v2beta29", LOCAL),
        ("kustomize.config.k8s.io/v1beta1", KUSTOMIZATION),
        ("apps/latest", NOT_KUBERNETES),
    ],
)
def test_groups_of_tools_reach_no_cluster(api_version: str, reason: str) -> None:
    body = {"apiVersion": api_version, "kind": "Thing", "metadata": {"name": "a"}}

    assert reason_by_content(body) == reason
