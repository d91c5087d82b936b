"""What programs that build may ask over the network: nobody, or what is open to all.

With the network, they get the proxies and certificates of the user and nothing that
proves who asks: no settings of git, no keys, no home. Only ``http`` and ``https`` are
left, as ``ssh`` takes keys from the home that the system knows, and ``file`` reads
what lies beside the repository.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from cip_lint.patterns import pattern

_ALWAYS: Mapping[str, str] = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "HELM_PLUGINS": os.devnull,
    "KUBECONFIG": os.devnull,
}

_NOBODY: Mapping[str, str] = {
    "GIT_ALLOW_PROTOCOL": "none",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
}
"""What keeps a program from asking others, should it try all the same.

Not from asking this machine: Go goes around a proxy for ``localhost`` and 127.0.0.0/8
(``golang.org/x/net/http/httpproxy``). That nothing names an address is for whoever
starts it to see to (``render.kustomize.closure``).
"""

_OF_USER = (
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
    *("GIT_SSL_CAINFO", "SSL_CERT_DIR", "SSL_CERT_FILE"),
)

_FETCHED = pattern(r"(?i)(?:git::)?https?://|gh:|github\.com[:/]")
_REGISTRY = "oci://"
_CHARTS = pattern(rf"(?i:https?)://|{_REGISTRY}")


def may_fetch(address: str, *, charts: bool = False) -> bool:
    """Whether an address is one that nobody has to prove anything to.

    ``charts``: it is one of charts, which helm fetches; else kustomize does.
    """
    return (_CHARTS if charts else _FETCHED).match(address) is not None


def is_registry(address: str) -> bool:
    """Whether helm takes an address for that of a registry, in small letters alone.

    As ``IsOCI`` in ``pkg/registry/util.go`` of helm.
    """
    return address.startswith(_REGISTRY)


def variables(*, allowed: bool = False) -> dict[str, str]:
    """Return the variables of a program that builds, with the network or without."""
    if not allowed:
        return {**_ALWAYS, **_NOBODY}
    own = {name: os.environ[name] for name in _OF_USER if name in os.environ}
    return {**_ALWAYS, "GIT_ALLOW_PROTOCOL": "http:https", **own}
