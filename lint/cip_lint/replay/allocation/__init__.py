"""The API server's allocators of cluster addresses and node ports, by version.

``api_server``, ``kept_objects``, ``other_objects``, ``repair`` and ``service_ranges``
are a model of the server over a whole sequence of requests. Conformance compares it
with recorded answers, and tests compare with it what the simulation takes short cuts
for; no command runs it. What commands run are the allocators themselves.
"""
