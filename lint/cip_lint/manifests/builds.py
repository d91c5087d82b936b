"""What builds of kustomizations and charts leave behind, beside objects.

The room that builds fills them in; a reading that nothing was built of has none.
"""

from __future__ import annotations

from cip_lint.records import NamedTuple


class Unbuilt(NamedTuple):
    """A kustomization or chart that was not built."""

    path: str
    """The path of its file, or of what would install it."""
    why: str
    is_overridden: bool = False
    """Whether it is sent otherwise than written, or may be, as files beside it say."""


class Sent(NamedTuple):
    """Who sends a kustomization or chart that was built, and where to."""

    path: str
    """The path of its file."""
    release: str
    """Who does: ``Kustomization flux-system/apps of clusters/apps.yaml``."""
    namespace: str
    """Where to; empty where nobody says."""
    cluster: str
    """Which cluster it names; empty for none."""
    engine: str
    """What sends it: ``argocd``, ``flux``, ``helm``."""
    bound: str = ""
    """The cluster of the settings that alone gets it; empty: wherever its files go."""
    firm: bool = False
    """Whether its engine is stated for it alone."""
    chart: str = ""
    """The name of a chart that was fetched, and lies in no folder."""
    together: str = ""
    """What those have in common that go to one cluster; empty: nobody says."""
