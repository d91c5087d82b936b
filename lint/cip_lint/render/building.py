"""Builds what is built before it is sent, and puts what it becomes in its place."""

from __future__ import annotations

from cip_lint.manifests import Reading
from cip_lint.render.gitops.application_sets import expanded
from cip_lint.render.gitops.repository_paths import named_as_read
from cip_lint.render.helm.charts import rendered
from cip_lint.render.helm.pulled_charts import pulled
from cip_lint.render.kustomize.overlays import overlaid
from cip_lint.render.surroundings.place import Place


def built(reading: Reading, place: Place) -> Reading:
    """Return a reading in which kustomizations and charts are what they become.

    They are sent by what ApplicationSets make, too, where files tell what that is.
    What cannot be built stays as it is, and a landmark says why.
    """
    resources = named_as_read(reading.resources, place)
    told = expanded(reading._replace(resources=resources), place)
    made = overlaid(told, place)
    if made is not told:
        # Some of the sets are built now, and others are pieces no longer.
        made = expanded(made._replace(applications=()), place)
    made = pulled(rendered(made, place), place)
    if place.cache is not None:
        place.cache.trim()
    return made
