"""The rule ``external.name-is-address``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.kube.addresses import parse_ip
from cip_lint.model import Severity
from cip_lint.rule import Context, Problem, Stage, external_names, rule
from cip_lint_rules.external._aliases import NAME_PATH, Alias, aliases


@rule(
    "external.name-is-address",
    severity=Severity.ERROR,
    on=aliases,
    needs=external_names,
    stage=Stage.NAMES,
    since="0.1.0",
    hides=("external.name-is-short",),
)
def name_is_address(alias: Alias, _cx: Context) -> Iterator[Problem]:
    """An ExternalName that is an IPv4 address, or localhost.

    ## Why it matters

    An ExternalName Service is an alias in DNS, and an alias leads to a name. The API
    server stores an IPv4 address all the same, because its digits and dots may be a
    name, and the cluster's DNS then has nothing to answer. `localhost` is a name that
    every program answers by itself: each client would call its own pod.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: db
    spec:
      type: ExternalName
      externalName: 10.0.0.7
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: db
    spec:
      ports:
        - port: 5432
    ---
    apiVersion: discovery.k8s.io/v1
    kind: EndpointSlice
    metadata:
      name: db-1
      labels:
        kubernetes.io/service-name: db
    addressType: IPv4
    ports:
      - port: 5432
    endpoints:
      - addresses: [10.0.0.7]
    ```

    ## References

    - [Type ExternalName](https://kubernetes.io/docs/concepts/services-networking/service/#externalname)
    - [Services without selectors](https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors)
    """
    if _is_localhost(alias.target):
        yield Problem(
            f"externalName {alias.written} leads each client to itself",
            at=alias.resource.label(*NAME_PATH, text="the pod that asks"),
            help="name the host, or leave the Service out and call localhost",
        )
    elif parse_ip(alias.target) is not None:
        yield Problem(
            f"externalName {alias.written} is an address: DNS answers nothing for it",
            at=alias.resource.label(*NAME_PATH, text="an alias leads to a name"),
            help="use a selectorless Service with an EndpointSlice",
        )


def _is_localhost(target: str) -> bool:
    return target == "localhost" or target.endswith(".localhost")
