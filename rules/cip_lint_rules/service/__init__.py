"""Rules about the API server's verdict on one Service."""
