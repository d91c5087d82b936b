"""How each engine orders what it sends: pure functions of the objects of a unit."""
