"""cip-lint: a static linter and simulator for Kubernetes Services."""

__version__ = "0.1.0"
