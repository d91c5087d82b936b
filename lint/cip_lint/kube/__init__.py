"""What Kubernetes does with an object, as pure functions of manifest and facts.

Nothing here reads a file or knows a cluster beyond the ``ClusterFacts`` it is
given: the API server's decoding, defaulting, allocation of one request,
validation and warnings; selectors, probes, pod templates and the kinds that
each version serves.
"""
