"""Services that clusters come with, and those that well-known programs install.

One row for each: namespace, names, the program, and where the name is written. A
``*`` stands for any text. These are names that manifests use although the Service is
installed by a program of its own: by a chart, by the distribution, by a cloud.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import lru_cache

from cip_lint.records import NamedTuple


class AddOn(NamedTuple):
    """A program that brings Services of its own into a cluster."""

    namespace: str
    names: tuple[str, ...]
    program: str
    source: str

    @property
    def of_every_cluster(self) -> bool:
        """Whether no cluster is without it, so that nobody writes it down."""
        return self.program in _OF_EVERY_CLUSTER

    def names_exactly(self, name: str) -> bool:
        """Whether a Service is known by its whole name, not by a part of it."""
        return name in self.names


_OF_EVERY_CLUSTER = frozenset({"the API server", "cluster DNS"})

# namespace, program: source
#   names
_TABLE = """\
default, the API server: kubernetes/kubernetes:pkg/controlplane
  kubernetes
kube-system, cluster DNS: kubernetes/kubernetes:cluster/addons/dns/coredns
  kube-dns coredns rke2-coredns-rke2-coredns
kube-system, metrics-server: kubernetes-sigs/metrics-server:manifests/base/service.yaml
  metrics-server rke2-metrics-server
kube-system, Cilium: cilium/cilium:install/kubernetes/cilium/templates
  hubble-relay hubble-ui hubble-peer hubble-metrics cilium-agent cilium-ingress
  clustermesh-apiserver cilium-envoy
kube-system, the ingress controller of k3s: k3s-io/k3s:manifests/traefik.yaml
  traefik traefik-*
kube-system, an add-on of the cluster: kubernetes/kubernetes:cluster/addons
  kubernetes-dashboard* dashboard-metrics-scraper heapster monitoring-*
  tiller-deploy default-http-backend kube-state-metrics
kube-system, kube-prometheus: prometheus-community/helm-charts:charts/kube-prometheus-stack
  kube-scheduler kube-controller-manager kube-controller-manager-svc kube-etcd
  kube-proxy kubelet *-kubelet *-coredns *-kube-dns *-kube-etcd *-kube-proxy
  *-kube-scheduler *-kube-controller-manager
kube-system, an add-on of EKS: kubernetes-sigs/aws-load-balancer-controller:config/webhook
  aws-load-balancer-webhook-service aws-load-balancer-controller* ebs-csi-controller
  karpenter eks-extension-metrics-api
kube-system, an add-on of AKS: learn.microsoft.com/azure/aks
  azure-* keda-* ama-metrics-* calico-typha healthmodel-replicaset-service
kube-system, an add-on of the cluster: bitnami-labs/sealed-secrets:helm
  sealed-secrets* vpa-webhook snapshot-validation-service kube-vip* registry
  registry-creds ingress-nginx-* reflector* cluster-autoscaler*
kubernetes-dashboard, the dashboard: kubernetes/dashboard:charts
  kubernetes-dashboard* dashboard-metrics-scraper
istio-system, Istio: istio/istio:manifests/charts
  istiod istiod-* istio-ingressgateway istio-egressgateway istio-* ztunnel jaeger-*
  tracing zipkin kiali prometheus grafana cluster-local-gateway
  knative-local-gateway
istio-ingress, Istio: istio/istio:manifests/charts/gateway/templates/service.yaml
  istio-ingress* istio-ingressgateway
linkerd, Linkerd: linkerd/linkerd2:charts/linkerd-control-plane/templates
  linkerd-*
linkerd-viz, Linkerd: linkerd/linkerd2:viz/charts/linkerd-viz/templates
  web tap tap-injector metrics-api prometheus
ingress-nginx, ingress-nginx: kubernetes/ingress-nginx:deploy/static/provider
  ingress-nginx-controller* ingress-nginx-defaultbackend default-http-backend
traefik, Traefik: traefik/traefik-helm-chart:traefik/templates/service.yaml
  traefik*
cert-manager, cert-manager: cert-manager/cert-manager:deploy/charts
  cert-manager cert-manager-webhook cert-manager-cainjector trust-manager* *-webhook
monitoring, kube-prometheus: prometheus-operator/kube-prometheus:manifests
  prometheus-operated alertmanager-operated prometheus-operator prometheus-k8s
  alertmanager-main kube-state-metrics node-exporter *-kube-prometheus-stack-*
  kube-prometheus-stack-* *-prometheus-* *-grafana *-alertmanager prometheus-adapter
  thanos-ruler-operated
openshift-*, OpenShift: openshift/cluster-version-operator:docs
  *
knative-serving, Knative: knative/serving:config/core
  activator-service autoscaler controller webhook net-*-controller net-*-webhook
  kourier-internal kourier
knative-eventing, Knative: knative/eventing:config
  broker-ingress broker-filter eventing-webhook imc-dispatcher
  inmemorychannel-webhook kafka-* job-sink
kourier-system, Knative: knative-extensions/net-kourier:config
  kourier kourier-internal
argocd, Argo CD: argoproj/argo-cd:manifests/install.yaml
  argocd-*
flux-system, Flux: fluxcd/flux2:manifests/install
  notification-controller source-controller webhook-receiver
gatekeeper-system, Gatekeeper: open-policy-agent/gatekeeper:deploy/gatekeeper.yaml
  gatekeeper-webhook-service
kyverno, Kyverno: kyverno/kyverno:config/install.yaml
  kyverno-svc kyverno-svc-metrics kyverno-cleanup-controller*
  kyverno-background-controller-metrics kyverno-reports-controller-metrics
keda, KEDA: kedacore/keda:config
  keda-*
metallb-system, MetalLB: metallb/metallb:config/manifests
  metallb-webhook-service webhook-service controller-monitor-service
  speaker-monitor-service
calico-system, Calico: tigera/operator:pkg/render
  calico-typha calico-kube-controllers-metrics whisker goldmane
calico-apiserver, Calico: tigera/operator:pkg/render/apiserver.go
  calico-api
tekton-pipelines, Tekton: tektoncd/pipeline:config
  tekton-*
longhorn-system, Longhorn: longhorn/longhorn:deploy/longhorn.yaml
  longhorn-*
gpu-operator, the GPU operator: NVIDIA/gpu-operator:assets
  gpu-operator nvidia-dcgm-exporter nvidia-*
cattle-system, Rancher: rancher/rancher:chart/templates/service.yaml
  rancher rancher-webhook
"""


@lru_cache(maxsize=4096)
def add_on_of(namespace: str, name: str) -> AddOn | None:
    """Return the well-known program that brings a Service of a name, if any."""
    for row in _by_namespace().get(namespace, ()):
        if any(fnmatchcase(name, pattern) for pattern in row.names):
            return row
    if namespace.startswith("openshift-"):
        return _by_namespace()["openshift-*"][0]
    return None


@lru_cache(maxsize=1)
def _by_namespace() -> Mapping[str, tuple[AddOn, ...]]:
    found: dict[str, tuple[AddOn, ...]] = {}
    for line in _TABLE.replace("\n  ", " | ").splitlines():
        head, *names = line.split(" | ")
        where, source = head.split(": ")
        namespace, program = where.split(", ")
        row = AddOn(namespace, tuple(" ".join(names).split()), program, source)
        found[namespace] = (*found.get(namespace, ()), row)
    return found
