"""Labels that programs set on their own pods: key, program, where it is written.

A ``*`` stands for any text. None of these keys is to be expected in a template.
"""

from __future__ import annotations

_VAULT = "hashicorp/vault:serviceregistration/kubernetes/service_registration.go"
_PATRONI = "patroni/patroni:patroni/dcs/kubernetes.py"
_SPILO = "zalando/postgres-operator:pkg/util/config/config.go"
_CNPG = "cloudnative-pg/cloudnative-pg:pkg/utils/labels_annotations.go"

RUN_TIME_LABELS: tuple[tuple[str, str, str], ...] = (
    ("vault-active", "Vault", _VAULT),
    ("vault-initialized", "Vault", _VAULT),
    ("vault-perf-standby", "Vault", _VAULT),
    ("vault-sealed", "Vault", _VAULT),
    ("vault-version", "Vault", _VAULT),
    ("openbao-active", "OpenBao", "openbao/openbao:serviceregistration/kubernetes"),
    ("openbao-initialized", "OpenBao", "openbao/openbao:serviceregistration"),
    ("openbao-perf-standby", "OpenBao", "openbao/openbao:serviceregistration"),
    ("openbao-sealed", "OpenBao", "openbao/openbao:serviceregistration/kubernetes"),
    ("openbao-version", "OpenBao", "openbao/openbao:serviceregistration/kubernetes"),
    ("role", "Patroni, Redis, Sentinel or another elector", _PATRONI),
    ("cluster-name", "Patroni", _PATRONI),
    ("spilo-role", "Patroni in Spilo", _SPILO),
    ("cnpg.io/*", "CloudNativePG", _CNPG),
    ("redis-role", "a Redis operator", "OT-CONTAINER-KIT/redis-operator:pkg/k8sutils"),
    (
        "redisfailovers-role",
        "the Redis operator of Spotahome",
        "spotahome/redis-operator:operator/redisfailover/service/constants.go",
    ),
    (
        "redisfailovers.databases.spotahome.com/*",
        "the Redis operator of Spotahome",
        "spotahome/redis-operator:operator/redisfailover/service/constants.go",
    ),
    (
        "isMaster",
        "a sidecar of Redis Sentinel",
        "bitnami/charts:bitnami/redis/templates/scripts-configmap.yaml",
    ),
    (
        "isPrimary",
        "a sidecar of Valkey Sentinel",
        "bitnami/charts:bitnami/valkey/templates/scripts-configmap.yaml",
    ),
    ("leader", "an elector", "kubernetes-retired/contrib:election"),
    ("is-leader", "an elector", "kubernetes-retired/contrib:election"),
    ("leader-election", "an elector", "kubernetes-retired/contrib:election"),
    (
        "postgres-operator.crunchydata.com/role",
        "Patroni in PGO",
        "CrunchyData/postgres-operator:internal/naming/labels.go",
    ),
    (
        "stackgres.io/*",
        "StackGres",
        "ongres/stackgres:stackgres-k8s/src/common/StackGresContext.java",
    ),
    (
        "stolon-cluster",
        "Stolon",
        "sorintlab/stolon:internal/store/k8s.go",
    ),
    ("stolon-role", "Stolon", "sorintlab/stolon:internal/store/k8s.go"),
    (
        "mysql.oracle.com/cluster-role",
        "the MySQL operator of Oracle",
        "mysql/mysql-operator:mysqloperator/controller/innodbcluster",
    ),
    (
        "mysql.presslabs.org/*",
        "the MySQL operator of Bitpoke",
        "bitpoke/mysql-operator",
    ),
    (
        "k8s.mariadb.com/role",
        "the MariaDB operator",
        "mariadb-operator/mariadb-operator:pkg/builder/labels",
    ),
    ("kubeblocks.io/role", "KubeBlocks", "apecloud/kubeblocks:pkg/constant/labels.go"),
    (
        "longhorn.io/*",
        "the Longhorn manager",
        "longhorn/longhorn-manager:types/types.go",
    ),
)
