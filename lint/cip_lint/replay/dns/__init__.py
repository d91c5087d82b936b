"""What cluster DNS knows and answers, and how pods ask it."""
