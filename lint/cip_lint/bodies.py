"""Parts of an object's body, whatever stands there: hostile values read as absent.

They are read at every step, so the installation compiles ``plain_bodies`` where it can.
"""

from __future__ import annotations

try:
    from cip_lint.compiled_bodies import *  # noqa: F403 - all of it, as ``plain_bodies``
except ImportError:
    from cip_lint.plain_bodies import *  # noqa: F403
