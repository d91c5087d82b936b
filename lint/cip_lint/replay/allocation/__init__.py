"""The API server's allocators of cluster addresses and node ports, by version."""
