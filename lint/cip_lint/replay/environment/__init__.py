"""The environment of a container: its own variables and those of Services."""
