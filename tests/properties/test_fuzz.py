"""No manifest, however wrong, makes the command stumble."""

from __future__ import annotations

import copy
import functools
import json
import tempfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from cip_lint_schemas import load
from support.command import cip_lint

_OBJECTS: list[dict[str, Any]] = list(
    yaml.safe_load_all("""\
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
  labels: {app: web}
  annotations: {"ignore.cip-lint/address.taken": moved}
spec:
  type: LoadBalancer
  clusterIP: 10.96.0.10
  clusterIPs: [10.96.0.10]
  ipFamilies: [IPv4]
  ipFamilyPolicy: SingleStack
  externalTrafficPolicy: Local
  internalTrafficPolicy: Cluster
  healthCheckNodePort: 30001
  loadBalancerSourceRanges: [10.0.0.0/8]
  sessionAffinity: ClientIP
  sessionAffinityConfig: {clientIP: {timeoutSeconds: 10}}
  externalIPs: [192.0.2.1]
  selector: {app: web, tier: front}
  ports:
  - {name: http, port: 80, targetPort: http, nodePort: 30080, protocol: TCP}
  - {name: dns, port: 53, targetPort: 5353, protocol: UDP, appProtocol: dns}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec:
  clusterIP: None
  publishNotReadyAddresses: true
  selector: {app: db}
  ports: [{port: 5432, targetPort: sql}]
---
apiVersion: v1
kind: Service
metadata: {name: out, namespace: shop}
spec: {type: ExternalName, externalName: example.com, ports: [{port: 443}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}, matchExpressions: [{key: tier, operator: In, values: [front]}]}
  template:
    metadata: {labels: {app: web, tier: front}}
    spec:
      hostNetwork: false
      initContainers:
      - {name: proxy, image: envoy, restartPolicy: Always, ports: [{containerPort: 1}]}
      containers:
      - name: web
        image: nginx:1.27
        env: [{name: DB, value: db.shop.svc.cluster.local}, {name: X, valueFrom: {fieldRef: {fieldPath: status.podIP}}}]
        args: ["--db=db:5432"]
        ports: [{name: http, containerPort: 8080, hostPort: 30080, protocol: TCP}]
        readinessProbe: {httpGet: {port: http, path: /}, periodSeconds: 3}
        livenessProbe: {tcpSocket: {port: 8080}}
        lifecycle: {preStop: {httpGet: {port: stop}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  serviceName: db
  replicas: 3
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: postgres, ports: [{name: sql, containerPort: 5432}]}], hostname: a, subdomain: db}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: night, namespace: shop}
spec:
  schedule: "0 1 * * *"
  jobTemplate: {spec: {template: {metadata: {labels: {app: night}}, spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
endpoints: [{addresses: [192.0.2.9], conditions: {ready: true}, targetRef: {kind: Pod, name: x}}]
ports: [{name: http, port: 8080, protocol: TCP}]
---
apiVersion: v1
kind: Endpoints
metadata: {name: db, namespace: shop}
subsets: [{addresses: [{ip: 192.0.2.7}], notReadyAddresses: [{ip: 192.0.2.8}], ports: [{name: sql, port: 5432}]}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  defaultBackend: {service: {name: web, port: {number: 80}}}
  rules: [{host: a.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}]}}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  ingress: [{from: [{podSelector: {}}, {ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}], ports: [{port: http, protocol: TCP}, {port: 1, endPort: 9}]}]
---
apiVersion: networking.k8s.io/v1
kind: ServiceCIDR
metadata: {name: kubernetes}
spec: {cidrs: [10.96.0.0/16]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: shop}
spec: {scaleTargetRef: {kind: Deployment, name: web, apiVersion: apps/v1}, maxReplicas: 3}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: hook}
webhooks: [{name: a.b.c, sideEffects: None, admissionReviewVersions: [v1], clientConfig: {service: {name: web, namespace: shop, port: 443}}}]
---
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: shop
resources: [a.yaml]
labels: [{pairs: {a: b}, includeSelectors: true}]
patches: [{path: p.yaml}]
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop}
spec: {destination: {namespace: shop, server: x}, source: {path: ., repoURL: y}}
---
apiVersion: v1
kind: List
items: [{apiVersion: v1, kind: Service, metadata: {name: in-list}, spec: {ports: [{port: 80}]}}]
---
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {a: b}}
""")
)

