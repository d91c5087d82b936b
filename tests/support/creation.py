"""Objects and orders of creation in one line each: ``svc:shop/web@1#PreSync``.

``kind:namespace/name``, then ``@`` and the wave of Argo CD, ``!`` and the weight of
Helm, ``#`` and the hook of Argo CD. Where a step is named it stands in brackets
before its first object.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from cip_lint.cluster import Member
from cip_lint.replay.order.engines.objects import Plan, Sent

_ORDERS = Path(__file__).parents[1] / "unit" / "creation_orders"

_CORE, _RBAC = "v1", "rbac.authorization.k8s.io/v1"
_HOOKS = "admissionregistration.k8s.io/v1"
_KINDS = {
    "api": ("apiregistration.k8s.io/v1", "APIService"),
    "app": ("argoproj.io/v1alpha1", "Application"),
    "bar": ("x.io/v1", "Bar"),
    "cert": ("cert-manager.io/v1", "Certificate"),
    "cj": ("batch/v1", "CronJob"),
    "cm": (_CORE, "ConfigMap"),
    "crb": (_RBAC, "ClusterRoleBinding"),
    "crd": ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
    "crole": (_RBAC, "ClusterRole"),
    "deploy": ("apps/v1", "Deployment"),
    "ds": ("apps/v1", "DaemonSet"),
    "ep": (_CORE, "Endpoints"),
    "eps": ("discovery.k8s.io/v1", "EndpointSlice"),
    "foo": ("x.io/v1", "Foo"),
    "gw": ("gateway.networking.k8s.io/v1", "Gateway"),
    "hpa": ("autoscaling/v2", "HorizontalPodAutoscaler"),
    "ic": ("networking.k8s.io/v1", "IngressClass"),
    "ing": ("networking.k8s.io/v1", "Ingress"),
    "job": ("batch/v1", "Job"),
    "kns": ("foo.io/v1", "Namespace"),
    "ksvc": ("serving.knative.dev/v1", "Service"),
    "limits": (_CORE, "LimitRange"),
    "mwc": (_HOOKS, "MutatingWebhookConfiguration"),
    "netpol": ("networking.k8s.io/v1", "NetworkPolicy"),
    "ns": (_CORE, "Namespace"),
    "pc": ("scheduling.k8s.io/v1", "PriorityClass"),
    "pdb": ("policy/v1", "PodDisruptionBudget"),
    "po": (_CORE, "Pod"),
    "pv": (_CORE, "PersistentVolume"),
    "pvc": (_CORE, "PersistentVolumeClaim"),
    "quota": (_CORE, "ResourceQuota"),
    "rb": (_RBAC, "RoleBinding"),
    "rc": (_CORE, "ReplicationController"),
    "role": (_RBAC, "Role"),
    "rollout": ("argoproj.io/v1alpha1", "Rollout"),
    "route": ("gateway.networking.k8s.io/v1", "HTTPRoute"),
    "rs": ("apps/v1", "ReplicaSet"),
    "rtc": ("node.k8s.io/v1", "RuntimeClass"),
    "sa": (_CORE, "ServiceAccount"),
    "sc": ("storage.k8s.io/v1", "StorageClass"),
    "secret": (_CORE, "Secret"),
    "sm": ("monitoring.coreos.com/v1", "ServiceMonitor"),
    "sts": ("apps/v1", "StatefulSet"),
    "svc": (_CORE, "Service"),
    "vap": (_HOOKS, "ValidatingAdmissionPolicy"),
    "vsc": ("snapshot.storage.k8s.io/v1", "VolumeSnapshotClass"),
    "vwc": (_HOOKS, "ValidatingWebhookConfiguration"),
    "xdeploy": ("extensions/v1beta1", "Deployment"),
    "xing": ("extensions/v1beta1", "Ingress"),
}
"""Short name -> apiVersion and kind."""
_SHORT = {kind: short for short, kind in _KINDS.items()}
_OBJECT = re.compile(
    r"(?P<kind>\w+):(?:(?P<ns>[^/@!#]+)/)?(?P<name>[^/@!#]+)"
    r"(?:@(?P<wave>[^!#]+))?(?:!(?P<weight>[^#]+))?(?:#(?P<hook>\S+))?"
)
_ANNOTATIONS = {
    "wave": "argocd.argoproj.io/sync-wave",
    "weight": "helm.sh/hook-weight",
    "hook": "argocd.argoproj.io/hook",
}
_DEFINED = {"foos.x.io": "Foo"}


def sent(text: str, number: int = 0, path: str = "", **annotations: str) -> Sent:
    """Return the object of a short text."""
    found = _OBJECT.fullmatch(text)
    assert found is not None, text
    version, kind = _KINDS[found["kind"]]
    group, _, version = version.rpartition("/")
    stated = {_ANNOTATIONS[k]: found[k] for k in _ANNOTATIONS if found[k]}
    body = {}
    if kind == "CustomResourceDefinition":
        made, _, of_group = found["name"].partition(".")
        names = {"kind": _DEFINED.get(found["name"], made)}
        body = {"spec": {"group": of_group, "names": names}}
    return Sent(
        group,
        version,
        kind,
        found["ns"] or "",
        found["name"],
        {**stated, **annotations},
        path,
        number,
        body,
    )


def all_sent(text: str) -> list[Sent]:
    """Return the objects of a line; ``file{...}`` gives those inside a path.

    ``List[...]`` marks what stands in a list.
    """
    found: list[Sent] = []
    path, in_list = "", False
    for word in re.findall(r"[^\s{}\[\]]+[{\[]?|[}\]]", text):
        if word.endswith("{"):
            path = word[:-1]
        elif word.endswith("["):
            in_list = True
        elif word == "]":
            in_list = False
        elif word == "}":
            path = ""
        else:
            one = sent(word, len(found), path)
            found.append(one._replace(in_list=in_list))
    return found


def short(one: Sent) -> str:
    """Return the short text of an object, without its annotations."""
    version = f"{one.group}/{one.version}" if one.group else one.version
    name = f"{one.namespace}/{one.name}" if one.namespace else one.name
    return f"{_SHORT[version, one.kind]}:{name}"


def in_order(plan: Plan | None) -> str:
    """Return the objects of a plan in one possible order."""
    assert plan is not None
    return " ".join(short(one) for step in plan.steps for one in step.objects)


def in_steps(plan: Plan | None) -> list[str]:
    """Return the steps of a plan; braces stand around what goes at once."""
    assert plan is not None
    return [
        f"{{{shown}}}" if step.concurrent else shown
        for step in plan.steps
        for shown in (" ".join(map(short, step.objects)),)
    ]


class OrderVector(NamedTuple):
    """What an engine is given, and the order in which it sends it."""

    id: str
    given: str
    expected: str
    arguments: str = ""
    """Of the command, where that decides."""


def vectors(engine: str) -> Sequence[OrderVector]:
    """Return the rows of ``tests/unit/creation_orders/<engine>.txt``."""
    lines = (_ORDERS / f"{engine}.txt").read_text("utf-8").splitlines()
    rows = [line.split(" | ") for line in lines if line and not line.startswith("#")]
    return [OrderVector(row[0], row[1], row[-1], row[2]) for row in rows]


def documents(text: str) -> dict[str, str]:
    """Return path and text of the files of a line: ``a.yaml{svc:a} b.yaml{...}``."""
    files: dict[str, str] = {}
    for path, body in re.findall(r"([^\s{}]+)\{([^}]*)\}", text):
        found: list[str] = []
        for listed, one in re.findall(r"List\[([^\]]*)\]|(\S+)", body):
            if one:
                found.append(json.dumps(_body(one)))
            else:
                items = [_body(item) for item in listed.split()]
                made = {"apiVersion": "v1", "kind": "List", "items": items}
                found.append(json.dumps(made))
        files[path] = "\n---\n".join(found)
    return files


def _body(text: str) -> dict[str, object]:
    one = sent(text)
    version = f"{one.group}/{one.version}" if one.group else one.version
    metadata: dict[str, object] = {"name": one.name}
    if one.namespace:
        metadata["namespace"] = one.namespace
    if one.annotations:
        metadata["annotations"] = dict(one.annotations)
    return {"apiVersion": version, "kind": one.kind, "metadata": metadata}


def short_of(member: Member) -> str:
    """Return the short text of a member, as it was written."""
    resource = member.resource
    group, slash, version = resource.api_version.rpartition("/")
    return short(
        Sent(
            group if slash else "",
            version,
            resource.kind,
            resource.namespace,
            resource.name,
        )
    )


def identity(vector: OrderVector) -> str:
    """Return the id, for the names of tests."""
    return vector.id


def without_steps(text: str) -> str:
    """Return an order without the names of its steps."""
    return re.sub(r"\[[^\]]*\] ", "", text)


def step_names(text: str) -> list[tuple[str, str]]:
    """Return the named steps of an order, with their objects."""
    found: Iterable[tuple[str, str]] = re.findall(r"\[([^\]]*)\] ([^\[]*)", text)
    return [(name, objects.strip()) for name, objects in found]
