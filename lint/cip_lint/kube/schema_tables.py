"""The published types of the API, as far as objects are judged by them.

One line is one type: its name, ``=``, and its fields as ``name:type``.
``[]T`` is a list and ``{}T`` a map with text keys. ``~T`` is text under a name of
its own, ``*T`` an object that is not looked into. ``+T`` takes the fields of ``T``
in place. ``>1.21`` marks the first minor release that has a field and ``<1.20``
the first that has it no more; ``@`` names what makes the items of a list one
(``@port,protocol``), ``@set`` a list of distinct values, and ``@atomic`` a list or
map that server-side apply replaces as a whole. A type that another group version
spells differently has that version in front (``v1beta1.Ingress``).

Taken from the types of ``k8s.io/api`` and ``k8s.io/apimachinery`` up to 1.37.
"""

from __future__ import annotations

META = """
ObjectMeta = name:string generateName:string namespace:string selfLink:string uid:~types.UID resourceVersion:string generation:int64 creationTimestamp:time deletionTimestamp:time deletionGracePeriodSeconds:int64 labels:{}string annotations:{}string ownerReferences:[]OwnerReference@uid finalizers:[]string@set clusterName:string<1.24 managedFields:[]ManagedFieldsEntry@atomic
OwnerReference = apiVersion:string kind:string name:string uid:~types.UID controller:bool blockOwnerDeletion:bool
ManagedFieldsEntry = manager:string operation:~ManagedFieldsOperationType apiVersion:string time:time fieldsType:string fieldsV1:any subresource:string>1.22
LabelSelector = matchLabels:{}string matchExpressions:[]LabelSelectorRequirement@atomic
LabelSelectorRequirement = key:string operator:~LabelSelectorOperator values:[]string@atomic
Condition = type:string status:~ConditionStatus observedGeneration:int64 lastTransitionTime:time reason:string message:string
ObjectReference = kind:string namespace:string name:string uid:~types.UID apiVersion:string resourceVersion:string fieldPath:string
"""

SERVICE = """
Service = kind:string apiVersion:string metadata:ObjectMeta spec:ServiceSpec status:ServiceStatus
ServiceSpec = ports:[]ServicePort@port,protocol selector:{}string@atomic clusterIP:string clusterIPs:[]string@atomic>1.20 type:~ServiceType externalIPs:[]string@atomic sessionAffinity:~ServiceAffinity loadBalancerIP:string loadBalancerSourceRanges:[]string@atomic externalName:string externalTrafficPolicy:~ServiceExternalTrafficPolicy healthCheckNodePort:int32 publishNotReadyAddresses:bool sessionAffinityConfig:SessionAffinityConfig ipFamily:~IPFamily<1.20 topologyKeys:[]string@atomic<1.22 ipFamilies:[]~IPFamily@atomic>1.20 ipFamilyPolicy:~IPFamilyPolicy>1.20 allocateLoadBalancerNodePorts:bool>1.20 loadBalancerClass:string>1.21 internalTrafficPolicy:~ServiceInternalTrafficPolicy>1.21 trafficDistribution:string>1.30
ServicePort = name:string protocol:~Protocol=TCP appProtocol:string port:int32 targetPort:int-or-string nodePort:int32
SessionAffinityConfig = clientIP:ClientIPConfig
ClientIPConfig = timeoutSeconds:int32
ServiceStatus = loadBalancer:LoadBalancerStatus conditions:[]Condition@type>1.20
LoadBalancerStatus = ingress:[]LoadBalancerIngress@atomic
LoadBalancerIngress = ip:string hostname:string ipMode:~LoadBalancerIPMode>1.29 ports:[]PortStatus@atomic>1.20
PortStatus = port:int32 protocol:~Protocol error:string
"""

