"""What is built now is compared with what was built then, whichever had to be."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.command import cip_lint
from support.overlays import DEPLOYMENT, SERVICE, needs_program, overlaid
from support.repositories import Repository

OVERLAY = "resources: [../base]\nnamespace: shop\nnamePrefix: eu-\n"
REMOTE = "resources: [../base, 'https://example.com/x.yaml']\nnamespace: shop\n"
HEADLESS = """\
patches:
- patch: |-
    apiVersion: v1
    kind: Service
    metadata: {name: web}
    spec: {clusterIP: None}
"""


def plain(text: str) -> str:
    return text.replace("name: web}\nspec", "name: eu-web, namespace: shop}\nspec")


def kustomized(folder: Path, overlay: str) -> Repository:
    return Repository(overlaid(folder, overlay))


def without_kustomizations(repository: Repository, service: str) -> None:
    repository.write(
        {
            "over/kustomization.yaml": None,
            "base/kustomization.yaml": None,
            "base/web.yaml": plain(DEPLOYMENT),
            "base/service.yaml": service,
        }
    )


@needs_program
def test_the_last_kustomization_is_built_although_it_is_gone(tmp_path: Path) -> None:
    repository = kustomized(tmp_path, OVERLAY)
    repository.commit({})
    without_kustomizations(repository, plain(SERVICE))

    done = cip_lint(tmp_path, "diff", "HEAD", ".")

    assert done.out == "", done
    assert done.err.startswith("Services: 1 as before; compared with")


@needs_program
@pytest.mark.parametrize(
    ("back", "said"),
    [
        (False, "error[service.immutable-field-changed]: clusterIP changes from"),
        (True, "warning[service.immutable-field-changed]: removing clusterIP: None"),
    ],
)
def test_a_change_of_a_service_is_judged_whatever_sends_it(
    tmp_path: Path, back: bool, said: str
) -> None:
    repository = kustomized(tmp_path, OVERLAY)
    repository.commit({})
    headless = plain(SERVICE).replace("spec:\n", "spec:\n  clusterIP: None\n")
    without_kustomizations(repository, headless)
    if back:
        repository.commit({})
        repository.git("checkout", "-q", "HEAD~1", "--", ".")

    done = cip_lint(tmp_path, ".", "--against", "HEAD", "-o", "concise")

    assert said in done.out, done


@needs_program
def test_what_is_not_built_now_is_not_gone(tmp_path: Path) -> None:
    repository = kustomized(tmp_path, OVERLAY)
    repository.commit({})
    repository.write({"over/kustomization.yaml": REMOTE})

    done = cip_lint(tmp_path, "diff", "HEAD", ".")
    checked = cip_lint(tmp_path, ".", "--against", "HEAD")

    remote = "remote base https://example.com/x.yaml, see --allow-remote"
    why = f"over/kustomization.yaml not compared: {remote}"
    assert done.out == "", done
    assert f"cip-lint: {why}\n" in done.err
    assert why in checked.err


@needs_program
def test_pieces_that_were_not_built_were_not_sent(tmp_path: Path) -> None:
    overlay = "resources: [../base, more.yaml]\nnamespace: shop\n"
    repository = kustomized(tmp_path, overlay + HEADLESS)
    repository.commit({})
    repository.write({"over/more.yaml": SERVICE.replace("web}\nspec", "more}\nspec")})

    done = cip_lint(tmp_path, "diff", "HEAD", ".")
    checked = cip_lint(tmp_path, ".", "--against", "HEAD", "-o", "concise")

    heads = [line for line in done.out.splitlines() if not line.startswith(" ")]
    assert heads == [
        "+ shop/more  over/more.yaml:2",
        "+ shop/web  base/service.yaml:2",
    ]
    assert "immutable" not in checked.out


@needs_program
def test_pieces_are_compared_where_neither_state_is_built(tmp_path: Path) -> None:
    repository = kustomized(tmp_path, REMOTE)
    repository.commit({})
    repository.write({"base/service.yaml": SERVICE.replace("port: 80", "port: 81")})

    done = cip_lint(tmp_path, "diff", "HEAD", ".")

    assert done.out.startswith("~ default/web  base/service.yaml:2\n    ports "), done
