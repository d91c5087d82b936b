"""Where values were written: paths into bodies, the patches on their way, values of charts."""
