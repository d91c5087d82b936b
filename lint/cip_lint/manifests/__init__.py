"""Bytes -> objects with exact places: the only room that knows YAML and JSON."""

from __future__ import annotations

from cip_lint.manifests.builds import Sent, Unbuilt
from cip_lint.manifests.easy_values import reads_compiled
from cip_lint.manifests.file_reading import Landmark
from cip_lint.manifests.kubectl import EXTENSIONS
from cip_lint.manifests.options import ReadOptions
from cip_lint.manifests.reading import (
    FileAccount,
    Reading,
    read,
    relevant_documents,
)
from cip_lint.manifests.recognition import (
    NOT_OPENED,
    REASONS,
    SNAPSHOT,
    TOO_LARGE,
    UNREADABLE,
)
from cip_lint.manifests.values import yaml_to_value, yaml_to_value_strict
from cip_lint.manifests.yaml_errors import YamlError
from cip_lint.model import Loss

__all__ = [
    "EXTENSIONS",
    "NOT_OPENED",
    "REASONS",
    "SNAPSHOT",
    "TOO_LARGE",
    "UNREADABLE",
    "FileAccount",
    "Landmark",
    "Loss",
    "ReadOptions",
    "Reading",
    "Sent",
    "Unbuilt",
    "YamlError",
    "read",
    "reads_compiled",
    "relevant_documents",
    "yaml_to_value",
    "yaml_to_value_strict",
]
