"""What becomes of a call, hop by hop."""

from __future__ import annotations

import pytest

from cip_lint.cluster import Cluster, Unit, WorkloadMember
from cip_lint.replay import service_table
from cip_lint.replay.tracing.hops import State, Trace
from cip_lint.replay.tracing.targets import TargetError, read_target
from cip_lint.replay.tracing.trace import Tracer
from support.clusters import cluster, settings
from support.snapshots import snapshot

WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {%s containers: [{name: web, image: i}]}
---
"""
API = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
        - name: api
          image: i
          ports: [{name: http, containerPort: 8080}]
          readinessProbe: {httpGet: {port: http}}
---
"""
SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec:
  selector: {app: api}
  ports: [{name: web, port: 80, targetPort: http}]
---
"""


def called(
    to: str, text: str = SERVICE + API, spec: str = "", *, complete: bool = False
) -> Trace:
    made = settings(("10.96.0.0/16",), complete=complete)
    written = (WEB % spec + text).removesuffix("---\n")
    table = service_table(cluster(written, made))
    (web,) = (
        one
        for one in table.cluster.members
        if isinstance(one, WorkloadMember) and one.name == "web"
    )
    return Tracer(table).call(web, read_target(to))


def last(made: Trace) -> tuple[str, str, str]:
    hop = made.hops[-1]
    return hop.step.value, hop.state.value, hop.words


def facts(made: Trace) -> list[str]:
    return [one.words for hop in made.hops for one in hop.details]


@pytest.mark.parametrize(
    "to",
    [
        "http://api",
        "api",
        "api:80",
        "api:web",
        "API:80",
        "api.shop:80",
        "api.shop.svc:80",
        "http://api.shop.svc.cluster.local/x?y",
        "api.shop.svc.cluster.local.:80",
        "shop/api:80",
    ],
)
def test_a_call_that_arrives(to: str) -> None:
    made = called(to)

    assert made.state is State.OK
    assert [hop.step.value for hop in made.hops] == ["name", "service", "port", "pods"]
    (end,) = made.ends
    assert (end.name, end.port, end.pods) == ("Deployment shop/api", 8080, 2)


def test_each_name_that_is_asked_for_is_told() -> None:
    found, zone = facts(called("api.shop:80")), "shop.svc.cluster.local"

    assert found[:2] == [
        f"api.shop.{zone}. (search {zone}): no such name in the files",
        "api.shop.svc.cluster.local. (search svc.cluster.local): A clusterIP",
    ]


@pytest.mark.parametrize(
    ("to", "step", "said"),
    [
        ("api:81", "port", "Service shop/api has no port 81; it has 80 (web)"),
        ("udp://api:80", "port", "port 80 of Service shop/api is TCP, not UDP"),
        ("https://api", "port", "has no port 443; it has 80 (web)"),
        ("ap..i:80", "name", "can be no name"),
        ("apii:80", "name", "Service shop/apii is not in the files"),
        (
            "api.shop.cluster.local:80",
            "name",
            "lacks the label svc; Service shop/api is",
        ),
    ],
)
def test_where_a_call_breaks(to: str, step: str, said: str) -> None:
    made = called(to, complete=True)

    assert made.state is State.BROKEN
    assert last(made)[:2] == (step, "broken")
    assert said in last(made)[2]
    assert made.ends == ()


def test_a_target_port_and_a_node_port_are_no_ports_of_the_service() -> None:
    service = SERVICE.replace("targetPort: http", "targetPort: 8080, nodePort: 30080")
    service = service.replace("spec:", "spec:\n  type: NodePort")

    inside = called("api:8080", service + API)
    node = called("api:30080", service + API)

    assert "8080 is where port 80 leads to, inside the pods" in facts(inside)
    assert "30080 is a node port: it is on nodes, not on the Service" in facts(node)


@pytest.mark.parametrize("to", ["api", "shop/api", "grpc://api"])
def test_one_of_several_ports_must_be_named(to: str) -> None:
    service = SERVICE.replace(
        "targetPort: http}", "targetPort: http}, {name: b, port: 90}"
    )

    with pytest.raises(TargetError, match=r"no port; api has 80 \(web\) and 90 \(b\)"):
        called(to, service + API)


# Names


@pytest.mark.parametrize(
    ("spec", "state"),
    [
        ("hostNetwork: true,", State.BROKEN),
        ("dnsPolicy: Default,", State.BROKEN),
        ("hostNetwork: true, dnsPolicy: ClusterFirstWithHostNet,", State.OK),
        ("dnsPolicy: None, dnsConfig: {nameservers: [192.0.2.1]},", State.UNKNOWN),
    ],
)
def test_a_pod_that_does_not_ask_the_dns_of_the_cluster(
    spec: str, state: State
) -> None:
    made = called("api.shop.svc.cluster.local:80", spec=spec)

    assert made.state is state
    if state is not State.OK:
        hop = made.hops[-1]
        assert "Service shop/api in the DNS of the cluster" in hop.words
        assert hop.place is not None


def test_a_pod_of_its_node_may_find_what_is_outside() -> None:
    made = called("example.com:80", spec="dnsPolicy: Default,")

    assert made.state is State.UNKNOWN


def test_the_hosts_file_comes_before_dns() -> None:
    service = SERVICE.replace("selector", "clusterIP: 10.96.0.7\n  selector")
    aliases = "hostAliases: [{ip: 10.96.0.7, hostnames: [Legacy]}],"

    made = called("legacy:80", service + API, aliases)

    assert made.state is State.OK
    assert "the hosts file of the pod says that legacy is 10.96.0.7" in facts(made)


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("10.96.0.9:80", "may become that of any Service"),
        ("192.0.2.1:80", "is of no Service"),
        ("localhost:80", "the pod itself"),
        ("example.com:80", "a name outside of the cluster"),
        ("db.prod:80", "a name outside of the cluster"),
    ],
)
def test_what_is_not_in_the_files_is_unknown(to: str, said: str) -> None:
    made = called(to)

    assert made.state is State.UNKNOWN
    assert said in last(made)[2]


def test_the_address_of_the_api_server_is_its_own() -> None:
    for to in ("10.96.0.1:443", "https://kubernetes.default", "default/kubernetes:443"):
        made = called(to)
        assert (made.state, [end.name for end in made.ends]) == (
            State.OK,
            ["the API server"],
        )

    assert last(called("kubernetes.default:80"))[:2] == ("port", "broken")


def test_a_short_name_of_another_namespace_is_told() -> None:
    other = (SERVICE + API).replace("namespace: shop", "namespace: back")

    made = called("api:80", other, complete=True)

    assert made.state is State.BROKEN
    assert "Service back/api has the name; from here it is api.back" in facts(made)
    assert called("api.back:80", other).state is State.OK


def test_a_missing_service_of_an_open_world_is_unknown() -> None:
    assert called("cache:80", "").state is State.UNKNOWN
    assert called("cache:80", "", complete=True).state is State.BROKEN


def test_a_service_of_another_unit_may_be_there() -> None:
    apart = Unit("n", "kubectl", "plain folder", "folder", "n", scope="n")
    made = settings(("10.96.0.0/16",), complete=True)
    own = cluster((WEB % "").removesuffix("---\n"), made)
    other = cluster(SERVICE.removesuffix("---\n"), made, apart)
    both = Cluster(made, (*own.units, apart), (*own.members, *other.members))
    table = service_table(both)

    found = Tracer(table).call(table.cluster.workloads[0], read_target("api:80"))

    assert last(found) == (
        "name",
        "unknown",
        "Service shop/api is sent by another unit, n",
    )


def test_a_service_that_is_refused_has_no_name() -> None:
    made = called("api:80", SERVICE.replace("port: 80", "port: 80000") + API)

    assert made.state is State.BROKEN
    assert (
        "the API server refuses Service shop/api: spec.ports[0].port" in last(made)[2]
    )


def test_a_service_with_placeholders_is_not_known() -> None:
    made = called("api:80", SERVICE.replace("port: 80", 'port: "${PORT}"') + API)

    assert made.state is State.UNKNOWN
    assert made.hops[1].words == (
        "Service shop/api, ClusterIP; placeholders in it are not filled in"
    )


# Pods


def test_the_readiness_and_the_container_are_told() -> None:
    assert facts(called("api"))[-1] == (
        "Deployment shop/api: 2 pods, port 8080 of container api; "
        "ready when the readiness probe succeeds"
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("app: api}\n  ports", "app: apj}\n  ports", "no pod can have app=apj"),
        ("targetPort: http", "targetPort: htp", "has a pod for this"),
        ("replicas: 2", "replicas: 0", "has a pod for this"),
    ],
)
def test_a_service_without_pods(old: str, new: str, said: str) -> None:
    made = called("api:80", (SERVICE + API).replace(old, new), complete=True)

    assert last(made)[:2] == ("pods", "broken")
    assert said in last(made)[2]
    assert "kube-proxy rejects every connection" in facts(made)


def test_a_selector_that_fits_nothing_may_be_right_in_an_open_world() -> None:
    far = SERVICE.replace("app: api}", "app: payments}").replace("shop", "pay")

    assert called("api.pay:80", far).state is State.UNKNOWN
    assert called("api.pay:80", far, complete=True).state is State.BROKEN


def test_a_number_that_no_container_declares_is_told() -> None:
    made = called("api:80", SERVICE.replace("targetPort: http", "targetPort: 9") + API)

    assert made.state is State.OK
    assert "port 9, which no container declares" in facts(made)[-1]


SLICE = """
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: api-1, namespace: shop, labels: {kubernetes.io/service-name: api}}
addressType: IPv4
ports: [{name: web, port: 5432}]
endpoints: [{addresses: [192.0.2.7]}]
---
"""
SELECTORLESS = SERVICE.replace("  selector: {app: api}\n", "")


def test_endpoints_that_are_written_by_hand() -> None:
    made = called("api:80", SELECTORLESS + SLICE)
    apart = called("api:80", SELECTORLESS + SLICE.replace("name: web", "name: sql"))

    assert [end.name for end in made.ends] == ["192.0.2.7:5432"]
    assert last(apart)[:2] == ("pods", "broken")


def test_a_service_without_selector_and_endpoints() -> None:
    assert called("api:80", SELECTORLESS).state is State.UNKNOWN
    assert called("api:80", SELECTORLESS, complete=True).state is State.BROKEN


def test_the_node_of_the_caller_may_have_no_pod() -> None:
    local = SERVICE.replace("ports", "internalTrafficPolicy: Local\n  ports")
    everywhere = API.replace("Deployment", "DaemonSet").replace("  replicas: 2\n", "")

    assert last(called("api:80", local + API))[:2] == ("proxy", "unknown")
    assert called("api:80", local + everywhere).state is State.OK


# Headless Services, other names


HEADLESS = SERVICE.replace("selector", "clusterIP: None\n  selector")
SET = API.replace("Deployment", "StatefulSet").replace(
    "replicas: 2", "replicas: 2\n  serviceName: api"
)


@pytest.mark.parametrize(
    ("to", "state"),
    [
        ("api:8080", State.OK),
        ("api:80", State.BROKEN),
        ("api:web", State.OK),
        ("api:9", State.UNKNOWN),
        ("api-0.api:8080", State.OK),
        ("api-1.api.shop.svc.cluster.local:8080", State.OK),
        ("api-2.api:8080", State.BROKEN),
    ],
)
def test_nothing_translates_the_port_of_a_headless_service(
    to: str, state: State
) -> None:
    made = called(to, HEADLESS + SET)

    assert made.state is state


def test_a_pod_name_that_is_not_there_is_told_with_those_that_are() -> None:
    assert last(called("api-2.api:8080", HEADLESS + SET))[2] == (
        "no endpoint of Service shop/api is called api-2; there are api-0, api-1"
    )


def test_a_headless_service_without_pods_has_no_name() -> None:
    made = called("api:8080", HEADLESS + SET.replace("replicas: 2", "replicas: 0"))

    assert last(made)[:2] == ("name", "broken")
    assert "is headless and has no endpoint" in last(made)[2]


EXTERNAL = """
apiVersion: v1
kind: Service
metadata: {name: out, namespace: shop}
spec: {type: ExternalName, externalName: %s}
---
"""


def test_another_name_leads_on() -> None:
    inside = called("out:80", EXTERNAL % "api.shop.svc.cluster.local" + SERVICE + API)
    outside = called("out:80", EXTERNAL % "db.example.com")
    nowhere = called("out:80", EXTERNAL % "no.shop.svc.cluster.local")

    assert inside.state is State.OK
    assert [end.name for end in inside.ends] == ["Deployment shop/api"]
    assert outside.state is State.UNKNOWN
    assert "db.example.com is outside of the cluster" in last(outside)[2]
    assert nowhere.state is State.BROKEN
    assert "for which DNS has no answer" in last(nowhere)[2]


# Policies


def policy(spec: str, name: str = "p", namespace: str = "shop") -> str:
    head = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
    return (
        f"{head}metadata: {{name: {name}, namespace: {namespace}}}\nspec: {spec}\n---\n"
    )


TO_API = "{to: [{podSelector: {matchLabels: {app: api}}}]}"
OF_A_TEAM = "{from: [{namespaceSelector: {matchLabels: {team: a}}}]}"
TO_DNS = "{ports: [{port: 53, protocol: UDP}, {port: 53}]}"


@pytest.mark.parametrize(
    ("spec", "state"),
    [
        ("{podSelector: {matchLabels: {app: api}}}", State.BROKEN),
        ("{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}", State.OK),
        ("{podSelector: {}, ingress: [{ports: [{port: 80}]}]}", State.BROKEN),
        ("{podSelector: {}, ingress: [{ports: [{port: http}]}]}", State.OK),
        ("{podSelector: {}, policyTypes: [Egress]}", State.BROKEN),
        (f"{{podSelector: {{}}, ingress: [{{}}], egress: [{TO_DNS}]}}", State.BROKEN),
        (
            f"{{podSelector: {{}}, ingress: [{{}}], egress: [{TO_DNS}, {TO_API}]}}",
            State.OK,
        ),
        (f"{{podSelector: {{}}, ingress: [{OF_A_TEAM}]}}", State.UNKNOWN),
    ],
)
def test_policies_on_the_way(spec: str, state: State) -> None:
    made = called("api:80", SERVICE + API + policy(spec))

    assert made.state is state
    assert made.hops[-1].step.value == "policies"


def test_the_port_of_the_service_in_a_policy_is_told() -> None:
    spec = "{podSelector: {}, ingress: [{ports: [{port: 80}]}]}"

    found = facts(called("api:80", SERVICE + API + policy(spec)))

    assert "it opens 80, the port of the Service; policies see that of pods" in found


def test_a_pod_that_may_not_ask_dns_finds_no_name() -> None:
    spec = "{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 8080}]}]}"

    made = called("api:80", SERVICE + API + policy(spec))

    assert [hop.step.value for hop in made.hops] == ["policies"]
    assert "53/UDP of the DNS in kube-system, so no name is found" in last(made)[2]


KUBE_DNS = "{matchLabels: {k8s-app: kube-dns}}"
OF_OPENSHIFT = (
    "{to: [{namespaceSelector: {matchLabels: "
    "{kubernetes.io/metadata.name: openshift-dns}}}], "
    "ports: [{port: 5353, protocol: UDP}]}"
)


@pytest.mark.parametrize(
    ("rule", "state"),
    [
        (OF_OPENSHIFT, State.OK),
        ("{ports: [{port: 53, protocol: UDP}]}", State.OK),
        ("{ports: [{port: 53}]}", State.BROKEN),
        (f"{{to: [{{namespaceSelector: {{}}, podSelector: {KUBE_DNS}}}]}}", State.OK),
        ("{to: [{namespaceSelector: {matchLabels: {name: x}}}]}", State.UNKNOWN),
        ("{to: [{ipBlock: {cidr: 10.0.0.0/8}}]}", State.UNKNOWN),
        ("{to: [{podSelector: {}}]}", State.BROKEN),
    ],
)
def test_who_may_ask_the_dns_of_the_cluster(rule: str, state: State) -> None:
    to_api = "{to: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: 8080}]}"
    spec = f"{{podSelector: {{}}, policyTypes: [Egress], egress: [{rule}, {to_api}]}}"

    made = called("api:80", SERVICE + API + policy(spec))

    asked = made.hops[0]
    found = asked.state if asked.step.value == "policies" else State.OK
    assert found is state
    assert made.state is state


def test_the_labels_of_a_namespace_are_those_of_its_object() -> None:
    spec = f"{{podSelector: {{}}, ingress: [{OF_A_TEAM}]}}"
    space = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {team: %s}}\n---\n"
    text = SERVICE + API + policy(spec)

    assert called("api:80", text + space % "a").state is State.OK
    assert called("api:80", text + space % "b").state is State.BROKEN


def test_policies_of_other_projects_are_told_as_not_read() -> None:
    cilium = "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: c, namespace: %s}\n---\n"

    made = called("api:80", SERVICE + API + cilium % "shop")

    assert made.state is State.UNKNOWN
    assert last(made)[2] == "CiliumNetworkPolicy shop/c is not read"
    assert called("api:80", SERVICE + API + cilium % "far").state is State.OK


def test_a_policy_that_is_refused_keeps_nothing_back() -> None:
    made = called(
        "api:80", SERVICE + API + policy("{podSelector: {}, policyTypes: [In]}")
    )

    assert made.state is State.OK


# Objects that name a Service


INGRESS = """
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: front, namespace: shop}
spec:
  defaultBackend: {service: {name: api, port: {%s}}}
