"""How rules say which settings they used, and who stated them."""

from __future__ import annotations

from typing import Any

from cip_lint.cluster import Setting
from cip_lint.model import Label, OriginKind
from cip_lint.rule import Context


def statement(setting: Setting[Any], text: str) -> tuple[Label, ...]:
    """Return a label where a setting is written, if it is written in a file."""
    label = setting.origin.label
    return (Label(label.span, text, label.field),) if label else ()


def is_certain(setting: Setting[Any]) -> bool:
    """Whether somebody states a setting of this very cluster, and no preset does."""
    return setting.origin.kind not in {OriginKind.DEFAULT, OriginKind.PRESET}


def source(setting: Setting[Any]) -> str:
    """Return ``from .cip-lint.yaml:4``, or ``assumed``."""
    return f"from {setting.origin}" if setting.stated else "assumed"


def version_note(cx: Context) -> str:
    """Return the note of a verdict that another Kubernetes version would change."""
    version = cx.settings.kubernetes_version
    if version.stated:
        return f"with Kubernetes {version.value}, {source(version)}"
    return f"with Kubernetes {version.value}, the newest version known, assumed"