ENDPOINTS = """
Endpoints = kind:string apiVersion:string metadata:ObjectMeta subsets:[]EndpointSubset@atomic
EndpointSubset = addresses:[]EndpointAddress@atomic notReadyAddresses:[]EndpointAddress@atomic ports:[]EndpointPort@atomic
EndpointAddress = ip:string hostname:string nodeName:string targetRef:ObjectReference
EndpointPort = name:string port:int32 protocol:~Protocol appProtocol:string
EndpointSlice = kind:string apiVersion:string metadata:ObjectMeta addressType:~AddressType endpoints:[]Endpoint@atomic ports:[]EndpointPort@atomic
Endpoint = addresses:[]string@set conditions:EndpointConditions hostname:string targetRef:ObjectReference deprecatedTopology:{}string nodeName:string zone:string hints:EndpointHints
EndpointConditions = ready:bool serving:bool>1.20 terminating:bool>1.20
EndpointHints = forZones:[]ForZone@atomic forNodes:[]ForNode@atomic>1.33
ForZone = name:string
ForNode = name:string
v1beta1.EndpointSlice = kind:string apiVersion:string metadata:ObjectMeta addressType:~v1beta1.AddressType endpoints:[]v1beta1.Endpoint@atomic ports:[]v1beta1.EndpointPort@atomic
v1beta1.Endpoint = addresses:[]string@set conditions:v1beta1.EndpointConditions hostname:string targetRef:ObjectReference topology:{}string nodeName:string>1.20 hints:v1beta1.EndpointHints>1.21
v1beta1.EndpointConditions = ready:bool serving:bool>1.20 terminating:bool>1.20
v1beta1.EndpointHints = forZones:[]v1beta1.ForZone@atomic forNodes:[]v1beta1.ForNode@atomic>1.33
v1beta1.ForZone = name:string
v1beta1.ForNode = name:string
v1beta1.EndpointPort = name:string protocol:~Protocol port:int32 appProtocol:string
"""

NETWORKING = """
Ingress = kind:string apiVersion:string metadata:ObjectMeta spec:IngressSpec status:IngressStatus
IngressSpec = ingressClassName:string defaultBackend:IngressBackend tls:[]IngressTLS@atomic rules:[]IngressRule@atomic
IngressTLS = hosts:[]string@atomic secretName:string
IngressRule = host:string +IngressRuleValue
IngressRuleValue = http:HTTPIngressRuleValue
HTTPIngressRuleValue = paths:[]HTTPIngressPath@atomic
HTTPIngressPath = path:string pathType:~PathType backend:IngressBackend
IngressBackend = service:IngressServiceBackend resource:TypedLocalObjectReference
IngressServiceBackend = name:string port:ServiceBackendPort
ServiceBackendPort = name:string number:int32
TypedLocalObjectReference = apiGroup:string kind:string name:string
IngressStatus = loadBalancer:IngressLoadBalancerStatus
IngressLoadBalancerStatus = ingress:[]IngressLoadBalancerIngress@atomic
IngressLoadBalancerIngress = ip:string hostname:string ports:[]IngressPortStatus@atomic
IngressPortStatus = port:int32 protocol:~Protocol error:string
v1beta1.Ingress = kind:string apiVersion:string metadata:ObjectMeta spec:v1beta1.IngressSpec status:*v1beta1.IngressStatus
v1beta1.IngressSpec = ingressClassName:string backend:v1beta1.IngressBackend tls:[]v1beta1.IngressTLS@atomic rules:[]v1beta1.IngressRule@atomic
v1beta1.IngressTLS = hosts:[]string@atomic secretName:string
v1beta1.IngressRule = host:string +v1beta1.IngressRuleValue
v1beta1.IngressRuleValue = http:v1beta1.HTTPIngressRuleValue
v1beta1.HTTPIngressRuleValue = paths:[]v1beta1.HTTPIngressPath@atomic
v1beta1.HTTPIngressPath = path:string pathType:~v1beta1.PathType backend:v1beta1.IngressBackend
v1beta1.IngressBackend = serviceName:string servicePort:int-or-string resource:TypedLocalObjectReference
NetworkPolicy = kind:string apiVersion:string metadata:ObjectMeta spec:NetworkPolicySpec status:*NetworkPolicyStatus>1.24<1.28
NetworkPolicySpec = podSelector:LabelSelector ingress:[]NetworkPolicyIngressRule@atomic egress:[]NetworkPolicyEgressRule@atomic policyTypes:[]~PolicyType@atomic
NetworkPolicyIngressRule = ports:[]NetworkPolicyPort@atomic from:[]NetworkPolicyPeer@atomic
NetworkPolicyEgressRule = ports:[]NetworkPolicyPort@atomic to:[]NetworkPolicyPeer@atomic
NetworkPolicyPort = protocol:~Protocol port:int-or-string endPort:int32>1.21
NetworkPolicyPeer = podSelector:LabelSelector namespaceSelector:LabelSelector ipBlock:IPBlock
IPBlock = cidr:string except:[]string@atomic
IPAddress = kind:string apiVersion:string metadata:ObjectMeta spec:IPAddressSpec
IPAddressSpec = parentRef:ParentReference
ParentReference = group:string resource:string namespace:string name:string
ServiceCIDR = kind:string apiVersion:string metadata:ObjectMeta spec:ServiceCIDRSpec status:ServiceCIDRStatus
ServiceCIDRSpec = cidrs:[]string@atomic
ServiceCIDRStatus = conditions:[]Condition@type
"""