_ODD: list[Any] = [
    *(None, True, 0, -1, 65536, 2**40, 2**70, 1.5, float("nan"), float("inf")),
    *("", "None", "x" * 300, "a\nb", "😀", "\x00", "\ud800", "10.96.0.10", "::1"),
    *("{{ .Values.x }}", "${X}", "<NAME>", "on", "1e3", "2026-01-01"),
    *([], {}, [None], [[]], [{}], {"": None}, {"a": {"b": []}}, {1: 2, None: 3}),
]
_SCHEMA = Draft7Validator(load("report"))
_PLAN_SCHEMA = Draft7Validator(load("plan"))


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every node below a value."""
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    else:
        return []
    found = []
    for key, child in items:
        found += [(*path, key), *_places(child, (*path, key))]
    return found


_SPOTS = [(i, path) for i, one in enumerate(_OBJECTS) for path in _places(one)]
_change = st.tuples(
    st.sampled_from(_SPOTS),
    st.sampled_from(["replace", "delete", "duplicate", "wrap", "rename", "move"]),
    st.sampled_from(_ODD),
    st.sampled_from(_SPOTS),
)


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    return functools.reduce(lambda one, key: one[key], path, value)


def _mutate(objects: list[Any], change: tuple[Any, ...]) -> None:
    """Change one node, if earlier changes have left it in place."""
    (index, path), how, odd, (other, place) = change
    try:
        parent, key = _at(objects[index], path[:-1]), path[-1]
        old = parent[key]
        if how == "replace":
            parent[key] = odd
        elif how == "delete":
            del parent[key]
        elif how == "duplicate" and isinstance(parent, list):
            parent.append(copy.deepcopy(old))
        elif how == "wrap":
            parent[key] = [old] if isinstance(old, dict) else {"a": old}
        elif how == "rename" and isinstance(parent, dict):
            parent[str(key).swapcase()] = parent.pop(key)
        elif how == "move":
            parent[key] = copy.deepcopy(_at(objects[other], place))
    except (KeyError, IndexError, TypeError, AttributeError):
        return


def _written(objects: list[Any], as_json: bool) -> bytes:
    if as_json:
        return "\n".join(map(json.dumps, objects)).encode("utf-8", "surrogatepass")
    text = yaml.safe_dump_all(objects, allow_unicode=False, sort_keys=False)
    return str(text).encode("utf-8", "surrogatepass")


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    changes=st.lists(_change, min_size=1, max_size=12),
    as_json=st.booleans(),
    cut=st.one_of(st.none(), st.integers(0, 9000)),
)
def test_mutated_manifests_are_judged_without_an_exception(
    changes: list[tuple[Any, ...]], as_json: bool, cut: int | None
) -> None:
    objects = copy.deepcopy(_OBJECTS)
    for change in changes:
        _mutate(objects, change)
    written = _written(objects, as_json)[:cut]

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "all.yaml").write_bytes(written)
        checked = cip_lint(
            folder, "check", "-o", "json", "--profile", "strict", "--allow-empty"
        )
        shown = cip_lint(folder, "table", "-o", "json", "--allow-empty")
        outputs = ("json", "-o", "svg=p.svg", "-o", "text=p.txt", "-o", "csv=p.csv")
        planned = cip_lint(folder, "plan", "--allow-empty", "-o", *outputs)
        drawn = (folder / "p.svg").read_bytes() if planned.code < 2 else b"<none/>"

    assert checked.code in (0, 1), checked.err
    assert shown.code == 0, shown.err
    assert list(_SCHEMA.iter_errors(json.loads(checked.out))) == []
    assert json.loads(shown.out)["version"] == 1
    assert planned.code in (0, 1), planned.err
    assert list(_PLAN_SCHEMA.iter_errors(json.loads(planned.out))) == []
    assert ET.fromstring(drawn).tag.endswith("svg")


_DIFF_SCHEMA = Draft7Validator(load("diff"))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    before=st.lists(_change, max_size=8),
    after=st.lists(_change, max_size=8),
    live=st.booleans(),
)
def test_mutated_states_are_compared_without_an_exception(
    before: list[tuple[Any, ...]], after: list[tuple[Any, ...]], live: bool
) -> None:
    old, new = copy.deepcopy(_OBJECTS), copy.deepcopy(_OBJECTS)
    for one in old if live else ():
        one.setdefault("metadata", {})["uid"] = "5f0e"
    for objects, changes in ((old, before), (new, after)):
        for change in changes:
            _mutate(objects, change)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "old.yaml").write_bytes(_written(old, as_json=False))
        (folder / "new.yaml").write_bytes(_written(new, as_json=False))
        found, same = (
            cip_lint(folder, "diff", *files, "-o", "json", "--allow-empty")
            for files in (("old.yaml", "new.yaml"), ("new.yaml", "./new.yaml"))
        )

    assert found.code in (0, 1), found.err
    assert list(_DIFF_SCHEMA.iter_errors(json.loads(found.out))) == []
    counts = json.loads(same.out)["summary"]
    assert [counts[kind] for kind in ("added", "removed", "changed")] == [0, 0, 0]


_TRACE_SCHEMA = Draft7Validator(load("trace"))
_GRAPH_SCHEMA = Draft7Validator(load("call-graph"))
_CALLS = st.sampled_from(
    [
        ("deploy/web", "db-0.db:5432"),
        ("deploy/web", "http://web"),
        ("sts/db", "https://out.shop.svc"),
        ("sts/db", "shop/web:dns"),
        ("cronjob/night", "10.96.0.10:80"),
        ("ingress/shop", "web"),
        ("hook", "shop/web:443"),
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(changes=st.lists(_change, max_size=12), call=_CALLS)
def test_calls_between_mutated_manifests_are_followed_without_an_exception(
    changes: list[tuple[Any, ...]], call: tuple[str, str]
) -> None:
    objects = copy.deepcopy(_OBJECTS)
    for change in changes:
        _mutate(objects, change)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "all.yaml").write_bytes(_written(objects, as_json=False))
        outputs = ("json=t.json", "-o", "text", "--allow-empty")
        traced = cip_lint(folder, "trace", *call, "-o", *outputs)
        graphs = ("json", "-o", "dot=g.dot", "-o", "mermaid=g.mmd", "--allow-empty")
        drawn = cip_lint(folder, "trace", "--all", "-o", *graphs)
        if traced.code < 2:
            made = json.loads((folder / "t.json").read_text(encoding="utf-8"))
            assert list(_TRACE_SCHEMA.iter_errors(made)) == []

    assert "fault of cip-lint" not in traced.err + drawn.err
    assert traced.code in (0, 1) or not changes or not traced.out
    assert drawn.code in (0, 1), drawn.err
    assert list(_GRAPH_SCHEMA.iter_errors(json.loads(drawn.out))) == []


_TEXT = yaml.safe_dump_all(_OBJECTS, sort_keys=False)
_PIECES = [
    *("\n", "\t", "  ", "- ", ": ", "---\n", "...\n", "#", "&a ", "*a", "<<: *a", "!!"),
    *(
        "!!binary ",
        "{",
        "}",
        "[",
        "]",
        ",",
        "'",
        '"',
        "|\n",
        ">-\n",
        "? ",
        "%YAML 1.1\n",
    ),
    *(
        "\r\n",
        "\r",
        "\ufeff",
        "\x00",
        "\x85",
        "\u2028",
        "😀",
        "{{ x }}",
        "$patch: delete\n",
    ),
    *("# cip-lint: ignore[", "# cip-lint: ignore-file[ALL] x", "items: []\n"),
]
_edit = st.tuples(
    st.integers(0, len(_TEXT)), st.integers(0, 40), st.sampled_from(_PIECES)
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(edits=st.lists(_edit, min_size=1, max_size=6), half=st.booleans())
def test_texts_with_odd_pieces_are_judged_without_an_exception(
    edits: list[tuple[int, int, str]], half: bool
) -> None:
    text = _TEXT
    for start, length, piece in edits:
        text = text[:start] + piece + text[start + length :]

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "kustomization.yaml").write_text(
            text[: len(text) // 2] if half else "resources: [all.yaml]\n",
            encoding="utf-8",
        )
        (folder / "all.yaml").write_text(text, encoding="utf-8", newline="")
        options = ("--profile", "strict", "--allow-empty", "-o")
        outputs = ("json", "-o", "full=full", "-o", "sarif=sarif", "-o", "markdown=md")
        done = cip_lint(folder, "check", *options, *outputs)

    assert done.code in (0, 1), done.err
    assert list(_SCHEMA.iter_errors(json.loads(done.out))) == []


_SETTINGS: dict[str, Any] = {
    "version": 1,
    "paths": ["."],
    "exclude": ["vendor/"],
    "profile": "strict",
    "select": ["ALL"],
    "ignore": [
        "ignore.unused",
        {"rule": "address.*", "paths": ["a/"], "reason": "x", "until": "2030-01-01"},
    ],
    "severity": {"selector.*": "error"},
    "cluster": {
        "serviceCIDRs": ["10.96.0.0/16", "fd00::/108"],
        "nodePortRange": "30000-32767",
        "kubernetesVersion": "1.34",
        "complete": ["shop"],
        "namespace": "shop",
    },
    "external": {
        "workloads": [{"namespace": "shop", "name": "x*"}],
        "zones": ["example.com"],
        "runTimeLabels": ["a/b"],
    },
    "overrides": [{"paths": ["all*"], "namespace": "till", "ignore": ["port.*"]}],
    "reserved": [
        {"address": "10.96.0.32/28", "owner": "shop/*", "purpose": "x"},
        {"address": "fd00::20", "owner": "shop/web"},
        {"nodePort": 30080},
    ],
    "kinds": [
        {"group": "a.b", "kind": "C", "podTemplate": "spec.template"},
        {
            "kind": "C",
            "references": [
                {
                    "service": "spec.to[].name",
                    "namespace": "namespace",
                    "port": "port",
                    "portMeans": "number",
                    "defaultPort": 80,
                }
            ],
        },
    ],
    "rules": {"port.mesh-protocol-unclear": {"mesh": "istio"}},
    "plugins": [],
}
_KNOBS = _places(_SETTINGS)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    changes=st.lists(
        st.tuples(st.sampled_from(_KNOBS), st.sampled_from(_ODD)), max_size=4
    )
)
def test_mutated_settings_are_refused_in_order(
    changes: list[tuple[tuple[Any, ...], Any]],
) -> None:
    value = copy.deepcopy(_SETTINGS)
    for path, odd in changes:
        _mutate([value], ((0, path), "replace", odd, (0, path)))

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "all.yaml").write_text(_TEXT, encoding="utf-8")
        (folder / ".cip-lint.yaml").write_bytes(
            yaml.safe_dump(value).encode("utf-8", "surrogatepass")
        )
        done = cip_lint(folder, "check", "-o", "json")

    assert "fault of cip-lint" not in done.err
    assert done.code in (1, 2)
    assert not done.out or list(_SCHEMA.iter_errors(json.loads(done.out))) == []
