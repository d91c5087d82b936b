"""What Applications say about the folders that they send."""

from __future__ import annotations

from typing import Any

import pytest

from cip_lint.cluster.gitops import survey
from cip_lint.model import Resource
from cip_lint.render.kustomize.kustomizations import CHANGING_FIELDS
from cip_lint.render.kustomize.senders import senders
from support.clusters import NoPlaces

VALUES: dict[str, Any] = {
    "commonAnnotations": {"a": "b"},
    "commonLabels": {"a": "b"},
    "components": ["../more"],
    "namePrefix": "a-",
    "nameSuffix": "-a",
    "patches": [{"path": "more.yaml"}],
    "replicas": [{"name": "web", "count": 2}],
}


def application(kustomize: dict[str, Any]) -> Resource:
    body = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": "web", "namespace": "argocd"},
        "spec": {"source": {"path": "web", "kustomize": kustomize}},
    }
    return Resource(body, NoPlaces("app.yaml", 0))


@pytest.mark.parametrize("field", sorted(VALUES))
def test_what_is_built_for_its_changes_is_a_piece_without_a_build(field: str) -> None:
    one = application({field: VALUES[field]})

    (delivery,) = survey([one], {"web"}).deliveries
    ((sender,),) = senders([one]).values()
    assert (delivery.changes, sender.changes) == (True, True)
    assert field in CHANGING_FIELDS


def test_a_namespace_changes_nothing_else() -> None:
    one = application({"namespace": "shop"})

    (delivery,) = survey([one], {"web"}).deliveries
    ((sender,),) = senders([one]).values()
    assert (delivery.changes, sender.changes) == (False, False)
