"""Variables of Services, their order and their collisions."""