---
"""
HOOK = """
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: hook}
webhooks:
  - name: a.example.com
    clientConfig: {service: {name: api, namespace: shop%s}}
---
"""


def referred(text: str, to: str = "api", *, complete: bool = False) -> Trace:
    made = settings(("10.96.0.0/16",), complete=complete)
    table = service_table(cluster(text.removesuffix("---\n"), made))
    return Tracer(table).named(table.references.all, read_target(to))


@pytest.mark.parametrize("to", ["api", "api:80", "api:web", "api.shop", "shop/api:80"])
def test_an_ingress_reaches_the_pods_of_its_backend(to: str) -> None:
    made = referred(INGRESS % "name: web" + SERVICE + API, to)

    assert made.state is State.OK
    steps = [hop.step.value for hop in made.hops]
    assert steps == ["reference", "service", "port", "pods"]
    assert [(end.name, end.port) for end in made.ends] == [
        ("Deployment shop/api", 8080)
    ]


@pytest.mark.parametrize("to", ["web", "api:81", "api.far", "far/api"])
def test_an_object_that_does_not_name_the_service(to: str) -> None:
    with pytest.raises(TargetError, match="Ingress shop/front names shop/api:web"):
        referred(INGRESS % "name: web" + SERVICE + API, to)


@pytest.mark.parametrize(
    ("text", "step", "said"),
    [
        (INGRESS % "number: 81", "port", "has no port 81; it has 80 (web)"),
        (INGRESS % "name: wbe", "port", "has no port wbe; it has 80 (web)"),
        (HOOK % "", "port", "has no port 443; it has 80 (web)"),
    ],
)
def test_where_a_reference_breaks(text: str, step: str, said: str) -> None:
    made = referred(text + SERVICE + API)

    assert last(made)[:2] == (step, "broken")
    assert said in last(made)[2]


def test_a_reference_to_a_missing_service_is_broken_in_a_closed_world() -> None:
    assert referred(INGRESS % "number: 80").state is State.UNKNOWN
    assert referred(INGRESS % "number: 80", complete=True).state is State.BROKEN


def test_the_api_server_does_not_dial_a_headless_service() -> None:
    headless = SERVICE.replace("selector", "clusterIP: None\n  selector")

    made = referred(HOOK % ", port: 80" + headless + API)

    assert last(made)[:2] == ("proxy", "broken")
    assert 'cannot route to service with ClusterIP "None"' in last(made)[2]
    assert referred(HOOK % ", port: 80" + SERVICE + API).state is State.OK


def test_whether_a_controller_is_let_in_is_known_only_where_nobody_is() -> None:
    text = INGRESS % "number: 80" + SERVICE + API
    nobody = policy("{podSelector: {}}")
    some = policy("{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}")
    all_ = policy("{podSelector: {}, ingress: [{ports: [{port: 8080}]}]}")

    assert referred(text + nobody).state is State.BROKEN
    assert referred(text + some).state is State.UNKNOWN
    assert referred(text + all_).state is State.OK


def test_another_name_is_not_followed() -> None:
    made = referred(
        INGRESS % "number: 80" + (EXTERNAL % "a.example.com").replace("out", "api")
    )

    assert made.state is State.UNKNOWN


# A snapshot


def test_a_service_that_lives_is_found() -> None:
    living = SERVICE.replace("name: api,", "name: old,").replace(
        "selector", "clusterIP: 10.96.0.3\n  clusterIPs: [10.96.0.3]\n  selector"
    )
    pod = """
apiVersion: v1
kind: Pod
metadata: {name: api-1, namespace: shop, labels: {app: api}}
spec: {containers: [{name: c, image: i, ports: [{name: http, containerPort: 8080}]}]}
"""
    own = cluster((WEB % "").removesuffix("---\n"), settings(("10.96.0.0/16",)))
    lives = Cluster(
        own.settings, own.units, own.members, snapshot=snapshot(living + pod)
    )
    table = service_table(lives)
    web = table.cluster.workloads[0]

    for to in ("old:80", "10.96.0.3:80"):
        found = Tracer(table).call(web, read_target(to))
        assert found.state is State.OK
        assert [end.name for end in found.ends] == ["Pod shop/api-1"]
