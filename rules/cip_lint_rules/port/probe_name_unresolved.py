"""The rule ``port.probe-name-unresolved``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from cip_lint.cluster import WorkloadMember
from cip_lint.kube.containers import Container
from cip_lint.kube.grammar import port_name
from cip_lint.kube.placeholders import is_placeholder
from cip_lint.kube.probes import KINDS
from cip_lint.model import Label, Path, Severity
from cip_lint.records import NamedTuple
from cip_lint.replay import ServiceRow
from cip_lint.rule import Context, Problem, Stage, rule, workloads
from cip_lint_rules._pods import served_by
from cip_lint_rules._words import first_few

_ASKED = frozenset({*KINDS, "lifecycle"})


class _Probed(NamedTuple):
    """A workload with probes or handlers, and who sends traffic to which pods."""

    member: WorkloadMember
    serving: Callable[[], Mapping[int, ServiceRow]]


def _probed(cx: Context) -> Iterable[_Probed]:
    serving = served_by(cx)
    for member in cx.cluster.judged_workloads:
        if member.piece:
            continue
        if any(_ASKED & c.body.keys() for c in member.workload.containers):
            yield _Probed(member, serving)


@rule(
    "port.probe-name-unresolved",
    severity=Severity.ERROR,
    on=_probed,
    needs=workloads,
    stage=Stage.PORTS,
    since="0.1.0",
    kinds=("workloads",),
)
def probe_name_unresolved(probed: _Probed, _cx: Context) -> Iterator[Problem]:
    """A probe names a port its own container does not have.

    ## Why it matters

    The kubelet looks the name up in the container of the probe and nowhere else. A
    probe that finds no port fails every time: the pod never becomes ready, its
    Services get no endpoints, or the container is restarted for ever.

    ## Example

    ```yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          containers:
            - name: app
              image: web
              ports: [{name: http, containerPort: 80}]
              readinessProbe: {httpGet: {path: /, port: web}}
    ```

    Use instead:

    ```yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          containers:
            - name: app
              image: web
              ports: [{name: http, containerPort: 80}]
              readinessProbe: {httpGet: {path: /, port: http}}
    ```

    ## References

    - [Probes](https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/)
    """
    for container in probed.member.workload.containers:
        names = [port.name for port in container.ports if port.name]
        for path, port in container.handler_ports():
            if isinstance(port, str) and port not in names and _is_a_name(port):
                yield _problem(probed, container, names, path, port)


def _is_a_name(port: str) -> bool:
    """Whether the API server accepts it, so that it is the kubelet's to look up."""
    return not port_name(port) and not is_placeholder(port)


def _problem(
    probed: _Probed,
    container: Container,
    names: list[str],
    path: Path,
    port: str,
) -> Problem:
    member = probed.member
    has = f"; its ports are {first_few(names)}" if names else "; it names no port"
    related = [_ports(member, container)]
    service = probed.serving().get(id(member))
    if service is not None:
        text = f"{service.display} waits for this pod"
        related.append(service.resource.label("metadata", "name", text=text))
    return Problem(
        f"{_handler(path)} port {port} is not a port of container "
        f"{container.name}{has}",
        at=member.resource.label(*path, text="looked up in this container alone"),
        related=tuple(related),
        help=f"write {names[0]}" if len(names) == 1 else "name a port of the container",
        topic=path,
        resource=member.resource,
    )


def _handler(path: Path) -> str:
    """Return ``readinessProbe`` or ``lifecycle.preStop``: who asks for the port."""
    steps = [str(step) for step in path]
    if "lifecycle" in steps:
        return ".".join(steps[steps.index("lifecycle") :][:2])
    return next(step for step in steps if step.endswith("Probe"))


def _ports(member: WorkloadMember, container: Container) -> Label:
    if container.ports:
        text = "the ports of the container"
        return member.resource.label(*container.path, "ports", text=text)
    return member.resource.label(*container.path, "name", text="has no ports")
