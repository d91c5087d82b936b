"""Hand-made endpoints, and what traffic finds."""
