"""Subjects that say, by a look, whether rules about texts have anything to judge."""

from __future__ import annotations

import pytest

from cip_lint.replay import service_table
from cip_lint.rule import Context, text_holders, variable_readers
from support.clusters import cluster

SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {ports: [{port: 5432}]}
"""

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, ports: [{containerPort: 80}], %s}]}
"""

PLAIN = DEPLOYMENT % "readinessProbe: {httpGet: {port: 80}}"


def context(*documents: str) -> Context:
    made = cluster("---\n".join((SERVICE, *documents)))
    return Context(made, service_table(made))


@pytest.mark.parametrize(
    "document",
    [
        DEPLOYMENT % "env: [{name: URL, value: 'http://db:5432'}]",
        DEPLOYMENT % "args: ['--db=db.shop.svc:5432']",
        DEPLOYMENT % "command: [nc, '-z', db.shop.svc, '5432']",
        (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\n"
            "data: {URL: 'http://db:5432'}\n"
        ),
        (
            "apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: shop}\n"
            "spec: {type: ExternalName, externalName: db.shop.svc.cluster.local}\n"
        ),
        (
            "apiVersion: cert-manager.io/v1\nkind: Certificate\n"
            "metadata: {name: a, namespace: shop}\nspec: {dnsNames: [db.shop.svc]}\n"
        ),
        (
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\n"
            "metadata: {name: a, namespace: shop, annotations: "
            "{nginx.ingress.kubernetes.io/auth-url: 'http://db.shop.svc:5432'}}\n"
        ),
    ],
)
def test_what_says_a_host_holds_texts(document: str) -> None:
    cx = context(PLAIN, document)

    assert [call.service for call in cx.table.calls.all] == ["db"]
    assert len(list(text_holders(cx))) == 1


@pytest.mark.parametrize(
    "told",
    [
        "env: [{name: URL, value: 'http://$(DB_SERVICE_HOST)'}]",
        "args: ['$(DB_SERVICE_HOST)']",
        "command: [sh, -c, 'echo $DB_SERVICE_HOST']",
        "lifecycle: {preStop: {exec: {command: [sh, -c, 'echo $DB_SERVICE_HOST']}}}",
        "livenessProbe: {exec: {command: [sh, -c, 'echo $DB_SERVICE_HOST']}}",
    ],
)
def test_what_reads_a_variable_is_a_reader(told: str) -> None:
    cx = context(PLAIN.replace("name: web,", "name: other,", 1), DEPLOYMENT % told)

    assert [one.read.name for one in cx.table.reads.all] == ["DB_SERVICE_HOST"]
    assert [one.name for one in variable_readers(cx)] == ["web"]


def test_who_is_told_nothing_neither_calls_nor_reads() -> None:
    cx = context(PLAIN)

    assert (list(text_holders(cx)), list(variable_readers(cx))) == ([], [])
