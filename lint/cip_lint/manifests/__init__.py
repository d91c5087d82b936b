"""Bytes -> objects with exact places: the only room that knows YAML and JSON."""

from __future__ import annotations

from cip_lint.manifests.nodes import YamlError
from cip_lint.manifests.values import yaml_to_value, yaml_to_value_strict

__all__ = ["YamlError", "yaml_to_value", "yaml_to_value_strict"]
