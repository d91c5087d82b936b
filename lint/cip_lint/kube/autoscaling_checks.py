"""What the API server refuses in a HorizontalPodAutoscaler: its target and bounds.

Follows ``pkg/apis/autoscaling/validation/validation.go``; metrics and behaviour
are not looked at.
"""

from __future__ import annotations

from cip_lint.bodies import Body, mapping, text
from cip_lint.kube.checks import (
    Checks,
    check_metadata,
    number,
    path_segment,
    subdomain_name,
)
from cip_lint.kube.version import Version

AUTOSCALER = "A-spec"
TARGET = "A-target"

_SCALES_TO_ZERO_SINCE = Version(1, 37)


def check_autoscaler(checks: Checks, body: Body) -> None:
    """Check a HorizontalPodAutoscaler of any version."""
    check_metadata(checks, body, subdomain_name)
    spec = mapping(body.get("spec"))
    stated = spec.get("minReplicas")
    least = 1 if stated is None else number(stated)
    most, path = number(spec.get("maxReplicas")), ("spec", "maxReplicas")
    bound = 0 if checks.version >= _SCALES_TO_ZERO_SINCE else 1
    if least < bound:
        detail = f"must be greater than or equal to {bound}"
        checks.invalid(AUTOSCALER, ("spec", "minReplicas"), least, (detail,))
    if not most:
        checks.required(AUTOSCALER, path, "must be set and greater than 0")
    elif most < 0:
        detail = "must be greater than or equal to 1"
        checks.invalid(AUTOSCALER, path, most, (detail,))
    if most < least:
        detail = "must be greater than or equal to `minReplicas`"
        checks.invalid(AUTOSCALER, path, most, (detail,))
    target = mapping(spec.get("scaleTargetRef"))
    for field in ("kind", "name"):
        value, place = text(target.get(field)), ("spec", "scaleTargetRef", field)
        if value:
            checks.invalid(TARGET, place, value, path_segment(value))
        else:
            checks.required(TARGET, place)
