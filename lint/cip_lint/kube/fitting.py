"""The quick look at the types of an object, compiled where the installation could."""

from __future__ import annotations

try:
    from cip_lint.kube.compiled_fitting import fits
except ImportError:
    from cip_lint.kube.plain_fitting import fits

__all__ = ["fits"]
