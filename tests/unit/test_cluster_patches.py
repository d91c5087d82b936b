"""Services of which nothing says whether they are patches."""

from __future__ import annotations

import pytest

from support.clusters import FOLDER, cluster

_TEXT = """\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: SPEC
"""


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("{type: LoadBalancer}", True),
        ("null", True),
        ("[ports]", True),
        ("{ports: []}", False),
        ("{selector: {}}", False),
        ("{clusterIP: None}", False),
        ("{externalName: db.example.com}", False),
        ("{type: ExternalName}", False),
    ],
)
def test_a_service_without_what_services_have_may_be_a_patch(
    spec: str, *, expected: bool
) -> None:
    (member,) = cluster(_TEXT.replace("SPEC", spec)).services

    assert member.may_be_patch is expected


def test_what_is_built_is_no_patch() -> None:
    built = FOLDER._replace(kind="kustomization")

    (member,) = cluster(_TEXT.replace("SPEC", "{}"), unit=built).services

    assert not member.may_be_patch
