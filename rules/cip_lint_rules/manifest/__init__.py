"""Rules about documents that do not reach the server as written."""
