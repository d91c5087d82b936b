"""Names and addresses outside the cluster."""
