"""Where builds happen and what they may read and take, and what they leave behind."""