PODS = """
Pod = kind:string apiVersion:string metadata:ObjectMeta spec:PodSpec status:*PodStatus
PodTemplateSpec = metadata:ObjectMeta spec:PodSpec
PodSpec = volumes:[]*Volume initContainers:[]Container containers:[]Container ephemeralContainers:[]EphemeralContainer restartPolicy:~RestartPolicy terminationGracePeriodSeconds:int64 activeDeadlineSeconds:int64 dnsPolicy:~DNSPolicy nodeSelector:{}string serviceAccountName:string serviceAccount:string automountServiceAccountToken:bool nodeName:string hostNetwork:bool hostPID:bool hostIPC:bool shareProcessNamespace:bool securityContext:*PodSecurityContext imagePullSecrets:[]*LocalObjectReference hostname:string subdomain:string affinity:*Affinity schedulerName:string tolerations:[]*Toleration hostAliases:[]HostAlias priorityClassName:string priority:int32 dnsConfig:PodDNSConfig readinessGates:[]PodReadinessGate runtimeClassName:string enableServiceLinks:bool preemptionPolicy:~PreemptionPolicy overhead:{}any topologySpreadConstraints:[]*TopologySpreadConstraint setHostnameAsFQDN:bool os:PodOS>1.23 hostUsers:bool>1.25 schedulingGates:[]PodSchedulingGate>1.26 resourceClaims:[]*PodResourceClaim>1.26 resources:*ResourceRequirements>1.32 hostnameOverride:string>1.34 workloadRef:*WorkloadReference>1.35<1.36 schedulingGroup:*PodSchedulingGroup>1.36 evictionResponders:[]*EvictionResponder>1.37
HostAlias = ip:string hostnames:[]string
PodDNSConfig = nameservers:[]string searches:[]string options:[]PodDNSConfigOption
PodDNSConfigOption = name:string value:string
PodReadinessGate = conditionType:~PodConditionType
PodSchedulingGate = name:string
PodOS = name:~OSName
Container = name:string image:string command:[]string args:[]string workingDir:string ports:[]ContainerPort envFrom:[]EnvFromSource env:[]EnvVar resources:*ResourceRequirements resizePolicy:[]*ContainerResizePolicy>1.27 restartPolicy:~ContainerRestartPolicy>1.28 restartPolicyRules:[]*ContainerRestartRule>1.34 volumeMounts:[]VolumeMount volumeDevices:[]*VolumeDevice livenessProbe:Probe readinessProbe:Probe startupProbe:Probe lifecycle:Lifecycle terminationMessagePath:string terminationMessagePolicy:~TerminationMessagePolicy imagePullPolicy:~PullPolicy securityContext:*SecurityContext stdin:bool stdinOnce:bool tty:bool
EphemeralContainer = +EphemeralContainerCommon targetContainerName:string
EphemeralContainerCommon = name:string image:string command:[]string args:[]string workingDir:string ports:[]ContainerPort envFrom:[]EnvFromSource env:[]EnvVar resources:*ResourceRequirements resizePolicy:[]*ContainerResizePolicy>1.27 restartPolicy:~ContainerRestartPolicy>1.28 restartPolicyRules:[]*ContainerRestartRule>1.34 volumeMounts:[]VolumeMount volumeDevices:[]*VolumeDevice livenessProbe:Probe readinessProbe:Probe startupProbe:Probe lifecycle:Lifecycle terminationMessagePath:string terminationMessagePolicy:~TerminationMessagePolicy imagePullPolicy:~PullPolicy securityContext:*SecurityContext stdin:bool stdinOnce:bool tty:bool
ContainerPort = name:string hostPort:int32 containerPort:int32 protocol:~Protocol hostIP:string
VolumeMount = name:string readOnly:bool recursiveReadOnly:~RecursiveReadOnlyMode>1.30 mountPath:string subPath:string mountPropagation:~MountPropagationMode subPathExpr:string bindMountOptions:[]string>1.37
EnvVar = name:string value:string valueFrom:EnvVarSource
EnvVarSource = fieldRef:ObjectFieldSelector resourceFieldRef:ResourceFieldSelector configMapKeyRef:ConfigMapKeySelector secretKeyRef:SecretKeySelector fileKeyRef:FileKeySelector>1.34
ObjectFieldSelector = apiVersion:string fieldPath:string
ResourceFieldSelector = containerName:string resource:string divisor:any
ConfigMapKeySelector = name:string key:string optional:bool
SecretKeySelector = name:string key:string optional:bool
FileKeySelector = volumeName:string path:string key:string optional:bool
EnvFromSource = prefix:string configMapRef:ConfigMapEnvSource secretRef:SecretEnvSource
ConfigMapEnvSource = name:string optional:bool
SecretEnvSource = name:string optional:bool
Probe = +ProbeHandler initialDelaySeconds:int32 timeoutSeconds:int32 periodSeconds:int32 successThreshold:int32 failureThreshold:int32 terminationGracePeriodSeconds:int64>1.21
ProbeHandler = exec:ExecAction httpGet:HTTPGetAction tcpSocket:TCPSocketAction grpc:GRPCAction>1.23
ExecAction = command:[]string
HTTPGetAction = path:string port:int-or-string host:string scheme:~URIScheme httpHeaders:[]HTTPHeader protocol:~HTTPProtocol>1.37
HTTPHeader = name:string value:string
TCPSocketAction = port:int-or-string host:string
GRPCAction = port:int32 service:string mode:~GRPCProbeMode>1.37
Lifecycle = postStart:LifecycleHandler preStop:LifecycleHandler stopSignal:~Signal>1.33
LifecycleHandler = exec:ExecAction httpGet:HTTPGetAction tcpSocket:TCPSocketAction sleep:SleepAction>1.29
SleepAction = seconds:int64
"""

