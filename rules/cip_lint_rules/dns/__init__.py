"""Names in URLs, environment and configuration."""
