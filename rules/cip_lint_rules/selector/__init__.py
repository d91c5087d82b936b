"""Does the selector pick pods."""
