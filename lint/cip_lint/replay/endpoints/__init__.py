"""The endpoints of a Service: pods, selection, target ports and slices."""
