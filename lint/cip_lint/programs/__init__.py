"""Other programs that a run may ask: each in a module of its own, all started alike."""
