"""The plan of a cluster: who has which address and node port, and what is free."""
