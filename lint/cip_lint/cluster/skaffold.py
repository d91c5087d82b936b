"""Kustomizations that one run of Skaffold deploys, to one cluster.

What ``manifests.kustomize.paths`` lists is rendered with ``manifests.rawYaml`` and
applied as one (``pkg/skaffold/render/renderer``), and so is what each configuration
that one ``requires`` lists (``pkg/skaffold/parser``). Profiles are not followed: nobody
says which of them are active.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from posixpath import dirname, join, normpath

from cip_lint.bodies import ABSENT, Body, mapping, mappings, text, texts

_NAMES = ("skaffold.yaml", "skaffold.yml")
_MOST_ABOVE = 200
"""Of a configuration that more others lead to, nobody says who deploys it."""


def scopes_of(bodies: Mapping[str, Body]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the scopes of folders with kustomizations, and those of configurations.

    ``bodies`` are the configurations by their paths. Only where a run of one deploys
    any kustomization; not of a folder, or a configuration, that several runs deploy.
    """
    tops = _tops(bodies)
    folders: dict[str, set[str]] = {}
    for path, body in bodies.items():
        for folder in _kustomized(path, body):
            folders.setdefault(folder, set()).add(f"skaffold {tops.get(path) or path}")
    known = {folder: min(those) for folder, those in folders.items() if len(those) == 1}
    used = set(known.values())
    own = {path: f"skaffold {top}" for path, top in tops.items()}
    return known, {path: scope for path, scope in own.items() if scope in used}


def _kustomized(path: str, body: Body) -> Iterator[str]:
    """Yield the folders of the kustomizations that a configuration lists."""
    for section in ("manifests", "deploy"):
        said = mapping(body.get(section))
        if "kustomize" in said:
            # Without paths it is the folder of the file.
            for one in texts(mapping(said["kustomize"]).get("paths")) or (".",):
                yield _folder(path, one)


def _tops(bodies: Mapping[str, Body]) -> dict[str, str]:
    """Return the configuration that nobody requires, above each; none for several."""
    above: dict[str, dict[str, None]] = {}
    for path, body in bodies.items():
        for required in _required(path, body, bodies):
            above.setdefault(required, {})[path] = None
    tops: dict[str, str] = {}
    for path in bodies:
        met = {path: None}
        waiting = [path]
        while waiting and len(met) <= _MOST_ABOVE:
            further = above.get(waiting.pop(), ())
            waiting += (one for one in further if one not in met)
            met.update(dict.fromkeys(further))
        found = [one for one in met if one not in above]
        if len(found) == 1 and not waiting:
            tops[path] = found[0]
    return tops


def _required(path: str, body: Body, bodies: Mapping[str, Body]) -> Iterator[str]:
    """Yield the configurations of the run that one requires by their paths."""
    for one in mappings(body.get("requires")):
        named, names = text(one.get("path")), texts(one.get("configs"))
        if not named or one.get("git") or one.get("googleCloudStorage"):
            continue
        place = _folder(path, named)
        for found in (place, *(join(place, name) for name in _NAMES)):
            name = text(mapping(bodies.get(found, ABSENT).get("metadata")).get("name"))
            if found in bodies and found != path and (not names or name in names):
                yield found


def _folder(path: str, named: str) -> str:
    """Return what a configuration names, from where paths are relative to."""
    place = normpath(join(dirname(path), named))
    return "" if place == "." else place
