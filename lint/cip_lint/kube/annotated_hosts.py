"""Annotations in which controllers read the hosts that they call.

The controller that reads them runs in a namespace of its own, so a name without a
namespace means nothing that the object itself could tell.
"""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.bodies import Body, mapping, text_values

_KEYS = {
    # kubernetes/ingress-nginx: docs/user-guide/nginx-configuration/annotations.md
    "nginx.ingress.kubernetes.io": (
        "auth-snippet",
        "auth-url",
        "configuration-snippet",
        "mirror-target",
        "server-snippet",
        "stream-snippet",
    ),
    # nginx/kubernetes-ingress: docs of advanced configuration with annotations
    "nginx.org": ("location-snippets", "server-snippets", "stream-snippets"),
    # jcmoraisjr/haproxy-ingress: docs/content/en/docs/configuration/keys.md
    "haproxy-ingress.github.io": ("auth-url", "config-backend", "config-proxy"),
    "ingress.kubernetes.io": ("auth-url",),
    # traefik/traefik: docs of version 1, kubernetes-ingress annotations
    "traefik.ingress.kubernetes.io": ("auth-url",),
}
"""Domain of the keys -> names, with the page that documents them."""

_READ = frozenset(
    f"{domain}/{name}" for domain, names in _KEYS.items() for name in names
)


def annotated_hosts(body: Body) -> Iterator[tuple[str, str]]:
    """Yield key and text of each annotation of an object that names hosts to call."""
    annotations = mapping(body.get("metadata")).get("annotations")
    if isinstance(annotations, dict) and not _READ.isdisjoint(annotations):
        for key, value in text_values(annotations).items():
            if key in _READ:
                yield key, value
