"""What a consumer may count on: stated apart, for those that only compare it."""

from __future__ import annotations

from enum import Enum


class Guarantee(Enum):
    """What a consumer may count on of a Service, from best to worst."""

    GATED = "gated"
    """The Service is ready before the consumer is sent."""
    GUARANTEED = "guaranteed"
    """It is created before the consumer is sent."""
    LIKELY = "likely"
    """It is sent right after the consumer, long before containers start."""
    RACY = "racy"
    """It is sent in no fixed order with the consumer, or far behind it."""
    REVERSED = "reversed"
    """The consumer must be ready, or finish, before it is sent."""
    UNKNOWN = "unknown"
