"""The refusals that rules explain are those of the API server, all of them, once."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import yaml

from cip_lint.kube.admission import admit
from cip_lint.kube.facts import ClusterFacts
from cip_lint.kube.version import Version
from cip_lint.model import Cause, Finding
from support import rule_spec

RANGE = "10.96.0.0/16"
PORTS = (30000, 32767)
VERSIONS = ["1.30", "1.34", "1.36", "1.37"]

MANIFESTS = {
    "nothing but a name": "metadata: {name: web}\nspec: {type: LoadBalancer, selector: {a: b}}",
    "names and ports": """
        metadata: {name: Web.Site}
        spec:
          selector: {app: -web, ok: ok}
          ports:
            - {name: HTTP, port: 80, protocol: http, targetPort: "80"}
            - {name: HTTP, port: 80, nodePort: 30080, appProtocol: a b}
            - {port: 0}
    """,
    "fields of another type": """
        metadata: {name: web}
        spec:
          type: ClusterIP
          loadBalancerClass: x
          loadBalancerSourceRanges: [10.0.0.1/8]
          allocateLoadBalancerNodePorts: true
          externalTrafficPolicy: Local
          healthCheckNodePort: 30090
          ports: [{port: 80, nodePort: 30080}]
    """,
    "an alias with everything": """
        metadata: {name: web}
        spec:
          type: ExternalName
          externalName: No_Name
          clusterIP: None
          ipFamilyPolicy: SingleStack
          ipFamilies: [IPv4]
          ports: [{name: a, port: 80, nodePort: 30080}, {name: b, port: 81, nodePort: 30080}]
    """,
    "addresses that disagree": """
        metadata: {name: web}
        spec:
          clusterIP: 10.96.0.10
          clusterIPs: [10.96.0.11, nonsense, 10.96.0.12]
          ipFamilies: [IPv4, IPv4, IPv5]
          ipFamilyPolicy: Both
          ports: [{port: 80}]
    """,
    "two stacks on one": """
        metadata: {name: web}
        spec:
          clusterIP: 10.96.0.10
          clusterIPs: [10.96.0.10, "fd00::1"]
          ports: [{port: 80}]
    """,
    "a family that is missing": """
        metadata: {name: web}
        spec: {ipFamilyPolicy: RequireDualStack, ipFamilies: [IPv6], ports: [{port: 80}]}
    """,
    "an address outside, and a bad name behind it": """
        metadata: {name: web}
        spec: {clusterIP: 10.0.0.1, ports: [{port: 80, name: HTTP}]}
    """,
    "a node port outside": """
        metadata: {name: web}
        spec: {type: NodePort, ports: [{port: 80, nodePort: 80}]}
    """,
    "a node port twice": """
        metadata: {name: web}
        spec:
          type: NodePort
          ports: [{name: a, port: 80, nodePort: 30080}, {name: b, port: 81, nodePort: 30080}]
    """,
    "a port twice, and its node port with it": """
        metadata: {name: web}
        spec:
          type: NodePort
          ports: [{name: a, port: 80, nodePort: 30080}, {name: b, port: 80}]
    """,
    "headless and exposed": """
        metadata: {name: web}
        spec: {type: NodePort, clusterIP: None, ports: []}
    """,
    "words outside closed sets": """
        metadata: {name: web}
        spec:
          type: Headless
          sessionAffinity: Cookie
          internalTrafficPolicy: Near
          trafficDistribution: Far
          externalIPs: [127.0.0.1, x]
          ports: [{port: 80}]
    """,
    "a fine one": "metadata: {name: web}\nspec: {ports: [{port: 80}]}",
}


def _manifest(text: str) -> dict[str, Any]:
    lines = text.splitlines()
    indent = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    body = yaml.safe_load("\n".join(line[indent:] for line in lines))
    return {"apiVersion": "v1", "kind": "Service", **body}


def _findings(manifest: dict[str, Any], version: str) -> list[Finding]:
    text = (
        "## One Service\n\n```flags\n--select ALL "
        f"--service-cidr {RANGE} --node-port-range {PORTS[0]}-{PORTS[1]} "
        f"--kubernetes-version {version}\n```\n\n```yaml\n{yaml.safe_dump(manifest)}```\n"
    )
    (section,) = rule_spec.sections("service.refused", text)
    _, report = rule_spec._run(section, section.blocks)
    return list(report.findings)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", MANIFESTS)
def test_the_causes_of_all_findings_are_the_answer(name: str, version: str) -> None:
    manifest = _manifest(MANIFESTS[name])
    facts = ClusterFacts(
        version=Version(*map(int, version.split("."))),
        service_cidrs=(RANGE,),
        node_port_range=PORTS,
    )
    admission = admit(manifest, facts)
    assert admission is not None

    findings = _findings(manifest, version)

    told: Counter[Cause] = Counter()
    for finding in findings:
        if finding.server is not None:
            assert finding.server.code == admission.code
            told.update(finding.server.causes)
    assert set(told) == set(admission.causes)
    assert bool(admission.faults) == any(one.server for one in findings)
