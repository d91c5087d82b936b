"""The order of creation: what each engine sends first, and who waits for whom."""
