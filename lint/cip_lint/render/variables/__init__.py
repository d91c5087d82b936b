"""The variables that Flux fills in after a build, as its own program does it."""
