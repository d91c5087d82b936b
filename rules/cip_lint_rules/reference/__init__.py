"""Objects that point at Services."""
