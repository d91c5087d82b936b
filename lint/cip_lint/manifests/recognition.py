"""What is a manifest, and what only looks like one: by name, and by content.

Repositories of manifests hold much else in the same formats. What is recognised is
counted with its reason and never reported as broken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cip_lint.patterns import pattern

TEMPLATE = "template"
RENDERED = "rendered"
NOT_KUBERNETES = "not-kubernetes"
NOT_NEEDED = "kind-not-needed"
LOCAL = "local-config"
CHART = "chart"
KUSTOMIZATION = "kustomization"
GENERATED = "generated"
"""No file is there: Flux makes it in its copy of the repository."""
UNREADABLE = "unreadable"
EMPTY = "empty"
EXCLUDED = "excluded"
IGNORED = "ignored-by-git"
NOT_OPENED = "not-opened"
TOO_LARGE = "too-large"
LINK = "link-to-a-folder"
SIGN = "sign"
"""A file that is no manifest, and shows by its name which program is used."""
SNAPSHOT = "snapshot"

REASONS: Mapping[str, str] = {
    TEMPLATE: "a template, not rendered",
    RENDERED: "a template, rendered",
    NOT_KUBERNETES: "not a Kubernetes object",
    NOT_NEEDED: "of a kind that says nothing about Services",
    LOCAL: "an object that never reaches a cluster",
    CHART: "a part of a chart that is no manifest",
    KUSTOMIZATION: "settings of kustomize",
    GENERATED: "settings of kustomize that Flux makes",
    UNREADABLE: "cannot be read",
    EMPTY: "empty",
    EXCLUDED: "excluded by the settings",
    IGNORED: "ignored by git",
    NOT_OPENED: "cannot be opened",
    TOO_LARGE: "too large",
    LINK: "a link to a folder, not followed",
    SNAPSHOT: "a snapshot of a cluster, no part of the set",
}
"""Why a file or document was not checked -> what a person is told."""

KUSTOMIZATION_NAMES = frozenset(
    {"kustomization.yaml", "kustomization.yml", "Kustomization"}
)

SOURCE_IGNORE = ".sourceignore"
"""What a source of Flux leaves out."""

_PROGRAMS = {
    SOURCE_IGNORE: SOURCE_IGNORE,
    "Kptfile": "kpt",
    "Pulumi.yaml": "pulumi",
    "Pulumi.yml": "pulumi",
    "Tiltfile": "tilt",
    "helmfile.yaml": "helmfile",
    "helmfile.yaml.gotmpl": "helmfile",
    "helmfile.yml": "helmfile",
    "skaffold.yaml": "skaffold",
    "skaffold.yml": "skaffold",
    "werf.yaml": "werf",
    "werf.yml": "werf",
}
"""Name of a file -> the program that sends what lies beside and below it."""
_TERRAFORM = ".tf"

_CHART_FILES = frozenset(
    {
        *("Chart.yaml", "Chart.lock", "requirements.yaml", "requirements.lock"),
        "values.schema.json",
    }
)
_VALUES_FILE = pattern(r"(?:values(?:[-_.].*)?|.*[-_.]values)\.ya?ml")
_YAML_ENDINGS = frozenset({"yaml", "yml"})
_OTHER_YAML = frozenset(
    {
        *("ct", "cr", ".travis", "bitbucket-pipelines", "appveyor", ".appveyor"),
        *(".drone", "mkdocs", "_config", ".pre-commit-config", ".pre-commit-hooks"),
        *(".golangci", "dependabot", "codecov", ".codecov", ".goreleaser", ".sops"),
        *("devfile", "serverless", ".cip-lint"),
    }
)
_OTHER_YAML_BEGINNINGS = (
    *("docker-compose", "compose", ".gitlab-ci", "azure-pipelines", "cloudbuild"),
    *("buildspec", ".woodpecker", "helmfile", ".yamllint"),
)
_OTHER_JSON = frozenset({"package", "package-lock", "composer", ".eslintrc"})
_OTHER_JSON_BEGINNINGS = ("renovate", ".renovate", "tsconfig", ".yamllint")
_OTHER_FOLDERS = frozenset({".github", ".circleci", ".woodpecker", "node_modules"})

_API_VERSION = pattern(r"(?:[a-z0-9.-]+/)?v\d+(?:(?:alpha|beta)\d+)?")
_LOCAL_GROUP = pattern(
    r"""
    kustomize\.config\.k8s\.io | (?:[a-z0-9-]+\.)?kind\.(?:x-k8s\.io|sigs\.k8s\.io)
    | k3d\.io | eksctl\.io | kubeadm\.k8s\.io | kops\.k8s\.io
    | kube(?:let|proxy|scheduler|controllermanager)\.config\.k8s\.io
    | apiserver\.(?:config\.)?k8s\.io | apiserver\.config\.k8s\.io | audit\.k8s\.io
    | client\.authentication\.k8s\.io | cloudprovider[a-z.]*\.config[a-z0-9.-]*
    | skaffold | kpt\.dev | config\.kubernetes\.io
    | (?:[a-z]+\.)?(?:kapp|kbld|vendir|imgpkg|ytt)\.k14s\.io
    | (?:[a-z]+\.)?backstage\.io | kuttl\.dev | chainsaw\.kyverno\.io
    | cli\.kyverno\.io | score\.dev | tilt\.dev | helm\.sh
    """,
    re.VERBOSE,
)
_PLAIN_GROUPS = frozenset({"apps", "batch", "networking.k8s.io", "autoscaling"})
_LOCAL_CONFIG = "config.kubernetes.io/local-config"
_TEMPLATE_MARK = pattern(
    r"\{\{|\{%|%\{|<%|^[ \t]*#@|@@\w+@@|(?<![\w@])@[A-Z][A-Z0-9_]*@(?![\w@])",
    re.MULTILINE,
)
"""What templates hold."""
_TOKEN_FOR_VALUE = pattern(
    r"""
    ^ [ ]* (?:-[ ]+)* [\w./-]+ : [ \t]+
    (?: \#\{ [A-Za-z_][\w .|\[\]]* \} \S* | \{ [A-Za-z_]\w* \} ) [ \t\r]* $
    """,
    re.MULTILINE | re.VERBOSE,
)
"""A line whose value another program puts in.

``name: #{Name}`` is a comment for YAML, and ``name: {NAME}`` a map.
"""
_TOKEN_BEFORE = pattern(r"(?:^|[:-][ \t]+)\{[A-Za-z_]\w*\}\Z", re.MULTILINE)
_TOKEN_AT = pattern(r"%[A-Za-z_]\w*%")

_UNNEEDED_GROUPS = {
    "": ("LimitRange", "PersistentVolume", "PersistentVolumeClaim", "ResourceQuota",
         "Secret", "ServiceAccount"),
    "apiextensions.k8s.io": ("CustomResourceDefinition",),
    "node.k8s.io": ("RuntimeClass",),
    "policy": ("PodDisruptionBudget", "PodSecurityPolicy"),
    "rbac.authorization.k8s.io": (
        "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"),
    "scheduling.k8s.io": ("PriorityClass",),
    "snapshot.storage.k8s.io": ("VolumeSnapshotClass",),
    "storage.k8s.io": ("CSIDriver", "StorageClass"),
}  # fmt: skip
"""Kinds that make neither pods nor Services, by group."""
_UNNEEDED = {kind: group for group, kinds in _UNNEEDED_GROUPS.items() for kind in kinds}
_OTHER_KINDS = ('\n"kind"', "\n'kind'", "\nitems:")
_KIND, _VERSION = "\nkind:", "\napiVersion:"
_QUOTES = " \t\r\"'"
_CLIENT = "lientConfig"
"""Stands in every definition whose conversion calls a Service."""
_API_VERSION_KEY = pattern(r"^apiVersion:[ \t]*[\"']?\w", re.MULTILINE)
_ANY_KIND = pattern(r"^kind[ \t]*:|^[\"']kind[\"']", re.MULTILINE)


def reason_by_name(path: str, *, in_chart: str | None) -> str:
    """Return why a file of this path is no manifest; empty where it may be one.

    ``in_chart`` is the path below the nearest chart's folder, None outside charts.
    """
    folder, _, name = path.rpartition("/")
    if in_chart is not None:
        if in_chart.startswith("templates/"):
            return TEMPLATE
        if in_chart.startswith(("ci/", "tests/")):
            return CHART
    if name in KUSTOMIZATION_NAMES:
        return KUSTOMIZATION
    if name in _CHART_FILES or ("values" in name and _VALUES_FILE.fullmatch(name)):
        return CHART
    if _is_of_another_program(name) or _is_of_others(folder):
        return NOT_KUBERNETES
    return ""


def _is_of_another_program(name: str) -> bool:
    """Whether a name is that of settings of a program that sends no manifests."""
    stem, _, ending = name.rpartition(".")
    if ending in _YAML_ENDINGS:
        return stem in _OTHER_YAML or stem.startswith(_OTHER_YAML_BEGINNINGS)
    if ending == "json":
        return stem in _OTHER_JSON or stem.startswith(_OTHER_JSON_BEGINNINGS)
    return name.startswith(".yamllint")


@lru_cache(maxsize=64)
def _is_of_others(folder: str) -> bool:
    """Whether a folder is, or lies in, one of files for other programs."""
    return not _OTHER_FOLDERS.isdisjoint(folder.split("/"))


def program_by_name(name: str) -> str:
    """Return the program that a file of this name is of; empty where it is of none."""
    return _PROGRAMS.get(name) or ("terraform" if name.endswith(_TERRAFORM) else "")


def is_unneeded(text: str) -> bool:
    """Whether a document is of a kind that makes neither pods nor Services.

    A cheap look at the text: the only top-level ``kind`` and ``apiVersion`` must
    say so. A definition that names a Service to be called is needed.
    """
    kind = _top_level(text, _KIND)
    group = _UNNEEDED.get(kind)
    if group is None or (kind == "CustomResourceDefinition" and _CLIENT in text):
        return False
    stated, slash, _ = _top_level(text, _VERSION).rpartition("/")
    return (
        stated == group
        and bool(slash) == bool(group)
        and text.count("\nkind") + text.startswith("kind") == 1
        and not any(other in text for other in _OTHER_KINDS)
    )


def _top_level(text: str, key: str) -> str:
    """Return what stands behind the first of a top-level key, unquoted.

    ``key`` is a whole beginning of a line, with the end of the line above.
    """
    start = text.find(key) + len(key)
    if text[: len(key) - 1] == key[1:]:
        start = len(key) - 1
    elif start < len(key):
        return ""
    end = text.find("\n", start)
    return text[start : end if end >= 0 else len(text)].strip(_QUOTES)


def names_a_kind(text: str) -> bool:
    """Whether a text looks like a manifest whatever its file is called."""
    return (
        _API_VERSION_KEY.search(text) is not None and _ANY_KIND.search(text) is not None
    )


def has_template_marks(text: str) -> bool:
    """Whether a text that cannot be read is probably a template."""
    return _TEMPLATE_MARK.search(text) is not None


def awaits_values(text: str, fault: int | None) -> bool:
    """Whether a variable that is still to be filled in keeps a text from being read.

    ``fault`` is the offset at which reading stopped. ``{app: ${APP:-web}}`` is no YAML:
    it ends at the second brace; ``{IMAGE}:{TAG}`` is none behind the first one, and
    ``%NAME%`` from its beginning.
    """
    if fault is None or fault <= 0:
        return False
    if text.startswith("${", fault - 1) or _TOKEN_AT.match(text, fault):
        return True
    line = text.rfind("\n", 0, fault) + 1
    return text[fault - 1] == "}" and (
        _TOKEN_BEFORE.search(text[line:fault]) is not None
    )


def holds_tokens(body: Mapping[str, Any], text: str, start: int, end: int) -> bool:
    """Whether an object can be read, and yet awaits what another program puts in.

    ``start`` and ``end`` are the bounds of its document. A map for a token is looked
    for where an object has no text for a name, a comment for one in Services too.
    """
    mark = "{" if _is_without_name(body) else "#{"
    if mark == "#{" and body.get("kind") != "Service":
        return False
    return (
        text.find(mark, start, end) >= 0
        and _TOKEN_FOR_VALUE.search(text, start, end) is not None
    )


def _is_without_name(body: Mapping[str, Any]) -> bool:
    metadata = body.get("metadata")
    return not isinstance(metadata, dict) or not isinstance(metadata.get("name"), str)


def reason_by_content(body: object) -> str:
    """Return why a value is no object that reaches a cluster; empty where it is one."""
    if not isinstance(body, dict):
        return NOT_KUBERNETES
    api_version, kind = body.get("apiVersion"), body.get("kind")
    if not isinstance(api_version, str) or not isinstance(kind, str) or not kind:
        return NOT_KUBERNETES
    reason = _reason_by_version(api_version)
    if reason:
        return reason
    if (api_version, kind) == ("v1", "Config") and (
        "clusters" in body or "contexts" in body
    ):
        return LOCAL
    metadata = body.get("metadata")
    if not isinstance(metadata, dict):
        return "" if "spec" in body or "metadata" in body else NOT_KUBERNETES
    annotations = metadata.get("annotations")
    if isinstance(annotations, dict) and (
        annotations.get(_LOCAL_CONFIG, "false") != "false"
    ):
        return LOCAL
    return ""


def is_local_list(body: Mapping[str, Any]) -> bool:
    """Whether a list holds what a tool hands on, not what reaches a cluster.

    Above all the input and output of a kustomize or kpt function, whose
    ``apiVersion`` may be left out.
    """
    api_version = body.get("apiVersion")
    return body.get("kind") == "ResourceList" or (
        isinstance(api_version, str) and _reason_by_version(api_version) == LOCAL
    )


def _is_local_group(group: str) -> bool:
    """Whether objects of a group are read by a tool, and reach no cluster."""
    # What most objects are of needs no look, for which a pattern would be compiled.
    return group not in _PLAIN_GROUPS and _LOCAL_GROUP.fullmatch(group) is not None


@lru_cache(maxsize=1024)
def _reason_by_version(api_version: str) -> str:
    group, slash, version = api_version.rpartition("/")
    if slash and _is_local_group(group):
        return KUSTOMIZATION if group == "kustomize.config.k8s.io" else LOCAL
    if api_version == "builtin":
        return LOCAL
    if _API_VERSION.fullmatch(api_version) or "{" in version or "$" in version:
        # A placeholder where the version belongs does not make it less an object.
        return ""
    return NOT_KUBERNETES
