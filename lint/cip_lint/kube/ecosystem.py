"""Custom kinds that are widely used, and whether they bring pods or Services.

A custom resource of an unknown kind may make pods that a Service of its namespace
selects, so nothing can be said of that Service. Most custom resources are only
configuration; those are listed here, by group and kind, with the reason. Kinds
that do make pods or Services are listed where a group has both sorts.
"""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.records import NamedTuple


class Makes(NamedTuple):
    """What objects of one kind bring about in their namespace."""

    pods: bool
    services: bool
    namespaced: bool
    reason: str


# group: reason of what follows
#   scope  pods,Services  kinds ("*": all other kinds of the group)
_TABLE = """\
monitoring.coreos.com: read by Prometheus
  namespace - AlertmanagerConfig PodMonitor Probe PrometheusRule ScrapeConfig
    ServiceMonitor
monitoring.coreos.com: deployed by the Prometheus operator
  namespace pods,services Alertmanager Prometheus PrometheusAgent ThanosRuler
monitoring.googleapis.com: read by managed Prometheus
  namespace - PodMonitoring Rules OperatorConfig
  cluster - ClusterNodeMonitoring ClusterPodMonitoring ClusterRules GlobalRules
azmonitoring.coreos.com: read by Azure Monitor
  namespace - PodMonitor ServiceMonitor
operator.victoriametrics.com: read by VictoriaMetrics
  namespace - VMAlertmanagerConfig VMNodeScrape VMPodScrape VMProbe VMRule
    VMScrapeConfig VMServiceScrape VMStaticScrape VMUser
operator.victoriametrics.com: deployed by the VictoriaMetrics operator
  namespace pods,services *
grafana.integreatly.org: read by Grafana
  namespace - GrafanaAlertRuleGroup GrafanaContactPoint GrafanaDashboard
    GrafanaDatasource GrafanaFolder GrafanaLibraryPanel GrafanaMuteTiming
    GrafanaNotificationPolicy GrafanaNotificationTemplate
grafana.integreatly.org: deployed by the Grafana operator
  namespace pods,services Grafana
integreatly.org: read by Grafana
  namespace - GrafanaDashboard GrafanaDataSource GrafanaFolder
opentelemetry.io: injected into pods that exist
  namespace - Instrumentation
opentelemetry.io: deployed by the OpenTelemetry operator
  namespace pods,services OpAMPBridge OpenTelemetryCollector TargetAllocator
logging.banzaicloud.io: read by the logging operator
  namespace - Flow Output SyslogNGFlow SyslogNGOutput
  cluster - ClusterFlow ClusterOutput
cert-manager.io: certificates and their issuers
  namespace - Certificate CertificateRequest Issuer
  cluster - ClusterIssuer
acme.cert-manager.io: solver pods carry labels of their own domain only
  namespace - Challenge Order
trust.cert-manager.io: copied into ConfigMaps
  cluster - Bundle
policy.cert-manager.io: policies for certificate requests
  cluster - CertificateRequestPolicy
external-secrets.io: copied into Secrets
  namespace - ExternalSecret PushSecret SecretStore
  cluster - ClusterExternalSecret ClusterPushSecret ClusterSecretStore
generators.external-secrets.io: values for Secrets
  namespace - *
kubernetes-client.io: copied into Secrets
  namespace - ExternalSecret
bitnami.com: decrypted into Secrets
  namespace - SealedSecret
isindir.github.com: decrypted into Secrets
  namespace - SopsSecret
ricoberger.de: copied into Secrets
  namespace - VaultSecret
secrets.hashicorp.com: copied into Secrets
  namespace - *
secrets.infisical.com: copied into Secrets
  namespace - *
secrets.doppler.com: copied into Secrets
  namespace - DopplerSecret
onepassword.com: copied into Secrets
  namespace - OnePasswordItem
secretgenerator.mittwald.de: values for Secrets
  namespace - *
redhatcop.redhat.io: settings of Vault
  namespace - *
secrets-store.csi.x-k8s.io: mounted as a volume
  namespace - SecretProviderClass SecretProviderClassPodStatus
spv.no: copied into Secrets
  namespace - AzureKeyVaultSecret
aadpodidentity.k8s.io: identities of pods that exist
  namespace - *
reloader.stakater.com: restarts workloads that exist
  namespace - *
networking.istio.io: traffic rules of Istio
  namespace - DestinationRule EnvoyFilter Gateway ProxyConfig ServiceEntry Sidecar
    VirtualService WorkloadEntry WorkloadGroup
security.istio.io: policies of Istio
  namespace - *
telemetry.istio.io: settings of Istio
  namespace - *
extensions.istio.io: extensions of Istio
  namespace - *
rbac.istio.io: policies of Istio
  namespace - *
authentication.istio.io: policies of Istio
  namespace - *
config.istio.io: settings of Istio
  namespace - *
linkerd.io: traffic rules of Linkerd
  namespace - ServiceProfile
policy.linkerd.io: policies of Linkerd
  namespace - *
split.smi-spec.io: traffic rules of a mesh
  namespace - *
specs.smi-spec.io: traffic rules of a mesh
  namespace - *
access.smi-spec.io: policies of a mesh
  namespace - *
consul.hashicorp.com: settings of Consul
  namespace - ControlPlaneRequestLimit ExportedServices IngressGateway
    JWTProvider Mesh MeshService ProxyDefaults Registration SamenessGroup
    ServiceDefaults ServiceIntentions ServiceResolver ServiceRouter ServiceSplitter
    TerminatingGateway
kuma.io: settings of Kuma
  namespace - *
gateway.networking.k8s.io: routes
  namespace - BackendTLSPolicy GRPCRoute HTTPRoute ListenerSet ReferenceGrant
    ReferencePolicy TCPRoute TLSRoute UDPRoute
  cluster - GatewayClass
gateway.networking.k8s.io: its pods carry labels of the gateway's domain only
  namespace services Gateway
gateway.networking.x-k8s.io: routes
  namespace - *
gateway.envoyproxy.io: settings of Envoy Gateway
  namespace - *
gateway.kgateway.dev: settings of kgateway
  namespace - *
gateway.solo.io: routes
  namespace - *
gloo.solo.io: routes
  namespace - *
gateway.nginx.org: settings of NGINX Gateway Fabric
  namespace - *
inference.networking.k8s.io: routes to models
  namespace - *
traefik.io: routes
  namespace - *
traefik.containo.us: routes
  namespace - *
projectcontour.io: routes
  namespace - ContourConfiguration ExtensionService HTTPProxy
    TLSCertificateDelegation
contour.heptio.com: routes
  namespace - IngressRoute TLSCertificateDelegation
getambassador.io: routes
  namespace - *
x.getambassador.io: routes
  namespace - *
configuration.konghq.com: settings of Kong
  namespace - *
k8s.nginx.org: routes
  namespace - *
appprotect.f5.com: policies
  namespace - *
cis.f5.com: routes
  namespace - *
core.haproxy.org: settings of HAProxy
  namespace - *
ingress.v1.haproxy.org: settings of HAProxy
  namespace - *
ingress.v3.haproxy.org: settings of HAProxy
  namespace - *
apisix.apache.org: routes
  namespace - *
voyager.appscode.com: settings of an ingress
  namespace services Ingress
elbv2.k8s.aws: settings of load balancers
  namespace - TargetGroupBinding
  cluster - IngressClassParams
vpcresources.k8s.aws: settings of pod networks
  namespace - *
networking.k8s.aws: policies
  namespace - *
networking.gke.io: settings of load balancers
  namespace - *
cloud.google.com: settings of load balancers
  namespace - BackendConfig
net.gke.io: exported to other clusters
  namespace - ServiceExport
net.gke.io: imported from other clusters
  namespace services ServiceImport
multicluster.x-k8s.io: exported to other clusters
  namespace - ServiceExport
multicluster.x-k8s.io: imported from other clusters
  namespace services ServiceImport
externaldns.k8s.io: DNS records
  namespace - DNSEndpoint
externaldns.nginx.org: DNS records
  namespace - DNSEndpoint
metallb.io: addresses for load balancers
  namespace - *
purelb.io: addresses for load balancers
  namespace - *
cilium.io: policies and settings of Cilium
  namespace - *
crd.projectcalico.org: policies and settings of Calico
  namespace - *
projectcalico.org: policies and settings of Calico
  namespace - *
crd.antrea.io: policies and settings of Antrea
  namespace - *
policy.networking.k8s.io: policies
  cluster - *
k8s.ovn.org: settings of pod networks
  namespace - *
k8s.cni.cncf.io: networks for pods that exist
  namespace - *
whereabouts.cni.cncf.io: addresses for pods that exist
  namespace - *
sriovnetwork.openshift.io: networks for pods that exist
  namespace - *
crd.k8s.amazonaws.com: settings of pod networks
  cluster - *
kyverno.io: policies
  namespace - CleanupPolicy Policy PolicyException UpdateRequest
  cluster - ClusterCleanupPolicy ClusterPolicy GlobalContextEntry
policies.kyverno.io: policies
  cluster - *
wgpolicyk8s.io: reports
  namespace - *
openreports.io: reports
  namespace - *
reports.kyverno.io: reports
  namespace - *
templates.gatekeeper.sh: policies
  cluster - *
constraints.gatekeeper.sh: policies
  cluster - *
config.gatekeeper.sh: policies
  namespace - *
mutations.gatekeeper.sh: policies
  cluster - *
expansion.gatekeeper.sh: policies
  cluster - *
kubewarden.io: policies
  namespace - *
policies.kubewarden.io: policies
  namespace - AdmissionPolicy AdmissionPolicyGroup
  cluster - ClusterAdmissionPolicy ClusterAdmissionPolicyGroup
aquasecurity.github.io: reports
  namespace - *
spdx.softwarecomposition.kubescape.io: reports
  namespace - *
config.pinniped.dev: settings of log-ins
  namespace - *
argoproj.io: projects and templates
  namespace - AnalysisTemplate AppProject WorkflowArtifactGCTask
    WorkflowEventBinding WorkflowTaskSet WorkflowTemplate
  cluster - ClusterAnalysisTemplate ClusterWorkflowTemplate
argoproj.io: runs pods
  namespace pods AnalysisRun CronWorkflow Experiment Rollout Sensor Workflow
argoproj.io: deploys what is not read here
  namespace pods,services Application ApplicationSet ArgoCD EventBus EventSource
source.toolkit.fluxcd.io: sources of Flux
  namespace - *
notification.toolkit.fluxcd.io: notifications of Flux
  namespace - *
image.toolkit.fluxcd.io: images that Flux follows
  namespace - *
kustomize.toolkit.fluxcd.io: deploys what is not read here
  namespace pods,services Kustomization
helm.toolkit.fluxcd.io: deploys what is not read here
  namespace pods,services HelmRelease
helm.fluxcd.io: deploys what is not read here
  namespace pods,services HelmRelease
infra.contrib.fluxcd.io: applies Terraform
  namespace pods,services Terraform
flagger.app: settings of Flagger
  namespace - AlertProvider MetricTemplate
flagger.app: makes Services and a copy of its target
  namespace pods,services Canary
helm.cattle.io: values of a chart
  namespace - HelmChartConfig
helm.cattle.io: deploys what is not read here
  namespace pods,services HelmChart
k3s.cattle.io: files that k3s has applied
  namespace - *
fleet.cattle.io: deploys what is not read here
  namespace pods,services *
catalog.cattle.io: repositories of charts
  namespace - ClusterRepo
management.cattle.io: settings of Rancher
  namespace - *
upgrade.cattle.io: runs pods
  namespace pods Plan
keda.sh: scales workloads that exist
  namespace - ScaledObject TriggerAuthentication
  cluster - ClusterTriggerAuthentication
keda.sh: runs pods
  namespace pods ScaledJob
http.keda.sh: scales workloads that exist
  namespace - HTTPScaledObject
eventing.keda.sh: reports of KEDA
  namespace - *
autoscaling.k8s.io: resizes pods that exist
  namespace - VerticalPodAutoscaler VerticalPodAutoscalerCheckpoint
autoscaling.k8s.elastic.co: scales workloads that exist
  namespace - *
karpenter.sh: nodes
  cluster - *
karpenter.k8s.aws: nodes
  cluster - *
karpenter.azure.com: nodes
  cluster - *
nfd.k8s-sigs.io: features of nodes
  cluster - *
cluster.x-k8s.io: other clusters
  namespace - *
infrastructure.cluster.x-k8s.io: other clusters
  namespace - *
bootstrap.cluster.x-k8s.io: other clusters
  namespace - *
controlplane.cluster.x-k8s.io: other clusters
  namespace - *
addons.cluster.x-k8s.io: other clusters
  namespace - *
ipam.cluster.x-k8s.io: other clusters
  namespace - *
scheduling.x-k8s.io: groups of pods that exist
  namespace - *
kueue.x-k8s.io: queues
  namespace - *
snapshot.storage.k8s.io: copies of volumes
  namespace - VolumeSnapshot
  cluster - VolumeSnapshotClass VolumeSnapshotContent
groupsnapshot.storage.k8s.io: copies of volumes
  namespace - *
populator.storage.k8s.io: contents of volumes
  namespace - *
velero.io: backups
  namespace - *
volsync.backube: copies of volumes, by pods without labels of the user
  namespace - ReplicationDestination ReplicationSource
config.kio.kasten.io: backups
  namespace - *
longhorn.io: settings of Longhorn
  namespace - BackingImage Backup BackupBackingImage BackupTarget BackupVolume Node
    Orphan RecurringJob Setting Snapshot SystemBackup SystemRestore Volume
ceph.rook.io: pools and users of Ceph
  namespace - CephBlockPool CephBlockPoolRadosNamespace CephBucketNotification
    CephBucketTopic CephClient CephFilesystemSubVolumeGroup CephObjectRealm
    CephObjectStoreUser CephObjectZone CephObjectZoneGroup
ceph.rook.io: deployed by the Rook operator
  namespace pods,services *
objectbucket.io: buckets
  namespace - ObjectBucketClaim
  cluster - ObjectBucket
objectstorage.k8s.io: buckets
  namespace - *
topolvm.io: volumes
  cluster - *
openebs.io: volumes
  namespace - *
local.storage.openshift.io: volumes
  namespace - *
kafka.strimzi.io: topics, users and connectors
  namespace - KafkaConnector KafkaRebalance KafkaTopic KafkaUser
kafka.strimzi.io: deployed by the Strimzi operator
  namespace pods,services Kafka KafkaBridge KafkaConnect KafkaMirrorMaker
    KafkaMirrorMaker2 KafkaNodePool
core.strimzi.io: deployed by the Strimzi operator
  namespace pods,services StrimziPodSet
postgresql.cnpg.io: settings and backups of databases
  namespace - Backup Database ImageCatalog Publication ScheduledBackup Subscription
  cluster - ClusterImageCatalog
postgresql.cnpg.io: deployed by the CloudNativePG operator
  namespace pods,services Cluster Pooler
barmancloud.cnpg.io: backups of databases
  namespace - ObjectStore
acid.zalan.do: settings of the Postgres operator
  namespace - OperatorConfiguration PostgresTeam
acid.zalan.do: deployed by the Postgres operator
  namespace pods,services postgresql
k8s.mariadb.com: settings and backups of databases
  namespace - Backup Connection Database Grant PhysicalBackup Restore SqlJob User
k8s.mariadb.com: deployed by the MariaDB operator
  namespace pods,services MariaDB MaxScale
rabbitmq.com: settings of RabbitMQ
  namespace - Binding Exchange Federation OperatorPolicy Permission Policy Queue
    SchemaReplication Shovel SuperStream TopicPermission User Vhost
rabbitmq.com: deployed by the RabbitMQ operator
  namespace pods,services RabbitmqCluster
db.movetokube.com: settings of databases
  namespace - *
dapr.io: settings of Dapr
  namespace - *
tekton.dev: descriptions of tasks
  namespace - Pipeline StepAction Task
  cluster - ClusterTask
tekton.dev: runs pods
  namespace pods CustomRun PipelineRun TaskRun
triggers.tekton.dev: descriptions of triggers
  namespace - Interceptor Trigger TriggerBinding TriggerTemplate
  cluster - ClusterInterceptor ClusterTriggerBinding
triggers.tekton.dev: deployed by Tekton
  namespace pods,services EventListener
networking.internal.knative.dev: inner state of Knative
  namespace services *
eventing.knative.dev: subscriptions
  namespace - EventPolicy EventType Trigger
messaging.knative.dev: subscriptions
  namespace - Subscription
messaging.knative.dev: makes Services
  namespace services Channel InMemoryChannel
serving.knative.dev: deployed by Knative
  namespace pods,services Configuration Revision Service
serving.knative.dev: settings of Knative
  namespace services DomainMapping Route
  cluster - ClusterDomainClaim
actions.summerwind.dev: runs pods
  namespace pods *
actions.github.com: runs pods
  namespace pods *
batch.volcano.sh: runs pods
  namespace pods,services Job
scheduling.volcano.sh: queues
  namespace - *
apps.kruise.io: settings of OpenKruise
  namespace - ContainerRecreateRequest EphemeralJob ImageListPullJob ImagePullJob
    PersistentPodState PodProbeMarker PodUnavailableBudget ResourceDistribution
    SidecarSet WorkloadSpread
policy.kruise.io: budgets of pods that exist
  namespace - *
rollouts.kruise.io: makes Services for canaries
  namespace services *
apps.kruise.io: runs pods
  namespace pods AdvancedCronJob BroadcastJob CloneSet DaemonSet StatefulSet
    UnitedDeployment
apps.openshift.io: runs pods
  namespace pods DeploymentConfig
kubevirt.io: runs pods
  namespace pods VirtualMachine VirtualMachineInstance
    VirtualMachineInstanceReplicaSet
instancetype.kubevirt.io: sizes of virtual machines
  namespace - *
cdi.kubevirt.io: disks, copied by pods of their own domain
  namespace - *
jobset.x-k8s.io: runs pods
  namespace pods,services JobSet
apiextensions.crossplane.io: descriptions of composites
  cluster - *
pkg.crossplane.io: deploys packages
  cluster pods,services *
operators.coreos.com: groups of operators
  namespace - OLMConfig OperatorCondition OperatorGroup
operators.coreos.com: deploys what is not read here
  namespace pods,services CatalogSource ClusterServiceVersion InstallPlan Subscription
  cluster pods,services Operator
route.openshift.io: routes
  namespace - *
image.openshift.io: images
  namespace - *
security.openshift.io: policies
  cluster - *
user.openshift.io: users
  cluster - *
oauth.openshift.io: users
  cluster - *
project.openshift.io: namespaces
  cluster - *
quota.openshift.io: quotas
  cluster - *
console.openshift.io: settings of the console
  cluster - *
config.openshift.io: settings of the cluster
  cluster - *
machine.openshift.io: nodes
  namespace - *
machineconfiguration.openshift.io: nodes
  cluster - *
tuned.openshift.io: settings of nodes
  namespace - *
authorization.openshift.io: permissions
  namespace - *
build.openshift.io: runs pods
  namespace pods *
template.openshift.io: deploys what is not read here
  namespace pods,services *
security-profiles-operator.x-k8s.io: profiles for pods that exist
  namespace - *
resources.gardener.cloud: deploys what is not read here
  namespace pods,services *
hnc.x-k8s.io: namespaces
  namespace - *
capsule.clastix.io: namespaces
  cluster - *
iam.aws.upbound.io: cloud resources
  cluster - *
*.services.k8s.aws: cloud resources
  namespace - *
*.cnrm.cloud.google.com: cloud resources
  namespace - *
*.azure.com: cloud resources
  namespace - *
*.aws.upbound.io: cloud resources
  cluster - *
*.azure.upbound.io: cloud resources
  cluster - *
*.gcp.upbound.io: cloud resources
  cluster - *
*.aws.crossplane.io: cloud resources
  cluster - *
"""


def _read(table: str) -> Iterator[tuple[tuple[str, str], Makes]]:
    group = reason = ""
    for line in table.replace("\n    ", " ").splitlines():
        if not line.startswith("  "):
            group, reason = line.split(": ", 1)
            continue
        scope, makes, *kinds = line.split()
        made = makes.split(",")
        entry = Makes("pods" in made, "services" in made, scope == "namespace", reason)
        for kind in kinds:
            yield (group, kind), entry


_entries: dict[tuple[str, str], Makes] = {}


def lookup(group: str, kind: str) -> Makes | None:
    """Return what is known of a kind; None for one that is not listed."""
    if not _entries:
        _entries.update(_read(_TABLE))
    for name in (group, "*." + group.partition(".")[2]):
        entry = _entries.get((name, kind)) or _entries.get((name, "*"))
        if entry is not None:
            return entry
    return None
