"""Kustomizations: what they reach and need, their builds, and where the results come from."""
