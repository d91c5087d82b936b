"""A workload is read from its pod template, wherever that stands."""

from __future__ import annotations

from typing import Any

import pytest

from cip_lint.kube.containers import ContainerPort
from cip_lint.kube.workloads import Workload, is_workload, template_paths


def template(**spec: Any) -> dict[str, Any]:
    return {"metadata": {"labels": {"app": "web"}}, "spec": spec}


def body(api_version: str, kind: str, **spec: Any) -> dict[str, Any]:
    metadata = {"name": "web"}
    return {
        "apiVersion": api_version,
        "kind": kind,
        "metadata": metadata,
        "spec": spec,
    }


def test_a_deployment_has_the_ports_of_all_its_containers() -> None:
    port = {"name": "http", "containerPort": 8080}
    sidecar = {"name": "proxy", "restartPolicy": "Always", "ports": [{"hostPort": 1}]}
    workload = Workload(
        body(
            "apps/v1",
            "Deployment",
            replicas=3,
            template=template(
                containers=[{"name": "web", "ports": [port]}], initContainers=[sidecar]
            ),
        )
    )
    spec = ("spec", "template", "spec")

    assert (workload.labels, workload.replicas) == ({"app": "web"}, 3)
    assert [(one.name, one.init, one.sidecar) for one in workload.containers] == [
        ("web", False, False),
        ("proxy", True, True),
    ]
    assert [one.ports for one in workload.containers] == [
        (ContainerPort("http", 8080, "TCP", 0, (*spec, "containers", 0, "ports", 0)),),
        (ContainerPort("", 0, "TCP", 1, (*spec, "initContainers", 0, "ports", 0)),),
    ]


def test_a_pod_is_its_own_template() -> None:
    pod = body("v1", "Pod", hostname="web-0", hostNetwork=True)
    pod["metadata"]["labels"] = {"app": "web"}
    workload = Workload(pod)

    assert (workload.template_path, workload.labels) == ((), {"app": "web"})
    assert (workload.hostname, workload.host_network) == ("web-0", True)


def test_the_first_template_that_is_there_counts() -> None:
    inner = {"spec": {"template": template(containers=[])}}
    workload = Workload(
        body(
            "apps.kruise.io/v1alpha1",
            "UnitedDeployment",
            template={"deploymentTemplate": inner},
        )
    )

    assert workload.template_path[2] == "deploymentTemplate"
    assert workload.labels == {"app": "web"}


def test_a_virtual_machine_has_the_ports_of_its_interfaces() -> None:
    interfaces = [{"ports": [{"name": "ssh", "port": 22}]}]
    machine = template(domain={"devices": {"interfaces": interfaces}})
    workload = Workload(body("kubevirt.io/v1", "VirtualMachine", template=machine))

    assert [port.number for port in workload.containers[0].ports] == [22]


def test_configuration_adds_kinds() -> None:
    further = {("example.com", "Shop"): ("spec", "pods")}

    assert is_workload("example.com/v1", "Shop") is False
    assert template_paths("example.com/v1", "Shop", further) == (("spec", "pods"),)


@pytest.mark.parametrize("value", [None, 3, "x", [], [3], {"a": 3}])
def test_values_of_another_type_count_as_absent(value: Any) -> None:
    workload = Workload(
        body("apps/v1", "StatefulSet", template=value, ordinals=value, serviceName=3)
    )

    got = (workload.readable, workload.containers, workload.labels)
    assert got == (False, (), {})
    assert (workload.first_ordinal, workload.service_name) == (0, "")


def test_an_injected_sidecar_is_recognised_by_label_or_annotation() -> None:
    meshed = template(containers=[])
    meshed["metadata"]["annotations"] = {"linkerd.io/inject": "enabled"}
    workload = Workload(body("apps/v1", "Deployment", template=meshed))

    assert workload.injector == "linkerd.io/inject"


@pytest.mark.parametrize(
    ("api_version", "stated", "links"),
    [
        ("v1", {}, True),
        ("v1", {"enableServiceLinks": False}, False),
        ("serving.knative.dev/v1", {}, False),
        ("serving.knative.dev/v1", {"enableServiceLinks": True}, True),
    ],
)
def test_knative_wants_no_links_unless_told(
    api_version: str, stated: dict[str, Any], *, links: bool
) -> None:
    kind = "Pod" if api_version == "v1" else "Service"
    spec: dict[str, Any] = {"containers": [], **stated}
    if kind == "Service":
        spec = {"template": {"spec": spec}}

    made = Workload({"apiVersion": api_version, "kind": kind, "spec": spec})

    assert made.enable_service_links is links
