"""Charts: where they lie, who installs them with which values, what they render to."""