WORKLOADS = """
ReplicationController = kind:string apiVersion:string metadata:ObjectMeta spec:ReplicationControllerSpec status:*ReplicationControllerStatus
ReplicationControllerSpec = replicas:int32 minReadySeconds:int32 selector:{}string template:PodTemplateSpec
Deployment = kind:string apiVersion:string metadata:ObjectMeta spec:DeploymentSpec status:*DeploymentStatus
DeploymentSpec = replicas:int32 selector:LabelSelector template:PodTemplateSpec strategy:*DeploymentStrategy minReadySeconds:int32 revisionHistoryLimit:int32 paused:bool progressDeadlineSeconds:int32
StatefulSet = kind:string apiVersion:string metadata:ObjectMeta spec:StatefulSetSpec status:*StatefulSetStatus
StatefulSetSpec = replicas:int32 selector:LabelSelector template:PodTemplateSpec volumeClaimTemplates:[]*PersistentVolumeClaim serviceName:string podManagementPolicy:~PodManagementPolicyType updateStrategy:*StatefulSetUpdateStrategy revisionHistoryLimit:int32 minReadySeconds:int32>1.22 persistentVolumeClaimRetentionPolicy:*StatefulSetPersistentVolumeClaimRetentionPolicy>1.23 ordinals:StatefulSetOrdinals>1.26
StatefulSetOrdinals = start:int32
DaemonSet = kind:string apiVersion:string metadata:ObjectMeta spec:DaemonSetSpec status:*DaemonSetStatus
DaemonSetSpec = selector:LabelSelector template:PodTemplateSpec updateStrategy:*DaemonSetUpdateStrategy minReadySeconds:int32 revisionHistoryLimit:int32
ReplicaSet = kind:string apiVersion:string metadata:ObjectMeta spec:ReplicaSetSpec status:*ReplicaSetStatus
ReplicaSetSpec = replicas:int32 minReadySeconds:int32 selector:LabelSelector template:PodTemplateSpec
Job = kind:string apiVersion:string metadata:ObjectMeta spec:JobSpec status:*JobStatus
JobSpec = parallelism:int32 completions:int32 activeDeadlineSeconds:int64 podFailurePolicy:*PodFailurePolicy>1.25 successPolicy:*SuccessPolicy>1.30 backoffLimit:int32 backoffLimitPerIndex:int32>1.28 maxFailedIndexes:int32>1.28 selector:LabelSelector manualSelector:bool template:PodTemplateSpec ttlSecondsAfterFinished:int32 completionMode:~CompletionMode>1.21 suspend:bool>1.21 podReplacementPolicy:~PodReplacementPolicy>1.28 managedBy:string>1.30 scheduling:*JobSchedulingConfiguration>1.37
CronJob = kind:string apiVersion:string metadata:ObjectMeta spec:CronJobSpec status:*CronJobStatus
CronJobSpec = schedule:string timeZone:string>1.24 startingDeadlineSeconds:int64 concurrencyPolicy:~ConcurrencyPolicy suspend:bool jobTemplate:JobTemplateSpec successfulJobsHistoryLimit:int32 failedJobsHistoryLimit:int32
JobTemplateSpec = metadata:ObjectMeta spec:JobSpec
"""

