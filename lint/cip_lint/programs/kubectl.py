"""Asks kubectl for what a cluster holds, without changing anything."""

from __future__ import annotations

import os

from cip_lint.errors import ProgramError
from cip_lint.patterns import pattern
from cip_lint.programs.running import Ran, run

RESOURCES = ("services", "ipaddresses", "servicecidrs", "endpointslices", "pods")
"""What is asked for; ``ipaddresses`` and ``servicecidrs`` are served since 1.33."""

SECONDS = 120
"""How long kubectl may take: a large cluster answers in pages of 500 objects."""

MOST_BYTES = 1 << 30

_UNKNOWN_RESOURCE = pattern(r"doesn't have a resource type \"(\w+)\"")


def living_objects() -> bytes:
    """Return what ``kubectl get`` prints of the cluster of the current context.

    kubectl runs with the environment and the home of the user, unlike other
    programs: its configuration is in KUBECONFIG or ``~/.kube``, and what proves
    who asks is a program more often than not (``aws``, ``gcloud``, ``kubelogin``)
    that has variables and files of its own there. A resource that an older API
    server does not serve is left out. Raises ``ProgramError``.
    """
    resources = list(RESOURCES)
    ran = _get(resources)
    while ran.status != 0:
        unknown = _UNKNOWN_RESOURCE.search(ran.complaint)
        if unknown is None or unknown[1] not in resources[1:]:
            said = ran.last_complaint or f"it ends with status {ran.status}"
            raise ProgramError(f"kubectl get fails: {said}")
        resources.remove(unknown[1])
        ran = _get(resources)
    return ran.output


def _get(resources: list[str]) -> Ran:
    return run(
        ["kubectl", "get", ",".join(resources), "-A", "-o", "yaml"],
        seconds=SECONDS,
        most_bytes=MOST_BYTES,
        variables=os.environ,
    )
