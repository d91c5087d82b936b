"""The names that operators give to the Services of their custom resources.

A table: the source, below it group and kinds, below these the names. ``{name}``
stands for the name of the custom resource, ``{spec.a.b}`` for a text in it, ``*``
for any text, ``#`` for digits; a last ``?`` says that it depends on settings or
versions whether the Service is made. Kinds whose Services depend on more have no
names here, but a reader in ``kube.operator_services``. ``@`` begins a label that the operator puts on
its Services (with a slash at its end: any label of that domain).
"""

from __future__ import annotations

OPERATOR_SERVICE_NAMES = """\
cloudnative-pg/cloudnative-pg:pkg/specs/services.go
  postgresql.cnpg.io Cluster
    @cnpg.io/
cloudnative-pg/cloudnative-pg:pkg/specs/pgbouncer/services.go
  postgresql.cnpg.io Pooler
    {name} @cnpg.io/
zalando/postgres-operator:pkg/cluster/util.go
  acid.zalan.do postgresql
    {name} {name}-repl {name}-config? {name}-pooler? {name}-pooler-repl?
    @cluster-name
CrunchyData/postgres-operator:internal/naming/names.go
  postgres-operator.crunchydata.com PostgresCluster
    {name}-primary {name}-replicas {name}-ha {name}-ha-config {name}-pods
    {name}-pgbouncer? {name}-pgadmin? @postgres-operator.crunchydata.com/
  postgres-operator.crunchydata.com PGAdmin
    pgadmin-* @postgres-operator.crunchydata.com/
ongres/stackgres:stackgres-k8s/src/operator/src/main/java/io/stackgres
  stackgres.io SGCluster
    {name}? {name}-primary? {name}-replicas? {name}-rest? {name}-config? @stackgres.io/
reactive-tech/kubegres:internal/controller/ctx/KubegresContext.go
  kubegres.reactive-tech.io Kubegres
    {name} {name}-replica?
mariadb-operator/mariadb-operator:api/v1alpha1/mariadb_keys.go
  k8s.mariadb.com MariaDB
    {name} {name}-internal {name}-primary? {name}-secondary? {name}-metrics?
    @k8s.mariadb.com/
mariadb-operator/mariadb-operator:api/v1alpha1/maxscale_keys.go
  k8s.mariadb.com MaxScale
    {name} {name}-internal {name}-gui? {name}-metrics? @k8s.mariadb.com/
mysql/mysql-operator:mysqloperator/controller/innodbcluster
  mysql.oracle.com InnoDBCluster
    {name} {name}-instances @mysql.oracle.com/
cybozu-go/moco:api/v1beta2/mysqlcluster_types.go
  moco.cybozu.com MySQLCluster
    moco-{name} moco-{name}-primary moco-{name}-replica
percona/percona-xtradb-cluster-operator:pkg/pxc/service.go
  pxc.percona.com PerconaXtraDBCluster
    {name}-pxc {name}-pxc-unready {name}-pxc-# {name}-haproxy?
    {name}-haproxy-replicas? {name}-proxysql? {name}-proxysql-unready?
    @app.kubernetes.io/managed-by=percona-xtradb-cluster-operator
percona/percona-server-mysql-operator:pkg/mysql/mysql.go
  ps.percona.com PerconaServerMySQL
    {name}-mysql {name}-mysql-primary? {name}-mysql-unready {name}-mysql-proxy?
    {name}-haproxy? {name}-router? {name}-orc? {name}-mysql-# {name}-orc-#
    @app.kubernetes.io/managed-by=percona-server-mysql-operator
percona/percona-postgresql-operator:internal/naming/names.go
  pgv2.percona.com PerconaPGCluster
    {name}-primary {name}-replicas {name}-ha {name}-ha-config {name}-pods
    {name}-pgbouncer? @postgres-operator.crunchydata.com/
planetscale/vitess-operator:pkg/operator/vtgate
  planetscale.com VitessCluster
    {name}-vtgate-* {name}-*-vtgate-* {name}-vtctld-* {name}-vttablet-*
    {name}-vtadmin-* {name}-etcd-* @planetscale.com/
pingcap/tidb-operator:pkg/controller/controller_utils.go
  pingcap.com TidbCluster
    {name}-pd {name}-pd-peer {name}-tikv-peer? {name}-tidb? {name}-tidb-peer?
    {name}-tiflash-peer? {name}-ticdc-peer? {name}-pump? {name}-discovery
    @app.kubernetes.io/managed-by=tidb-operator
mongodb/mongodb-kubernetes-operator:api/v1/mongodbcommunity_types.go
  mongodbcommunity.mongodb.com MongoDBCommunity
    {name}-svc
mongodb/mongodb-kubernetes:api/v1/mdb/mongodb_types.go
  mongodb.com MongoDB
    {name}-svc? {name}-svc-external? {name}-mongos-svc? {name}-sh? {name}-cs?
    {name}-#-svc-external?
mongodb/mongodb-kubernetes:api/v1/om/opsmanager_types.go
  mongodb.com MongoDBOpsManager
    {name}-svc {name}-svc-ext? {name}-db-svc? {name}-backup-daemon-svc?
percona/percona-server-mongodb-operator:pkg/psmdb/service.go
  psmdb.percona.com PerconaServerMongoDB
    {name}-* {name}-mongos? {name}-cfg?
    @app.kubernetes.io/managed-by=percona-server-mongodb-operator
OT-CONTAINER-KIT/redis-operator:internal/k8sutils
  redis.redis.opstreelabs.in Redis RedisReplication
    {name} {name}-headless {name}-additional? {name}-master? {name}-replica?
  redis.redis.opstreelabs.in RedisCluster
    {name}-leader {name}-leader-headless {name}-leader-additional? {name}-follower
    {name}-follower-headless {name}-follower-additional? {name}-master?
  redis.redis.opstreelabs.in RedisSentinel
    {name}-sentinel {name}-sentinel-headless {name}-sentinel-additional?
spotahome/redis-operator:operator/redisfailover/service/names.go
  databases.spotahome.com RedisFailover
    rfs-{name} rfr-{name}? rfrm-{name}? rfrs-{name}? rfh-{name}?
    @redisfailovers.databases.spotahome.com/name
dragonflydb/dragonfly-operator:internal/resources/resources.go
  dragonflydb.io Dragonfly
    {name}
RedisLabs/redis-enterprise-k8s-docs:redis_enterprise_cluster_api.md
  app.redislabs.com RedisEnterpriseCluster
    {name} {name}-ui? {name}-prom? @redis.io/
RedisLabs/redis-enterprise-k8s-docs:redis_enterprise_database_api.md
  app.redislabs.com RedisEnterpriseDatabase
    {name} {name}-headless? {name}-load-balancer? @redis.io/
k8ssandra/cass-operator:apis/cassandra/v1beta1/cassandradatacenter_types.go
  cassandra.datastax.com CassandraDatacenter
    *-{name}-service *-{name}-all-pods-service *-{name}-additional-seed-service
    *-{name}-node-port-service? *-seed-service @cassandra.datastax.com/
k8ssandra/k8ssandra-operator:pkg/stargate/services.go
  k8ssandra.io K8ssandraCluster
    {name}-* @k8ssandra.io/
scylladb/scylla-operator:pkg/naming/names.go
  scylla.scylladb.com ScyllaCluster
    {name}-client {name}-* @scylla/
Altinity/clickhouse-operator:pkg/model/chi/namer/patterns.go
  clickhouse.altinity.com ClickHouseInstallation
    clickhouse-{name}? chi-{name}-* cluster-{name}-* shard-{name}-*
    @clickhouse.altinity.com/
Altinity/clickhouse-operator:pkg/model/chk/namer/patterns.go
  clickhouse-keeper.altinity.com ClickHouseKeeperInstallation
    keeper-{name}? chk-{name}-* @clickhouse-keeper.altinity.com/
cockroachdb/cockroach-operator:pkg/resource/cluster.go
  crdb.cockroachlabs.com CrdbCluster
    {name} {name}-public @crdb.io/
couchbase/couchbase-operator:docs
  couchbase.com CouchbaseCluster
    {name}? {name}-srv {name}-ui? {name}-cloud-native-gateway-service? {name}-#
    @couchbase_cluster
elastic/cloud-on-k8s:pkg/controller/elasticsearch/services/services.go
  elasticsearch.k8s.elastic.co Elasticsearch
    {name}-es-http {name}-es-internal-http {name}-es-transport
    {name}-es-remote-cluster? {name}-es-* @common.k8s.elastic.co/
    @elasticsearch.k8s.elastic.co/
elastic/cloud-on-k8s:pkg/controller/kibana/driver.go
  kibana.k8s.elastic.co Kibana
    {name}-kb-http @common.k8s.elastic.co/ @kibana.k8s.elastic.co/
elastic/cloud-on-k8s:pkg/controller/apmserver/controller.go
  apm.k8s.elastic.co ApmServer
    {name}-apm-http @common.k8s.elastic.co/ @apm.k8s.elastic.co/
elastic/cloud-on-k8s:pkg/controller/enterprisesearch/enterprisesearch_controller.go
  enterprisesearch.k8s.elastic.co EnterpriseSearch
    {name}-ent-http @common.k8s.elastic.co/ @enterprisesearch.k8s.elastic.co/
elastic/cloud-on-k8s:pkg/controller/agent/controller.go
  agent.k8s.elastic.co Agent
    {name}-agent-http? @common.k8s.elastic.co/ @agent.k8s.elastic.co/
elastic/cloud-on-k8s:pkg/controller/maps/controller.go
  maps.k8s.elastic.co ElasticMapsServer
    {name}-ems-http @common.k8s.elastic.co/ @maps.k8s.elastic.co/
elastic/cloud-on-k8s:pkg/controller/logstash/driver.go
  logstash.k8s.elastic.co Logstash
    {name}-ls-api {name}-ls-* @common.k8s.elastic.co/ @logstash.k8s.elastic.co/
opensearch-project/opensearch-k8s-operator:opensearch-operator/pkg/builders
  opensearch.opster.io OpenSearchCluster
    {spec.general.serviceName} {name}-discovery {name}-dashboards? {name}-*
    @opster.io/
apache/solr-operator:api/v1beta1/solrcloud_types.go
  solr.apache.org SolrCloud
    {name}-solrcloud-common {name}-solrcloud-headless? {name}-solrcloud-#
    {name}-solrcloud-zookeeper-* @solr-cloud
strimzi/strimzi-kafka-operator:KafkaResources.java
  kafka.strimzi.io Kafka
    {name}-kafka-bootstrap {name}-kafka-brokers {name}-zookeeper-client?
    {name}-zookeeper-nodes? {name}-kafka-*? {name}-*-#? @strimzi.io/
strimzi/strimzi-kafka-operator:KafkaConnectResources.java
  kafka.strimzi.io KafkaConnect
    {name}-connect-api {name}-connect? @strimzi.io/
strimzi/strimzi-kafka-operator:KafkaMirrorMaker2Resources.java
  kafka.strimzi.io KafkaMirrorMaker2
    {name}-mirrormaker2-api {name}-mirrormaker2? @strimzi.io/
strimzi/strimzi-kafka-operator:KafkaBridgeResources.java
  kafka.strimzi.io KafkaBridge
    {name}-bridge-service @strimzi.io/
banzaicloud/koperator:pkg/resources/kafka/headlessService.go
  kafka.banzaicloud.io KafkaCluster
    {name}-headless? {name}-all-broker? {name}-# {name}-cruisecontrol-svc?
    {name}-kafka-* @kafka_cr
docs.confluent.io/operator/current/co-networking-overview.html
  platform.confluent.io Kafka Zookeeper KRaftController SchemaRegistry KsqlDB
    {name} {name}-#-internal {name}-bootstrap-lb? {name}-* @confluent-platform
  platform.confluent.io Connect ControlCenter KafkaRestProxy
    {name} {name}-#-internal {name}-bootstrap-lb? {name}-* @confluent-platform
rabbitmq/cluster-operator:internal/resource/service.go
  rabbitmq.com RabbitmqCluster
    {name} {name}-nodes @app.kubernetes.io/part-of=rabbitmq
pravega/zookeeper-operator:pkg/zk/generators.go
  zookeeper.pravega.io ZookeeperCluster
    {name}-client {name}-headless {name}-admin-server
redpanda-data/redpanda-operator:charts/redpanda
  cluster.redpanda.com Redpanda
    {name} {name}-external? {name}-console? {name}-*
artemiscloud/activemq-artemis-operator:controllers
  broker.amq.io ActiveMQArtemis
    {name}-hdls-svc {name}-*-svc {name}-ping-svc? @ActiveMQArtemis
prometheus-operator/prometheus-operator:pkg/prometheus/server/statefulset.go
  monitoring.coreos.com Prometheus
    @operated-prometheus @managed-by=prometheus-operator
  monitoring.coreos.com PrometheusAgent
    @operated-prometheus @managed-by=prometheus-operator
prometheus-operator/prometheus-operator:pkg/alertmanager/statefulset.go
  monitoring.coreos.com Alertmanager
    @operated-alertmanager @managed-by=prometheus-operator
prometheus-operator/prometheus-operator:pkg/thanos/statefulset.go
  monitoring.coreos.com ThanosRuler
    @operated-thanos-ruler @managed-by=prometheus-operator
grafana/grafana-operator:controllers/model/grafana_resources.go
  grafana.integreatly.org Grafana
    {name}-service {name}-alerting? @app.kubernetes.io/managed-by=grafana-operator
VictoriaMetrics/operator:api/operator/v1beta1/vmsingle_types.go
  operator.victoriametrics.com VMSingle
    vmsingle-{name} @managed-by=vm-operator
VictoriaMetrics/operator:api/operator/v1beta1/vmagent_types.go
  operator.victoriametrics.com VMAgent
    vmagent-{name} @managed-by=vm-operator
VictoriaMetrics/operator:api/operator/v1beta1/vmalert_types.go
  operator.victoriametrics.com VMAlert
    vmalert-{name} @managed-by=vm-operator
VictoriaMetrics/operator:api/operator/v1beta1/vmalertmanager_types.go
  operator.victoriametrics.com VMAlertmanager
    vmalertmanager-{name} @managed-by=vm-operator
VictoriaMetrics/operator:api/operator/v1beta1/vmauth_types.go
  operator.victoriametrics.com VMAuth
    vmauth-{name} @managed-by=vm-operator
VictoriaMetrics/operator:api/operator/v1beta1/vmcluster_types.go
  operator.victoriametrics.com VMCluster
    vmselect-{name}? vminsert-{name}? vmstorage-{name}? vmclusterlb-*{name}?
    @managed-by=vm-operator
VictoriaMetrics/operator:api/operator/v1beta1/vlogs_types.go
  operator.victoriametrics.com VLogs
    vlogs-{name} @managed-by=vm-operator
VictoriaMetrics/operator:api/operator/v1/vlsingle_types.go
  operator.victoriametrics.com VLSingle
    vlsingle-{name} @managed-by=vm-operator
open-telemetry/opentelemetry-operator:internal/naming/main.go
  opentelemetry.io OpenTelemetryCollector
    {name}-collector? {name}-collector-headless? {name}-collector-monitoring?
    {name}-collector-extension? {name}-targetallocator?
    @app.kubernetes.io/managed-by=opentelemetry-operator
  opentelemetry.io TargetAllocator
    {name}-targetallocator @app.kubernetes.io/managed-by=opentelemetry-operator
  opentelemetry.io OpAMPBridge
    {name}-opamp-bridge @app.kubernetes.io/managed-by=opentelemetry-operator
jaegertracing/jaeger-operator:pkg/service
  jaegertracing.io Jaeger
    {name}-query {name}-collector? {name}-collector-headless? {name}-agent?
    @app.kubernetes.io/managed-by=jaeger-operator
grafana/tempo-operator:internal/manifests/naming
  tempo.grafana.com TempoStack
    tempo-{name}-distributor tempo-{name}-ingester tempo-{name}-querier
    tempo-{name}-query-frontend tempo-{name}-query-frontend-discovery?
    tempo-{name}-compactor tempo-{name}-gateway? tempo-{name}-gossip-ring
    @app.kubernetes.io/managed-by=tempo-operator
  tempo.grafana.com TempoMonolithic
    tempo-{name} tempo-{name}-jaegerui? tempo-{name}-gateway?
    @app.kubernetes.io/managed-by=tempo-operator
grafana/loki:operator/internal/manifests/var.go
  loki.grafana.com LokiStack
    {name}-gateway-http? {name}-distributor-http {name}-query-frontend-http
    {name}-querier-http {name}-ingester-http {name}-compactor-http
    {name}-index-gateway-http {name}-ruler-http? {name}-gossip-ring {name}-*
    @app.kubernetes.io/managed-by=lokistack-controller
kube-logging/logging-operator:pkg/resources/fluentd/service.go
  logging.banzaicloud.io Logging
    {name}-fluentd? {name}-fluentd-headless? {name}-fluentd-metrics?
    {name}-syslog-ng? {name}-syslog-ng-headless? {name}-fluentbit*?
rook/rook:pkg/operator/ceph/cluster/mgr/spec.go
  ceph.rook.io CephCluster
    rook-ceph-mgr? rook-ceph-mgr-dashboard? rook-ceph-mon-* rook-ceph-exporter?
    rook-ceph-mgr-external? @rook_cluster @ceph.rook.io/
rook/rook:pkg/operator/ceph/object/spec.go
  ceph.rook.io CephObjectStore
    rook-ceph-rgw-{name} @rook_object_store @ceph.rook.io/
rook/rook:pkg/operator/ceph/nfs/spec.go
  ceph.rook.io CephNFS
    rook-ceph-nfs-{name}-* @ceph_nfs @ceph.rook.io/
rook/rook:pkg/operator/ceph
  ceph.rook.io CephFilesystemMirror CephRBDMirror CephFilesystem
    rook-ceph-*? @ceph.rook.io/
minio/operator:pkg/apis/minio.min.io/v2/names.go
  minio.min.io Tenant
    minio {name}-hl {name}-console {name}-log-hl-svc? {name}-log-search-api?
    {name}-prometheus-hl-svc? @v1.min.io/
seaweedfs/seaweedfs-operator:internal/controller
  seaweed.seaweedfs.com Seaweed
    {name}-master? {name}-volume? {name}-filer? {name}-*
    @app.kubernetes.io/managed-by=seaweedfs-operator
datainfrahq/druid-operator:controllers/druid/handler.go
  druid.apache.org Druid
    druid-{name}-* @druid_cr
argoproj-labs/argocd-operator:controllers/argocd/service.go
  argoproj.io ArgoCD
    {name}-server? {name}-server-metrics? {name}-repo-server? {name}-metrics?
    {name}-redis? {name}-redis-ha? {name}-redis-ha-*? {name}-dex-server?
    {name}-grafana? {name}-applicationset-controller?
    @app.kubernetes.io/part-of=argocd
argoproj/argo-events:pkg/reconciler/eventbus/installer
  argoproj.io EventBus
    eventbus-{name}-stan-svc? eventbus-{name}-js-svc? @eventbus-name
argoproj/argo-events:pkg/reconciler/eventsource/resource.go
  argoproj.io EventSource
    {name}-eventsource-svc? @eventsource-name
tektoncd/triggers:pkg/reconciler/eventlistener/resources/service.go
  triggers.tekton.dev EventListener
    el-{name} @eventlistener @app.kubernetes.io/managed-by=EventListener
keycloak/keycloak:operator/src/main/java/org/keycloak/operator
  k8s.keycloak.org Keycloak
    {name}-service {name}-discovery @app.kubernetes.io/managed-by=keycloak-operator
bank-vaults/vault-operator:pkg/controller/vault/vault_controller.go
  vault.banzaicloud.com Vault
    {name} {name}-# {name}-configurer @vault_cr
ansible/awx-operator:roles/installer/templates/networking/service.yaml.j2
  awx.ansible.com AWX
    {name}-service {name}-postgres-* @app.kubernetes.io/managed-by=awx-operator
ray-project/kuberay:ray-operator/controllers/ray/utils/util.go
  ray.io RayCluster
    {name}-head-svc {name}-serve-svc? {name}-headless-svc? {name}-headless? @ray.io/
  ray.io RayService
    {name}-head-svc {name}-serve-svc {name}-*-head-svc @ray.io/
  ray.io RayJob
    {name}-*-head-svc @ray.io/
apache/flink-kubernetes-operator:docs/content/docs/concepts/overview.md
  flink.apache.org FlinkDeployment FlinkSessionCluster
    {name}? {name}-rest
kubeflow/spark-operator:pkg/util/util.go
  sparkoperator.k8s.io SparkApplication
    {name}-ui-svc? {name}-*-driver-svc? @sparkoperator.k8s.io/
dask/dask-kubernetes:dask_kubernetes/operator/controller/controller.py
  kubernetes.dask.org DaskCluster
    {name}-scheduler @dask.org/
stackabletech/documentation:operators
  trino.stackable.tech TrinoCluster
    {name}? {name}-*
  hdfs.stackable.tech HdfsCluster
    {name}? {name}-*
  kafka.stackable.tech KafkaCluster
    {name}? {name}-*
  druid.stackable.tech DruidCluster
    {name}? {name}-*
  hbase.stackable.tech HbaseCluster
    {name}? {name}-*
  nifi.stackable.tech NifiCluster
    {name}? {name}-*
  airflow.stackable.tech AirflowCluster
    {name}? {name}-*
  superset.stackable.tech SupersetCluster
    {name}? {name}-*
  zookeeper.stackable.tech ZookeeperCluster
    {name}? {name}-*
kserve/kserve:pkg/constants/constants.go
  serving.kserve.io InferenceService
    {name}? {name}-predictor? {name}-predictor-*? {name}-transformer?
    {name}-explainer? {name}-metrics? @serving.kserve.io/
SeldonIO/seldon-core:operator/apis/machinelearning.seldon.io/v1
  machinelearning.seldon.io SeldonDeployment
    {name} {name}-* @seldon-deployment-id
kubeflow/kubeflow:components/notebook-controller/controllers
  kubeflow.org Notebook
    {name} @notebook-name
kubeflow/training-operator:pkg/controller.v1/common/service.go
  kubeflow.org PyTorchJob TFJob MPIJob XGBoostJob PaddleJob JAXJob
    {name}-*-# @training.kubeflow.org/
fluxcd/flagger:pkg/apis/flagger/v1beta1/canary.go
  flagger.app Canary
knative/serving:pkg/reconciler/route/resources/service.go
  serving.knative.dev Service Route
    {name} {name}-# {name}-#-private @serving.knative.dev/
knative/serving:pkg/reconciler/revision/resources/pa.go
  serving.knative.dev Configuration
    {name}-# {name}-#-private @serving.knative.dev/
knative/eventing:pkg/reconciler/inmemorychannel/controller/resources
  messaging.knative.dev InMemoryChannel
    {name}-kn-channel @messaging.knative.dev/
knative/eventing:pkg/channel/services.go
  messaging.knative.dev Channel
    {name}-kn-channel @messaging.knative.dev/
kubernetes-sigs/gateway-api:geps/gep-1762/index.md
  gateway.networking.k8s.io Gateway
    {name}-*? {name}? cilium-gateway-{name}? envoy-*? @gateway.networking.k8s.io/
openshift/cluster-ingress-operator:pkg/operator/controller/names.go
  operator.openshift.io IngressController
    router-internal-{name}? router-{name}? @ingresscontroller.operator.openshift.io/
"""