AUTOSCALERS = """
HorizontalPodAutoscaler = kind:string apiVersion:string metadata:ObjectMeta spec:HorizontalPodAutoscalerSpec status:*HorizontalPodAutoscalerStatus
HorizontalPodAutoscalerSpec = scaleTargetRef:CrossVersionObjectReference minReplicas:int32 maxReplicas:int32 targetCPUUtilizationPercentage:int32
CrossVersionObjectReference = kind:string name:string apiVersion:string
v2.HorizontalPodAutoscaler = kind:string apiVersion:string metadata:ObjectMeta spec:v2.HorizontalPodAutoscalerSpec status:*v2.HorizontalPodAutoscalerStatus
v2.HorizontalPodAutoscalerSpec = scaleTargetRef:v2.CrossVersionObjectReference minReplicas:int32 maxReplicas:int32 metrics:[]v2.MetricSpec@atomic behavior:v2.HorizontalPodAutoscalerBehavior
v2.CrossVersionObjectReference = kind:string name:string apiVersion:string
v2.MetricSpec = type:~v2.MetricSourceType object:v2.ObjectMetricSource pods:v2.PodsMetricSource resource:v2.ResourceMetricSource containerResource:v2.ContainerResourceMetricSource external:v2.ExternalMetricSource
v2.ObjectMetricSource = describedObject:v2.CrossVersionObjectReference target:v2.MetricTarget metric:v2.MetricIdentifier
v2.PodsMetricSource = metric:v2.MetricIdentifier target:v2.MetricTarget
v2.ResourceMetricSource = name:~ResourceName target:v2.MetricTarget
v2.ContainerResourceMetricSource = name:~ResourceName target:v2.MetricTarget container:string
v2.ExternalMetricSource = metric:v2.MetricIdentifier target:v2.MetricTarget
v2.MetricIdentifier = name:string selector:LabelSelector
v2.MetricTarget = type:~v2.MetricTargetType value:any averageValue:any averageUtilization:int32
v2.HorizontalPodAutoscalerBehavior = scaleUp:v2.HPAScalingRules scaleDown:v2.HPAScalingRules
v2.HPAScalingRules = stabilizationWindowSeconds:int32 selectPolicy:~v2.ScalingPolicySelect policies:[]v2.HPAScalingPolicy@atomic tolerance:any>1.33
v2.HPAScalingPolicy = type:~v2.HPAScalingPolicyType value:int32 periodSeconds:int32
"""

