"""Service ports against container ports."""
