"""What ``--version`` prints, ready to paste into a report."""

from __future__ import annotations

import platform

from cip_lint import __version__
from cip_lint.plugins import OWN_DISTRIBUTION, entry_points


def versions() -> str:
    """Return the versions of cip-lint, of Python, of the parser and of plugins."""
    import yaml

    parser = "libyaml" if yaml.__with_libyaml__ else "Python"
    lines = [
        f"cip-lint {__version__}",
        f"Python {platform.python_version()}",
        f"PyYAML {yaml.__version__} ({parser})",
    ]
    lines += [
        f"plugin {point.name} ({point.distribution} {point.version})"
        for point in entry_points()
        if point.distribution != OWN_DISTRIBUTION
    ]
    return "\n".join(lines)