REFERRERS = """
ValidatingWebhookConfiguration = kind:string apiVersion:string metadata:ObjectMeta webhooks:[]ValidatingWebhook@name
MutatingWebhookConfiguration = kind:string apiVersion:string metadata:ObjectMeta webhooks:[]MutatingWebhook@name
ValidatingWebhook = name:string clientConfig:WebhookClientConfig rules:[]RuleWithOperations@atomic failurePolicy:~FailurePolicyType matchPolicy:~MatchPolicyType namespaceSelector:LabelSelector objectSelector:LabelSelector sideEffects:~SideEffectClass timeoutSeconds:int32 admissionReviewVersions:[]string@atomic matchConditions:[]MatchCondition@name>1.27
MutatingWebhook = name:string clientConfig:WebhookClientConfig rules:[]RuleWithOperations@atomic failurePolicy:~FailurePolicyType matchPolicy:~MatchPolicyType namespaceSelector:LabelSelector objectSelector:LabelSelector sideEffects:~SideEffectClass timeoutSeconds:int32 admissionReviewVersions:[]string@atomic reinvocationPolicy:~ReinvocationPolicyType matchConditions:[]MatchCondition@name>1.27
WebhookClientConfig = url:string service:ServiceReference caBundle:string
ServiceReference = namespace:string name:string path:string port:int32
RuleWithOperations = operations:[]~OperationType@atomic +Rule
Rule = apiGroups:[]string@atomic apiVersions:[]string@atomic resources:[]string@atomic scope:~ScopeType
MatchCondition = name:string expression:string
APIService = kind:string apiVersion:string metadata:ObjectMeta spec:APIServiceSpec status:*APIServiceStatus
APIServiceSpec = service:APIServiceReference group:string version:string insecureSkipTLSVerify:bool caBundle:string groupPriorityMinimum:int32 versionPriority:int32
APIServiceReference/ServiceReference = namespace:string name:string port:int32
"""

TABLES = (
    META,
    SERVICE,
    ENDPOINTS,
    NETWORKING,
    PODS,
    WORKLOADS,
    AUTOSCALERS,
    REFERRERS,
)

KINDS = {
    ("v1", "Service"): "Service",
    ("v1", "Endpoints"): "Endpoints",
    ("v1", "Pod"): "Pod",
    ("v1", "ReplicationController"): "ReplicationController",
    ("apps/v1", "Deployment"): "Deployment",
    ("apps/v1", "StatefulSet"): "StatefulSet",
    ("apps/v1", "DaemonSet"): "DaemonSet",
    ("apps/v1", "ReplicaSet"): "ReplicaSet",
    ("batch/v1", "Job"): "Job",
    ("batch/v1", "CronJob"): "CronJob",
    ("autoscaling/v1", "HorizontalPodAutoscaler"): "HorizontalPodAutoscaler",
    ("autoscaling/v2", "HorizontalPodAutoscaler"): "v2.HorizontalPodAutoscaler",
    ("discovery.k8s.io/v1", "EndpointSlice"): "EndpointSlice",
    ("discovery.k8s.io/v1beta1", "EndpointSlice"): "v1beta1.EndpointSlice",
    ("networking.k8s.io/v1", "Ingress"): "Ingress",
    ("networking.k8s.io/v1beta1", "Ingress"): "v1beta1.Ingress",
    ("extensions/v1beta1", "Ingress"): "v1beta1.Ingress",
    ("networking.k8s.io/v1", "NetworkPolicy"): "NetworkPolicy",
    ("networking.k8s.io/v1", "IPAddress"): "IPAddress",
    ("networking.k8s.io/v1", "ServiceCIDR"): "ServiceCIDR",
    (
        "admissionregistration.k8s.io/v1",
        "ValidatingWebhookConfiguration",
    ): "ValidatingWebhookConfiguration",
    (
        "admissionregistration.k8s.io/v1",
        "MutatingWebhookConfiguration",
    ): "MutatingWebhookConfiguration",
    ("apiregistration.k8s.io/v1", "APIService"): "APIService",
}
"""API version and kind -> the type that its objects are read as."""
