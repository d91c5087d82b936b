"""Headless Services and stable pod names."""
